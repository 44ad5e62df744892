package intercomapi

import (
	"errors"
	"fmt"
	"hash/maphash"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const (
	maxListPages = 20_000 // a million items
	maxStale     = 5      // list pages in a row that hold nothing new, or that exceed the list's own count

	// listReach is what page times per_page may come to, by Intercom's newest
	// description. What lies beyond is asked for all the same, and may come.
	listReach = 10_000

	// apiPerPage is how many items a page of a list holds if not told otherwise.
	apiPerPage = 50
)

// links is what a list page says of the rest of its list.
type links struct {
	next  string // where to go on; empty at the end
	pages int    // in the list; 0 if unknown
	count int    // items in the list; -1 if unknown
}

// walk is the way through a list. Items that are added or deleted meanwhile
// move others from one page to the next, so an item may come twice.
type walk struct {
	list    *url.URL
	seed    maphash.Seed
	seen    map[uint64]struct{} // hashes of the items' ids
	query   string              // of the next list page
	number  int                 // of the next list page, from 1, if it is asked for by number; else 0
	perPage int                 // items asked for at once; 0 leaves it to the API
	page    int                 // list pages read
	stale   int                 // the latest of these without a new item
	count   int                 // the least that the list said to hold; -1 if unknown
}

func newWalk(list *url.URL, perPage int) *walk {
	w := &walk{list: list, seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}, perPage: perPage, number: 1, count: -1}
	if perPage > 0 {
		w.query = url.Values{"per_page": {strconv.Itoa(perPage)}}.Encode()
	}
	return w
}

// add reports whether an item is new.
func (w *walk) add(id string) bool {
	before := len(w.seen)
	w.seen[maphash.String(w.seed, id)] = struct{}{}
	return len(w.seen) > before
}

// adapt changes the next request to one that the API may be able to answer, or
// willing to, after an error; it reports false if there is none.
func (w *walk) adapt(err error) bool {
	var e *Error
	switch {
	case !errors.As(err, &e) || w.perPage == 0:
		return false
	case e.kind == tooLarge:
		return w.askForFewer()
	case e.Refused() && w.page == 0: // it may not know per_page, which is documented since Preview
		w.perPage, w.query = 0, ""
		return true
	}
	return false
}

// askForFewer makes the next list page start where it would have started, with
// fewer items, and reports false if that cannot be. Each length divides the
// one before, so that the pages still meet.
func (w *walk) askForFewer() bool {
	fewer := map[int]int{100: 50, 50: 10, 10: 1}[w.perPage]
	if fewer == 0 || w.number == 0 {
		return false
	}
	w.number = (w.number-1)*w.perPage/fewer + 1
	w.perPage = fewer
	w.query = w.byNumber()
	return true
}

// outOfReach reports whether the API refused a list page, or answered it with
// an empty list, because it is too far behind.
func (w *walk) outOfReach(l links, items int, err error) bool {
	perPage := w.perPage
	if perPage == 0 {
		perPage = apiPerPage
	}
	var e *Error
	errors.As(err, &e)
	isRefused := e != nil && e.kind == refused && e.Status == http.StatusBadRequest
	switch {
	case w.count <= len(w.seen):
		return false
	case isRefused && strings.Contains(e.Message, "page limit"):
		return true
	case w.number > 0 && w.number*perPage <= listReach && w.number*apiPerPage <= listReach:
		return false
	}
	return isRefused || err == nil && items == 0 && l.count == 0
}

// next chooses the list page after one that had so many new items, and reports
// whether there is one.
func (w *walk) next(l links, fresh int) (more bool, err error) {
	w.page++
	w.stale++
	if fresh > 0 {
		w.stale = 0
	}
	if l.count == 0 && w.count > 0 {
		return false, fmt.Errorf("the list holds %d items on one page and none on another", w.count)
	}
	if w.count < 0 || l.count >= 0 && l.count < w.count {
		w.count = l.count
	}
	missing := len(w.seen) < w.count
	position := w.page
	if w.number > 0 {
		position = w.number
	}
	switch {
	case l.next == "" && position >= l.pages && !(missing && l.pages == 0):
		return false, w.checkEnd(missing)
	case w.stale >= maxStale:
		return false, errors.New("the list repeats itself")
	case w.page >= maxListPages, l.pages > 0 && position >= l.pages+maxStale:
		return false, fmt.Errorf("the list goes on after page %d of %d", position, l.pages)
	}
	w.follow(l.next)
	return true, nil
}

// checkEnd keeps a list that stops early from being taken for the whole.
func (w *walk) checkEnd(missing bool) error {
	if missing {
		return fmt.Errorf("the list ends after %d of %d items", len(w.seen), w.count)
	}
	return nil
}

// follow takes the next page's query from a link to this list. Any other link
// is not followed, so that the token stays with its host: a proxy in between
// makes Intercom's links lead past it. Then the page is asked for by number.
func (w *walk) follow(next string) {
	if w.number > 0 {
		w.number++
	}
	u, err := w.list.Parse(next)
	if err != nil || u.RawQuery == "" || origin(u) != origin(w.list) || u.Path != w.list.Path {
		if w.number == 0 {
			w.number = w.page + 1
		}
		w.query = w.byNumber()
		return
	}
	query := u.Query()
	if w.number > 0 && query.Get("page") != strconv.Itoa(w.number) {
		w.number = 0
	}
	if w.perPage > 0 && w.number > 0 && !query.Has("per_page") {
		query.Set("per_page", strconv.Itoa(w.perPage)) // a link that lacks it would change the pages' length
	}
	w.query = query.Encode()
}

func (w *walk) byNumber() string {
	query := url.Values{"page": {strconv.Itoa(w.number)}}
	if w.perPage > 0 {
		query.Set("per_page", strconv.Itoa(w.perPage))
	}
	return query.Encode()
}

// origin is scheme, host and port.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}
