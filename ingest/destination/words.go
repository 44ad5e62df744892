package destination

import "finpages/ingest/fulltext"

// Indexed has a page found by the words of what was pushed.
func (s *Session) Indexed(id string, hash [16]byte, title, html string) {
	s.noIndex(s.Options.Index.Put(s.Source, fulltext.Page{ID: id, Hash: hash, Title: title, HTML: html}))
}

// noIndex tells of an error of the index, which stops nothing: what it lacks is
// fetched later.
func (s *Session) noIndex(err error) {
	if err != nil {
		s.Log.Warn("index the words of pages", "error", err)
	}
}
