package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// A listing is believed only if nothing in it is odd: what is missing from a
// listing that is believed is deleted. Every oddity is an error, after which
// what was listed still counts as seen.

// Links are what an answer or an item says of where things are.
type Links struct {
	Base  string `json:"base"`
	Next  string `json:"next"`
	WebUI string `json:"webui"`
}

// Envelope is an answer that lists items.
type Envelope[T any] struct {
	Results    *[]T  `json:"results"`
	Size       *int  `json:"size"`
	TotalSize  *int  `json:"totalSize"`
	TotalCount *int  `json:"totalCount"`
	Links      Links `json:"_links"`
}

// Total returns how many items the listing has; -1 if the answer does not tell.
func (e Envelope[T]) Total() int {
	for _, n := range []*int{e.TotalCount, e.TotalSize} {
		if n != nil {
			return *n
		}
	}
	return -1
}

// Walk calls visit for each item of a listing once. It asks the same path
// again and again, with what the answers' links say of the next page: their
// host and path, which proxies and gateways get wrong, are never followed. An
// error from visit ends the walk.
func Walk[T any](ctx context.Context, c *Client, path string, query url.Values, id func(T) string,
	visit func(T, Links) error) error {
	_, err := WalkCounted(ctx, c, path, query, id, visit)
	return err
}

// WalkCounted is [Walk] that also tells whether an answer named the listing's
// total: where none did, an end that comes too early does not show.
func WalkCounted[T any](ctx context.Context, c *Client, path string, query url.Values, id func(T) string,
	visit func(T, Links) error) (counted bool, err error) {
	p := newPager(query)
	err = walk(ctx, c, path, p, id, visit)
	return p.total >= 0, err
}

func walk[T any](ctx context.Context, c *Client, path string, p *pager, id func(T) string,
	visit func(T, Links) error) error {
	for !p.done {
		var e Envelope[T]
		header, err := c.Get(ctx, path, p.request(), &e)
		switch {
		case err != nil && HasStatus(err, http.StatusInternalServerError) && p.shrink():
			continue
		case err != nil:
			return Join(append(p.faults, err)...)
		case e.Results == nil:
			return Join(append(p.faults, errors.New("an answer of the listing lacks its results"))...)
		}
		a := answer{count: len(*e.Results), size: e.Size, total: e.Total(), next: nextQuery(e.Links.Next, header)}
		for i, item := range *e.Results {
			if !p.see(id(item), i == 0) {
				continue
			}
			a.fresh++
			if err := visit(item, e.Links); err != nil {
				return Join(append(p.faults, err)...)
			}
		}
		p.advance(a)
	}
	return Join(p.faults...)
}

// answer is what paging needs to know of one answer.
type answer struct {
	count int        // items in it
	fresh int        // of them, not seen before
	size  *int       // of items, as the answer says
	total int        // items of the listing, as the answer says; -1 if it does not
	next  url.Values // of the next page; nil at the end
}

const (
	maxItems  = 1_000_000 // of one listing
	maxFaults = 10        // that are told of one listing
)

// mendPaging is all that helps against https://jira.atlassian.com/browse/CONFSERVER-95396
// and its like.
const mendPaging = "; update the wiki, or have the cache of a proxy before it looked at"

// pager decides what to ask next. Listings go on by cursor or by start.
type pager struct {
	query  url.Values
	limit  int // to ask for
	most   int // limit at the outset
	start  int
	cursor string
	extra  string // start that comes with a cursor

	seen    map[string]struct{}
	cursors map[string]struct{}
	full    int // items of the first page by cursor
	total   int
	idle    int  // answers in a row without anything new
	skipped int  // items that the wiki cannot list
	overlap bool // the page asked for begins with an item already seen
	repeats bool // an item came twice
	done    bool
	faults  []error
}

func newPager(query url.Values) *pager {
	limit, _ := strconv.Atoi(query.Get("limit"))
	return &pager{
		query: query, limit: max(limit, 1), most: max(limit, 1), total: -1,
		seen: map[string]struct{}{}, cursors: map[string]struct{}{},
	}
}

// request returns the query of the next page. By start, it begins with an item
// already seen: if that is not there, the listing has shifted meanwhile, and
// an item was skipped.
func (p *pager) request() url.Values {
	q := url.Values{}
	for k, v := range p.query {
		q[k] = v
	}
	q.Set("limit", strconv.Itoa(p.limit))
	p.overlap = false
	switch {
	case p.cursor != "":
		q.Set("cursor", p.cursor)
		if p.extra != "" {
			q.Set("start", p.extra)
		}
	case p.start > 0:
		p.overlap = p.limit > 1
		if p.overlap {
			q.Set("start", strconv.Itoa(p.start-1))
		} else {
			q.Set("start", strconv.Itoa(p.start))
		}
	}
	return q
}

func (p *pager) fault(format string, args ...any) {
	if len(p.faults) >= maxFaults {
		return
	}
	p.faults = append(p.faults, fmt.Errorf(format, args...))
}

// see tells whether an item is new.
func (p *pager) see(id string, first bool) bool {
	_, old := p.seen[id]
	switch {
	case id == "":
		p.fault("an item of the listing has no id, or none that is a number")
		return false
	case first && p.overlap && !old:
		p.fault("the listing changed while it was read")
	case old && !(first && p.overlap) && !p.repeats:
		p.repeats = true
		p.faults = append(p.faults, &repeatError{fmt.Sprintf("the listing repeats item %s", Short(id))})
	}
	p.seen[id] = struct{}{}
	return !old
}

