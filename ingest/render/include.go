package render

import (
	"path"
	"slices"
	"strings"

	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/frontmatter"
	"finpages/sources/charset"
)

// includes gives the dialects a way to load what the document includes. What
// was asked for is noted, also what is not there: the page depends on it.
func (b *body) includes(in Input) dialect.Includes {
	out := b.files(in)
	out.Storage = b.storageReader(in.Document.Address, out, 0)
	return out
}

func (b *body) files(in Input) dialect.Includes {
	raw := func(p string) (text string, ok bool) { return b.load(in, p) }
	read := func(p string) (text string, ok bool) { return b.text(in, p) }
	shown := &values{page: in.front, dir: path.Dir(in.Document.Path), tool: in.tool}
	out := dialect.Includes{Path: in.Document.Path, Tool: in.tool, IsNamed: in.isNamed(), Value: func(name string) (string, bool) {
		text, ok := shown.find(name)
		if ok {
			b.note(text)
		}
		return text, ok
	}}
	out.Front = in.front
	if in.Named != nil {
		out.IsNote = func(name string) bool { return in.Named(name) != "" }
	}
	if in.Include == nil {
		return out
	}
	shown.read = raw
	docs := &learned{in: in, load: raw}
	out.Reference, b.links.docs = docs.reference, docs
	out.Load = func(from, ref string) (text, at string) {
		own := "" // what the name means that the file has itself, unless a snippet has it, too
		for _, p := range includePaths(from, ref) {
			if at != "" && !strings.Contains("/"+p, snippets) {
				continue
			}
			switch text, ok := read(p); {
			case ok && p == from && !strings.Contains("/"+p, snippets):
				own, at = text, p
			case ok:
				return text, p
			}
		}
		return own, at
	}
	out.IsKeptOut = func(from, ref string) bool {
		isThere := func(p string) bool { return extension(p) != "" && in.Exists(p) }
		return in.Exists != nil && slices.ContainsFunc(includePaths(from, ref), isThere)
	}
	out.Module = func(from, ref string) (text, at string) {
		for _, p := range includePaths(from, ref) {
			if isThere := in.Exists == nil || in.Exists(p); isThere {
				if text, ok := read(p); ok {
					return text, p
				}
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

// load returns the text of another file, and notes that the page depends on it.
func (b *body) load(in Input, p string) (text string, ok bool) {
	if !slices.Contains(b.included, p) {
		b.included = append(b.included, p)
	}
	data, ok := in.Include(p)
	if !ok {
		return "", false
	}
	text, err := charset.Text(data, false)
	return text, err == nil
}

// text is a file as the document shows it: without its front matter, with links
// that lead on from the document.
func (b *body) text(in Input, p string) (text string, ok bool) {
	if text, ok = b.load(in, p); !ok {
		return "", false
	}
	if !isDocument(p) {
		b.note(text)
		return text, true
	}
	if _, rest, err := frontmatter.Split(text); err == nil {
		text = rest
	}
	text = dialect.ForAll(text, b.notes.add)
	b.note(text)
	return moveLinks(text, path.Dir(p), path.Dir(in.Document.Path)), true
}

// isDocument tells a document by its path from data and code, which have no front
// matter, whatever they begin with.
func isDocument(p string) bool {
	switch strings.ToLower(extension(p)) {
	case "", ".md", ".markdown", ".mdx", ".html", ".htm", ".txt", ".inc", ".qmd":
		return true
	}
	return false
}

// maxOthers bounds the text of other files that a page's loss is measured with,
// in bytes.
const maxOthers = 2 << 20

// note notes what the page may show of another file.
func (b *body) note(text string) {
	if b.noted += len(text); b.noted <= maxOthers {
		b.others = append(b.others, text)
	}
}

// maxIncludePaths bounds the places that are looked at for one file.
const maxIncludePaths = 16

// snippets is a folder in which sites of MkDocs have what they include.
const snippets = "/snippets/"

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
	for up := dir; up != "." && up != "/"; up = path.Dir(up) {
		add(path.Join(path.Dir(up), snippets, ref))
	}
	if extension(ref) == "" {
		add(path.Join(dir, ref+".md"))
		add(ref + ".md")
	}
	return list
}
