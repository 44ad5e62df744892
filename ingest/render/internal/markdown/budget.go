package markdown

import (
	"bytes"
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// The parser's time grows with the square of some counts. These bound what it
// is given at once; nothing of the text is lost.
const (
	maxMarks      = 2000    // characters that may begin markup, of one paragraph
	maxReferences = 10_000  // the same, of a block of link definitions
	maxCells      = 200_000 // cells of a table, also those that its short rows lack
	maxFootnotes  = 2000    // definitions, each of which is compared with each reference
)

// marks counts the characters of a text that may begin markup.
func marks(text []byte) int {
	n := 0
	for _, c := range text {
		if isMark[c] {
			n++
		}
	}
	return n
}

const markCharacters = "[*_`<~!{=^+:@&"

var isMark = func() (table [256]bool) {
	for _, c := range []byte(markCharacters) {
		table[c] = true
	}
	return table
}()

// neutralizer makes plain text of paragraphs that no person has written.
type neutralizer struct {
	tooMuch func(text []byte, lines int) bool
	least   int // bytes times lines of a paragraph that may be too much
}

func (t neutralizer) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	if size(node)*node.Lines().Len() < t.least {
		return
	}
	value := node.Lines().Value(reader.Source())
	if t.tooMuch(value, node.Lines().Len()) {
		block := &plain{html: "<p>" + html.EscapeString(string(value)) + "</p>\n"}
		node.Parent().ReplaceChild(node.Parent(), node, block)
	}
}

// size is how many bytes a paragraph has.
func size(node *ast.Paragraph) (bytes int) {
	for _, line := range node.Lines().Sliced(0, node.Lines().Len()) {
		bytes += line.Stop - line.Start + line.Padding + 1
	}
	return bytes
}

// tooManyReferences looks at blocks that begin with a definition, whose label
// has at most 999 characters.
func tooManyReferences(text []byte, _ int) bool {
	isDefinition := text[0] == '[' && bytes.Contains(text[:min(len(text), 4<<10)], []byte("]:"))
	return isDefinition && marks(text) > maxReferences
}

func tooManyCells(text []byte, lines int) bool {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	second, _, _ := bytes.Cut(rest, []byte("\n"))
	return min(bytes.Count(first, []byte("|")), bytes.Count(second, []byte("|")))*lines > maxCells
}

// isFootnote keeps a footnote that is shown as text from being taken for the
// definition of a link.
func isFootnote(text []byte, _ int) bool { return bytes.HasPrefix(text, []byte("[^")) }

// tooManyFootnotes tells whether a text has more than are compared.
func tooManyFootnotes(source string) bool {
	if strings.Count(source, "[^") <= maxFootnotes {
		return false
	}
	count := 0
	for line := range strings.Lines(source) {
		line = strings.TrimLeft(line, " \t>")
		if strings.HasPrefix(line, "[^") && strings.Contains(line, "]:") {
			count++
		}
	}
	return count > maxFootnotes
}

// splitter makes several paragraphs of one with too many marks.
type splitter struct{}

func (splitter) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	if size(node) <= maxMarks || marks(node.Lines().Value(source)) <= maxMarks {
		return
	}
	part, count := text.NewSegments(), 0
	flush := func() {
		if part.Len() == 0 {
			return
		}
		paragraph := ast.NewParagraph()
		paragraph.SetLines(part)
		node.Parent().InsertBefore(node.Parent(), node, paragraph)
		part, count = text.NewSegments(), 0
	}
	for i := range node.Lines().Len() {
		line := node.Lines().At(i)
		n := marks(line.Value(source))
		if count+n > maxMarks {
			flush()
		}
		for n > maxMarks {
			at := cut(line.Value(source)) - line.Padding
			part.Append(text.NewSegment(line.Start, line.Start+at))
			flush()
			line = text.NewSegment(line.Start+at, line.Stop)
			n = marks(line.Value(source))
		}
		part.Append(line)
		count += n
	}
	node.SetLines(part)
}

// cut finds where a line that has too many marks may be parted: behind a
// space, outside of brackets and code if there is such a space.
func cut(line []byte) int {
	space, outside, open, ticks, count := 0, 0, 0, 0, 0
	for i, c := range line {
		switch c {
		case '[', '(':
			open++
		case ']', ')':
			open = max(0, open-1)
		case '`':
			ticks++
		case ' ':
			if space = i + 1; open == 0 && ticks%2 == 0 {
				outside = i + 1
			}
		}
		if isMark[c] {
			count++
		}
		if count <= maxMarks {
			continue
		}
		switch {
		case outside > i/2:
			return outside
		case space > 0:
			return space
		}
		return i
	}
	return len(line)
}

// markLimit reads what is beyond the limit of a block that cannot be split, a
// heading or a cell, as plain text.
type markLimit struct{}

// counted is the block that is being read, and its marks so far.
type counted struct {
	block ast.Node
	marks int
	isCut bool // of any block
}

var countedKey = parser.NewContextKey()

func (markLimit) Trigger() []byte { return []byte(markCharacters) }

func (markLimit) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	state, _ := pc.Get(countedKey).(*counted)
	if state == nil {
		state = &counted{}
		pc.Set(countedKey, state)
	}
	if state.block != parent {
		state.block, state.marks = parent, 0
	}
	if state.marks++; state.marks <= maxMarks {
		return nil
	}
	state.isCut = true
	line, segment := block.PeekLine()
	length := len(line) - util.TrimRightSpaceLength(line)
	if segment.Padding > 0 || length == 0 {
		return nil
	}
	block.Advance(length)
	return ast.NewTextSegment(segment.WithStop(segment.Start + length))
}
