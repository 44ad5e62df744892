package dialect

import (
	"html"
	"strings"
)

// literalCode is the code that a component holds as a string of JavaScript,
// <CodeBlock>{`…`}</CodeBlock>, or that of a file which is imported as text.
func (r *rewriter) literalCode(t tag, a args, body []string) ([]string, bool) {
	if !beginsWith(body, "{") {
		return nil, false
	}
	text := strings.TrimSpace(strings.Join(body, "\n"))
	inner, opens := strings.CutPrefix(text, "{`")
	inner, closes := strings.CutSuffix(inner, "`}")
	if v, ok := r.braced(text); ok {
		inner, opens, closes = strings.NewReplacer(`\`, `\\`, "`", "\\`", "${", "\\${").Replace(v), true, true
	} else if file := r.partials[strings.Trim(text, "{ }")]; file != "" && strings.HasPrefix(text, "{") {
		code, path := r.load(file)
		inner, opens, closes = strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(code), path != "", path != ""
	}
	if name := strings.ToLower(t.name); !opens || !closes || !strings.Contains(name, "code") && name != "pre" {
		return nil, false
	}
	language := a.first("language", "lang")
	if language == "" {
		_, language, _ = strings.Cut(a.first("className", "class"), "language-")
	}
	inner = templateEscapes.Replace(strings.Trim(inner, "\n"))
	var block []string
	if title := a.first("title"); title != "" {
		block = append(block, strong(plainText(title)), "")
	}
	block = append(block, fencedCode(strings.TrimSpace(language), strings.Split(inner, "\n"))...)
	return block, true
}

// beginsWith tells what the text of lines begins with, below those that are blank.
func beginsWith(lines []string, prefix string) bool {
	for _, line := range lines {
		if text := strings.TrimSpace(line); text != "" {
			return strings.HasPrefix(text, prefix)
		}
	}
	return false
}

// literalHTML is the HTML that a component of ReadMe's holds as a string of
// JavaScript, <HTMLBlock>{`…`}</HTMLBlock>; false if it is none.
func literalHTML(t tag, body string) (string, bool) {
	inner, opens := strings.CutPrefix(strings.TrimSpace(body), "{`")
	inner, closes := strings.CutSuffix(inner, "`}")
	if t.name != "HTMLBlock" || !opens || !closes {
		return "", false
	}
	inner = strings.TrimSpace(templateEscapes.Replace(inner))
	if parseArgs(t.args).isSet("safeMode") { // which shows it as it is written
		inner = "<pre><code>" + html.EscapeString(inner) + "</code></pre>"
	}
	for strings.Contains(inner, "\n\n") { // a blank line would end the block
		inner = strings.ReplaceAll(inner, "\n\n", "\n&#10;")
	}
	return inner, true
}

var templateEscapes = strings.NewReplacer("\\`", "`", `\\`, `\`, "\\${", "${")

// titleLine is a title that may hold Markdown, above what it is for.
func titleLine(title string) []string {
	if title == "" {
		return nil
	}
	return []string{strong(html.EscapeString(title)), ""}
}

// fencedCode writes lines as a block of code.
func fencedCode(language string, lines []string) []string {
	run := 2
	for _, line := range lines {
		run = max(run, longestRun(line, '`'))
	}
	ticks := strings.Repeat("`", run+1)
	return append(append([]string{ticks + language}, lines...), ticks)
}

// longestRun returns how often a byte stands in a row at most.
func longestRun(text string, b byte) (longest int) {
	run := 0
	for i := range len(text) {
		if text[i] != b {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
