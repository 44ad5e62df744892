package dialect

import (
	"html"
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"
)

// tag is a JSX tag within a text.
type tag struct {
	name        string
	args        string
	closing     bool
	selfClosing bool
	length      int
}

var tagStart = regexp.MustCompile(`^<(/?)([A-Za-z][\w.:-]*)`)

const maxTag = 8 << 10

// parseTag reads a tag at the start of s. Strings and braces in it may hold
// any character; a blank line outside of braces ends the attempt.
func parseTag(s string) (tag, bool) { return parseTagWithin(s, maxTag) }

func parseTagWithin(s string, limit int) (tag, bool) {
	t := tag{closing: strings.HasPrefix(s, "</")}
	from := 1
	if t.closing {
		from = 2
	}
	start := from + nameLength(s[min(from, len(s)):])
	if start == from || s[0] != '<' {
		return tag{}, false
	}
	if next := s[start:]; next == "" || strings.IndexByte(" \t\n/>", next[0]) < 0 {
		return tag{}, false // such as Map<K, V>
	}
	t.name = s[from:start]
	quote, depth := byte(0), 0
	for i := start; i < min(len(s), limit); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"', c == '\'' && depth == 0, c == '`' && depth > 0:
			quote = c
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == '<' && depth == 0, c == '\n' && depth == 0 && strings.HasPrefix(s[i:], "\n\n"):
			return tag{}, false
		case c == '>' && depth <= 0:
			t.args = strings.TrimSpace(s[start:i])
			t.selfClosing = strings.HasSuffix(t.args, "/")
			t.args = strings.TrimSuffix(t.args, "/")
			t.length = i + 1
			return t, true
		}
	}
	return tag{}, false
}

// nameLength is how long the name of an element is that s begins with; 0 if it begins
// with none.
func nameLength(s string) (n int) {
	for n < len(s) && (isLetter(s[n]) || n > 0 && (s[n] >= '0' && s[n] <= '9' || strings.IndexByte("_.:-", s[n]) >= 0)) {
		n++
	}
	return n
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// isComponent tells JSX from HTML and from placeholders such as <TOKEN>.
func (d *Document) isComponent(t tag) bool {
	first := t.name[0]
	switch {
	case first >= 'A' && first <= 'Z':
		return strings.ToUpper(t.name) != t.name || len(t.name) == 1 && (d.jsx || !isHTML[strings.ToLower(t.name)]) || t.selfClosing && d.jsx
	case d.jsx:
		return strings.Contains(t.args, "={")
	}
	return false
}

// htmlTag is an HTML tag with the settings that are plain strings.
func htmlTag(t tag, a args) string {
	if t.closing {
		return "</" + t.name + ">"
	}
	var out strings.Builder
	out.WriteString("<" + t.name)
	for _, key := range []string{"href", "src", "alt", "title", "colspan", "rowspan", "start", "type"} {
		if v := a.named[key]; v != "" {
			out.WriteString(" " + key + `="` + html.EscapeString(v) + `"`)
		}
	}
	if t.selfClosing {
		out.WriteString(" /")
	}
	return out.String() + ">"
}

var placeholder = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*$`)

// isLiteral finds what looks like a tag but is text: a value that the reader
// fills in, <TOKEN>, <YOUR-NAME>, or the name of an element, <amp-sidebar>.
// Nothing closes it.
func (d *Document) isLiteral(t tag) bool {
	if t.closing || t.selfClosing || d.has("</"+t.name) {
		return false
	}
	if t.args != "" { // "a<b and c>d"
		return bareWords.MatchString(t.args) && !flags.MatchString(t.args)
	}
	if isHTML[strings.ToLower(t.name)] {
		return false
	}
	return placeholder.MatchString(t.name) || customElement.MatchString(t.name) ||
		plainName.MatchString(t.name) && !isElement(t.name)
}

// plainName is that of a value or a type, <name> and List<int>, unless an element
// is called so.
var plainName = regexp.MustCompile(`^[a-z][a-z0-9]*$`)

// elements are those of HTML, SVG and MathML that are written without settings,
// beside those of isHTML, and what tools have made up that shows nothing.
var elements = dom.Set("abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "base",
	"basefont", "bdi", "bdo", "big", "blink", "button", "canvas", "caption", "cite", "col", "colgroup",
	"command", "data", "datalist", "del", "dfn", "dialog", "dir", "embed", "fieldset", "figcaption", "figure",
	"footer", "form", "frame", "frameset", "head", "header", "hgroup", "image", "input", "ins", "label",
	"legend", "link", "main", "map", "mark", "marquee", "menu", "menuitem", "meta", "meter", "nav", "nobr",
	"noframes", "noscript", "object", "optgroup", "option", "output", "param", "picture", "plaintext",
	"portal", "progress", "q", "rb", "rbc", "rp", "rt", "rtc", "ruby", "samp", "script", "search",
	"section", "select", "slot",
	"source", "strike", "style", "template", "textarea", "tfoot", "time", "title", "track", "var", "wbr",
	"xmp", "svg", "circle", "defs", "desc", "ellipse", "filter", "line", "mask", "metadata", "path", "pattern",
	"polygon", "polyline", "rect", "stop", "switch", "symbol", "text", "tspan", "use", "view", "math", "mrow",
	"msub", "msup", "mfrac", "msqrt", "toc", "tldr", "xref", "more", "pagebreak", "newpage")

var (
	bareWords = regexp.MustCompile(`^[\w]+(?:[ \t]+[\w]+)*$`)
	flags     = regexp.MustCompile(`\b(?:hidden|disabled|checked|open|controls|markdown|required|autoplay|loop|muted|nowrap|noshade|` +
		`reversed|async|defer|compact|ismap|allowfullscreen|clear|selected|multiple|readonly|inline|default|block|client|once|pre|cloak)\b`)
)

var customElement = regexp.MustCompile(`^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$`)

var isHTML = map[string]bool{
	"a": true, "b": true, "blockquote": true, "br": true, "center": true, "code": true, "dd": true, "div": true, "dl": true,
	"dt": true, "em": true, "font": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "hr": true,
	"i": true, "img": true, "kbd": true, "li": true, "ol": true, "p": true, "pre": true, "s": true, "small": true, "span": true,
	"strong": true, "sub": true, "sup": true, "table": true, "tbody": true, "td": true, "th": true, "thead": true, "tr": true,
	"tt": true, "u": true, "ul": true, "details": true, "summary": true, "iframe": true, "video": true, "html": true, "body": true,
}
