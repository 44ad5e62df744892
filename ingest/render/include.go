package render

import (
	"path"
	"slices"
	"strings"

	"finpages/ingest/render/internal/confluence"
	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/frontmatter"
	"finpages/sources"
	"finpages/sources/charset"

	"golang.org/x/net/html"
)

// includes gives the dialects a way to load what the document includes. What
// was asked for is noted, also what is not there: the page depends on it.
func (b *body) includes(in Input) dialect.Includes {
	read := func(p string) (text string, ok bool) {
		if !slices.Contains(b.included, p) {
			b.included = append(b.included, p)
		}
		data, ok := in.Include(p)
		if !ok {
			return "", false
		}
		text, err := charset.Text(data, false)
		if err != nil {
			return "", false
		}
		if _, rest, err := frontmatter.Split(text); err == nil {
			text = rest
		}
		return moveLinks(text, path.Dir(p), path.Dir(in.Document.Path)), true
	}
	out := dialect.Includes{Path: in.Document.Path, Tool: in.tool, IsNamed: in.isNamed(), Storage: func(markup string) string {
		return b.storageHTML(markup, in.Document.Address)
	}}
	if in.Include == nil {
		return out
	}
	out.Load = func(from, ref string) (text, at string) {
		for _, p := range includePaths(from, ref) {
			if text, ok := read(p); ok {
				return text, p
			}
		}
		return "", ""
	}
	if in.Named != nil {
		out.Note = func(_, name string) (text, at string) {
			if at = in.Named(name); at == "" {
				return "", ""
			}
			text, ok := read(at)
			if !ok {
				return "", ""
			}
			return text, at
		}
	}
	return out
}

// storageHTML is a wiki's storage format as HTML, "" if it cannot be read.
func (b *body) storageHTML(markup string, address func(sources.Reference) string) string {
	root, warnings, err := confluence.Storage(markup, address, nil)
	if err != nil {
		return ""
	}
	b.warn(warnings)
	var out strings.Builder
	for n := range root.ChildNodes() {
		if err := html.Render(&out, n); err != nil {
			return ""
		}
	}
	return out.String()
}

// maxIncludePaths bounds the places that are looked at for one file.
const maxIncludePaths = 12

// includePaths are where a file may be that another includes: beside it, or
// where the tools look that have a place for such files.
func includePaths(from, ref string) []string {
	ref = strings.ReplaceAll(strings.TrimSpace(ref), `\`, "/")
	if strings.Contains(ref, "://") {
		return nil
	}
	dir := path.Dir(from)
	var list []string
	add := func(p string) {
		p = path.Clean(p)
		isInside := p != "." && p != ".." && !strings.HasPrefix(p, "../")
		if isInside && len(list) < maxIncludePaths && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	isFromRoot := false
	for _, root := range []string{"~/", "@site/", "/"} {
		if rest, ok := strings.CutPrefix(ref, root); ok {
			ref, isFromRoot = rest, true
			break
		}
	}
	if !isFromRoot {
		add(path.Join(dir, ref))
	}
	for up := dir; up != "." && up != "/"; up = path.Dir(up) { // the site's content may begin at any
		add(path.Join(path.Dir(up), ref))
	}
	add(ref)
	add(path.Join("_includes", ref))
	if extension(ref) == "" {
		add(path.Join(dir, ref+".md"))
		add(ref + ".md")
	}
	return list
}
