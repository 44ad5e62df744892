package render

import (
	"bytes"

	"finpages/ingest/render/internal/htmldoc"
	"finpages/sources"
)

// What a document takes while it is rendered, in bytes, as measured on lists,
// tables, quotes, marks and elements of all kinds that hold a letter each: the
// worst there is. Prose takes perByte.
const (
	perByte     = 12
	perMark     = 300 // what may begin phrasing markup
	perLine     = 420
	perTag      = 400 // the same, of HTML in Markdown
	perLink     = 700
	perBlock    = 450  // a line that begins an item, a quote or a heading
	perBox      = 1300 // a line that begins a box of a dialect
	perCell     = 60
	perFootnote = 1300
	perElement  = 330
	perMacro    = 650 // the same in a wiki's stored form, which is two trees
)

// Cost estimates how many bytes of memory are in use at most while a document
// is rendered. It reads the document once, which takes a small share of the
// time to render it. What the garbage collector leaves for later comes on top.
func Cost(d sources.Document) int64 {
	base := int64(len(d.Body)) * perByte
	switch d.Format {
	case sources.Markdown, sources.MDX:
		return base + markdownCost(d.Body)
	case sources.Text:
		return base + perLine*int64(bytes.Count(d.Body, []byte("\n")))
	case sources.ConfluenceStorage:
		return base + perMacro*int64(bytes.Count(d.Body, []byte("<"))-bytes.Count(d.Body, []byte("</")))
	}
	return base + perElement*int64(htmldoc.CountNodes(string(d.Body)))
}

func markdownCost(body []byte) int64 {
	sum := perFootnote * int64(bytes.Count(body, []byte("[^")))
	for line := range bytes.Lines(body) {
		sum += startCost(line)
		for _, c := range line {
			sum += int64(costs[c])
		}
	}
	return sum
}

// costs are those of a character wherever it stands.
var costs = [256]int16{'\n': perLine, '<': perTag, '[': perLink, '|': perCell, '*': perMark, '_': perMark, '`': perMark,
	'~': perMark, '=': perMark, '^': perMark, '{': perMark}

// startCost is the cost of what a line begins with.
func startCost(line []byte) (sum int64) {
	for _, c := range line {
		switch c {
		case ' ', '\t':
		case '>':
			sum += perBlock
		case '-', '+', '#':
			return sum + perBlock
		case ':', '!':
			return sum + perBox
		default:
			return sum
		}
	}
	return sum
}
