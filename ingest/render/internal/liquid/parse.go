package liquid

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// node is a part of a template.
type node interface{ render(r *run) error }

type (
	plain  string // text
	shown  string // text whose braces are the author's
	left   string // markup that stays as it is written
	output struct {
		raw    string
		value  expr
		name   string // of a single variable
		isSite bool   // whose address is that of the site
	}
	assign struct {
		name  string
		value expr
		raw   string
	}
	capture struct {
		name string
		body []node
	}
	// wrap is a block of another's, whose tags stay.
	wrap struct {
		start, end string
		body       []node
	}
)

// token is a piece of a template: text, "{{ … }}" or "{% … %}".
type token struct {
	raw        string
	kind       byte   // 't', '{' or '%'
	inner      string // of markup, without the marks
	name, args string // of a tag
	isCode     bool   // within a fence of Markdown's
}

var tagName = regexp.MustCompile(`^\s*([A-Za-z_][\w-]*)`)

// scan parts a template into its pieces; white space that marks take away is
// gone.
func scan(text string) (list []token) {
	noEnd := map[byte]bool{}
	isTrimmed := false
	for at := 0; text != ""; {
		i := strings.IndexByte(text[at:], '{')
		if i < 0 || at+i+1 >= len(text) {
			break
		}
		i += at
		kind := text[i+1]
		if kind != '{' && kind != '%' || noEnd[kind] {
			at = i + 1
			continue
		}
		end := map[byte]string{'{': "}}", '%': "%}"}[kind]
		n := strings.Index(text[i+2:], end)
		if n < 0 {
			noEnd[kind] = true
			at = i + 1
			continue
		}
		if isTrimmed {
			text, i = giveBack(list, text, i)
		}
		t := token{raw: text[i : i+2+n+2], kind: kind, inner: text[i+2 : i+2+n]}
		before := t.trim(text[:i])
		isTrimmed = strings.HasSuffix(text[:i+2+n], "-")
		text, at = text[i+2+n+2:], 0
		if before != "" {
			list = append(list, token{raw: before, kind: 't'})
		}
		if list = append(list, t); (t.name == "raw" || t.name == "comment") && !noEnd[t.name[0]] {
			list, text = verbatim(list, text, t.name)
			isEnded := list[len(list)-1].kind != '%'
			noEnd[t.name[0]], isTrimmed = !isEnded, isTrimmed && !isEnded
		}
	}
	if isTrimmed {
		text, _ = giveBack(list, text, 0)
	}
	if text != "" {
		list = append(list, token{raw: text, kind: 't'})
	}
	return list
}

// giveBack takes the white space off a text that the mark before it takes away. That
// is the tag's, which may stay as it is written.
func giveBack(list []token, text string, i int) (rest string, at int) {
	rest = strings.TrimLeft(text, " \t\n")
	n := len(text) - len(rest)
	if t := &list[len(list)-1]; t.kind == '{' || t.kind == '%' {
		t.raw += text[:n]
	}
	return rest, i - n
}

// trim takes the hyphens off a tag, and what they take away off the text before it.
func (t *token) trim(before string) string {
	if strings.HasPrefix(t.inner, "-") {
		kept := strings.TrimRight(before, " \t\n")
		t.inner, t.raw, before = t.inner[1:], before[len(kept):]+t.raw, kept
	}
	t.inner = strings.TrimSpace(strings.TrimSuffix(t.inner, "-"))
	if t.kind == '%' {
		t.name = tagName.FindString(t.inner)
		t.args = strings.TrimSpace(t.inner[len(t.name):])
	}
	return before
}

var blockEnds = map[string]*regexp.Regexp{
	"raw":     regexp.MustCompile(`\{%(-?)\s*endraw\s*(-?)%\}`),
	"comment": regexp.MustCompile(`\{%(-?)\s*endcomment\s*(-?)%\}`),
}

// verbatim takes what is not to be read up to the end of its block, instead of
// the tag that begins it. One that nothing ends stays.
func verbatim(list []token, text, name string) (all []token, rest string) {
	at := blockEnds[name].FindStringSubmatchIndex(text)
	if at == nil {
		return list, text
	}
	body, rest := text[:at[0]], text[at[1]:]
	if at[2] < at[3] {
		body = strings.TrimRight(body, " \t\n")
	}
	if at[4] < at[5] {
		rest = strings.TrimLeft(rest, " \t\n")
	}
	start := &list[len(list)-1]
	if strings.HasSuffix(strings.TrimSuffix(start.raw, "%}"), "-") {
		body = strings.TrimLeft(body, " \t\n")
	}
	start.kind, start.raw = name[0], body
	return list, rest
}

type parser struct {
	tokens []token
	at     int
	depth  int
	read   int            // tokens, each as often as it is
	closed map[string]int // how many tags of a name are still to come
}

func parse(text string) []node {
	p := &parser{tokens: scan(text), closed: map[string]int{}}
	markCode(p.tokens)
	for _, t := range p.tokens {
		if strings.HasPrefix(t.name, "end") {
			p.closed[t.name]++
		}
	}
	var list []node
	for p.at < len(p.tokens) {
		body, stop := p.nodes()
		list = append(list, body...)
		if stop != nil {
			list = append(list, left(stop.raw)) // it ends nothing
		}
	}
	return list
}

