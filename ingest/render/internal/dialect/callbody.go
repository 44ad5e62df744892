package dialect

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// panes are calls that show a label above what they enclose.
var panes = map[string]bool{
	"tab": true, "details": true, "expand": true, "collapse": true, "accordion": true, "accordion-item": true, "step": true,
}

// encloses tells whether a call opens a box or a part with a label.
func (d *Document) encloses(call shortcode) bool {
	return (boxes[call.name] || panes[call.name]) && !call.closing && !call.selfClosing && d.isCall(call) && d.isClosed(call.name)
}

// noteCall notes which calls are open that enclose blocks.
func (d *Document) noteCall(call shortcode) {
	switch {
	case call.closing:
		d.calls[call.name]--
	case !call.selfClosing:
		d.calls[call.name]++
	}
}

// endsCall tells whether a line ends a call that is open, and does no more.
func (d *Document) endsCall(line string) bool {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "{{") && !strings.HasPrefix(line, "{%") {
		return false
	}
	call, length, ok := parseCall(line)
	return ok && call.closing && length == len(line) && d.calls[call.name] > 0
}

// closingCall finds the end of an enclosing call.
var closingCall = regexp.MustCompile(`\{\{[<%]\s*/\s*([\w-]+)\s*[%>]\}\}|\{%-?\s*end([\w-]+)\s*-?%\}`)

var openingCall = regexp.MustCompile(`\{(?:\{[<%]|%-?)\s*([A-Za-z][\w-]*)`)

// callEnd is where the call of a name ends on a line, -1 if it does not.
func callEnd(line, name string) (from, to int) {
	for _, at := range closingCall.FindAllStringSubmatchIndex(line, 20) {
		found := ""
		for i := 2; i < 6; i += 2 {
			if at[i] >= 0 {
				found = line[at[i]:at[i+1]]
			}
		}
		if strings.EqualFold(found, name) {
			return at[0], at[1]
		}
	}
	return -1, -1
}

// callBeforeText writes an enclosing call whose text begins on its line, which
// the first of the lines is, without the call.
func (r *rewriter) callBeforeText(prefix string, call shortcode, lines []string, depth int) int {
	text := lines[0]
	r.callBlock(prefix, call, []string{""}, depth)
	from, to := callEnd(text, call.name)
	if from < 0 || depth > maxNesting {
		lines[0] = prefix + text
		return r.line(lines, depth)
	}
	inner := r.inner()
	inner.lines([]string{strings.TrimSpace(text[:from])}, depth+1)
	r.emitBlock(prefix, strings.Split(strings.Trim(inner.out.String(), "\n"), "\n")...)
	r.callBlock(prefix, shortcode{name: call.name, closing: true}, []string{""}, depth)
	if text = strings.TrimSpace(text[to:]); text == "" {
		return 1
	}
	lines[0] = prefix + text
	return r.line(lines, depth)
}

// line rewrites what begins on the first line, after a block.
func (r *rewriter) line(lines []string, depth int) int {
	r.blank = true
	if n := r.apply(lines, depth); n > 0 {
		return n
	}
	return r.prose(lines)
}

// endOfBox parts the call that ends a box from the text before it on its line.
func (r *rewriter) endOfBox(line string) (text string, call shortcode, ok bool) {
	at := closingCall.FindAllStringIndex(line, -1)
	if len(at) == 0 {
		return "", call, false
	}
	last := at[len(at)-1]
	call, _, ok = parseCall(line[last[0]:])
	if !ok || !boxes[call.name] || !isBlank(line[last[1]:]) || hasOpenSpan(line[:last[0]]) || isBlank(line[:last[0]]) {
		return "", call, false
	}
	for _, opens := range openingCall.FindAllStringSubmatch(line[:last[0]], -1) {
		if strings.EqualFold(opens[1], call.name) {
			return "", call, false // it ends there what begins there
		}
	}
	return strings.TrimRight(line[:last[0]], " \t"), call, true
}
