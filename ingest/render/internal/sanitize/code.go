package sanitize

import (
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
)

// code writes preformatted text as it is, with its language if it is named.
func (s *sanitizer) code(n *html.Node) {
	code := preformatted(n)
	if strings.TrimSpace(code) == "" {
		return
	}
	if !s.verbatim {
		code = strings.TrimRight(strings.TrimLeft(code, "\n"), spaces)
	}
	if s.top().kind == phrasing && s.top().tag != "p" {
		s.inline("code", "", func() { s.text(strings.Trim(code, spaces)) })
		return
	}
	attrs := ""
	if lang := language(n); lang != "" {
		attrs = attr("class", "language-"+lang)
	}
	s.raw(func() {
		s.put("<pre><code", attrs, ">")
		s.escapeCode(code)
		s.put("</code></pre>\n")
	})
}

// preformatted is the text of an element as it is.
func preformatted(n *html.Node) string {
	only := n.FirstChild
	if only != nil && only.NextSibling == nil && only.Type == html.ElementNode && only.Data == "code" && !isHidden(only) {
		only = only.FirstChild
	}
	if only != nil && only.NextSibling == nil && only.Type == html.TextNode {
		return only.Data
	}
	var text strings.Builder
	plain(&text, n)
	return text.String()
}

// lineElements each are a line of their own in preformatted text.
var lineElements = dom.Set("div", "p", "li", "tr")

func plain(out *strings.Builder, n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			out.WriteString(c.Data)
		case c.Type != html.ElementNode || dropped[c.Data] || isHidden(c):
		case c.Data == "br":
			out.WriteByte('\n')
		case c.Data == "img":
			alt, _ := dom.Lookup(c, "alt")
			out.WriteString(alt)
		case lineElements[c.Data]:
			plain(out, c)
			if !strings.HasSuffix(out.String(), "\n") {
				out.WriteByte('\n')
			}
		default:
			plain(out, c)
		}
	}
}

var languageClass = regexp.MustCompile(`(?i)(?:^|\s)` +
	`(?:language-|lang-|brush:\s*|highlight-source-)([a-z0-9+#._-]{1,30})`)

// isLanguage tells whether a text is the name of a language and nothing more.
func isLanguage(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && strings.IndexByte("+#._-", c) < 0 {
			return false
		}
	}
	return s != "" && len(s) <= 30
}

// language reads the language from the classes that highlighters set on the
// code, or on the elements around it.
func language(n *html.Node) string {
	around := []*html.Node{n}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Data == "code" {
			around = append(around, c)
		}
	}
	if n.Parent != nil {
		around = append(around, n.Parent)
	}
	for _, e := range around {
		class := ""
		for _, a := range e.Attr {
			switch {
			case a.Key == "class":
				class = a.Val
			case (a.Key == "data-lang" || a.Key == "data-language") && isLanguage(a.Val):
				return strings.ToLower(a.Val)
			}
		}
		if name, ok := strings.CutPrefix(class, "language-"); ok && isLanguage(name) {
			return strings.ToLower(name)
		}
		if m := languageClass.FindStringSubmatch(class); m != nil {
			return strings.ToLower(m[1])
		}
	}
	return ""
}
