package website

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"

	"github.com/bmatcuk/doublestar/v4"
)

// sameOrigin reports whether two addresses are served by one server.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// below is the path that all pages of the site begin with.
func below(base *url.URL) string {
	dir := base.EscapedPath()
	if path.Ext(dir) != "" {
		dir = path.Dir(dir)
	}
	return strings.TrimRight(dir, "/") + "/"
}

// inside reports whether an address belongs to the site.
func (w *Website) inside(u *url.URL) bool {
	dir := below(w.base)
	at := u.EscapedPath()
	return sameOrigin(w.base, u) && u.User == nil && (strings.HasPrefix(at, dir) || at+"/" == dir)
}

var (
	sessionPath = regexp.MustCompile(`(?i);jsessionid=[^/;]*`)
	// sessionKey finds what tells visits apart, not pages.
	sessionKey = regexp.MustCompile(
		`(?i)^(utm_.*|gclid|fbclid|mc_[ce]id|_ga|sid|s?ess(ion)?(_?id)?|phpsessid|jsessionid|aspsessionid.*|cfid|cftoken|zenid|oscsid)$`,
	)
)

// canonical returns the one spelling of an address: without fragment, dots,
// default port, session and order of the query.
func (w *Website) canonical(u *url.URL) *url.URL {
	c := &url.URL{Scheme: u.Scheme, Host: u.Host}
	if sameOrigin(w.base, u) {
		c.Scheme, c.Host = w.base.Scheme, w.base.Host
	}
	at := u.EscapedPath()
	clean := path.Clean("/" + sessionPath.ReplaceAllString(at, ""))
	if strings.HasSuffix(at, "/") && clean != "/" {
		clean += "/"
	}
	if p, err := url.PathUnescape(clean); err == nil {
		c.Path = p
		if c.EscapedPath() != clean {
			c.RawPath = clean
		}
	}
	query := u.Query()
	for key := range query {
		if sessionKey.MatchString(key) {
			query.Del(key)
		}
	}
	c.RawQuery = query.Encode()
	return c
}

// idOf returns the ID of the page at a canonical address: its path and query.
func idOf(u *url.URL) string {
	id := u.EscapedPath()
	if base := path.Base(id); base == "index.html" || base == "index.htm" {
		id = strings.TrimSuffix(id, base)
	}
	if id == "" {
		id = "/"
	}
	if u.RawQuery != "" {
		id += "?" + u.RawQuery
	}
	return id
}

// address returns where the page with the ID lies.
func (w *Website) address(id string) (*url.URL, error) {
	if strings.Contains(id, "://") {
		u, err := url.Parse(id)
		if err != nil {
			return nil, fmt.Errorf("%q is no address", id)
		}
		return w.canonical(u), nil
	}
	u, err := url.Parse(id)
	if err != nil || u.Host != "" || !strings.HasPrefix(u.Path, "/") {
		return nil, fmt.Errorf("%q is no path of the site", id)
	}
	return w.canonical(w.base.ResolveReference(u)), nil
}

// notPages are the extensions of what a page shows or offers, but is none.
var notPages = strings.Fields(
	`.png .jpg .jpeg .gif .svg .webp .avif .ico .bmp .css .js .mjs .map .json .xml .rss .atom .txt.gz
	.woff .woff2 .ttf .otf .eot .mp3 .mp4 .webm .ogg .wav .mov .avi .zip .gz .tgz .bz2 .xz .7z .rar .tar .dmg .exe .msi .deb .rpm
	.iso .jar .pdf .doc .docx .xls .xlsx .ppt .pptx .odt .ods .odp .epub .csv .ics .wasm .bin`,
)

const (
	mostParts  = 30 // of a path
	mostRepeat = 3  // of one part in a path
)

// leftOut counts a page that is left out, and the kind of one that only lacks a
// converter.
func (w *Website) leftOut(u *url.URL, why string) sources.Listing {
	l := sources.Listing{Excluded: 1}
	if extension := strings.ToLower(path.Ext(u.Path)); why != "" && w.env.Formats[extension] == why {
		l.Unconverted = map[string]int{extension: 1}
	}
	return l
}

// why says by which rule the page at a canonical address is left out; "" if by
// none.
func (w *Website) why(u *url.URL) string {
	if !w.inside(u) {
		return "not below " + w.base.String()
	}
	extension := strings.ToLower(path.Ext(u.Path))
	lacking, known := w.env.Formats[extension]
	switch isPage := !slices.Contains(notPages, extension); { // "guide.adoc" may be a page about that file
	case isPage:
	case lacking != "":
		return lacking
	case !known:
		return "not a page: the address ends in " + path.Ext(u.Path)
	}
	if trap(u.Path) {
		return "an address that repeats itself, as endless ones do"
	}
	rel := strings.TrimPrefix(strings.TrimPrefix(u.Path, strings.TrimRight(unescaped(below(w.base)), "/")), "/")
	for _, p := range w.options.Exclude {
		if doublestar.MatchUnvalidated(p, rel) {
			return fmt.Sprintf("excluded by the pattern %q", p)
		}
	}
	matches := func(p string) bool { return doublestar.MatchUnvalidated(p, rel) }
	if len(w.options.Include) > 0 && !slices.ContainsFunc(w.options.Include, matches) {
		return "matched by no include pattern"
	}
	return ""
}

func unescaped(p string) string {
	if plain, err := url.PathUnescape(p); err == nil {
		return plain
	}
	return p
}

// trap reports whether a path looks like those that relative links make in a
// loop.
func trap(p string) bool {
	parts, seen := strings.Split(strings.Trim(p, "/"), "/"), map[string]int{}
	for _, part := range parts {
		if seen[part]++; seen[part] > mostRepeat {
			return true
		}
	}
	return len(parts) > mostParts || len(p) > 1500
}
