package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// shortcode is a call of Hugo ({{< name args >}}, {{% name args %}}) or of a
// Liquid tag ({% name args %}).
type shortcode struct {
	name        string
	args        args
	closing     bool
	selfClosing bool
	unknown     bool // a tag of Liquid that may be text
}

var (
	escapedCode = regexp.MustCompile(`\{\{([<%])/\*\s*(.*?)\s*\*/([>%])\}\}`)
	callStart   = regexp.MustCompile(`\{\{[<%]|\{%-?\s*(?:[@a-z]|/\s*[a-z]|$)`)
	// What stands before an address, and the calls that address a page.
	addressCall = regexp.MustCompile(`(\]\(\s*<?|\]:\s*|href=["']?)(?:` +
		`\{\{[<%]\s*(?:rel)?ref\s+(?:path=)?["'` + "`" + `]?([^"'` + "`" + `\s>%]+)["'` + "`" + `]?[^>%]*[>%]\}\}|` +
		`\{%\s*(?:link|post_url)\s+([^\s%]+)\s*%\}|` +
		`\{\{\s*["']([^"'{}]*)["']\s*\|\s*(?:relative|absolute)_url\s*\}\})`)
	// an address of a link, or of its definition, that holds a call
	otherCall = regexp.MustCompile(`(\]\(\s*|^ {0,3}\[[^\]\n]+\]:[ \t]*)<?[^\s()<>{}"]*` +
		`(?:\{\{[<%]?|\{%-?)\s*([\w-]+)[^{}\n]*\}\}?(?:[^)\s{}]|\{\{[^{}\n]*\}\})*`)
	siteRoot = regexp.MustCompile(`(\]\(\s*<?|\]:\s*|href=["']?)\{\{-?\s*(?:site|page)\.(?:base)?url\s*-?\}\}`)
)

// callAddresses writes out the calls that stand for the address of a link,
// which Markdown would not take for one.
func (d *Document) callAddresses(s string) string {
	if !strings.Contains(s, "{{") && !strings.Contains(s, "{%") {
		return s
	}
	s = d.bookValues(d.substitutions(d.params(s)), true)
	s = d.valueAddresses(addressCall.ReplaceAllString(siteRoot.ReplaceAllString(s, "$1"), "$1$2$3$4"))
	return otherCall.ReplaceAllStringFunc(s, func(m string) string {
		parts := otherCall.FindStringSubmatch(m)
		d.warn("address of a link left out: shortcode " + parts[2])
		return parts[1] + "<>"
	})
}

// unescapeShortcodes shows a call as its author means it to be read.
func unescapeShortcodes(s string) string {
	if !strings.Contains(s, "/*") {
		return s
	}
	return escapedCode.ReplaceAllString(s, "{{$1 $2 $3}}")
}

// shortcodes rewrites a call that stands on a line, or on several, by itself;
// with the code that it encloses.
func shortcodes(r *rewriter, lines []string, depth int) int {
	if !callStart.MatchString(lines[0]) {
		return 0
	}
	joined, n := lines[0], 1
	for n < min(len(lines), 40) && isOpenCall(joined) {
		joined += "\n" + lines[n]
		n++
	}
	prefix, rest := cutPrefix(joined)
	call, length, ok := parseCall(rest)
	if !ok {
		return 0
	}
	if after := strings.TrimSpace(rest[length:]); after != "" {
		if !r.encloses(call) {
			return 0
		}
		lines[n-1] = after
		return n - 1 + r.callBeforeText(prefix, call, lines[n-1:], depth)
	}
	if !r.isCall(call) {
		r.warn("unknown tag shown as it stands: " + call.name)
		return 0
	}
	return n - 1 + r.callBlock(prefix, call, lines[n-1:], depth)
}

func isOpenCall(s string) bool {
	at := max(strings.LastIndex(s, "{{<"), strings.LastIndex(s, "{%"))
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
	name, rest := inner, ""
	if at := strings.IndexAny(inner, " \t\n"); at >= 0 {
		name, rest = inner[:at], inner[at+1:]
	}
	if open == "{%" {
		if other, isEnd := strings.CutPrefix(name, "end"); isEnd {
			name, call.closing = other, true
		}
		call.unknown = !liquid[name] && !integration.MatchString(name)
	}
	call.name = strings.ToLower(name)
	if !integration.MatchString(name) { // whose diagrams go over lines
		rest = strings.ReplaceAll(rest, "\n", " ")
	}
	call.args = parseArgs(rest)
	return call, length, name != ""
}

// isCall tells a tag of Liquid that nobody knows from text: something ends it, or
// Jekyll would take it for one, or Markdoc.
func (d *Document) isCall(call shortcode) bool {
	return !call.unknown || liquidName.MatchString(call.name) &&
		(d.has("{% end"+call.name) || d.has("{%end"+call.name) || d.isMarkdoc() || d.Tool() == Jekyll)
}

// integration finds what GitBook's integrations add: "@name/block".
var integration = regexp.MustCompile(`^@[\w-]+/[\w-]+$`)

var liquidName = regexp.MustCompile(`^[a-z][\w-]*$`)

// liquid are the tags of Jekyll and GitBook; others are taken for text.
var liquid = map[string]bool{
	"hint": true, "tabs": true, "tab": true, "content-ref": true, "code": true, "embed": true, "raw": true, "comment": true,
	"highlight": true, "include": true, "include_relative": true, "include-markdown": true, "link": true, "post_url": true, "if": true, "else": true,
	"elsif": true, "elif": true, "elseif": true, "unless": true, "for": true, "assign": true, "capture": true, "stepper": true, "step": true,
	"columns": true, "column": true, "file": true, "swagger": true, "note": true, "warning": true, "tip": true, "ifversion": true,
	"data": true, "openapi": true, "openapi-operation": true, "cards": true, "card": true, "updates": true, "update": true, "case": true, "when": true,
	"swagger-description": true, "swagger-parameter": true, "swagger-response": true,
	"prompt": true, "openapi-webhook": true, "openapi-schemas": true, "openapi-schema": true, "form": true, "button": true,
}
