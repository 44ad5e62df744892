package web

import (
	"net/http"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest/documents"
)

// shownMatches is how many documents of a source a search through all shows.
const shownMatches = 20

type searchView struct {
	frame
	Text    string
	Matches []documents.Matches
	Partial []string // sources that there was no time to look through to their ends
	Partly  bool     // no page has all words
	Help    []HelpTopic
}

// showSearch looks through all sources.
func (s *server) showSearch(w http.ResponseWriter, r *http.Request) {
	v := searchView{frame: s.frame(r, "Search"), Text: r.URL.Query().Get("text")}
	if wantsExport(r) {
		q := documents.InventoryQuery{Text: v.Text}
		export(s, w, r, "finpages-search", documentColumns(), s.everywhere(r, q))
		return
	}
	if v.Text == "" {
		s.render(w, http.StatusOK, "search", v)
		return
	}
	v.Help = s.helpOn(v.Text)
	var err error
	if v.Matches, err = s.Service.Search(r.Context(), nil, v.Text, shownMatches); err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	for _, m := range v.Matches {
		v.Partly = v.Partly || m.Partly
		if m.Partial {
			v.Partial = append(v.Partial, m.Source)
		}
	}
	s.render(w, http.StatusOK, "search", v)
}

// Found reports whether there is anything to show.
func (v searchView) Found() bool {
	for _, m := range v.Matches {
		if len(m.Documents) > 0 {
			return true
		}
	}
	return false
}

// Unindexed returns how many pages cannot be found by their words yet.
func (v searchView) Unindexed() (n int) {
	for _, m := range v.Matches {
		n += m.Unindexed
	}
	return n
}

// everywhere lists the documents of all sources that a query picks.
func (s *server) everywhere(r *http.Request, q documents.InventoryQuery) func(func(sourced) error) error {
	return func(each func(sourced) error) error {
		for _, name := range s.Service.Names() {
			if err := s.inventoryOf(r, name, q)(each); err != nil {
				return err
			}
		}
		return nil
	}
}

// inventoryOf lists the documents of a source that a query picks.
func (s *server) inventoryOf(r *http.Request, name string, q documents.InventoryQuery) func(func(sourced) error) error {
	return func(each func(sourced) error) error {
		return s.Service.All(r.Context(), name, q, func(d documents.InventoryDocument) error {
			return each(sourced{name, d})
		})
	}
}
