package markdown

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// plainTags reads the tags of HTML that stand on one line, as goldmark does, but for the
// time that its expression takes. All others are left to goldmark.
type plainTags struct{}

func (plainTags) Trigger() []byte { return []byte{'<'} }

func (plainTags) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	length := tagLength(line)
	if length == 0 || segment.Padding > 0 {
		return nil
	}
	tag := ast.NewRawHTML()
	tag.Segments.Append(text.NewSegment(segment.Start, segment.Start+length))
	block.Advance(length)
	return tag
}

// tagLength is the length of the tag that a line begins with; 0 if that is not plain.
// See https://spec.commonmark.org/0.31.2/#raw-html
func tagLength(line []byte) int {
	at := 1
	isEnd := len(line) > 1 && line[1] == '/'
	if isEnd {
		at = 2
	}
	start := at
	for at < len(line) && (isASCIILetter(line[at]) || at > start && (isDigit(line[at]) || line[at] == '-')) {
		at++
	}
	if at == start {
		return 0
	}
	for !isEnd {
		length := attributeLength(line[at:])
		if length == 0 {
			break
		}
		at += length
	}
	at += blanks(line[at:])
	if !isEnd && at < len(line) && line[at] == '/' {
		at++
	}
	if at < len(line) && line[at] == '>' {
		return at + 1
	}
	return 0
}

// attributeLength is that of an attribute with the blanks before it; 0 if there is none
// that is a name, or a name and a value in quotes.
func attributeLength(line []byte) int {
	at := blanks(line)
	start := at
	for at < len(line) && (isASCIILetter(line[at]) || line[at] == '_' || line[at] == ':' ||
		at > start && (isDigit(line[at]) || line[at] == '.' || line[at] == '-')) {
		at++
	}
	if start == 0 || at == start {
		return 0
	}
	if at+1 >= len(line) || line[at] != '=' || line[at+1] != '"' && line[at+1] != '\'' {
		return at
	}
	for end := at + 2; end < len(line); end++ {
		if line[end] == line[at+1] {
			return end + 1
		}
	}
	return at
}

func blanks(line []byte) (n int) {
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return n
}

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
