package dialect

import (
	"maps"
	"slices"
	"strings"

	"finpages/ingest/render/internal/dom"
	"finpages/ingest/render/internal/frontmatter"
	"finpages/ingest/render/internal/jsx"
)

// program is what the expressions of a document know.
type program struct {
	run     jsx.Run
	scope   *jsx.Scope
	modules map[string]*jsx.Scope // those that are imported, by their paths
}

func (d *Document) program() *program {
	if d.js == nil {
		d.js = &program{scope: jsx.NewScope(nil), modules: map[string]*jsx.Scope{}}
		d.js.run.Warn = func(what string) { d.warn(what) }
		d.js.scope.Set("props", &jsx.Object{})
		front := &jsx.Lazy{Make: func() (any, error) { return frontData(d.includes.Front), nil }}
		d.js.scope.Set("frontMatter", front)
		d.js.scope.Set("frontmatter", front)
	}
	return d.js
}

// frontData makes a value of what front matter says.
func frontData(v any) any {
	switch v := v.(type) {
	case frontmatter.Fields:
		o := &jsx.Object{Folds: true}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			o.Set(key, frontData(v[key]))
		}
		return o
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = frontData(item)
		}
		return out
	case string:
		if v == "true" || v == "false" {
			return v == "true"
		}
		return v
	}
	return nil
}

// names is the scope of what is read.
func (r *rewriter) names() *jsx.Scope {
	if r.scope != nil {
		return r.scope
	}
	return r.program().scope
}

const maxExpression = 64 << 10 // bytes

// isExpression tells whether what is in braces, and could not be read, is JavaScript
// for all that.
func isExpression(s string) bool {
	inner := strings.TrimSpace(s[1 : len(s)-1])
	return inner != "" && (nameLength(inner) > 0 || strings.IndexByte("([!`'\"<_$", inner[0]) >= 0) &&
		(strings.ContainsAny(inner, "(=?.[`+") || strings.Contains(inner, "&&") || strings.Contains(inner, "||"))
}

// evaluate reads the expression in braces at the start of s, and returns what shows the
// same: markup in which no text is a dialect's. length is 0 if s begins with none.
func (d *Document) evaluateBraces(s string, scope *jsx.Scope) (markup string, length int) {
	if len(s) < 2 || strings.IndexByte("{%#:", s[1]) >= 0 {
		return "", 0
	}
	e, n, err := jsx.Braces(s)
	if err != nil {
		if n = jsx.Length(s); n == 0 || !d.isMDX() || !isExpression(s[:n]) {
			return "", 0
		}
		d.warn("expression left out: " + shortened(s[:n]))
		return "", n
	}
	p := d.program()
	v, err := e(&p.run, scope)
	if err == nil {
		markup, err = p.run.Source(v)
	}
	if err != nil {
		if !d.isMDX() {
			return "", 0
		}
		d.warn("expression left out: " + shortened(s[:n]))
		return "", n
	}
	return markup, n
}

// isMDX tells whether braces are expressions, whatever they hold.
func (d *Document) isMDX() bool { return d.mdx || d.jsx && d.Tool() == Docusaurus }

// HasExpressions tells whether braces in the document may be expressions.
func (d *Document) HasExpressions() bool { return d.jsx }

// shortened is a text as a warning quotes it.
func shortened(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return s
}

