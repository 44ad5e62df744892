package sanitize

import (
	"strings"

	"finpages/sources/charset"
)

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escape writes text; quotes need none outside of attributes.
func escape(s string) string { return escaped(charset.Clean(s)) }

func escapeCode(s string) string { return escaped(charset.CleanCode(s)) }

func escaped(s string) string {
	for i := range len(s) {
		if c := s[i]; c == '&' || c == '<' || c == '>' {
			return escaper.Replace(s)
		}
	}
	return s
}

var attrEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;")

// attr writes an attribute.
func attr(key, value string) string { return " " + key + `="` + attrEscaper.Replace(value) + `"` }
