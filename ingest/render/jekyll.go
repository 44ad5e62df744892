package render

import (
	"path"
	"path/filepath"
	"strings"

	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/dom"
	"finpages/ingest/render/internal/frontmatter"
	"finpages/ingest/render/internal/liquid"
	"finpages/ingest/render/internal/markdown"
	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
)

// liquid evaluates the Liquid of a document that Jekyll makes a page of, and takes out
// what kramdown does not show. Where Liquid takes too much, the text stays as it is.
func (b *body) liquid(text string, in Input) string {
	if !liquid.MayHold(text) && !mayHoldKramdown(text) || in.tool() != dialect.Jekyll {
		return text
	}
	text = withoutHidden(text)
	if !liquid.MayHold(text) {
		return text
	}
	if in.front.Text("render_with_liquid") == "false" {
		return liquid.Guard(text)
	}
	site := b.jekyllSite(in)
	out, err := liquid.Render(text, liquid.Env{
		Path: in.Document.Path,
		Vars: map[string]any{
			"site": site, "page": &jekyllPage{site: site, in: in}, "jekyll": jekyllVars(),
			"layout":  liquid.Unknown{Name: "layout", MayBeNone: true},
			"content": liquid.Unknown{Name: "content"}, "theme": liquid.Unknown{Name: "theme"},
			"paginator": liquid.Unknown{Name: "paginator"},
		},
		Include: site.include,
		Link:    site.link,
		Markdown: func(text string) string {
			markup, err := markdown.Convert(liquid.Guard(text), false, dialect.Includes{}, b.notes.add)
			if err != nil {
				return text
			}
			return liquid.Plain(markup)
		},
		Warn: b.notes.add,
	})
	if err != nil {
		b.notes.add("Liquid shown without being evaluated: it takes too much")
		return text
	}
	return joinHTML(out)
}

// unguard takes what kept braces apart out of a tree.
func unguard(root *html.Node) {
	for n := range root.Descendants() {
		n.Data = liquid.Plain(n.Data)
		for i := range n.Attr {
			n.Attr[i].Val = liquid.Plain(n.Attr[i].Val)
		}
	}
}

func jekyllVars() *liquid.Map {
	m := &liquid.Map{}
	m.Set("environment", "production")
	m.Set("version", liquid.Unknown{Name: "jekyll.version"})
	return m
}

// jekyllSite is what a document can see of the site that it is part of.
type jekyllSite struct {
	read   func(p string) (string, bool)
	note   func(text string)
	warn   func(text string)
	dir    string // the site's root
	dirs   []string
	doc    string // the document
	config *liquid.Map
	data   map[string]any
	loaded int
}

// jekyllSite finds the site's root: where its settings lie.
func (b *body) jekyllSite(in Input) *jekyllSite {
	s := &jekyllSite{note: b.note, warn: b.notes.add, doc: in.Document.Path, data: map[string]any{}}
	s.read = func(p string) (string, bool) {
		if in.Include == nil {
			return "", false
		}
		return b.load(in, p)
	}
	for dir := path.Dir(s.doc); ; dir = path.Dir(dir) {
		s.dirs = append(s.dirs, dir)
		for _, name := range []string{"_config.yml", "_config.yaml"} {
			if text, ok := s.read(path.Join(dir, name)); ok && s.config == nil {
				s.dir, s.config = dir, &liquid.Map{}
				if v, err := liquid.YAML(text); err == nil {
					s.config, _ = v.(*liquid.Map)
				}
				s.note(text)
				s.dirs = s.dirs[len(s.dirs)-1:] // all else lies below it
			}
		}
		if dir == "." || dir == "/" || s.config != nil {
			return s
		}
	}
}

// siteLists are what only Jekyll knows of a site, as it reads all of it.
var siteLists = dom.Set("time", "pages", "posts", "documents", "static_files", "html_pages", "html_files", "collections",
	"categories", "tags", "related_posts", "github")

// Get finds a value of the site by its name.
func (s *jekyllSite) Get(key string) any {
	if key == "data" {
		return jekyllData{s, "_data"}
	}
	unknown := liquid.Unknown{Name: "site." + key}
	if s.config == nil || siteLists[key] {
		return unknown
	}
	collections := s.config.Get("collections")
	if m, ok := collections.(*liquid.Map); ok && m.Has(key) {
		return unknown
	}
	if list, ok := collections.([]any); ok {
		for _, name := range list {
			if name == key {
				return unknown
			}
		}
	}
	return s.config.Get(key)
}

// jekyllData is a folder of data files.
type jekyllData struct {
	site *jekyllSite
	dir  string
}

const maxDataFiles = 60

var dataName = regexp.MustCompile(`^[\p{L}\p{N}_][\p{L}\p{N}_ .-]*$`)

// Get reads the file of that name, or goes on to the folder.
func (d jekyllData) Get(key string) any {
	p := path.Join(d.dir, key)
	if known, ok := d.site.data[p]; ok {
		return known
	}
	if !dataName.MatchString(key) || strings.Count(p, "/") > 4 {
		return nil
	}
	if d.site.loaded++; d.site.loaded > maxDataFiles {
		return liquid.Unknown{Name: p}
	}
	v, ok := d.file(p)
	if !ok {
		v = jekyllData{d.site, p}
	}
	d.site.data[p] = v
	return v
}

