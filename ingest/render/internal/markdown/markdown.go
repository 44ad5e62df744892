// Package markdown turns Markdown, in the dialects that documentation is
// written in, into HTML. The HTML holds what the author wrote, also raw: it is
// not safe until it has been sanitized.
package markdown

import (
	"fmt"
	"strings"
	"sync"

	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/htmldoc"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	goldmarktext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Read turns Markdown whose lines end in "\n" into a tree of HTML. With mdx set, the
// text is Markdown with JSX. warn is told what was left out.
func Read(text string, mdx bool, includes dialect.Includes, warn func(string)) (*htmldoc.Document, error) {
	p := parse(text, mdx, includes, warn)
	defer p.free()
	if doc := newTree(p, false); doc != nil {
		return doc, nil
	}
	markup, err := p.html()
	if err != nil {
		return nil, err
	}
	return htmldoc.Parse(markup)
}

// Convert is [Read] that writes the HTML.
func Convert(text string, mdx bool, includes dialect.Includes, warn func(string)) (string, error) {
	p := parse(text, mdx, includes, warn)
	defer p.free()
	return p.html()
}

// parsed is Markdown that goldmark has parsed.
type parsed struct {
	converter goldmark.Markdown
	text      string
	source    *[]byte // the same, in one of sources
	root      ast.Node
}

// sources are the buffers of those that nobody reads any more.
var sources = sync.Pool{New: func() any { return new([]byte) }}

func (p parsed) free() { sources.Put(p.source) }

func parse(text string, mdx bool, includes dialect.Includes, warn func(string)) parsed {
	document := dialect.Read(text, mdx, includes, warn)
	text = limitNesting(document.Blocks())
	convert := converter
	if tooManyFootnotes(text) {
		convert = withoutFootnotes
		warn(fmt.Sprintf("more than %d footnotes are shown as plain text", maxFootnotes))
	}
	source := sources.Get().(*[]byte)
	*source = append((*source)[:0], text...)
	p := parsed{converter: convert(), text: text, source: source}
	pc := parser.NewContext()
	pc.Set(readingKey, &reading{Document: document})
	p.root = p.converter.Parser().Parse(goldmarktext.NewReader(*p.source), parser.WithContext(pc))
	if state, _ := pc.Get(countedKey).(*counted); state != nil && state.isCut {
		warn(fmt.Sprintf("a heading or cell has more than %d marks: the rest is shown as plain text", maxMarks))
	}
	return p
}

func (p parsed) html() (string, error) {
	var out strings.Builder
	out.Grow(len(p.text) + len(p.text)/4)
	err := p.converter.Renderer().Render(&out, *p.source, p.root)
	return out.String(), err
}

// The converters are made once, when one is first needed, as they never change and take
// as long to make as a page takes to convert.
var (
	converter        = sync.OnceValue(func() goldmark.Markdown { return newMarkdown(extension.Footnote) })
	withoutFootnotes = sync.OnceValue(func() goldmark.Markdown { return newMarkdown(plainFootnotes{}) })
)

func newMarkdown(footnotes goldmark.Extender) goldmark.Markdown {
	blocks := parser.DefaultBlockParsers()
	for i := range blocks {
		switch blocks[i].Priority {
		case 100:
			blocks[i].Value = newSetextHeadings()
		case 600:
			blocks[i].Value = newATXHeadings()
		}
	}
	p := parser.NewParser(
		parser.WithBlockParsers(blocks...),
		parser.WithInlineParsers(parser.DefaultInlineParsers()...),
		parser.WithInlineParsers(inlineParsers()...),
		parser.WithInlineParsers(ownParsers()...),
		parser.WithParagraphTransformers(
			util.Prioritized(definitions{}, 100),
			util.Prioritized(neutralizer{tooManyReferences, maxReferences}, 10),
			util.Prioritized(alerts{}, 50),
			util.Prioritized(neutralizer{tooManyCells, maxCells}, 150),
			util.Prioritized(splitter{}, 900),
		),
		parser.WithASTTransformers(util.Prioritized(htmlBlocks{}, 900)),
	)
	return goldmark.New(
		goldmark.WithParser(p),
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, footnotes,
			extension.DefinitionList),
		goldmark.WithRendererOptions(
			html.WithUnsafe(),
			renderer.WithNodeRenderers(util.Prioritized(nodeRenderer{}, 100)),
		),
	)
}

// ownParsers are the inline parsers beside the patterns.
func ownParsers() []util.PrioritizedValue {
	return []util.PrioritizedValue{util.Prioritized(markLimit{}, 0), util.Prioritized(constructs{}, 140),
		util.Prioritized(emojis{}, 190), util.Prioritized(plainTags{}, 399), util.Prioritized(newAddresses(), 999)}
}

// plainFootnotes stands for the extension where there are too many.
type plainFootnotes struct{}

func (plainFootnotes) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithParagraphTransformers(util.Prioritized(neutralizer{isFootnote, 0}, 20)))
}
