package render

import (
	"net/url"
	"path"
	"strings"

	"finpages/sources"
)

// wikiReference tells which page of a wiki an address below the wiki's own means;
// false if it is none of a page.
// https://support.atlassian.com/confluence/kb/the-differences-between-various-url-formats-for-a-confluence-page/
//
//	…/pages/viewpage.action?pageId=123
//	…/pages/viewpage.action?spaceKey=OPS&title=Page+title
//	…/display/OPS/Page+title            …/display/OPS/2024/01/31/Post
//	…/spaces/OPS/pages/123/Page+title   …/spaces/OPS/blog/2024/01/31/123/Post
func wikiReference(u *url.URL) (r sources.Reference, ok bool) {
	if path.Base(u.Path) == "viewpage.action" {
		q := u.Query()
		r = sources.Reference{ID: q.Get("pageId"), Space: q.Get("spaceKey"), Title: q.Get("title")}
		return r, r.ID != "" || r.Title != ""
	}
	if _, rest, found := strings.Cut(u.EscapedPath(), "/display/"); found {
		parts := strings.Split(rest, "/")
		if len(parts) != 2 && len(parts) != 5 {
			return r, false
		}
		r.Space, r.Title = unescape(parts[0]), unescape(parts[len(parts)-1])
		return r, r.Title != ""
	}
	if _, rest, found := strings.Cut(u.Path, "/spaces/"); found {
		parts := strings.Split(rest, "/")
		switch {
		case len(parts) >= 3 && parts[1] == "pages":
			return sources.Reference{ID: parts[2]}, true
		case len(parts) >= 6 && parts[1] == "blog":
			return sources.Reference{ID: parts[5]}, true
		}
	}
	return r, false
}

// unescape decodes a part of a path in which "+" is a space.
func unescape(s string) string {
	plain, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return plain
}
