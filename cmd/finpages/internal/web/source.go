package web

import (
	"net/http"
	"strconv"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest"
	"finpages/ingest/documents"
)

// How many of each a page spells out.
const (
	newRuns   = 5
	shownRuns = 30
	shownHeld = 100
)

type sourceView struct {
	frame
	card
	Runs      []ingest.Report // the newest first, as many as the table has
	Chart     chart
	Inventory documents.Inventory
	Query     documents.InventoryQuery
	First     bool
	Total     documents.Total
	Unindexed int // pages that a search cannot find by their words yet
	From      int // documents before the first that is shown, as far as the address says
}

// Range says which documents are shown, of how many: "1–50 of 5,005".
func (v sourceView) Range() string {
	n := len(v.Inventory.Documents)
	if n == 0 || v.From > 0 && v.First {
		return ""
	}
	of := grouped(int64(v.Total.Count))
	if v.Total.Partial || v.From+n > v.Total.Count {
		of = "more than " + grouped(int64(max(v.Total.Count, v.From+n)-1))
	}
	return grouped(int64(v.From+1)) + "–" + grouped(int64(v.From+n)) + " of " + of
}

// Next is where the next documents are; "" at the end.
func (v sourceView) NextPart() string {
	if v.Inventory.Next == "" {
		return ""
	}
	return v.site.next(v.Name, v.Query, v.Inventory.Next, v.From+len(v.Inventory.Documents))
}

// NewRuns returns the runs that are shown at once.
func (v sourceView) NewRuns() []ingest.Report { return v.Runs[:min(len(v.Runs), newRuns)] }

// OldRuns returns the others.
func (v sourceView) OldRuns() []ingest.Report { return v.Runs[min(len(v.Runs), newRuns):] }

// Shows are what the pages can be narrowed down to.
func (sourceView) Shows() []struct{ Value, Text string } {
	return []struct{ Value, Text string }{
		{documents.ShowAll, "Everything"}, {documents.ShowInFin, "In Fin"}, {documents.ShowLeftOut, "Left out"},
		{documents.ShowProblems, "Rejected or failed"}, {documents.ShowHeld, "Needs approval"},
		{documents.ShowDrifted, "Different in Intercom"}, {documents.ShowEmpty, "Without text"},
		{documents.ShowLossy, "Not whole"}, {documents.ShowRetracted, "Retracted"}, {documents.ShowRestored, "Restored"},
	}
}

func (s *server) showSource(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("source")
	q, err := api.InventoryQuery(r.URL.Query())
	if err != nil {
		s.problem(w, http.StatusBadRequest, err.Error(), s.site.source(name))
		return
	}
	if wantsExport(r) {
		s.exportSource(w, r, name, q)
		return
	}
	v := sourceView{frame: s.frame(r, name), Query: q, First: q.After == ""}
	v.From, _ = strconv.Atoi(r.URL.Query().Get("from"))
	v.From = max(v.From, 0)
	v.card, err = s.card(name)
	if err == nil {
		v.Runs, err = s.Service.Runs(name, shownRuns)
	}
	if err == nil {
		v.Chart = drawRuns(v.Runs)
		v.Inventory, err = s.Service.Inventory(r.Context(), name, q)
	}
	if err == nil && !v.Inventory.Partial {
		v.Total, err = s.Service.Count(r.Context(), name, q)
	}
	if err == nil && q.Text != "" {
		v.Unindexed = s.Service.Unindexed(name)
	}
	if err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	s.render(w, http.StatusOK, "source", v)
}

// maxHistory is how many syncs an export has at most: all that are kept.
const maxHistory = 1000

// exportSource answers with a list of a source: its syncs, or its documents.
func (s *server) exportSource(w http.ResponseWriter, r *http.Request, name string, q documents.InventoryQuery) {
	if _, err := s.Service.Select([]string{name}); err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	if r.URL.Query().Get("list") != "syncs" {
		export(s, w, r, "finpages-"+name, documentColumns(), s.inventoryOf(r, name, q))
		return
	}
	runs, err := s.Service.Runs(name, maxHistory)
	if err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	export(s, w, r, "finpages-"+name+"-syncs", syncColumns(), slice(runs))
}
