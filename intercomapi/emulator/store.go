package emulator

import (
	"slices"
	"strconv"
	"sync"
)

// Source is a content import source. Times are Unix seconds.
type Source struct {
	ID           int64   `json:"id"`
	LastSyncedAt int64   `json:"last_synced_at"`
	Status       string  `json:"status"`
	URL          string  `json:"url"`
	SyncBehavior string  `json:"sync_behavior"`
	CreatedAt    int64   `json:"created_at"`
	UpdatedAt    int64   `json:"updated_at"`
	AudienceIDs  []int64 `json:"audience_ids"`
}

// Page is an external page. Times are Unix seconds.
type Page struct {
	ID                       string `json:"id"`
	Title                    string `json:"title"`
	HTML                     string `json:"html"`
	URL                      string `json:"url,omitempty"`
	AIAgentAvailability      bool   `json:"ai_agent_availability"`
	AICopilotAvailability    bool   `json:"ai_copilot_availability"`
	AISalesAgentAvailability bool   `json:"ai_sales_agent_availability"`
	Locale                   string `json:"locale"`
	SourceID                 int64  `json:"source_id"`
	ExternalID               string `json:"external_id"`
	CreatedAt                int64  `json:"created_at"`
	UpdatedAt                int64  `json:"updated_at"`
	LastIngestedAt           int64  `json:"last_ingested_at"`
}

func (p *Page) key() pageKey { return pageKey{p.SourceID, p.ExternalID} }

type pageKey struct {
	source     int64
	externalID string
}

// store holds the workspace's content. A row is never changed once it is in:
// a change puts a new one in its place, so readers hold no lock while they
// encode, and share the html.
type store struct {
	mu      sync.RWMutex
	sources table[Source]
	pages   table[Page]
	byKey   map[pageKey]int64
	// changes counts what was changed so far; changed wakes the saver.
	changes uint64
	changed chan struct{}
}

// Page ids start where source ids are unlikely to get, so that one taken for
// the other is found out.
const (
	firstSourceID = 1
	firstPageID   = 100_001
)

func newStore() *store {
	return &store{
		sources: table[Source]{next: firstSourceID},
		pages:   table[Page]{next: firstPageID},
		byKey:   map[pageKey]int64{},
		changed: make(chan struct{}, 1),
	}
}

// touch notes a change. The caller holds mu.
func (s *store) touch() {
	s.changes++
	s.wakeSaver()
}

func (s *store) wakeSaver() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

func (s *store) allSources() []*Source {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.sources.rows)
}

func (s *store) allPages() []*Page {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.pages.rows)
}

// listSources returns one page of a list, newest first, and the length of all.
func (s *store) listSources(skip, n int) ([]*Source, int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sources.newest(skip, n), len(s.sources.rows)
}

// listPages returns one page of a list, newest first, and the length of all.
func (s *store) listPages(skip, n int) ([]*Page, int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.pages.newest(skip, n), len(s.pages.rows)
}

// findPages is listPages of the pages with a key, of which there is at most one.
func (s *store) findPages(key pageKey, skip, n int) ([]*Page, int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	id, found := s.byKey[key]
	switch {
	case !found:
		return nil, 0
	case skip > 0 || n < 1:
		return nil, 1
	}
	return []*Page{s.pages.get(id)}, 1
}

func (s *store) source(id string) *Source {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.sources.get(parseID(id))
}

func (s *store) page(id string) *Page {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.pages.get(parseID(id))
}

func (s *store) addSource(src Source) *Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	src.ID = s.sources.next
	s.sources.put(src.ID, &src)
	s.touch()
	return &src
}

// updateSource returns nil where there is no such source.
func (s *store) updateSource(id string, change func(*Source)) *Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.sources.get(parseID(id))
	if old == nil {
		return nil
	}
	src := *old
	change(&src)
	s.sources.put(src.ID, &src)
	s.touch()
	return &src
}

// deleteSource removes a source and its pages.
func (s *store) deleteSource(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	src := s.sources.get(parseID(id))
	if src == nil {
		return false
	}
	s.sources.delete(src.ID)
	for _, p := range s.pages.deleteFunc(func(p *Page) bool { return p.SourceID == src.ID }) {
		delete(s.byKey, p.key())
	}
	s.touch()
	return true
}

// parseID returns the number that an id is written for, or 0, which is no id.
// "007" is not 7.
func parseID(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != id {
		return 0
	}
	return n
}
