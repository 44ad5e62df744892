package markdown

import (
	"html"
	"strings"

	"finpages/ingest/render/internal/dialect"
	regexp "finpages/sources/lazyregexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

var (
	kindRaw   = ast.NewNodeKind("Raw")
	kindLabel = ast.NewNodeKind("Label")
	kindPlain = ast.NewNodeKind("Plain")
)

// raw is a piece of HTML within text.
type raw struct {
	ast.BaseInline
	html string
}

func newRaw(html string) ast.Node { return &raw{html: html} }

func (*raw) Kind() ast.NodeKind { return kindRaw }

func (n *raw) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// label is the first line of an alert: the kind, and maybe a title as Markdown.
type label struct {
	ast.BaseBlock
	before string
}

func (*label) Kind() ast.NodeKind { return kindLabel }

func (n *label) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

type nodeRenderer struct{}

func (nodeRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindRaw, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(n.(*raw).html)
		}
		return ast.WalkContinue, nil
	})
	r.Register(ast.KindAutoLink, writeAddress)
	r.Register(kindPlain, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString(n.(*plain).html)
		}
		return ast.WalkContinue, nil
	})
	r.Register(kindLabel, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			_, _ = w.WriteString("<p><strong>" + n.(*label).before)
		} else {
			_, _ = w.WriteString("</strong></p>\n")
		}
		return ast.WalkContinue, nil
	})
}

// writeAddress writes an address that stands in the text as a link.
func writeAddress(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		address, text := addressOf(n.(*ast.AutoLink), source)
		_, _ = w.WriteString(`<a href="` + html.EscapeString(address) + `">` + html.EscapeString(text) + "</a>")
	}
	return ast.WalkContinue, nil
}

// addressOf returns where an address in the text leads, and what it shows. What
// entities mean in it is decoded, as in all text.
func addressOf(link *ast.AutoLink, source []byte) (address, text string) {
	address, text = html.UnescapeString(string(link.URL(source))), html.UnescapeString(string(link.Label(source)))
	if link.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(address), "mailto:") {
		address = "mailto:" + address
	}
	return address, text
}

// alerts finds the quotes that GitHub, Obsidian and DocFX show as boxes:
// "> [!NOTE]", in Obsidian with a title.
type alerts struct{}

var alertLine = regexp.MustCompile(`^\s*\[!([A-Za-z][\w-]*)(?:\|[^\]]*)?\][+-]?[ \t]*(.*?)[ \t]*\n?$`)

// laterAlert finds those with which DocFX begins the next box of a quote.
var laterAlert = regexp.MustCompile(`^\s*\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$`)

func (alerts) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	quote, ok := node.Parent().(*ast.Blockquote)
	if !ok || node.Lines().Len() == 0 {
		return
	}
	first := node.Lines().At(0)
	line := first.Value(reader.Source())
	m := alertLine.FindSubmatchIndex(line)
	if m == nil || node.PreviousSibling() != nil && !laterAlert.Match(line) {
		return
	}
	kind := strings.ToLower(string(line[m[2]:m[3]]))
	head := &label{before: dialect.Label(kind, "")}
	if m[4] < m[5] {
		start := first.Start + m[4] - first.Padding
		head.before = strings.TrimSuffix(dialect.Label(kind, "x"), "x")
		head.Lines().Append(text.NewSegment(start, start+m[5]-m[4]))
	}
	quote.InsertBefore(quote, node, head)
	rest := text.NewSegments()
	rest.AppendAll(node.Lines().Sliced(1, node.Lines().Len()))
	if rest.Len() == 0 {
		quote.RemoveChild(quote, node)
		return
	}
	node.SetLines(rest)
}

// plain is a block of finished HTML.
type plain struct {
	ast.BaseBlock
	html string
}

func (*plain) Kind() ast.NodeKind { return kindPlain }

func (*plain) IsRaw() bool { return true }

func (n *plain) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }
