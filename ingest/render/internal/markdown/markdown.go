// Package markdown turns Markdown, in the dialects that documentation is
// written in, into HTML. The HTML holds what the author wrote, also raw: it is
// not safe until it has been sanitized.
package markdown

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"

	"finpages/ingest/render/internal/dialect"
)

// Convert turns Markdown whose lines end in "\n" into HTML. With mdx set, the
// text is Markdown with JSX. warn is told what was left out.
func Convert(text string, mdx bool, warn func(string)) (string, error) {
	text = limitNesting(dialect.Plain(text, mdx, warn))
	var out strings.Builder
	out.Grow(len(text) + len(text)/4)
	err := converter.Convert([]byte(text), &out)
	return out.String(), err
}

// converter is made once, as it never changes and takes as long to make as a
// page takes to convert.
var converter = newMarkdown()

func newMarkdown() goldmark.Markdown {
	p := parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithInlineParsers(parser.DefaultInlineParsers()...),
		parser.WithInlineParsers(inlineParsers()...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		parser.WithParagraphTransformers(
			util.Prioritized(neutralizer{tooManyReferences}, 10),
			util.Prioritized(alerts{}, 50),
			util.Prioritized(neutralizer{tooManyCells}, 150),
			util.Prioritized(neutralizer{tooManyMarks}, 900),
		),
		parser.WithHeadingAttribute(),
	)
	return goldmark.New(
		goldmark.WithParser(p),
		goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList),
		goldmark.WithRendererOptions(
			html.WithUnsafe(),
			renderer.WithNodeRenderers(util.Prioritized(nodeRenderer{}, 100)),
		),
	)
}
