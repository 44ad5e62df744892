package render

import (
	"path"
	"strings"

	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/frontmatter"
)

// settingsFiles are where sites keep the values that their pages show.
var settingsFiles = map[string][]string{
	dialect.Jekyll:  {"_config.yml"},
	dialect.GitBook: {"book.json"},
	dialect.Hugo: {"hugo.toml", "hugo.yaml", "hugo.yml", "config.toml", "config.yaml", "config.yml", "config/_default/params.toml",
		"config/_default/params.yaml"},
}

// values finds the values that a document shows by their names: those of its own
// front matter, "page.title", and those of its site, "site.title" and
// "site.data.file.key".
type values struct {
	page frontmatter.Fields
	dir  string // of the document
	tool func() string
	read func(string) (string, bool) // a file of the source
	site map[string]frontmatter.Fields
}

// find returns the text of a value; false if there is none.
func (v *values) find(name string) (string, bool) {
	scope, rest, _ := strings.Cut(strings.ToLower(name), ".")
	switch scope {
	case "page":
		if text, ok := textAt(v.page, rest); ok {
			return text, true
		}
		return v.cascade(rest)
	case "space": // of GitBook, in which documents have what "vars" hold
		return textAt(v.fields(".gitbook/vars.yaml"), strings.TrimPrefix(rest, "vars."))
	case "site":
	case "myst":
		return v.substitution(rest)
	case "book":
		return textAt(v.fields("book.json"), "variables."+rest)
	default:
		return "", false
	}
	if file, key, isData := strings.Cut(strings.TrimPrefix(rest, "data."), "."); isData && strings.HasPrefix(rest, "data.") {
		return textAt(v.fields("_data/"+file+".yml"), key)
	}
	for _, name := range settingsFiles[v.tool()] {
		fields := v.fields(name)
		if text, ok := textAt(fields, rest); ok {
			return text, true
		}
		if params, _ := fields["params"].(frontmatter.Fields); params != nil {
			if text, ok := textAt(params, rest); ok {
				return text, true
			}
		}
	}
	return "", false
}

// cascade is what a page has of the sections that it lies in:
// https://gohugo.io/content-management/front-matter/#cascade
func (v *values) cascade(key string) (string, bool) {
	if v.tool() != dialect.Hugo || v.read == nil {
		return "", false
	}
	for dir := v.dir; dir != "." && dir != "/"; dir = path.Dir(dir) {
		cascade, _ := v.file(path.Join(dir, "_index.md"), "")["cascade"].(frontmatter.Fields)
		params, _ := cascade["params"].(frontmatter.Fields)
		for _, fields := range []frontmatter.Fields{cascade, params} {
			if text, ok := textAt(fields, key); ok {
				return text, true
			}
		}
	}
	return "", false
}

// file are the settings in a file, all of it if mark is what they lie between.
func (v *values) file(name, mark string) frontmatter.Fields {
	if fields, known := v.site[name]; known {
		return fields
	}
	if v.site == nil {
		v.site = map[string]frontmatter.Fields{}
	}
	text, ok := v.read(name)
	if mark != "" {
		text = mark + strings.TrimPrefix(text, mark) + "\n" + mark
	}
	fields, _, err := frontmatter.Split(text)
	if !ok || err != nil {
		fields = nil
	}
	v.site[name] = fields
	return fields
}

// fields are the settings in a file that lies at the document's place or above.
func (v *values) fields(name string) frontmatter.Fields {
	mark := "---\n"
	if path.Ext(name) == ".toml" {
		mark = "+++\n"
	}
	if v.read == nil {
		return nil
	}
	for dir := v.dir; ; dir = path.Dir(dir) {
		if fields := v.file(path.Join(dir, name), mark); fields != nil || dir == "." || dir == "/" {
			return fields
		}
	}
}

// textAt is the scalar at a path of keys.
func textAt(f frontmatter.Fields, keys string) (string, bool) {
	for {
		key, rest, more := strings.Cut(keys, ".")
		if !more {
			text, ok := f[key].(string)
			return text, ok
		}
		if f, _ = f[key].(frontmatter.Fields); f == nil {
			return "", false
		}
		keys = rest
	}
}
