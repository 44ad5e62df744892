package emulator

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A state file is JSON values behind each other, a line each: one stateHeader,
// then every page.
const (
	stateFormat  = "finpages emulator state"
	stateVersion = 1
)

type stateHeader struct {
	Format     string    `json:"format"`
	Version    int       `json:"version"`
	NextSource int64     `json:"next_source"`
	NextPage   int64     `json:"next_page"`
	Sources    []*Source `json:"sources"`
	Pages      int       `json:"pages"` // how many follow
}

// snapshot is a state as it was at one instant.
type snapshot struct {
	header  stateHeader
	pages   []*Page
	changes uint64
}

func (s *store) snapshot() snapshot {
	s.mu.RLock()
	defer s.mu.RUnlock()
	pages := append([]*Page(nil), s.pages.rows...)
	return snapshot{
		header: stateHeader{
			Format:     stateFormat,
			Version:    stateVersion,
			NextSource: s.sources.next,
			NextPage:   s.pages.next,
			Sources:    append([]*Source{}, s.sources.rows...),
			Pages:      len(pages),
		},
		pages:   pages,
		changes: s.changes,
	}
}

func (s snapshot) write(to io.Writer) error {
	if err := writeJSON(to, s.header); err != nil {
		return err
	}
	for _, p := range s.pages {
		if err := writeJSON(to, p); err != nil {
			return err
		}
	}
	return nil
}

// restore fills an empty store with what snapshot.write wrote.
func (s *store) restore(from io.Reader) error {
	dec := json.NewDecoder(bufio.NewReader(from))
	var h stateHeader
	if err := dec.Decode(&h); err != nil {
		return fmt.Errorf("read header: %w", noEOF(err))
	}
	if h.Format != stateFormat || h.Version != stateVersion {
		return fmt.Errorf("read header: not a %s of version %d", stateFormat, stateVersion)
	}
	if err := s.restoreSources(h); err != nil {
		return err
	}
	for n := 1; n <= h.Pages; n++ {
		if err := s.restorePage(dec, h.NextPage); err != nil {
			return fmt.Errorf("read page %d of %d: %w", n, h.Pages, err)
		}
	}
	s.pages.next = max(h.NextPage, firstPageID)
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("there is more than the %d pages", h.Pages)
	}
	return nil
}

func (s *store) restoreSources(h stateHeader) error {
	for n, src := range h.Sources {
		if src == nil || src.ID < s.sources.next || src.ID >= h.NextSource {
			return fmt.Errorf("read source %d of %d: its id is out of order", n+1, len(h.Sources))
		}
		if src.AudienceIDs == nil {
			src.AudienceIDs = []int64{}
		}
		s.sources.put(src.ID, src)
	}
	s.sources.next = max(h.NextSource, firstSourceID)
	return nil
}

func (s *store) restorePage(dec *json.Decoder, next int64) error {
	p := new(Page)
	if err := dec.Decode(p); err != nil {
		return noEOF(err)
	}
	id := parseID(p.ID)
	if id < s.pages.next || id >= next {
		return errors.New("its id is out of order")
	}
	if s.sources.get(p.SourceID) == nil {
		return fmt.Errorf("there is no source %d", p.SourceID)
	}
	if _, taken := s.byKey[p.key()]; taken {
		return errors.New("its external_id is there twice")
	}
	s.pages.put(id, p)
	s.byKey[p.key()] = id
	return nil
}

// noEOF tells the end of a file that is too early from an end.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
