package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// maxSettings is how long a line may be, in bytes, whose settings in braces are
// read: each class is added to a copy of those before.
const maxSettings = 2000

// atxHeadings read settings, "# Title {#id .class}", of short lines only.
type atxHeadings struct {
	parser.BlockParser // reads settings
	plain              parser.BlockParser
}

func newATXHeadings() atxHeadings {
	return atxHeadings{parser.NewATXHeadingParser(parser.WithHeadingAttribute()), parser.NewATXHeadingParser()}
}

func (h atxHeadings) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if line, _ := reader.PeekLine(); len(line) > maxSettings {
		return h.plain.Open(parent, reader, pc)
	}
	return h.BlockParser.Open(parent, reader, pc)
}

// setextHeadings are the same for headings that are underlined.
type setextHeadings struct {
	parser.BlockParser
	plain parser.BlockParser
}

func newSetextHeadings() setextHeadings {
	return setextHeadings{parser.NewSetextHeadingParser(parser.WithHeadingAttribute()), parser.NewSetextHeadingParser()}
}

func (h setextHeadings) Close(node ast.Node, reader text.Reader, pc parser.Context) {
	above := reader.Source()[:max(0, node.Lines().At(0).Start-1)]
	if len(above)-bytes.LastIndexByte(above, '\n') > maxSettings {
		h.plain.Close(node, reader, pc)
		return
	}
	h.BlockParser.Close(node, reader, pc)
}

// afterMarkup wants settings to follow what they are for, or stand alone.
func afterMarkup(before rune, after []byte) bool {
	return strings.ContainsRune(")]`*_}", before) || before == '\n' && strings.TrimSpace(string(after)) == ""
}

// notInBraces leaves values of templates as they are: {{ .Name }}
func notInBraces(before rune, _ []byte) bool { return before != '{' }
