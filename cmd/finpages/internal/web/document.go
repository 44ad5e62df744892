package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest"
	"finpages/ingest/documents"
	"finpages/ingest/inspect"
)

// maxAutomatic is how many documents a source may have to be asked each time that
// somebody looks at one of them: to find it, a source is listed. A larger one
// is asked when somebody wants it.
const maxAutomatic = 1000

type documentView struct {
	frame
	ID          string
	Explanation documents.Explanation
	Ask         bool // whether the source is asked what it has
	Events      []event
	Deleted     *inspect.DeletedPage
}

// State says how the document stands.
func (v documentView) State() health {
	x := v.Explanation
	return stateOf(
		documents.InventoryDocument{
			InFin:     x.InFin,
			Retracted: x.Retracted,
			Held:      x.Hold != "" && !x.HeldUpdate,
			Update:    x.HeldUpdate,
			Refused:   x.Refused,
			Error:     x.Error,
			Withheld:  x.Withheld,
			Drift:     x.Drift,
		},
	)
}

// event is something that is known of a document's past.
type event struct {
	Time  time.Time
	Level level
	Text  string
	Sync  uint64 // that it is about; 0 for none
}

// showDocument shows what the state knows. What the source has comes in frames
// of their own, so that a slow source holds nothing up.
func (s *server) showDocument(w http.ResponseWriter, r *http.Request) {
	name, id := r.PathValue("source"), r.URL.Query().Get("id")
	x, err := s.Service.Recall(name, id)
	if err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	v := documentView{frame: s.frame(r, cmp.Or(x.Title, id)), ID: id, Explanation: x, Ask: r.URL.Query().Has("ask")}
	pulse, err := s.Service.Pulse(name)
	v.Ask = v.Ask || pulse.Listed <= maxAutomatic
	if err == nil {
		err = s.loadHistory(&v)
	}
	if err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.source(name))
		return
	}
	s.render(w, http.StatusOK, "document", v)
}

// past collects what runs, the journal and the state know of a document.
func (s *server) loadHistory(v *documentView) error {
	add := func(at time.Time, k level, text string, run uint64) {
		v.Events = append(v.Events, event{at, k, text, run})
	}
	if pushed := v.Explanation.Pushed; pushed != nil {
		run, err := s.Service.RunThatPushed(v.Source, v.Explanation.ExternalID, *pushed)
		if err != nil {
			return err
		}
		add(*pushed, levelOK, "Sent to Fin in its current version", run)
	}
	deleted, err := s.Service.Deletions(v.Source, v.Explanation.ExternalID, shownRuns)
	if err != nil {
		return err
	}
	for i, d := range deleted {
		add(d.Time, levelWaiting, "Deleted from Fin", d.Run)
		if i == 0 && !v.Explanation.InFin {
			v.Deleted, v.Title = &d, cmp.Or(d.Title, v.Title)
		}
	}
	runs, err := s.Service.RunsThatName(v.Source, chartRuns, v.Explanation.Entry, v.Explanation.ExternalID)
	v.Events = append(v.Events, failures(runs, v.Explanation)...)
	slices.SortStableFunc(v.Events, func(a, b event) int { return b.Time.Compare(a.Time) })
	return err
}

// failures tells which runs failed with a document, once for each reason: the
// first of the runs, and how many did after it. The runs come newest first.
func failures(runs []ingest.Report, x documents.Explanation) (list []event) {
	later := map[string]int{}
	for _, run := range runs {
		for _, e := range run.Errors {
			if e.ExternalID != x.ExternalID && e.ExternalID != x.Entry {
				continue
			}
			text := "Sync " + grouped(int64(run.Run))
			if n := later[e.Error]; n > 0 {
				text += " and " + count(n, "later one", "later ones")
				list = slices.DeleteFunc(list,
					func(h event) bool { return strings.HasSuffix(h.Text, " failed on it: "+e.Error) })
			}
			later[e.Error]++
			list = append(list, event{run.Started, levelFailed, text + " failed on it: " + e.Error, 0})
		}
	}
	return list
}
