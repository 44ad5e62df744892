package intercomapi

import (
	"errors"
	"fmt"
	"hash/maphash"
	"net/url"
	"strconv"
	"strings"
)

const (
	maxListPages = 20_000 // a million items
	maxStale     = 5      // list pages in a row that hold nothing new, or that exceed the list's own count
)

// links is what a list page says of the rest of its list.
type links struct {
	next  string // where to go on; empty at the end
	pages int    // in the list; 0 if unknown
	count int    // items in the list; -1 if unknown
}

func (p listPage[T]) links() links {
	l := links{count: -1}
	if p.TotalCount != nil {
		l.count = *p.TotalCount
	}
	if p.Pages == nil {
		return l
	}
	l.pages = p.Pages.TotalPages
	if p.Pages.Next != nil {
		l.next = fmt.Sprint(p.Pages.Next)
	}
	return l
}

// walk is the way through a list. Items that are added or deleted meanwhile
// move others from one page to the next, so an item may come twice.
type walk struct {
	list  *url.URL
	seed  maphash.Seed
	seen  map[uint64]struct{} // hashes of the items' ids
	page  int                 // list pages read
	stale int                 // the latest of these without a new item
	count int                 // the least that the list said to hold; -1 if unknown
}

func newWalk(list *url.URL) *walk {
	return &walk{list: list, seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}, count: -1}
}

// add reports whether an item is new.
func (w *walk) add(id string) bool {
	before := len(w.seen)
	w.seen[maphash.String(w.seed, id)] = struct{}{}
	return len(w.seen) > before
}

// next returns the query of the list page after one that had so many new
// items, and whether there is one.
func (w *walk) next(l links, fresh int) (query string, more bool, err error) {
	w.page++
	w.stale++
	if fresh > 0 {
		w.stale = 0
	}
	if w.count < 0 || l.count >= 0 && l.count < w.count {
		w.count = l.count
	}
	missing := len(w.seen) < w.count
	switch {
	case l.next == "" && w.page >= l.pages && !(missing && l.pages == 0):
		return "", false, w.checkEnd(missing)
	case w.stale >= maxStale:
		return "", false, errors.New("the list repeats itself")
	case w.page >= maxListPages, l.pages > 0 && w.page >= l.pages+maxStale:
		return "", false, fmt.Errorf("the list goes on after page %d of %d", w.page, l.pages)
	}
	return w.query(l.next), true, nil
}

// checkEnd keeps a list that stops early from being taken for the whole.
func (w *walk) checkEnd(missing bool) error {
	if missing {
		return fmt.Errorf("the list ends after %d of %d items", len(w.seen), w.count)
	}
	return nil
}

// query takes the next page's query from a link to this list. Any other link
// is not followed, so that the token stays with its host: a proxy in between
// makes Intercom's links lead past it. Then the page is asked for by number.
func (w *walk) query(next string) string {
	u, err := w.list.Parse(next)
	if err == nil && u.RawQuery != "" && origin(u) == origin(w.list) && u.Path == w.list.Path {
		return u.Query().Encode()
	}
	return url.Values{"page": {strconv.Itoa(w.page + 1)}}.Encode()
}

// origin is scheme, host and port.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}
