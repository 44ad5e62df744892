package intercomapi

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
)

// listPage is one page of a list.
// https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination
type listPage[T any] struct {
	Data       *[]T `json:"data"`
	TotalCount *int `json:"total_count"`
	Pages      *struct {
		Next       any `json:"next"` // a URI or null
		TotalPages int `json:"total_pages"`
	} `json:"pages"`
}

// list yields each item of a list once, from all its pages. An error is the
// last thing it yields.
func list[T any](ctx context.Context, c *Client, operation, path string, key func(T) string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		w := newWalk(c.base.JoinPath(path))
		var none T
		for query, more := "", true; more; {
			page, err := getList[T](ctx, c, operation, path, query)
			if err != nil {
				yield(none, fmt.Errorf("page %d of the list: %w", w.page+1, err))
				return
			}
			fresh := 0
			for _, item := range *page.Data {
				if !w.add(key(item)) {
					continue
				}
				if fresh++; !yield(item, nil) {
					return
				}
			}
			if query, more, err = w.next(page.links(), fresh); err != nil {
				yield(none, &Error{Operation: operation, Status: http.StatusOK, Attempts: 1, Err: err, kind: badAnswer})
				return
			}
		}
	}
}

func getList[T any](ctx context.Context, c *Client, operation, path, query string) (p listPage[T], err error) {
	decode := func(body []byte) error {
		if err := into(&p)(body); err != nil {
			return err
		}
		if p.Data == nil || p.Pages == nil && p.TotalCount == nil {
			return errors.New("not a list: it lacks data, or pages and total_count")
		}
		return nil
	}
	err = c.do(ctx, call{
		operation: operation, method: http.MethodGet, path: path, query: query,
		limit: maxList, decode: decode,
	})
	return p, err
}
