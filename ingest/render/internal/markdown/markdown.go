// Package markdown turns Markdown, in the flavours that documentation is
// written in, into HTML. The HTML holds what the author wrote, also raw: it is
// not safe until it has been sanitised.
package markdown

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"

	"finpages/ingest/render/internal/flavour"
)

// Convert turns Markdown whose lines end in "\n" into HTML. With mdx set, the
// text is Markdown with JSX. warn is told what was left out.
func Convert(text string, mdx bool, warn func(string)) (string, error) {
	text = limitNesting(flavour.Plain(text, mdx, warn))
	var out strings.Builder
	out.Grow(len(text) + len(text)/4)
	err := newMarkdown(mdx).Convert([]byte(text), &out)
	return out.String(), err
}

func newMarkdown(mdx bool) goldmark.Markdown {
	blocks := parser.DefaultBlockParsers()
	if mdx {
		blocks = withoutIndentedCode(blocks)
	}
	p := parser.NewParser(
		parser.WithBlockParsers(blocks...),
		parser.WithInlineParsers(parser.DefaultInlineParsers()...),
		parser.WithInlineParsers(inlineParsers()...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
		parser.WithParagraphTransformers(
			util.Prioritized(tamer{tooManyReferences}, 10),
			util.Prioritized(alerts{}, 50),
			util.Prioritized(tamer{tooManyCells}, 150),
			util.Prioritized(tamer{tooManyMarks}, 900),
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

// withoutIndentedCode serves MDX, in which indentation means nothing.
func withoutIndentedCode(blocks []util.PrioritizedValue) []util.PrioritizedValue {
	const codeBlock = 500
	kept := blocks[:0]
	for _, b := range blocks {
		if b.Priority != codeBlock {
			kept = append(kept, b)
		}
	}
	return kept
}
