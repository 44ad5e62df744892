package dialect

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	regexp "finpages/sources/lazyregexp"
)

const (
	maxTemplate  = 4 << 10 // bytes of a template, and of what it makes
	maxTemplates = 40      // that a document has read
	maxOwnCalls  = 500     // that are evaluated, each once
)

var (
	valueCall  = regexp.MustCompile(`\{\{[<%]\s*[A-Za-z][\w-]*(?:\s[^<>{}]*)?[%>]\}\}`)
	paramNames = regexp.MustCompile(`\.Params\.([A-Za-z_][\w.]*)`)
)

// ownValues writes out the calls of the site's own that stand for a text, such as a
// version: https://gohugo.io/templates/shortcode/
func (d *Document) ownValues(s string) string {
	if !strings.Contains(s, "{{<") && !strings.Contains(s, "{{%") || d.includes.Load == nil || d.Tool() != Hugo {
		return s
	}
	return valueCall.ReplaceAllStringFunc(s, func(m string) string {
		call, _, ok := parseCall(m)
		if !ok || call.closing || isOurs(call.name) || d.isClosed(call.name) {
			return m
		}
		known, isKnown := d.made[m]
		if !isKnown && len(d.made) < maxOwnCalls {
			known = m
			if text, ok := d.evaluate(call); ok {
				known = text
			}
			if d.made == nil {
				d.made = map[string]string{}
			}
			d.made[m] = known
		} else if !isKnown {
			return m
		}
		return known
	})
}

// isOurs tells whether a call is read without its site's template.
func isOurs(name string) bool {
	_, isVerbatim := verbatims[name]
	switch name {
	case "param", "ref", "relref", "figure", "img", "image", "youtube", "vimeo", "tab", "code":
		return true
	}
	return isVerbatim || boxes[name] || panes[name] || silent[name] || liquid[name]
}

// evaluate makes the text of a call by the site's template. It is false where there is
// none, where it does more than put texts together, and where it makes markup.
func (d *Document) evaluate(call shortcode) (string, bool) {
	t := d.ownTemplate(call.name)
	if t == nil {
		return "", false
	}
	var out bounded
	if err := t.Execute(&out, ownCall{call.args, ownPage{d, d.templates[call.name].names}}); err != nil {
		return "", false
	}
	text := strings.TrimSpace(out.String())
	return text, text != "" && !strings.ContainsAny(text, "<\n")
}

// ownTemplate is a template of a site, with the parameters that it names.
type ownTemplate struct {
	*template.Template
	names []string
}

func (d *Document) ownTemplate(name string) *template.Template {
	if t, known := d.templates[name]; known {
		return t.Template
	}
	if len(d.templates) >= maxTemplates {
		return nil
	}
	if d.templates == nil {
		d.templates = map[string]ownTemplate{}
	}
	d.templates[name] = ownTemplate{}
	for _, dir := range []string{"/layouts/shortcodes/", "/layouts/_shortcodes/"} {
		text, path := d.includes.Load(d.includes.Path, dir+name+".html")
		if path == "" || len(text) > maxTemplate {
			continue
		}
		t, err := template.New(name).Funcs(functions).Parse(text)
		if err != nil || len(t.Templates()) > 1 || t.Tree == nil || !isStraight(t.Root) {
			return nil
		}
		found := ownTemplate{Template: t}
		for _, m := range paramNames.FindAllStringSubmatch(text, 100) {
			found.names = append(found.names, m[1])
		}
		d.templates[name] = found
		return t
	}
	return nil
}

// isStraight tells whether a template runs from its start to its end, without loops
// and other templates.
func isStraight(n parse.Node) bool {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return true
		}
		for _, item := range n.Nodes {
			if !isStraight(item) {
				return false
			}
		}
		return true
	case *parse.IfNode:
		return isStraight(n.List) && isStraight(n.ElseList)
	case *parse.WithNode:
		return isStraight(n.List) && isStraight(n.ElseList)
	case *parse.TextNode, *parse.ActionNode, *parse.CommentNode:
		return true
	}
	return false
}

// ownCall is what a template sees of the call.
type ownCall struct {
	args args
	Page ownPage
}

// Get returns a parameter of the call by its place or name.
func (c ownCall) Get(key any) string {
	if at, ok := key.(int); ok {
		return c.args.at(at)
	}
	return c.args.named[fmt.Sprint(key)]
}

