package render

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/dom"
	"finpages/sources"
)

// inSource finds the document or file that a relative reference names. Sites
// leave out extensions and the names of index files, so these are tried too.
func (l *linker) inSource(u *url.URL) string {
	if l.link == nil || u.Path == "" {
		return ""
	}
	isDir := strings.HasSuffix(u.Path, "/")
	for _, target := range l.targets(l.filePath(u)) {
		if isOutside(target) {
			continue
		}
		if other := l.otherCase(target); other != "" {
			target = other
		}
		for _, p := range l.candidates(target, isDir) {
			if l.exists != nil && !l.exists(p) {
				continue
			}
			l.isThere = l.isThere || l.exists != nil
			if address := l.link(p); address != "" {
				return withSuffix(address, u)
			}
		}
	}
	if address := l.inOtherCase(u); address != "" {
		return withSuffix(address, u)
	}
	if l.exists != nil && l.named != nil && l.tool() == dialect.Obsidian { // which finds notes wherever they lie
		if address := l.toNamed(strings.TrimPrefix(u.Path, "./")); address != "" {
			return withSuffix(address, u)
		}
	}
	return ""
}

// inOtherCase finds the document that a reference without an extension names in
// another case, as sites do that give pages names of their own.
func (l *linker) inOtherCase(u *url.URL) string {
	at := strings.TrimSuffix(l.filePath(u), "/")
	target := path.Join(path.Dir(l.docPath), at)
	if l.exists == nil || l.named == nil || strings.HasPrefix(at, "/") || extension(at) != "" || isOutside(target) {
		return ""
	}
	for _, ext := range []string{".md", ".mdx"} {
		if found := l.named(target + ext); strings.EqualFold(found, target+ext) {
			return l.link(found)
		}
	}
	return ""
}

func isOutside(target string) bool { return target == ".." || strings.HasPrefix(target, "../") }

// targets are the paths that one in a reference may mean, the likeliest first.
func (l *linker) targets(at string) []string {
	if !strings.HasPrefix(at, "/") {
		list := []string{path.Join(path.Dir(l.docPath), at)}
		if l.exists != nil && extension(at) == "" && ownRoutes[l.tool()] { // from the page, whose address is a folder
			list = append(list, path.Join(strings.TrimSuffix(l.docPath, extension(l.docPath)), at))
		}
		isPath := documentExtensions[strings.ToLower(extension(at))] && strings.Contains(at, "/") && at[0] != '.'
		if tool := l.tool(); l.exists != nil && isPath && (tool == "" || tool == dialect.Docusaurus) {
			// from the top of the content, too: https://docusaurus.io/docs/markdown-features/links
			for dir := path.Dir(l.docPath); dir != "." && dir != "/"; dir = path.Dir(dir) {
				list = append(list, path.Join(path.Dir(dir), at))
			}
		}
		return list
	}
	at = path.Clean(at)[1:]
	list := []string{at}
	if l.exists == nil {
		return list
	}
	if below, ok := strings.CutPrefix("/"+at, l.prefix()); ok {
		list = append(list, below)
	}
	var above []string
	for dir := path.Dir(l.docPath); dir != "." && dir != "/"; dir = path.Dir(dir) {
		above = append(above, path.Join(dir, at))
	}
	slices.Reverse(above)
	return append(list, above...)
}

// prefix is what precedes the document's own path in that of its page, with
// slashes at both ends; "/" where that is not to be seen.
func (l *linker) prefix() string {
	if l.page == nil {
		return "/"
	}
	for _, own := range []string{l.docPath, strings.TrimSuffix(l.docPath, extension(l.docPath))} {
		before, ok := strings.CutSuffix(strings.TrimSuffix(l.page.Path, "/"), "/"+own)
		if ok {
			return before + "/"
		}
	}
	return "/"
}

