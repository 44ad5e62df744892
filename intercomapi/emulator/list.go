package emulator

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
)

// defaultPerPage is the length of a page of a list.
const defaultPerPage = 50

// listBounds say what the query of a list may ask for.
type listBounds struct {
	perPage int  // the most that per_page gets; 0: per_page is ignored
	reach   int  // the most that page times per_page may come to; 0: no bound
	silent  bool // what is out of reach is answered as an empty list, in place of an error
}

// paging is the description's pages_link. Next is absent on the last page, as
// the official Node SDK wants it.
type paging struct {
	Type       string `json:"type"`
	Page       int    `json:"page"`
	Next       string `json:"next,omitempty"`
	PerPage    int    `json:"per_page"`
	TotalPages int    `json:"total_pages"`
}

// list answers one page of a list, newest first, in the query's page (from 1)
// and per_page (more than the bound gives the bound). A page behind the last
// one is empty.
func list[T any](c *call, bounds listBounds, rows func(skip, n int) ([]*T, int), body func(*T) any) answer {
	page, err := c.positive("page", 1)
	if err != nil {
		return err.answer()
	}
	perPage, err := c.perPage(bounds)
	if err != nil {
		return err.answer()
	}
	items, total := rows((page-1)*perPage, perPage)
	if bounds.reach > 0 && page*perPage > bounds.reach {
		if !bounds.silent {
			return errPageLimit.answer()
		}
		items, total = nil, 0
	}
	a := jsonAnswer(http.StatusOK, nil)
	a.body = func(w io.Writer) error {
		return writeList(w, items, body, c.paging(page, perPage, total), total)
	}
	return a
}

func (c *call) perPage(bounds listBounds) (int, *apiError) {
	if bounds.perPage == 0 {
		return defaultPerPage, nil
	}
	n, err := c.positive("per_page", defaultPerPage)
	return min(n, bounds.perPage), err
}

// positive reads a number of the query. The bound keeps page*per_page in an int.
func (c *call) positive(name string, otherwise int) (int, *apiError) {
	raw := c.URL.Query().Get(name)
	if raw == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(raw, 10, 32)
	if err != nil || n < 1 {
		return 0, invalid(name, "must be a positive number")
	}
	return int(n), nil
}

func (c *call) paging(page, perPage, total int) paging {
	p := paging{Type: "pages", Page: page, PerPage: perPage, TotalPages: (total + perPage - 1) / perPage}
	if page < p.TotalPages {
		query := url.Values{"page": {strconv.Itoa(page + 1)}}
		if perPage != defaultPerPage {
			query.Set("per_page", strconv.Itoa(perPage))
		}
		p.Next = c.origin() + c.URL.Path + "?" + query.Encode()
	}
	return p
}

// writeList encodes one row at a time.
func writeList[T any](w io.Writer, rows []*T, body func(*T) any, pages paging, total int) error {
	separator := `{"type":"list","data":[`
	for _, row := range rows {
		if _, err := io.WriteString(w, separator); err != nil {
			return err
		}
		if err := writeJSON(w, body(row)); err != nil {
			return err
		}
		separator = ","
	}
	if len(rows) > 0 {
		separator = ""
	}
	if _, err := fmt.Fprintf(w, `%s],"total_count":%d,"pages":`, separator, total); err != nil {
		return err
	}
	if err := writeJSON(w, pages); err != nil {
		return err
	}
	_, err := io.WriteString(w, "}\n")
	return err
}