// expressionBlock rewrites an expression that is a block, over any lines.
func expressionBlock(r *rewriter, lines []string, depth int) int {
	prefix, rest := cutPrefix(lines[0])
	if !r.jsx || depth > maxNesting || strings.HasPrefix(rest, "{/*") || !strings.HasPrefix(rest, "{") || r.searched > maxSearched {
		return 0
	}
	text := rest
	if len(lines) > 1 && jsx.Length(rest) == 0 {
		n := 1
		for size := len(rest); n < min(len(lines), maxExport) && size < maxExpression; n++ {
			size += len(lines[n])
		}
		r.searched += n
		text = rest + "\n" + strings.Join(lines[1:n], "\n")
	}
	markup, length := r.evaluateBraces(text, r.names())
	if length == 0 {
		return 0
	}
	after, _, _ := strings.Cut(text[length:], "\n")
	n := 1 + strings.Count(text[:length], "\n")
	switch {
	case !isBlank(after) && n == 1:
		return 0 // it is part of a line
	case !strings.Contains(markup, "<"):
		lines[n-1] = prefix + markup + after
		if isBlank(lines[n-1]) {
			return n
		}
		return n - 1 + r.prose(lines[n-1:n])
	}
	inner := r.inner()
	inner.open = 1
	inner.lines(strings.Split(markup, "\n"), depth+1)
	r.emitBlock(r.place(prefix), strings.Split(strings.Trim(inner.out.String(), "\n"), "\n")...)
	return r.restOfLine(r.place(prefix), strings.TrimSpace(after), lines, n, depth)
}

// inScope writes out the expressions of a text that only the file it stands in knows.
func (r *rewriter) inScope(s string) string {
	var out strings.Builder
	for s != "" {
		at := strings.IndexAny(s, `{\<`)
		if at < 0 {
			break
		}
		out.WriteString(s[:at])
		s = s[at:]
		n, markup := min(2, len(s)), ""
		switch s[0] {
		case '{':
			if markup, n = r.evaluateBraces(s[:min(len(s), maxTag)], r.scope); n > 0 {
				out.WriteString(markup)
				s = s[n:]
				continue
			}
			n = 1
		case '<':
			n = 1
			if t, ok := parseTag(s); ok && strings.Contains(t.args, "={") {
				n = t.length
				end := ">"
				if t.selfClosing {
					end = " />"
				}
				out.WriteString("<" + t.name + " " + r.settings(t.args, r.scope) + end)
				s = s[n:]
				continue
			}
		}
		out.WriteString(s[:n])
		s = s[n:]
	}
	return out.String() + s
}

// settings are those of a tag with the values of their expressions. What has none is
// left out, but for data that hold texts.
func (d *Document) settings(args string, scope *jsx.Scope) string {
	isData := strings.Contains(args, "efault={{") || strings.Contains(args, "efault={[") // a value as it is written
	if isData || !strings.Contains(args, "={") && !strings.Contains(args, "{...") {
		return args
	}
	p := d.program()
	props, lost, err := p.run.Props(args, scope)
	if err != nil {
		return args
	}
	out := p.run.Settings(props)
	for _, name := range lost {
		_, raw, _ := strings.Cut(args, name+"={")
		if n := jsx.Length("{" + raw); n > 0 && strings.IndexByte("[{", strings.TrimLeft(raw, " \n")[0]) >= 0 {
			out += " " + name + "={" + raw[:n-1]
		} else if isUpper(name[0]) || shownSettings[name] {
			d.warn("setting left out: " + name + "={" + shortened(raw[:max(n-2, 0)]) + "}")
		}
	}
	return strings.TrimSpace(out)
}

// shownSettings are those of components that readers see.
var shownSettings = dom.Set("title", "label", "heading", "header", "summary", "description", "subtitle", "caption", "text", "content",
	"name", "alt", "children")

// codeElement writes an element of code that holds nothing but an expression; false for
// others.
func (r *rewriter) codeElement(lines []string) bool {
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	t, ok := parseTag(text)
	if !ok || !r.jsx {
		return false
	}
	inner := strings.TrimSpace(text[t.length:])
	if code, isTag := parseTag(inner); isTag && code.name == "code" {
		inner = strings.TrimSpace(inner[code.length:])
	}
	if !strings.HasPrefix(inner, "{") || strings.HasPrefix(inner, "{/*") {
		return false
	}
	e, err := jsx.Read(text)
	if err != nil {
		return false
	}
	v, err := e(&r.program().run, r.names())
	if err != nil {
		return false
	}
	markup, err := r.program().run.Source(v)
	if err != nil {
		return false
	}
	prefix, _ := cutPrefix(lines[0])
	r.emitBlock(r.place(prefix), markup)
	return true
}
