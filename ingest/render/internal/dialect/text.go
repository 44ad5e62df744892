package dialect

import "strings"

// plainText writes a text, such as the title of a component, into Markdown: nothing in it
// is markup.
func plainText(s string) string {
	if !strings.ContainsAny(s, "&<>\"'*_[]{}`~^=+:%$@!#\\|-") && (s == "" || s[0] < '0' || s[0] > '9') {
		return s
	}
	return strings.TrimSuffix(marks.Replace(s+" "), " ")
}

// marks writes what may begin markup as entities.
var marks = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "*", "&#42;", "_", "&#95;",
	"[", "&#91;", "]", "&#93;", "{", "&#123;", "}", "&#125;", "`", "&#96;", "~", "&#126;", "^", "&#94;", "=", "&#61;",
	"+", "&#43;", ":", "&#58;", "%", "&#37;", "$", "&#36;", "@", "&#64;", "!", "&#33;", "#", "&#35;", `\`, "&#92;",
	"|", "&#124;", "- ", "&#45; ", "--", "&#45;&#45;", ". ", "&#46; ", ") ", "&#41; ")

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