// nodes reads up to a tag that belongs to the block around it, or the end.
func (p *parser) nodes() (list []node, stop *token) {
	for p.at < len(p.tokens) {
		t := &p.tokens[p.at]
		p.at++
		p.read++
		switch t.kind {
		case 't':
			list = append(list, plain(t.raw))
		case 'r':
			list = append(list, shown(t.raw))
		case 'c':
		case '{':
			list = append(list, outputOf(t))
		default:
			if strings.HasPrefix(t.name, "end") {
				p.closed[t.name]--
				return list, t
			}
			if branches[t.name] {
				return list, t
			}
			list = append(list, p.tag(t)...)
		}
	}
	return list, nil
}

// markCode marks the tags that lie in fenced code.
func markCode(tokens []token) {
	fence, line := "", ""
	for i := range tokens {
		t := &tokens[i]
		t.isCode = fence != ""
		first, rest, more := strings.Cut(t.raw, "\n")
		line = (line + first[:min(len(first), maxFence)])[:min(len(line)+len(first), maxFence)]
		for more {
			fence = AfterFence(fence, line)
			line, rest, more = strings.Cut(rest, "\n")
		}
	}
}

// maxFence is how much of a line is looked at for a fence.
const maxFence = 80

// AfterFence is the mark of the fenced code that is open behind a line of Markdown, "" if none is.
func AfterFence(fence, line string) string {
	line = strings.TrimLeft(line, " \t>")
	mark := line[:len(line)-len(strings.TrimLeft(line, "`~"))]
	switch {
	case fence != "" && strings.HasPrefix(mark, fence) && strings.TrimSpace(line[len(mark):]) == "":
		return ""
	case fence == "" && len(mark) >= 3:
		return mark
	}
	return fence
}

// source is the text of the tokens of a block that lies in code.
func (p *parser) source(start *token, from int) string {
	if !start.isCode {
		return ""
	}
	var out strings.Builder
	out.WriteString(start.raw)
	for _, t := range p.tokens[from:p.at] {
		out.WriteString(t.raw)
	}
	return out.String()
}

// branches are the tags that part a block.
var branches = map[string]bool{"else": true, "elsif": true, "when": true}

// blockOf finds what reads a tag that encloses others.
func blockOf(name string) func(p *parser, t *token) (node, bool) {
	switch name {
	case "if", "unless":
		return parseIf
	case "case":
		return parseCase
	case "for", "tablerow":
		return parseFor
	case "capture":
		return parseCapture
	case "highlight":
		return parseWrap
	}
	return nil
}

// tag reads a tag. A block that is not closed, or that nobody understands, stays.
func (p *parser) tag(t *token) []node {
	block := blockOf(t.name)
	if block == nil {
		return []node{simpleTag(t)}
	}
	start := p.at
	isTooMuch := p.read > 8*len(p.tokens)+1000 // what is not closed is read once more
	if p.closed["end"+t.name] > 0 && p.depth < maxNesting && !isTooMuch {
		p.depth++
		n, ok := block(p, t)
		p.depth--
		if source := p.source(t, start); ok && source != "" {
			return []node{sample{n, source}}
		}
		if ok {
			return []node{n}
		}
		for _, again := range p.tokens[start:p.at] {
			if strings.HasPrefix(again.name, "end") {
				p.closed[again.name]++
			}
		}
		p.at = start
	}
	return []node{left(t.raw)}
}

// body reads the content of a block up to a tag that parts or ends it.
func (p *parser) body(ends string) (list []node, stop *token) {
	for {
		part, stop := p.nodes()
		list = append(list, part...)
		if stop == nil || stop.name == ends || branches[stop.name] {
			return list, stop
		}
		list = append(list, left(stop.raw))
	}
}

func parseCapture(p *parser, t *token) (node, bool) {
	body, stop := p.body("endcapture")
	name := strings.Trim(t.args, `"' `)
	return capture{name, body}, stop != nil && stop.name == "endcapture" && name != ""
}

func parseWrap(p *parser, t *token) (node, bool) {
	body, stop := p.body("end" + t.name)
	if stop == nil || stop.name != "end"+t.name {
		return nil, false
	}
	return wrap{t.raw, stop.raw, body}, true
}

func outputOf(t *token) node {
	value, name, err := parseExpr(t.inner)
	if err != nil {
		return left(t.raw)
	}
	return output{raw: t.raw, value: value, name: name, isSite: siteAddress[name]}
}

// siteAddress are the values that stand before the address of a page.
var siteAddress = map[string]bool{"site.url": true, "site.baseurl": true, "page.url": true, "page.baseurl": true}

var assignment = regexp.MustCompile(`(?s)^([\w-]+)\s*=\s*(.*)$`)

// simpleTag reads a tag that stands alone.
func simpleTag(t *token) node {
	switch t.name {
	case "assign":
		if m := assignment.FindStringSubmatch(t.args); m != nil {
			if value, _, err := parseExpr(m[2]); err == nil {
				return assign{m[1], value, t.raw}
			}
		}
	case "include", "include_cached", "include_relative":
		if n, ok := parseInclude(t); ok {
			return n
		}
	case "increment", "decrement":
		return counter{t.args, t.name == "increment"}
	case "break", "continue":
		return jump(t.name)
	case "cycle":
		if n, ok := parseCycle(t.args); ok {
			return n
		}
	case "link", "post_url":
		return link{t.raw, t.name, t.args}
	case "echo":
		return outputOf(&token{raw: t.raw, inner: t.args})
	}
	return left(t.raw)
}
