package render

import (
	"net/url"
	"strings"

	"finpages/sources"
)

// wikiReference reads the paths by which a wiki of Confluence calls its pages:
// /display/KEY/Title, /spaces/KEY/pages/123/Title, and viewpage.action with an
// id, or with a space and a title. The wiki may lie below a path of its own.
func wikiReference(u *url.URL) (ref sources.Reference, ok bool) {
	if strings.HasSuffix(u.Path, "/viewpage.action") {
		q := u.Query()
		ref = sources.Reference{ID: q.Get("pageId"), Space: q.Get("spaceKey"), Title: q.Get("title")}
		return ref, ref.ID != "" || ref.Title != ""
	}
	if _, rest, found := strings.Cut(u.EscapedPath(), "/display/"); found {
		parts := strings.Split(rest, "/")
		if len(parts) != 2 || strings.HasPrefix(parts[0], "~") {
			return ref, false
		}
		title, err := url.QueryUnescape(parts[1]) // "+" is a space there
		return sources.Reference{Space: parts[0], Title: title}, err == nil && title != ""
	}
	if _, rest, found := strings.Cut(u.Path, "/spaces/"); found {
		parts := strings.Split(rest, "/")
		if len(parts) >= 3 && parts[1] == "pages" && strings.Trim(parts[2], "0123456789") == "" {
			return sources.Reference{ID: parts[2], Space: parts[0]}, parts[2] != ""
		}
	}
	return ref, false
}
