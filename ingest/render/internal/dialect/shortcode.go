package dialect

import (
	"html"
	"regexp"
	"strings"
)

// shortcode is a call of Hugo ({{< name args >}}, {{% name args %}}) or of a
// Liquid tag ({% name args %}).
type shortcode struct {
	name        string
	args        args
	closing     bool
	selfClosing bool
}

var (
	escapedCode = regexp.MustCompile(`\{\{([<%])/\*\s*(.*?)\s*\*/([>%])\}\}`)
	callStart   = regexp.MustCompile(`\{\{[<%]|\{%-?\s*[a-z]`)
	inlineCode  = regexp.MustCompile(`\{\{[<%]\s*highlight\s[^>]*[>%]\}\}(.*?)\{\{[<%]\s*/\s*highlight\s*[>%]\}\}`)
	refLink     = regexp.MustCompile(`\{\{[<%]\s*(?:rel)?ref\s+(?:path=)?["'` + "`" + `]?([^"'` + "`" + `\s>%]+)["'` + "`" + `]?[^>%]*[>%]\}\}`)
)

// unescapeShortcodes shows a call as its author means it to be read.
func unescapeShortcodes(s string) string {
	if !strings.Contains(s, "/*") {
		return s
	}
	return escapedCode.ReplaceAllString(s, "{{$1 $2 $3}}")
}

// shortcodes rewrites a line that holds calls, with the lines after it up to
// the end of a call or of the code that it encloses. 0: it holds none.
func (r *rewriter) shortcodes(line string, lines []string) int {
	if !callStart.MatchString(line) {
		return 0
	}
	joined, n := line, 1
	for n < min(len(lines), 40) && isOpenCall(joined) {
		joined += "\n" + lines[n]
		n++
	}
	if isOpenCall(joined) {
		joined, n = line, 1
	}
	prefix, rest := cutPrefix(joined)
	if call, length, ok := parseCall(rest); ok && isBlank(rest[length:]) {
		return n - 1 + r.callBlock(prefix, call, lines[n-1:])
	}
	r.emit(r.outsideCode(joined, func(s string) string { return r.inlineText(r.callText(s)) }))
	return n
}

func isOpenCall(s string) bool {
	at := max(strings.LastIndex(s, "{{<"), strings.LastIndex(s, "{{%"), strings.LastIndex(s, "{% "))
	return at >= 0 && !strings.Contains(s[at:], "}}") && !strings.Contains(s[at:], "%}")
}

// parseCall reads a call at the start of s and returns its length.
func parseCall(s string) (shortcode, int, bool) {
	open, end := "{{<", ">}}"
	switch {
	case strings.HasPrefix(s, "{{<"):
	case strings.HasPrefix(s, "{{%"):
		open, end = "{{%", "%}}"
	case strings.HasPrefix(s, "{%"):
		open, end = "{%", "%}"
	default:
		return shortcode{}, 0, false
	}
	stop := strings.Index(s[len(open):], end)
	if stop < 0 || strings.HasPrefix(s[len(open):], "/*") {
		return shortcode{}, 0, false
	}
	inner := strings.TrimSpace(strings.Trim(s[len(open):len(open)+stop], "-"))
	length := len(open) + stop + len(end)
	call := shortcode{closing: strings.HasPrefix(inner, "/"), selfClosing: strings.HasSuffix(inner, "/")}
	inner = strings.TrimSpace(strings.Trim(inner, "/"))
	name, rest, _ := strings.Cut(strings.ReplaceAll(inner, "\n", " "), " ")
	if open == "{%" {
		if name, call.closing = strings.CutPrefix(name, "end"); !liquid[name] {
			return shortcode{}, 0, false
		}
	}
	call.name, call.args = strings.ToLower(name), parseArgs(rest)
	return call, length, name != ""
}

// liquid are the tags of Jekyll and GitBook; others are taken for text.
var liquid = map[string]bool{
	"hint": true, "tabs": true, "tab": true, "content-ref": true, "code": true, "embed": true, "raw": true, "comment": true,
	"highlight": true, "include": true, "include_relative": true, "link": true, "post_url": true, "if": true, "else": true,
	"elsif": true, "unless": true, "for": true, "assign": true, "capture": true, "stepper": true, "step": true,
	"columns": true, "column": true, "file": true, "swagger": true, "note": true, "warning": true, "tip": true, "ifversion": true,
	"data": true, "updates": true, "update": true, "case": true, "when": true,
}

// callText rewrites the calls within a piece of text.
func (r *rewriter) callText(s string) string {
	s = refLink.ReplaceAllString(s, "$1")
	s = inlineCode.ReplaceAllStringFunc(s, func(m string) string {
		return "<code>" + html.EscapeString(inlineCode.FindStringSubmatch(m)[1]) + "</code>"
	})
	var out strings.Builder
	for {
		at := strings.Index(s, "{")
		if at < 0 {
			break
		}
		out.WriteString(s[:at])
		s = s[at:]
		call, length, ok := parseCall(s)
		if !ok {
			out.WriteByte('{')
			s = s[1:]
			continue
		}
		s = s[length:]
		if call.closing {
			continue
		}
		label := r.callLabel(call)
		if strings.HasPrefix(label, "<") {
			out.WriteString(label)
		} else {
			out.WriteString(html.EscapeString(label))
		}
	}
	out.WriteString(s)
	return escapedCode.ReplaceAllStringFunc(out.String(), func(m string) string {
		return shownCall.Replace(escapedCode.ReplaceAllString(m, "{{$1 $2 $3}}"))
	})
}

// shownCall keeps a call that is shown from being taken for HTML.
var shownCall = strings.NewReplacer("<", "&lt;", ">", "&gt;")
