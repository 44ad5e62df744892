package render

import (
	"fmt"
	"net/url"
	"path"
	"strings"
	"sync"

	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/markdown"
	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

// linker makes the references of one document absolute.
type linker struct {
	docPath  string
	format   sources.Format
	link     func(path string) string
	find     func(sources.Reference) string // of an export's pages, by what its wiki calls them; may be nil
	page     *url.URL                       // nil where the page has no web address
	base     *url.URL                       // of <base href>; nil if none
	named    func(name string) string
	exists   func(path string) bool // nil where nobody knows
	tool     func() string          // that the document is written for
	warn     func(string)
	dead     int // references to documents that are not there
	docs     *learned
	isThere  bool // what the reference that is resolved now leads to, which need not have an address
	isExport bool // relative references lead to files of the export, whose wiki nobody knows
}

func newLinker(in Input, metaURL string, warn func(string)) linker {
	l := linker{docPath: in.Document.Path, format: in.Document.Format, link: in.Link, find: in.Document.Find, named: in.Named, warn: warn,
		exists: in.Exists, tool: sync.OnceValue(in.tool),
		isExport: in.Document.Format == sources.ConfluenceExport}
	address := in.URL
	if metaURL != "" {
		address = metaURL
	}
	if u, err := url.Parse(address); err == nil && isWeb(u) {
		l.page = u
	}
	return l
}

// rebase takes the href of a <base> element, against which relative
// references are then resolved.
func (l *linker) rebase(href string) {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil || href == "" {
		return
	}
	if l.page != nil && !l.isExport {
		u = l.page.ResolveReference(u)
	}
	if isWeb(u) {
		l.base = u
	}
}

// resolve returns the absolute address that ref leads to, "" where it leads
// nowhere that a reader could follow.
func (l *linker) resolve(ref string) string {
	l.isThere = false
	ref = trimRef(ref)
	if ref == "" {
		return ""
	}
	if strings.HasPrefix(ref, "#") {
		return l.fragment(ref)
	}
	u, err := parseRef(ref)
	if err != nil {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case strings.TrimSuffix(markdown.WikiScheme, ":"):
		return l.wiki(strings.TrimPrefix(ref, markdown.WikiScheme))
	case "mailto", "tel":
		return u.String()
	case "doc", "ref", "page", "blog", "changelog": // of ReadMe, by the name of the page
		if u.Opaque == "" || l.named == nil {
			return ""
		}
		return l.wiki(u.Opaque + withHash(u.Fragment))
	case "xref": // of DocFX
		return l.byUID(strings.TrimPrefix(ref, "xref:"))
	case "http", "https":
		if address := l.onOwnSite(u); address != "" {
			return address
		}
		return webString(u)
	case "":
		if strings.Contains(ref, "{{") || strings.Contains(ref, "{%") {
			l.warn("address of a link left out: " + ref) // only its site knows it
			return ""
		}
		return l.relative(u)
	}
	return ""
}

func withHash(fragment string) string {
	if fragment == "" {
		return ""
	}
	return "#" + fragment
}

// trimRef leaves out what browsers leave out: spaces around an address, tabs
// and line breaks within.
func trimRef(ref string) string {
	if !strings.ContainsFunc(ref, func(r rune) bool { return r <= ' ' || r == '\uFEFF' }) {
		return ref
	}
	ref = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' || r == '\uFEFF' {
			return -1
		}
		return r
	}, ref)
	return strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' })
}

