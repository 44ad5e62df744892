package web

import (
	"net/http"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest/documents"
)

// concern is a kind of thing that needs somebody's attention.
type concern struct {
	Show, Title, Advice string
}

// concerns are what documents are looked at for, the most urgent first.
func concerns() []concern {
	return []concern{
		{documents.ShowDrifted, "Fin does not have these as they were sent",
			"Somebody changed or deleted them in Intercom. Ask whoever runs finpages to run “finpages verify --repair”."},
		{documents.ShowHeld, "Waiting for an approval",
			"So many pages at once would be deleted or changed that finpages asks first. Open the source and look at the list."},
		{documents.ShowProblems, "Rejected or failed",
			"Fin keeps the last good version of each, if it had one."},
		{documents.ShowEmpty, "Documents without text",
			"Fin knows little more than their titles. Ask their authors whether that is meant."},
		{documents.ShowLossy, "Pages that lack words of their documents",
			"Something in these documents cannot be shown as it is. Open each and compare it with its source."},
	}
}

// shownConcerns is how many documents of a source are listed for a concern.
const shownConcerns = 20

// troubled are a source's documents for one concern.
type troubled struct {
	Source    string
	Show      string
	Documents []documents.InventoryDocument
	Total     documents.Total
}

type attentionView struct {
	frame
	Headline headline
	Sections []attentionSection
}

type attentionSection struct {
	concern
	Sources []troubled
}

// showAttention lists what somebody should look at, in all sources.
func (s *server) showAttention(w http.ResponseWriter, r *http.Request) {
	if wantsExport(r) {
		export(s, w, r, "finpages-attention", documentColumns(), func(each func(sourced) error) error {
			for _, c := range concerns() {
				if err := s.everywhere(r, documents.InventoryQuery{Show: c.Show})(each); err != nil {
					return err
				}
			}
			return nil
		})
		return
	}
	v, err := s.attention(r)
	if err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	s.render(w, http.StatusOK, "attention", v)
}

func (s *server) attention(r *http.Request) (attentionView, error) {
	v := attentionView{frame: s.frame(r, "What needs attention")}
	cards, err := s.cards()
	if err != nil {
		return v, err
	}
	v.Headline = newHeadline(cards)
	for _, c := range concerns() {
		section := attentionSection{concern: c}
		for _, name := range s.Service.Names() {
			q := documents.InventoryQuery{Show: c.Show, Limit: shownConcerns}
			inv, err := s.Service.Inventory(r.Context(), name, q)
			if err != nil {
				return v, err
			}
			if len(inv.Documents) == 0 {
				continue
			}
			t := troubled{name, c.Show, inv.Documents, documents.Total{Count: len(inv.Documents)}}
			if inv.Next != "" {
				if t.Total, err = s.Service.Count(r.Context(), name, q); err != nil {
					return v, err
				}
			}
			section.Sources = append(section.Sources, t)
		}
		if len(section.Sources) > 0 {
			v.Sections = append(v.Sections, section)
		}
	}
	return v, nil
}
