package markdown

import (
	"bytes"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// definitions reads the definitions of links, as goldmark does, of paragraphs that
// begin with one.
type definitions struct{}

func (definitions) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	for _, line := range node.Lines().Sliced(0, node.Lines().Len()) {
		if rest := bytes.TrimLeft(line.Value(reader.Source()), " \t\n\v\f\r"); len(rest) > 0 {
			if rest[0] == '[' {
				parser.LinkReferenceParagraphTransformer.Transform(node, reader, pc)
			}
			return
		}
	}
	parser.LinkReferenceParagraphTransformer.Transform(node, reader, pc)
}

// addresses reads addresses that stand in the text, as goldmark does, where there may
// be one. It is asked at each space, so words among which there is none are read at once.
type addresses struct{ parser.InlineParser }

func newAddresses() addresses { return addresses{extension.NewLinkifyParser()} }

func (a addresses) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if n := plainWords(line); n > fewWords && segment.Padding == 0 {
		block.Advance(n)
		return ast.NewTextSegment(text.NewSegment(segment.Start, segment.Start+n))
	}
	switch line[0] {
	case ' ', '*', '_', '~', '(':
		line = line[1:]
	}
	n := 0
	for n < len(line) && isOfName[line[n]] {
		n++
	}
	switch {
	case n < len(line) && line[n] == '@', bytes.HasPrefix(line, []byte("www.")):
	case n == len(line) || line[n] != ':' || !bytes.HasPrefix(line[n:], []byte("://")):
		return nil
	}
	return a.InlineParser.Parse(parent, block, pc)
}

// fewWords is the length of words, in bytes, that goldmark reads as well one by one.
const fewWords = 20

// plainWords is how long the words are that a line begins with, up to the space before
// the last of them, or before one with a character that may be markup.
func plainWords(line []byte) (end int) {
	www := []byte("www.")
	if bytes.HasPrefix(line, www) {
		return 0
	}
	for i, c := range line {
		switch {
		case c != ' ' && !isPlain[c]:
			return end
		case c == ' ' && i+1 < len(line) && isPlain[line[i+1]]:
			if end = i; line[i+1] == 'w' && bytes.HasPrefix(line[i+1:], www) {
				return end
			}
		}
	}
	return end
}

// isPlain are the bytes at which no inline parser is asked, but for white space.
var isPlain = func() (table [256]bool) {
	for c := range table {
		isText := isASCIILetter(byte(c)) || isDigit(byte(c)) || c >= utf8.RuneSelf
		table[c] = isText || bytes.IndexByte([]byte(".,;'\"-/)#?"), byte(c)) >= 0
	}
	return table
}()

// isOfName are the bytes that may stand before the "@" of an address.
var isOfName = func() (table [256]bool) {
	for c := range table {
		table[c] = isASCIILetter(byte(c)) || isDigit(byte(c)) || bytes.IndexByte([]byte("!#$%&'*+-/=?^_`{|}~."), byte(c)) >= 0
	}
	return table
}()