func (d jekyllData) file(p string) (any, bool) {
	for _, root := range d.site.dirs {
		for _, ext := range []string{".yml", ".yaml", ".json", ".csv", ".tsv"} {
			name := path.Join(root, p+ext)
			text, ok := d.site.read(name)
			if !ok {
				continue
			}
			v, err := readData(text, ext)
			if err != nil {
				d.site.warn("data left out: " + name + ": " + err.Error())
				return liquid.Unknown{Name: name}, true
			}
			d.site.note(text)
			return v, true
		}
	}
	return nil, false
}

func readData(text, ext string) (any, error) {
	switch ext {
	case ".json":
		return liquid.JSON(text)
	case ".csv":
		return liquid.CSV(text, ',')
	case ".tsv":
		return liquid.CSV(text, '\t')
	}
	return liquid.YAML(text)
}

// include finds a file that a tag includes: in the site's _includes, or beside the
// document.
func (s *jekyllSite) include(from, name string, isRelative bool) (text, at string) {
	var places []string
	if isRelative {
		places = []string{path.Join(path.Dir(s.doc), name)}
		if from != s.doc {
			places = append(places, path.Join(path.Dir(from), name))
		}
	} else {
		for _, root := range s.dirs {
			places = append(places, path.Join(root, "_includes", name))
		}
	}
	for _, p := range places {
		if p == ".." || strings.HasPrefix(p, "../") || strings.HasPrefix(p, "/") {
			continue
		}
		text, ok := s.read(p)
		if !ok {
			continue
		}
		if _, rest, err := frontmatter.Split(text); err == nil {
			text = rest
		}
		s.note(text)
		return text, p
	}
	return "", ""
}

// link is the reference to a file of the site, from the document.
func (s *jekyllSite) link(tag, ref string) string {
	ref = strings.Trim(ref, `"' `)
	if tag == "post_url" {
		ref = path.Join(path.Dir(ref), "_posts", path.Base(ref))
	}
	to, err := filepath.Rel("/"+path.Dir(s.doc), path.Join("/", s.dir, ref))
	if err != nil {
		return ref
	}
	return filepath.ToSlash(to)
}

// jekyllPage is what a document tells of itself.
type jekyllPage struct {
	site  *jekyllSite
	in    Input
	front *liquid.Map
}

// Get finds a value of the document's front matter, or of its place.
func (p *jekyllPage) Get(key string) any {
	if p.front == nil {
		p.front = &liquid.Map{}
		if head := strings.Trim(p.in.head, "-\n \t"); strings.HasPrefix(p.in.head, "---") {
			if m, err := liquid.YAML(head); err == nil && m != nil {
				p.front, _ = m.(*liquid.Map)
			}
		}
	}
	if p.front != nil && p.front.Has(key) {
		v := p.front.Get(key)
		if t, isTime := v.(liquid.Time); isTime && key == "date" && strings.Contains("/"+p.in.Document.Path, "/_") {
			return t.Start() // a post's is always a point in time
		}
		return v
	}
	own := p.in.Document.Path
	if rel, err := filepath.Rel("/"+p.site.dir, "/"+own); err == nil {
		own = filepath.ToSlash(rel)
	}
	switch key {
	case "path", "relative_path":
		return own
	case "name":
		return path.Base(own)
	case "slug":
		return strings.TrimSuffix(path.Base(own), path.Ext(own))
	case "ext":
		return path.Ext(own)
	case "url", "permalink":
		if key == "url" && p.front != nil && p.front.Has("permalink") {
			return p.front.Get("permalink")
		}
		return liquid.Unknown{Name: "page." + key}
	case "date":
		if t, ok := liquid.ParseTime(path.Base(own)[:min(10, len(path.Base(own)))]); ok {
			return t.Start()
		}
	case "content", "excerpt", "next", "previous", "id", "dir", "collection", "categories", "tags":
		return liquid.Unknown{Name: "page." + key}
	}
	return p.defaults(own, key)
}

// defaults is a value that the site's settings give to all documents in a folder.
func (p *jekyllPage) defaults(own, key string) (found any) {
	if p.site.config == nil {
		return nil
	}
	list, _ := p.site.config.Get("defaults").([]any)
	depth := -1
	for _, item := range list {
		m, _ := item.(*liquid.Map)
		if m == nil {
			continue
		}
		scope, _ := m.Get("scope").(*liquid.Map)
		values, _ := m.Get("values").(*liquid.Map)
		if scope == nil || values == nil || !values.Has(key) {
			continue
		}
		dir, _ := scope.Get("path").(string)
		if dir = strings.Trim(dir, "/"); (dir == "" || strings.HasPrefix(own, dir+"/")) && len(dir) > depth {
			depth, found = len(dir), values.Get(key)
		}
	}
	return found
}
