package confluence

import (
	"net/url"
	"strings"

	"finpages/sources"
	"finpages/sources/confluence/internal/rest"
)

// webSite returns the address below which people read pages: the base that an
// answer names, which behind a gateway or proxy is not base_url; "" if it cannot
// tell. Nothing is ever fetched from there.
func webSite(c *rest.Client, base string) string {
	switch {
	case isSite(base):
		return shared(strings.TrimRight(base, "/"))
	case strings.EqualFold(c.Base.Hostname(), gateway):
		return "" // which has no web pages
	}
	return shared(c.Base.String())
}

func isSite(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil &&
		!strings.ContainsAny(s, "?#")
}

// webPath returns where below the site a page is read.
func webPath(webui, id string) string {
	webui = strings.TrimSpace(webui)
	_, err := url.Parse(webui)
	if err == nil && strings.HasPrefix(webui, "/") && !strings.HasPrefix(webui, "//") &&
		!strings.ContainsAny(webui, "\"<>\\") {
		return webui
	}
	return viewPath(url.Values{"pageId": {id}})
}

// viewPath is an address that both flavors resolve to the page's own: by pageId,
// or by spaceKey and title.
// https://support.atlassian.com/confluence/kb/the-differences-between-various-url-formats-for-a-confluence-page/
func viewPath(q url.Values) string { return "/pages/viewpage.action?" + q.Encode() }

// address implements [sources.Document.Address] for what the page names.
//
// It is made of the names alone, and left to the wiki to resolve. So it holds
// for as long as the page's revision, of which site, space and id are parts,
// whatever becomes of the page that is named; and it tells nothing of one that
// is withheld.
func (p *page) address(r sources.Reference) string {
	if p.site == "" {
		return ""
	}
	if r.ID == "" && r.Title == "" {
		r.ID = p.id
	}
	switch {
	case r.ID != "" && r.File != "":
		return p.site + "/download/attachments/" + url.PathEscape(r.ID) + "/" + url.PathEscape(r.File)
	case r.ID != "":
		return p.site + viewPath(url.Values{"pageId": {r.ID}})
	case r.Space == "":
		r.Space = p.space
	}
	// The page that a file is attached to is as near as its title leads.
	return p.site + viewPath(url.Values{"spaceKey": {r.Space}, "title": {r.Title}})
}
