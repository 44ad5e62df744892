package markdown

import (
	"bytes"

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
// be one: it is asked for each word.
type addresses struct{ parser.InlineParser }

func newAddresses() addresses { return addresses{extension.NewLinkifyParser()} }

func (a addresses) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
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

// isOfName are the bytes that may stand before the "@" of an address.
var isOfName = func() (table [256]bool) {
	for c := range table {
		table[c] = isASCIILetter(byte(c)) || isDigit(byte(c)) || bytes.IndexByte([]byte("!#$%&'*+-/=?^_`{|}~."), byte(c)) >= 0
	}
	return table
}()