// parseRef is url.Parse, lenient about what people type: spaces, a stray %,
// backslashes for slashes.
func parseRef(ref string) (*url.URL, error) {
	head, _, _ := strings.Cut(ref, "?")
	if !strings.Contains(head, ":") || strings.HasPrefix(strings.ToLower(head), "http") {
		ref = strings.ReplaceAll(head, `\`, "/") + ref[len(head):]
	}
	u, err := url.Parse(ref)
	if err == nil {
		return u, nil
	}
	return url.Parse(escapeStrayPercent(ref))
}

func escapeStrayPercent(s string) string {
	var out strings.Builder
	for i := range len(s) {
		if s[i] == '%' && !(i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])) {
			out.WriteString("%25")
			continue
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// webString drops user names and passwords: a page is no place for them.
func webString(u *url.URL) string {
	if u.Host == "" {
		return ""
	}
	u.User = nil
	return u.String()
}

// wiki finds the note or page that a name leads to: beside the document, from
// the root of the source, or wherever a file is called so.
func (l *linker) wiki(name string) string {
	u, err := parseRef(strings.ReplaceAll(name, ":", "%3A"))
	if err != nil {
		return ""
	}
	if l.link == nil {
		return l.relative(u)
	}
	if l.named != nil {
		if address := l.toNamed(u.Path); address != "" {
			return withSuffix(address, u)
		}
	} else if address := l.byPath(u); address != "" {
		return address
	}
	return l.leadsNowhere(u)
}

func (l *linker) leadsNowhere(u *url.URL) string {
	if !l.isThere {
		l.dead++
		l.warn(fmt.Sprintf("link to %q leads nowhere", u.Path))
	}
	return ""
}

func (l *linker) toNamed(name string) string {
	found := l.named(name)
	if found == "" {
		return ""
	}
	l.isThere = true
	return l.link(found)
}

// byPath takes a name for a path: beside the document, or from the root of the
// source.
func (l *linker) byPath(u *url.URL) string {
	fromRoot := *u
	fromRoot.Path = "/" + u.Path
	for _, ref := range []*url.URL{u, &fromRoot} {
		if address := l.inSource(ref); address != "" {
			return address
		}
	}
	return ""
}

func (l *linker) fragment(ref string) string {
	if l.page == nil || ref == "#" {
		return ""
	}
	u, err := parseRef(ref)
	if err != nil {
		return ""
	}
	return l.page.ResolveReference(u).String()
}

func (l *linker) relative(u *url.URL) string {
	if u.Host != "" { // "//host/path"
		u.Scheme = "https"
		if l.page != nil {
			u.Scheme = l.page.Scheme
		}
		return webString(u)
	}
	if rest, ok := strings.CutPrefix(u.Path, "~/"); ok {
		copied := *u
		copied.Path, copied.RawPath = "/"+l.fromRoot(rest), ""
		u = &copied
	}
	if l.base != nil {
		return webString(l.base.ResolveReference(u))
	}
	if l.isExport {
		return l.inExport(u)
	}
	if address := l.inSource(u); address != "" {
		return address
	}
	if address := l.redirected(u); address != "" {
		return address
	}
	if l.isDead(u) {
		return l.leadsNowhere(u)
	}
	if l.page != nil {
		return webString(l.page.ResolveReference(u))
	}
	return ""
}

// inExport finds the page of an export that a relative reference names. What
// the export does not hold is somewhere on a wiki whose address it never tells.
func (l *linker) inExport(u *url.URL) string {
	if r, ok := wikiReference(u); ok && l.find != nil && l.link != nil {
		if found := l.find(r); found != "" {
			return withSuffix(l.link(found), fragmentOf(u))
		}
		return ""
	}
	target := path.Join(path.Dir(l.docPath), u.Path)
	if l.link == nil || u.Path == "" || strings.HasPrefix(u.Path, "/") || isOutside(target) {
		return ""
	}
	address := l.link(target)
	if address == "" {
		l.dead++
		return ""
	}
	return withSuffix(address, fragmentOf(u)) // its query is one of the wiki's, such as the version of a file
}

func fragmentOf(u *url.URL) *url.URL {
	return &url.URL{Fragment: u.Fragment, RawFragment: u.RawFragment}
}

// filePath is the path of the file that a reference leads to. Azure's wikis keep
// some characters of the pages' names escaped in those of the files, and write
// spaces as dashes.
func (l *linker) filePath(u *url.URL) string {
	if !strings.ContainsAny(u.EscapedPath(), "% ") || l.tool() != dialect.Azure || strings.Contains(u.Path, ".attachments/") {
		return u.Path
	}
	kept := azureEscape.ReplaceAllString(u.EscapedPath(), "%25$1")
	name, err := url.PathUnescape(kept)
	if err != nil {
		return u.Path
	}
	return strings.ReplaceAll(name, " ", "-")
}

// fromRoot is the path of a file below the root of DocFX's content, where references
// that begin with "~" start: any folder above the document, or the source's own.
func (l *linker) fromRoot(name string) string {
	if l.exists == nil {
		return name
	}
	other := name
	for dir := path.Dir(l.docPath); dir != "." && dir != "/"; dir = path.Dir(dir) {
		below := path.Join(dir, name)
		if l.exists(below) {
			return below
		}
		if found := l.otherCase(below); found != "" && other == name {
			other = found
		}
	}
	return other
}

// azureEscape finds what Azure's wikis keep escaped in the names of files.
// https://learn.microsoft.com/azure/devops/project/wiki/wiki-file-structure
var azureEscape = regexp.MustCompile(`(?i)%(3A|3C|3E|2A|3F|7C|2D|22)`)

// otherCase is the path of a document that differs from one that is not there in
// the case of its letters, for tools on whose sites that does not matter; "" if
// there is none.
func (l *linker) otherCase(target string) string {
	if l.exists == nil || l.named == nil || l.tool() != dialect.DocFX && l.tool() != dialect.Azure {
		return ""
	}
	isDocument := documentExtensions[strings.ToLower(extension(target))]
	if !isDocument && l.tool() == dialect.Azure && target != "." && !strings.Contains(target, ".attachments/") {
		if target += ".md"; l.exists(target) { // links to pages have no extension
			return target
		}
		isDocument = true
	}
	if !isDocument || l.exists(target) {
		return ""
	}
	if found := l.named(target); strings.EqualFold(found, target) {
		return found
	}
	return ""
}

// withSuffix adds the reference's query and fragment to an address.
func withSuffix(address string, ref *url.URL) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	if ref.RawQuery != "" {
		u.RawQuery = ref.RawQuery
	}
	if ref.Fragment != "" {
		u.Fragment, u.RawFragment = ref.Fragment, ref.RawFragment
	}
	return u.String()
}