// IsNamedParams tells whether the call's parameters have names.
func (c ownCall) IsNamedParams() bool { return len(c.args.named) > 0 }

// Site is that of the page.
func (c ownCall) Site() ownSite { return c.Page.Site() }

// ownPage is what a template sees of the page.
type ownPage struct {
	document *Document
	names    []string
}

// Title is that of the page.
func (p ownPage) Title() string { text, _ := p.document.value("page.title"); return text }

// Param returns a parameter of the page, or else of its site.
func (p ownPage) Param(name string) string { text, _ := p.document.param(name); return text }

// Site is that of the page.
func (p ownPage) Site() ownSite { return ownSite(p) }

// Params are those of the page.
func (p ownPage) Params() map[string]any {
	return p.document.namedParams(p.names, "page.", "page.params.")
}

type ownSite ownPage

// Title is that of the site.
func (s ownSite) Title() string { text, _ := s.document.value("site.title"); return text }

// Params are those of the site.
func (s ownSite) Params() map[string]any { return s.document.namedParams(s.names, "site.") }

// namedParams are the parameters of some names, which may lie in each other.
func (d *Document) namedParams(names []string, scopes ...string) map[string]any {
	all := map[string]any{}
	for _, name := range names {
		for _, scope := range scopes {
			if text, ok := d.value(scope + name); ok {
				setIn(all, strings.Split(name, "."), text)
				break
			}
		}
	}
	return all
}

func setIn(m map[string]any, keys []string, text string) {
	for _, key := range keys[:len(keys)-1] {
		inner, _ := m[key].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
			m[key] = inner
		}
		m = inner
	}
	m[keys[len(keys)-1]] = text
}

// bounded takes so much text, and no more.
type bounded struct{ strings.Builder }

var errTooLong = errors.New("too long")

// Write implements [io.Writer].
func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxTemplate {
		return 0, errTooLong
	}
	return b.Builder.Write(p)
}

func short(s string) (string, error) {
	if len(s) > maxTemplate {
		return "", errTooLong
	}
	return s, nil
}

func onText(f func(string) string) func(string) (string, error) {
	return func(s string) (string, error) { return short(f(s)) }
}

func joined(parts ...any) (string, error) { return short(fmt.Sprint(parts...)) }

func refused(...any) (string, error) { return "", errors.New("not for a text") }

// functions are those of Hugo, and of Go, that templates may use.
var functions = template.FuncMap{
	"lower": onText(strings.ToLower), "upper": onText(strings.ToUpper), "safeHTML": onText(asIs), "safeURL": onText(asIs),
	"relURL": onText(asIs), "plainify": onText(asIs), "string": onText(asIs),
	"errorf": refused, "warnf": refused,
	"print": joined, "printf": refused, "println": refused, "html": refused, "js": refused, "urlquery": refused, "call": refused,
	"trim":      func(s, cut string) string { return strings.Trim(s, cut) },
	"hasPrefix": strings.HasPrefix, "hasSuffix": strings.HasSuffix, "substr": substr,
	"replace": func(s, from, to string) (string, error) {
		if len(s)+strings.Count(s, from)*len(to) > 2*maxTemplate {
			return "", errTooLong
		}
		return short(strings.ReplaceAll(s, from, to))
	},
	"default": func(otherwise string, given ...string) string {
		if len(given) > 0 && given[0] != "" {
			return given[0]
		}
		return otherwise
	},
}

// substr is a part of a text; numbers below zero count from its end.
func substr(text string, given ...any) (string, error) {
	s := []rune(text)
	bounds := make([]int, len(given))
	for i, v := range given {
		n, err := strconv.Atoi(fmt.Sprint(v))
		if err != nil {
			return "", err
		}
		bounds[i] = n
	}
	if len(bounds) == 0 {
		return text, nil
	}
	from, to := bounds[0], len(s)
	if from < 0 {
		from += len(s)
	}
	from = min(max(0, from), len(s))
	if len(bounds) > 1 && bounds[1] >= 0 {
		to = min(len(s), from+min(bounds[1], len(s)))
	} else if len(bounds) > 1 {
		to = max(from, len(s)+bounds[1])
	}
	return string(s[from:to]), nil
}
