package web

import (
	"fmt"
	"net/http"
	"strconv"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest"
	"finpages/ingest/tally"
)

type syncView struct {
	frame
	ingest.Report
	Level level
}

// showSync shows what one sync changed.
func (s *server) showSync(w http.ResponseWriter, r *http.Request) {
	name, back := r.PathValue("source"), s.site.source(r.PathValue("source"))
	run, err := strconv.ParseUint(r.PathValue("run"), 10, 64)
	if err != nil {
		s.problem(w, http.StatusNotFound, "A sync is a number.", back)
		return
	}
	report, found, err := s.Service.RunReport(name, run)
	if err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	if !found {
		s.problem(w, http.StatusNotFound, fmt.Sprintf("The history does not have sync %d, or no longer.", run), back)
		return
	}
	if wantsExport(r) {
		export(s, w, r, fmt.Sprintf("finpages-%s-sync-%d", name, run), changeColumns(), slice(report.Changes))
		return
	}
	k, _ := resultLevel(report)
	s.render(w, http.StatusOK, "sync", syncView{s.frame(r, fmt.Sprintf("Sync %d of %s", run, name)), report, k})
}

// changeKind is the changes of one kind.
type changeKind struct {
	Title   string
	Changes []tally.Change
}

// Kinds returns the changes by what became of the pages.
func (v syncView) Kinds() (kinds []changeKind) {
	for _, k := range []struct{ action, title string }{
		{"create", "New"}, {"update", "Changed"}, {"move", "Moved"}, {"delete", "Deleted"},
	} {
		kind := changeKind{Title: k.title}
		for _, c := range v.Changes {
			if c.Action == k.action {
				kind.Changes = append(kind.Changes, c)
			}
		}
		if len(kind.Changes) > 0 {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}
