package intercomapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
)

// listing is what one list is.
type listing[T any] struct {
	operation string
	path      string
	perPage   int // items to ask for at once; 0 leaves it to the API
	key       func(T) string
}

// ListLimitError is that the API lists no more than the first of its items.
type ListLimitError struct {
	Operation string // snake case, such as list_pages
	Listed    int    // items that came
	Total     int    // items that there are, as the API says
}

// Error says how many items are out of reach.
func (e *ListLimitError) Error() string {
	return fmt.Sprintf("Intercom lists only %d of %d items", e.Listed, e.Total)
}

// list yields each item of a list once, from all its pages. An error is the
// last thing it yields.
func list[T any](
	ctx context.Context, c *Client, l listing[T], item func(*json.Decoder) (T, error),
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		w := newWalk(c.base.JoinPath(l.path), l.perPage)
		var none T
		for more := true; more; {
			items, ends, err := getList(ctx, c, l, w.query, item)
			switch {
			case w.adapt(err):
				continue
			case w.outOfReach(ends, len(items), err):
				yield(none, &ListLimitError{Operation: l.operation, Listed: len(w.seen), Total: w.count})
				return
			case err != nil:
				yield(none, fmt.Errorf("page %d of the list: %w", w.page+1, err))
				return
			}
			fresh := 0
			for _, item := range items {
				if !w.add(l.key(item)) {
					continue
				}
				if fresh++; !yield(item, nil) {
					return
				}
			}
			if more, err = w.next(ends, fresh); err != nil {
				yield(none, &Error{Operation: l.operation, Status: http.StatusOK, Attempts: 1, Err: err, kind: badAnswer})
				return
			}
		}
	}
}

// getList reads one page of a list, an item at a time.
func getList[T any](
	ctx context.Context, c *Client, l listing[T], query string, item func(*json.Decoder) (T, error),
) (items []T, ends links, err error) {
	err = c.do(ctx, call{
		operation: l.operation, method: http.MethodGet, path: l.path, query: query,
		limit: maxList, divisible: l.perPage > 1, read: func(r io.Reader) (err error) {
			items = nil // of a try before
			ends, err = readList(r, func(dec *json.Decoder) error {
				one, err := item(dec)
				items = append(items, one)
				return err
			})
			return err
		},
	})
	return items, ends, err
}

// readList reads a list's page and calls item for each of its items, with the
// decoder before it.
// https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination
func readList(r io.Reader, item func(*json.Decoder) error) (links, error) {
	var (
		ends  = links{count: -1}
		known struct{ data, count, pages bool }
	)
	dec := json.NewDecoder(r)
	err := readObject(dec, func(name string) (err error) {
		switch name {
		case "data":
			known.data, err = readArray(dec, func() error { return item(dec) })
		case "total_count":
			known.count, err = decodeNonNull(dec, &ends.count)
		case "pages":
			var p struct {
				Next       any `json:"next"` // a URI or null
				TotalPages int `json:"total_pages"`
			}
			known.pages, err = decodeNonNull(dec, &p)
			ends.pages = p.TotalPages
			if p.Next != nil {
				ends.next = fmt.Sprint(p.Next)
			}
		default:
			var skipped json.RawMessage
			err = dec.Decode(&skipped)
		}
		return err
	})
	if err == nil && (!known.data || !known.pages && !known.count) {
		err = errors.New("not a list: it lacks data, or pages and total_count")
	}
	return ends, err
}