// shrink asks for fewer items after an error of the server, down to the single
// item that it fails on. That one is skipped where that can be done.
func (p *pager) shrink() bool {
	if p.limit > 1 {
		p.limit = max(1, p.limit/4)
		return true
	}
	if p.cursor != "" || p.query.Get("start") == "" || p.skipped >= 5 || len(p.seen) == 0 {
		return false
	}
	p.fault("the wiki fails to list item %d", p.start+1)
	p.skipped++
	p.start++
	return true
}

// advance takes an answer into account and goes on to the next page.
func (p *pager) advance(a answer) {
	if a.size != nil && *a.size != a.count {
		p.fault("an answer of the listing has %d items and says %d", a.count, *a.size)
	}
	if a.total >= 0 && p.total >= 0 && a.total != p.total {
		p.fault("the listing's total changed from %d to %d while it was read", p.total, a.total)
	}
	p.total = max(a.total, p.total)
	p.start += a.fresh
	if a.next == nil {
		p.end(a)
		return
	}
	if p.idle++; a.fresh > 0 {
		p.idle = 0
	}
	switch {
	case p.idle > 3:
		text := "the listing does not end: it repeats what it listed before" + mendPaging
		p.faults = append(p.faults, &repeatError{text})
		p.done = true
		return
	case len(p.seen) > maxItems:
		p.stop("the listing does not end after %d items", maxItems)
		return
	}
	if cursor := a.next.Get("cursor"); cursor != "" {
		p.byCursor(a, cursor)
	} else {
		p.byStart(a)
	}
	p.limit = min(p.most, p.limit*4)
}

func (p *pager) stop(format string, args ...any) {
	p.fault(format, args...)
	p.done = true
}

func (p *pager) end(a answer) {
	p.done = true
	if a.count == 0 && len(p.seen) > 0 {
		p.fault("the listing broke off: it promised more than %d items", len(p.seen))
	}
	if p.total >= 0 && p.total != len(p.seen)+p.skipped {
		p.fault("the listing has %d items and says %d", len(p.seen), p.total)
	}
}

func (p *pager) byCursor(a answer, cursor string) {
	if _, again := p.cursors[cursor]; again {
		p.stop("the listing goes round in a circle: the wiki repeats a cursor" + mendPaging)
		return
	}
	p.cursors[cursor] = struct{}{}
	// By cursor nothing is asked for twice, so that items missing from a page
	// would never be noticed. Servers lower the limit for all pages alike.
	if a.count == 0 {
		p.fault("a page of the listing is empty, and more follow")
	} else if want := min(p.full, p.limit); want > 0 && a.count != want {
		p.fault("a page of the listing has %d items, others have %d", a.count, want)
	}
	if p.limit == p.most {
		p.full = a.count
	}
	p.cursor, p.extra = cursor, a.next.Get("start")
}

// byStart goes on behind what came, not at the start that the link names: that
// may be ahead by the limit asked for where the server gave fewer items. Only
// where nothing new came does the link lead on.
func (p *pager) byStart(a answer) {
	start, err := strconv.Atoi(a.next.Get("start"))
	switch {
	case err != nil || start < 0:
		p.stop("the listing's next page cannot be told from its link")
	case a.fresh == 0 && start <= p.start:
		p.stop("the listing goes round in a circle: the wiki repeats a page" + mendPaging)
	case a.fresh == 0:
		p.start = start
	}
}

// nextQuery returns the query of the next page, from the answer's body or its
// Link header; nil if there is none.
func nextQuery(next string, h http.Header) url.Values {
	if next == "" && h != nil {
		next = nextLink(h.Values("Link"))
	}
	if next == "" {
		return nil
	}
	_, query, _ := strings.Cut(next, "?")
	query, _, _ = strings.Cut(query, "#")
	return pagingParams(query)
}

// pagingParams reads cursor and start from a query. A cursor is base64, whose
// plus sign is not a space although some versions leave it bare.
func pagingParams(query string) url.Values {
	v := url.Values{}
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if key != "cursor" && key != "start" {
			continue
		}
		if plain, err := url.PathUnescape(value); err == nil {
			value = plain
		}
		v.Set(key, value)
	}
	return v
}

// nextLink returns the target with rel="next" of a Link header.
// https://www.rfc-editor.org/rfc/rfc8288
func nextLink(headers []string) string {
	for _, h := range headers {
		for {
			_, rest, ok := strings.Cut(h, "<")
			if !ok {
				break
			}
			target, rest, ok := strings.Cut(rest, ">")
			if !ok {
				break
			}
			params := rest
			if i := strings.Index(rest, "<"); i >= 0 {
				params = rest[:i]
			}
			if isNext(params) {
				return target
			}
			h = rest
		}
	}
	return ""
}

func isNext(params string) bool {
	for p := range strings.SplitSeq(params, ";") {
		key, value, _ := strings.Cut(strings.TrimRight(strings.TrimSpace(p), ", "), "=")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		if strings.EqualFold(strings.TrimSpace(key), "rel") && strings.EqualFold(value, "next") {
			return true
		}
	}
	return false
}
