package emulator

import "strconv"

// pageWrite is what a request says about a page; nil says nothing.
type pageWrite struct {
	sourceID              int64
	externalID            *string
	title, html, locale   string
	url                   *string
	agent, copilot, sales *bool
	now                   int64
}

// applyTo changes what the request speaks of and leaves the rest.
func (w *pageWrite) applyTo(p *Page) {
	p.SourceID = w.sourceID
	p.Title, p.HTML, p.Locale = w.title, w.html, w.locale
	p.UpdatedAt, p.LastIngestedAt = w.now, w.now
	set(&p.ExternalID, w.externalID)
	set(&p.URL, w.url)
	set(&p.AIAgentAvailability, w.agent)
	set(&p.AICopilotAvailability, w.copilot)
	set(&p.AISalesAgentAvailability, w.sales)
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// upsertPage creates the page, or updates the one with the same source and
// external id. It returns nil where there is no such source.
func (s *store) upsertPage(w pageWrite) *Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sources.get(w.sourceID) == nil {
		return nil
	}
	id, exists := s.byKey[pageKey{w.sourceID, *w.externalID}]
	if !exists {
		id = s.pages.next
	}
	p := Page{ID: strconv.FormatInt(id, 10), CreatedAt: w.now}
	if exists {
		p = *s.pages.get(id)
	}
	w.applyTo(&p)
	s.putPage(id, &p)
	return &p
}

// putPage puts in a new page, or one in place of another with the same key.
func (s *store) putPage(id int64, p *Page) {
	s.pages.put(id, p)
	s.byKey[p.key()] = id
	s.touch()
}

// updatePage changes the page with that id, which may take it to another
// source or external id, unless a page with these exists.
func (s *store) updatePage(id string, w pageWrite) (*Page, *apiError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	number := parseID(id)
	old := s.pages.get(number)
	if old == nil {
		return nil, errNoPage
	}
	if s.sources.get(w.sourceID) == nil {
		return nil, errNoSourceForPage
	}
	p := *old
	w.applyTo(&p)
	if holder, taken := s.byKey[p.key()]; taken && holder != number {
		return nil, errPageExists
	}
	delete(s.byKey, old.key())
	s.putPage(number, &p)
	return &p, nil
}

// deletePage returns the page that is no more, or nil.
func (s *store) deletePage(id string) *Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	number := parseID(id)
	p := s.pages.get(number)
	if p == nil {
		return nil
	}
	s.pages.delete(number)
	delete(s.byKey, p.key())
	s.touch()
	return p
}
