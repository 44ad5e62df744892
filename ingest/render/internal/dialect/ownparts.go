package dialect

import (
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"finpages/ingest/render/internal/dom"
	"finpages/ingest/render/internal/jsx"
	regexp "finpages/sources/lazyregexp"
)

const maxModules = 50 // that a document imports

// noteModule notes what statements of MDX declare and import.
func (r *rewriter) noteModule(text string) {
	p := r.program()
	for _, i := range p.run.Module(text, p.scope) {
		r.noteImport(p.scope, i, r.path)
	}
}

var ownModule = regexp.MustCompile(`^(?:\.{1,2}/|@site/|~/|@/|/)`)

// noteImport gives a scope the name that a module imports, as far as files of the source
// have it.
func (r *rewriter) noteImport(s *jsx.Scope, i jsx.Import, from string) {
	file := strings.TrimPrefix(strings.TrimSuffix(i.Path, "?raw"), "!!raw-loader!")
	isRaw := file != i.Path
	ext := strings.ToLower(path.Ext(file))
	if ext == ".md" || ext == ".mdx" || !ownModule.MatchString(file) || s.Has(i.Name) {
		return
	}
	inner := *r // as the rewriter goes on to other files
	s.Set(i.Name, &jsx.Lazy{Make: func() (any, error) {
		if len(r.js.modules) >= maxModules {
			return nil, errNoModule
		}
		inner.path = from
		switch {
		case isRaw:
			text, at := inner.load(file)
			if at == "" {
				return nil, errNoModule
			}
			return text, nil
		case ext == ".json":
			text, at := inner.load(file)
			v, err := jsx.JSON(text)
			if object, ok := v.(*jsx.Object); ok && err == nil && at != "" && i.Exported != "default" && i.Exported != "*" {
				return object.Get(i.Exported), nil
			}
			return v, err
		}
		return inner.fromModule(file, i.Exported)
	}})
}

var errNoModule = errors.New("not found in the source")

// sourceEndings are those of modules whose import does not say.
var sourceEndings = []string{"", ".jsx", ".tsx", ".js", ".ts", "/index.jsx", "/index.tsx", "/index.js", "/index.ts"}

var isScript = dom.Set(".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs")

// fromModule is what a module of the source exports under a name.
func (r *rewriter) fromModule(file, name string) (any, error) {
	if r.includes.Module == nil {
		return nil, errNoModule
	}
	for _, ending := range sourceEndings {
		if !isScript[strings.ToLower(path.Ext(file+ending))] {
			continue
		}
		text, at := r.includes.Module(r.path, file+ending)
		if at == "" {
			continue
		}
		scope, known := r.js.modules[at]
		if !known {
			if r.included += len(text); r.included > maxIncluded {
				return nil, errNoModule
			}
			scope = jsx.NewScope(nil)
			r.js.modules[at] = scope
			for _, i := range r.js.run.Module(text, scope) {
				r.noteImport(scope, i, at)
			}
		}
		switch name {
		case "*":
			return scope.Exports(), nil
		case "default":
			name = jsx.DefaultName
		}
		return scope.Value(name)
	}
	return nil, errNoModule
}

// ownComponent writes what a component of the document's own makes; false if there is none
// of that name, or it needs a program.
func (r *rewriter) ownComponent(t tag, body []string) ([]string, bool) {
	if !r.jsx || r.js == nil {
		return nil, false
	}
	own := r.names().Own(t.name)
	if own == nil {
		return nil, false
	}
	props, _, err := r.js.run.Props(t.args, r.names())
	if err != nil {
		return nil, false
	}
	children := strings.Join(body, "\n")
	if len(body) > 1 {
		children = "\n\n" + children + "\n\n"
	}
	source, err := r.js.run.Make(own, props, children)
	if err != nil {
		return nil, false
	}
	return strings.Split(source, "\n"), true
}

// readAgain rewrites what a component made.
func (r *rewriter) readAgain(lines []string, depth int) []string {
	inner := r.inner()
	inner.open = 1
	inner.lines(lines, depth+1)
	return strings.Split(strings.Trim(inner.out.String(), "\n"), "\n")
}

func isPage(file string) bool {
	return strings.HasSuffix(file, ".md") || strings.HasSuffix(file, ".mdx")
}

// propsOf are what the file behind a component may refer to.
func (r *rewriter) propsOf(t tag, body []string) *jsx.Object {
	props := &jsx.Object{}
	if found, _, err := r.program().run.Props(t.args, r.names()); err == nil {
		props = found
	} else {
		a := parseArgs(t.args)
		for _, key := range slices.Sorted(maps.Keys(a.named)) {
			props.Set(key, a.named[key])
		}
	}
	if len(body) > 0 {
		props.Set("children", jsx.Verbatim(strings.Join(body, "\n")))
	}
	return props
}

// ownInline is what a component of the document's own shows within a line, up to what is
// in it.
func (d *Document) ownInline(t tag) (markup string, ok bool) {
	if !d.jsx || d.js == nil || t.closing {
		return "", false
	}
	own := d.js.scope.Own(t.name)
	if own == nil {
		return "", false
	}
	props, _, err := d.js.run.Props(t.args, d.js.scope)
	if err != nil {
		return "", false
	}
	place := ""
	if !t.selfClosing {
		place = "\x00"
	}
	source, err := d.js.run.Make(own, props, place)
	if err != nil {
		return "", false
	}
	before, after, _ := strings.Cut(d.HTML(source), "\x00")
	d.tips[t.name] = after
	return before, true
}

// braced is the text of an expression that is all of a text.
func (r *rewriter) braced(text string) (string, bool) {
	if !r.jsx || !strings.HasPrefix(text, "{") || !strings.HasSuffix(text, "}") {
		return "", false
	}
	e, n, err := jsx.Braces(text)
	if err != nil || n != len(text) {
		return "", false
	}
	v, err := e(&r.program().run, r.names())
	s, isText := v.(string)
	return s, err == nil && isText
}
