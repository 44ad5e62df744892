package sanitize

import (
	"strings"

	"finpages/sources/charset"
)

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape writes text; quotes need none outside of attributes.
func (w *writer) escape(s string) { w.escaped(charset.Clean(s)) }

func (w *writer) escapeCode(s string) { w.escaped(charset.CleanCode(s)) }

func (w *writer) escaped(s string) {
	for i := range len(s) {
		if c := s[i]; c == '&' || c == '<' || c == '>' {
			_, _ = escaper.WriteString(&w.out, s)
			return
		}
	}
	w.out.WriteString(s)
}

var attrEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;")

// attr writes an attribute.
func attr(key, value string) string { return " " + key + `="` + attrEscaper.Replace(value) + `"` }
