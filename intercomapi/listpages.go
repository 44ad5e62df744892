package intercomapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// ListedPage is a page of a list, without its HTML.
type ListedPage struct {
	ExternalPage
	Hash [32]byte // as the caller's function made it
}

// ListPages lists all external pages of the workspace, whatever their source.
// The HTML of one of them at a time is in memory, while hash looks at that
// page; hash may be called again for a page that an answer broke behind.
//
// An error ends the sequence; what came before is then not the whole list. A
// [*ListLimitError] says that the API lists no more of them.
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/ai-content/listexternalpages
func (c *Client) ListPages(ctx context.Context, hash func(ExternalPage) [32]byte) iter.Seq2[ListedPage, error] {
	l := listing[ListedPage]{
		operation: "list_pages", path: pagesPath, perPage: 100,
		key: func(p ListedPage) string { return p.ID },
	}
	return list(ctx, c, l, func(dec *json.Decoder) (p ListedPage, err error) {
		if err := dec.Decode(&p.ExternalPage); err != nil {
			return p, err
		}
		p.Hash = hash(p.ExternalPage)
		p.HTML = ""
		return p, nil
	})
}

// ErrNoLookup is that the API does not look pages up by their external id:
// it answers with a list of any pages.
var ErrNoLookup = errors.New("the API does not look up pages by their external id")

// FindPage looks up the page that a source has under an external id, without
// its HTML, and reports whether there is one. Documented since Preview; where
// the API ignores the request's parameters, the error wraps [ErrNoLookup].
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/ai-content/listexternalpages
func (c *Client) FindPage(
	ctx context.Context, source int64, externalID string, hash func(ExternalPage) [32]byte,
) (p ListedPage, found bool, err error) {
	query := url.Values{
		"source_id": {strconv.FormatInt(source, 10)}, "external_id": {externalID}, "per_page": {"1"},
	}
	err = c.do(ctx, call{
		operation: "find_page", method: http.MethodGet, path: pagesPath, query: query.Encode(),
		limit: maxList, read: func(r io.Reader) error {
			var first *ExternalPage
			_, err := readList(r, func(dec *json.Decoder) error {
				if err := dec.Decode(&first); err != nil {
					return err
				}
				return errFirst
			})
			if errors.Is(err, errFirst) {
				err = nil
			}
			if p, found = (ListedPage{}), first != nil; err == nil && found {
				p = ListedPage{ExternalPage: *first, Hash: hash(*first)}
				p.HTML = ""
			}
			return err
		},
	})
	if err == nil && found && (p.SourceID != source || p.ExternalID != externalID) {
		err = &Error{Operation: "find_page", Status: http.StatusOK, Attempts: 1, Err: ErrNoLookup, kind: unsupported}
		return ListedPage{}, false, err
	}
	return p, found, err
}

// errFirst ends the reading of a list at its first item.
var errFirst = errors.New("the first item was read")
