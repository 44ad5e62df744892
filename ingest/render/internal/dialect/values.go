package dialect

import (
	"html"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var (
	liquidValue  = regexp.MustCompile(`^\{\{-?\s*("[^"\n]*"|'[^'\n]*'|[^{}<>%/#!\s"'][^{}]*?)(?:\s*\|[^{}]*)?\s*-?\}\}`)
	valueName    = regexp.MustCompile(`^(?:page|site)(?:\.[\w-]+)+$`)
	frontValue   = regexp.MustCompile(`^\$frontmatter\.([\w.-]+)$`)
	quoted       = regexp.MustCompile(`^"([^"]*)"$|^'([^']*)'$`)
	paramInCode  = regexp.MustCompile(`\{\{[<%]\s*param\s+["'` + "`" + `]?([\w.-]+)["'` + "`" + `]?\s*[%>]\}\}`)
	liquidInCode = regexp.MustCompile(`\{\{-?\s*((?:page|site)(?:\.[\w-]+)+)\s*-?\}\}`)
	quotedInCode = regexp.MustCompile(`\{\{-?\s*(?:"([^"\n]*)"|'([^'\n]*)')\s*-?\}\}`)
	rawTag       = regexp.MustCompile(`\{%-?\s*(?:end)?raw\s*-?%\}`)
	liquidLink   = regexp.MustCompile(`(\]\(\s*<?|\]:\s*)\{\{-?\s*([^{}|\n]*?)\s*(?:\|[^{}\n]*)?\}\}`)
)

// value is the text that a name stands for.
func (d *Document) value(name string) (string, bool) {
	if d.includes.Value == nil {
		return "", false
	}
	return d.includes.Value(name)
}

// shownValue reads a value that the page shows, "{{ site.title }}", at the start
// of s.
func (d *Document) shownValue(s string) (markup string, length int, ok bool) {
	m := liquidValue.FindStringSubmatch(s)
	if m == nil {
		return "", 0, false
	}
	if front := frontValue.FindStringSubmatch(m[1]); front != nil && d.IsFor(VitePress) {
		text, ok := d.value("page." + front[1])
		return html.EscapeString(text), len(m[0]), ok
	}
	name := strings.TrimSpace(m[1])
	if valueName.MatchString(name) && d.IsFor(Jekyll) {
		if text, ok := d.value(name); ok {
			return html.EscapeString(text), len(m[0]), true
		}
	}
	if text, ok := d.vueValue(name); ok {
		return text, len(m[0]), true
	}
	if d.Tool() != Jekyll && !d.isMacro(name) {
		return "", 0, false
	}
	if text := quoted.FindStringSubmatch(name); text != nil {
		return html.EscapeString(text[1] + text[2]), len(m[0]), true
	}
	d.warn("value left out: " + name)
	return "", len(m[0]), true
}

var macroCall = regexp.MustCompile(`^[a-z_]\w*\([^{}]*\)$`)

// isMacro tells whether a value is one that a plugin of MkDocs makes:
// https://mkdocs-macros-plugin.readthedocs.io/
func (d *Document) isMacro(name string) bool {
	return d.IsOf(MkDocs) && (macroCall.MatchString(name) || d.has("{% ") || d.has("{%- "))
}

// valuesInCode puts the values that sites put into code, too.
func (d *Document) valuesInCode(code string) string {
	if d.includes.Value == nil || !strings.Contains(code, "{{") && !strings.Contains(code, "{%") {
		return code
	}
	code = d.refsInCode(d.bookValues(d.params(code), false))
	if strings.Contains(code, "raw") && d.has("endraw") && (d.Tool() == Jekyll || d.IsOf(MkDocs)) {
		return rawTag.ReplaceAllString(code, "")
	}
	if d.Tool() != Jekyll {
		return code
	}
	code = quotedInCode.ReplaceAllString(code, "$1$2")
	return liquidInCode.ReplaceAllStringFunc(code, func(m string) string {
		if text, ok := d.value(liquidInCode.FindStringSubmatch(m)[1]); ok {
			return text
		}
		return m
	})
}

// params writes out the parameters that Hugo puts anywhere, also into addresses.
func (d *Document) params(s string) string {
	s = d.ownValues(s)
	if d.includes.Value == nil || !strings.Contains(s, "param") || !d.IsFor(Hugo) {
		return s
	}
	return paramInCode.ReplaceAllStringFunc(s, func(m string) string {
		if text, ok := d.param(paramInCode.FindStringSubmatch(m)[1]); ok {
			return text
		}
		return m
	})
}

// param is a parameter of the page, or else of the site.
func (d *Document) param(name string) (string, bool) {
	for _, scope := range []string{"page.", "page.params.", "site."} {
		if text, ok := d.value(scope + name); ok {
			return text, true
		}
	}
	return "", false
}

// valueAddresses writes out the values that are the addresses of links.
func (d *Document) valueAddresses(s string) string {
	if d.Tool() != Jekyll {
		return s
	}
	return liquidLink.ReplaceAllStringFunc(s, func(m string) string {
		parts := liquidLink.FindStringSubmatch(m)
		text, ok := d.value(parts[2])
		if !ok {
			d.warn("address of a link left out: " + parts[2])
		}
		return parts[1] + text
	})
}