// onOwnSite is the address of the document that an absolute address of the page's
// own site leads to, as pages of the source have it; "" if that is not to be seen.
func (l *linker) onOwnSite(u *url.URL) string {
	if l.exists == nil || l.link == nil || l.page == nil || !strings.EqualFold(u.Host, l.page.Host) {
		return ""
	}
	below, ok := strings.CutPrefix(u.Path, l.prefix())
	if !ok || below == "" || !strings.HasSuffix(strings.TrimSuffix(l.page.Path, extension(l.docPath)),
		"/"+strings.TrimSuffix(l.docPath, extension(l.docPath))) {
		return ""
	}
	if below = path.Clean(below); isOutside(below) {
		return ""
	}
	for _, p := range l.candidates(below, strings.HasSuffix(u.Path, "/")) {
		if address := l.link(p); address != "" && l.exists(p) {
			return withSuffix(address, u)
		}
	}
	return ""
}

func (l *linker) candidates(target string, isDir bool) []string {
	if target == "." {
		target = ""
	}
	ext := extension(target)
	if ext != "" && !isDir {
		list := []string{target}
		if stem := strings.TrimSuffix(target, ext); l.exists != nil && webExtensions[strings.ToLower(ext)] {
			list = append(list, stem+".md", stem+".mdx")
		}
		if l.exists != nil && !fileExtensions[strings.ToLower(ext)] { // "v1.2"
			list = append(list, target+".md", target+".mdx")
		}
		return list
	}
	var list []string
	if target != "" {
		list = append(list, target+".md", target+".mdx", target+".html")
	}
	for _, name := range []string{"index.md", "README.md", "_index.md", "index.mdx", "readme.md", "index.html"} {
		list = append(list, path.Join(target, name))
	}
	switch {
	case target == "":
	case isDir || l.exists != nil: // a folder may be called so
		list = append(list, target)
	default:
		list = append([]string{target}, list...)
	}
	return list
}

// isDead tells whether a reference that inSource does not find leads to nothing:
// it means a file of the source that is not there. What only the site knows, such
// as an address from its root, may be there.
func (l *linker) isDead(u *url.URL) bool {
	if l.link == nil || u.Path == "" {
		return false
	}
	ext, isAbsolute := strings.ToLower(extension(u.Path)), strings.HasPrefix(u.Path, "/")
	if isOutside(path.Join(path.Dir(l.docPath), u.Path)) && !isAbsolute {
		return false
	}
	if documentExtensions[ext] {
		return true
	}
	if l.exists == nil {
		return false
	}
	tool := l.tool()
	switch {
	case tool == dialect.Azure:
		return true
	case isAbsolute && tool == dialect.GitBook:
		return strings.HasPrefix(u.Path, "/broken/")
	case isAbsolute:
		return tool == dialect.DocFX && l.prefix() != "/" && strings.HasPrefix(u.Path, l.prefix())
	case webExtensions[ext]:
		return l.format == sources.HTML
	case fileExtensions[ext]:
		return true
	}
	return !ownRoutes[tool]
}

// ownRoutes are the tools whose pages have addresses that their files' paths do
// not tell.
var ownRoutes = dom.Set(dialect.Hugo, dialect.Docusaurus, dialect.Jekyll, dialect.MkDocs, dialect.VitePress,
	dialect.Mintlify, dialect.MdBook, dialect.ReadMe)

// documentExtensions are those of files that a source would have as documents.
var documentExtensions = dom.Set(".md", ".mdx", ".markdown")

// webExtensions are those of pages that a site may make.
var webExtensions = dom.Set(".html", ".htm", ".php", ".asp", ".aspx", ".jsp")

// fileExtensions are those of files that no site makes.
var fileExtensions = dom.Set(".md", ".mdx", ".markdown", ".html", ".htm", ".txt", ".pdf", ".doc", ".docx", ".xls",
	".xlsx", ".ppt", ".pptx", ".odt", ".csv", ".zip", ".gz", ".tgz", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp",
	".mp3", ".mp4", ".webm", ".mov", ".yml", ".yaml", ".json", ".xml", ".toml", ".go", ".py", ".js", ".ts", ".cs",
	".java", ".sh", ".ps1", ".rst", ".adoc", ".ipynb")
