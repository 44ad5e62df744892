package website

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
)

// stranger is how the site answers for a page that does not exist.
type stranger struct {
	text textHash // of the page that it gives with 200; zero if none
	url  string   // that it redirects to; "" if none
}

// askUnknown asks for a page that cannot exist: some sites answer that with 200.
func (s *snapshot) askUnknown(ctx context.Context) (stranger, error) {
	at := s.base.ResolveReference(&url.URL{Path: unescaped(below(s.base)) + "finpages-asks-for-no-page-7f3b9c"})
	a, err := s.client.ask(ctx, http.MethodGet, at, validators{})
	var outside *outsideError
	switch {
	case errors.As(err, &outside):
		return stranger{}, nil
	case err != nil:
		return stranger{}, fmt.Errorf("ask how the site answers for a page that does not exist: %w", err)
	case a.status != http.StatusOK:
		return stranger{}, nil
	case idOf(a.url) != idOf(s.canonical(at)):
		return stranger{url: idOf(a.url)}, nil
	}
	p, err := s.parsePage(a)
	if err != nil {
		return stranger{}, nil // it is no page
	}
	return stranger{text: p.text}, nil
}

// soft reports whether the site gives a page where it should say 404.
func (s *snapshot) soft(asked *url.URL, p *page) (bool, error) {
	if idOf(asked) == idOf(s.canonical(s.base)) {
		return false, nil
	}
	unknown, err := s.unknown()
	if err != nil {
		return false, err
	}
	return unknown.text == p.text ||
		unknown.url != "" && idOf(p.url) == unknown.url && idOf(asked) != unknown.url, nil
}

// startsAs reports a site whose page at url has turned into what it answers for
// every address, as one in maintenance does. A site that always did so is taken
// as it is.
func (s *snapshot) startsAs(asked *url.URL, p *page) error {
	if idOf(asked) != idOf(s.canonical(s.base)) {
		return nil
	}
	now, was := start{Text: hex.EncodeToString(p.text[:])}, s.before.Start
	if now.Text == was.Text {
		s.setStart(was)
		return nil
	}
	unknown, err := s.unknown()
	if err != nil {
		return err
	}
	if now.Everywhere = unknown.text == p.text; now.Everywhere && was.Text != "" && !was.Everywhere {
		return fmt.Errorf("%w: see whether the site is in maintenance; if it has this page everywhere for good, remove %s",
			errSoft, s.memoryFile())
	}
	s.setStart(now)
	return nil
}

// setStart notes how the site starts. Documents that may be gone are looked at
// side by side, and each look sees it.
func (s *snapshot) setStart(now start) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start = now
}

// loggedOut reports whether an answer is what everybody gets who is not logged
// in: a form to log in, or the same text with one, whatever is asked for.
func (s *snapshot) loggedOut(p *page) (bool, error) {
	if p.login || !p.password {
		return p.login, nil
	}
	unknown, err := s.unknown()
	return err == nil && unknown.text == p.text, err
}

// Where so many pages, and such a share of them, have one text, that is the
// text of an error, a notice or a login.
const (
	sameAtLeast = 5
	sameShare   = 5 // one in so many
)

// texts counts the pages by their text.
type texts struct {
	mu    sync.Mutex
	pages map[string]textHash // by ID
	count map[textHash]int
}

func newTexts() *texts { return &texts{pages: map[string]textHash{}, count: map[textHash]int{}} }

func (t *texts) add(id string, text textHash) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.pages[id]; known {
		return
	}
	t.pages[id] = text
	t.count[text]++
}

// suspect says what is wrong where too many pages have the text.
func (t *texts) suspect(text textHash) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.count[text]
	if n < sameAtLeast || n*sameShare < len(t.pages) {
		return nil
	}
	return fmt.Errorf(
		"%d of %d pages that were read have one and the same text: see whether the login has ended, or the site is in "+
			"maintenance",
		n,
		len(t.pages),
	)
}

// worst is suspect for the most frequent text.
func (t *texts) worst() error {
	t.mu.Lock()
	var most textHash
	for text, n := range t.count {
		if n > t.count[most] {
			most = text
		}
	}
	t.mu.Unlock()
	return t.suspect(most)
}

// leadsElsewhere reports whether an address that a page names as its canonical
// one is that of another page of the site.
func (s *snapshot) leadsElsewhere(p *page) (*url.URL, bool) {
	if p.canonical == nil {
		return nil, false
	}
	c := s.canonical(p.canonical)
	start := idOf(s.canonical(s.base)) // which some sites name on every page, by mistake
	return c, idOf(c) != idOf(p.url) && idOf(c) != start && s.why(c) == ""
}
