package emulator

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// limit returns the limit asked for and the one that is kept.
func (s *Server) limit(r *http.Request) (asked, kept int) {
	asked = 25
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil && n > 0 {
		asked = n
	}
	most := s.config.Traps.MaxLimit
	if most == 0 && s.config.Cloud {
		most = 250
	} else if most == 0 {
		most = 200
	}
	return asked, min(asked, most)
}

// base returns what _links.base names.
func (s *Server) base(r *http.Request) string {
	if s.config.Base != "" {
		return s.config.Base
	}
	return "http://" + r.Host + s.config.Prefix
}

// encodeCursor makes a cursor like Cloud's, which ends in "=".
func encodeCursor(after string) string {
	text := fmt.Sprintf(`{"id":"%s","contentOrder":"id"}`, after)
	for len(text)%3 == 0 {
		text += " "
	}
	return base64.StdEncoding.EncodeToString([]byte(text))
}

func decodeCursor(cursor string) (after string, ok bool) {
	b, err := base64.StdEncoding.DecodeString(cursor)
	if err != nil {
		return "", false
	}
	_, rest, ok := strings.Cut(string(b), `"id":"`)
	after, _, found := strings.Cut(rest, `"`)
	return after, ok && found
}

// behind returns the items of a page that begins behind an id, and whether
// more follow.
func behind(pages []*Page, after string, limit int) ([]*Page, bool) {
	i := slices.IndexFunc(pages, func(p *Page) bool { return number(p.ID) > number(after) })
	if i < 0 {
		return nil, false
	}
	pages = pages[i:]
	return pages[:min(limit, len(pages))], len(pages) > limit
}

// from returns the items of a page that begins at an offset, and whether more
// follow.
func from(pages []*Page, start, limit int) ([]*Page, bool) {
	if start >= len(pages) {
		return nil, false
	}
	end := min(start+limit, len(pages))
	return pages[start:end], end < len(pages)
}

// broken answers 500 if a listing would hold the page that the server fails on.
func (s *Server) broken(w http.ResponseWriter, pages []*Page) bool {
	bad := s.config.Traps.FailOn
	if bad == "" || !slices.ContainsFunc(pages, func(p *Page) bool { return p.ID == bad }) {
		return false
	}
	fail(w, http.StatusInternalServerError, "java.lang.NullPointerException")
	return true
}

// next puts the link to the next page where the server puts it.
func (s *Server) next(w http.ResponseWriter, r *http.Request, links object, path string, q url.Values) {
	link := path + "?" + q.Encode()
	if s.config.Cloud && strings.HasPrefix(path, "/wiki/api/v2/") {
		w.Header().Set("Link", fmt.Sprintf(`<%s>; rel="next", <%s>; rel="base"`, bare(link), s.base(r)))
	} else if s.config.Traps.HeaderOnly {
		w.Header().Set("Link", fmt.Sprintf(`<%s>; rel="next"`, link))
	}
	if s.config.Traps.AbsoluteNext {
		host, _, _ := strings.Cut(strings.TrimPrefix(s.base(r), "http://"), "/")
		link = "http://" + host + strings.TrimSuffix(s.config.Prefix, "/wiki") + link
	}
	if !s.config.Traps.HeaderOnly {
		links["next"] = link
	}
}

// bare leaves the cursor's "=" unescaped, as Cloud's header does.
func bare(link string) string { return strings.ReplaceAll(link, "%3D", "=") }

func copied(q url.Values) url.Values {
	c := url.Values{}
	for k, v := range q {
		c[k] = v
	}
	return c
}
