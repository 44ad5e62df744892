package loss

import (
	"strings"

	"finpages/sources/wikimacro"
)

// storageReader reads what a Confluence wiki keeps: XML with macros.
type storageReader struct {
	htmlReader
	macros []macro
}

// macro is one that is open.
type macro struct {
	name   string
	hidden bool // its text, and that of those within
}

// quiet are macros whose bodies are for machines.
var quiet = names("html html-include html-macro style css javascript htmlbobgears excerpt-include widget gadget jira " +
	"jiraissues rss livesearch sql-query report graphviz plantuml chart drawio gliffy mathblock mathinline latex " +
	"latex-formatting run beanshell groovy")

// readStorage reads a page in storage format.
func readStorage(s string, to sink) {
	r := storageReader{htmlReader: htmlReader{to: to, budget: newBudget(s)}}
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "<![CDATA["):
			n := upTo(s[i:], "]]>")
			r.to.text(strings.TrimSuffix(s[i+len("<![CDATA["):i+n], "]]>"), r.kind())
			i += n
		case s[i] != '<':
			end := strings.IndexByte(s[i:], '<')
			if end < 0 {
				end = len(s) - i
			}
			to.text(decoded(s[i:i+end]), r.kind())
			i += end
		default:
			i += r.markup(s[i:])
		}
	}
}

func (r *storageReader) kind() kind {
	if r.hidden != nil || len(r.macros) > 0 && r.macros[len(r.macros)-1].hidden {
		return may
	}
	return must
}

// markup reads what begins with "<", and returns how long it is.
func (r *storageReader) markup(s string) int {
	if n := skipMarkup(s); n > 0 {
		return n
	}
	t, ok := r.readTag(s)
	if !ok {
		r.to.part()
		return 1
	}
	switch t.name {
	case "ac:structured-macro", "ac:macro":
		r.macro(t)
	case "ac:parameter", "ac:default-parameter":
		if !t.isEnd && !t.closes {
			n := upTo(s[t.length:], "</"+t.name+">")
			r.parameter(t, s[t.length:t.length+n])
			return t.length + n
		}
	}
	r.tag(t, false)
	if r.hidden == nil && !t.isEnd && !t.closes && isSetting(t.name) {
		r.hidden = &hidden{name: t.name, depth: 1}
	}
	return t.length
}

// isSetting reports whether the text in an element is for machines.
func isSetting(name string) bool {
	switch name {
	case "ac:task-id", "ac:task-uuid", "ac:task-status", "ac:placeholder", "ac:adf-extension":
		return true
	}
	return false
}

func (r *storageReader) macro(t tag) {
	if t.isEnd {
		r.macros = r.macros[:max(0, len(r.macros)-1)]
		return
	}
	if t.closes {
		return
	}
	name := strings.ToLower(t.attr("ac:name"))
	m := macro{name: name, hidden: quiet[name] || wikimacro.LimitsReaders(name)}
	if n := len(r.macros); n > 0 {
		m.hidden = m.hidden || r.macros[n-1].hidden
	}
	r.macros = append(r.macros, m)
}

// parameter reads a setting of a macro: it may hide what the macro holds.
func (r *storageReader) parameter(t tag, value string) {
	r.to.text(decoded(value), may)
	if len(r.macros) == 0 {
		return
	}
	m := &r.macros[len(r.macros)-1]
	name := t.attr("ac:name")
	isHidden := strings.EqualFold(name, "hidden") && strings.HasPrefix(value, "true")
	m.hidden = m.hidden || isHidden || wikimacro.LimitsReaders(m.name, name)
}
