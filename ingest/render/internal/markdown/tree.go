package markdown

import (
	"strings"

	"finpages/ingest/render/internal/htmldoc"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"golang.org/x/net/html"
)

// tree makes of parsed Markdown what a parser of HTML makes of the HTML that goldmark
// writes of it, but for the alignment of cells.
type tree struct {
	*htmldoc.Builder
	text     string
	source   []byte            // the same
	renderer renderer.Renderer // for what is rare
	out      plainWriter

	// breaks says that the line breaks between blocks are kept: those in an element
	// of the author's may be part of what is in there.
	breaks bool
}

// newTree returns the tree of a text; nil where it takes a parser of HTML to make it.
func newTree(p parsed, breaks bool) *htmldoc.Document {
	if strings.IndexByte(p.text, '\r') >= 0 || strings.IndexByte(p.text, 0) >= 0 {
		return nil
	}
	t := tree{Builder: htmldoc.NewBuilder(p.text), text: p.text, source: *p.source,
		renderer: p.converter.Renderer(), breaks: breaks}
	t.children(p.root)
	return t.Document()
}

var (
	paragraph, quote          = htmldoc.TagOf("p"), htmldoc.TagOf("blockquote")
	pre, code                 = htmldoc.TagOf("pre"), htmldoc.TagOf("code")
	bullets, numbers, item    = htmldoc.TagOf("ul"), htmldoc.TagOf("ol"), htmldoc.TagOf("li")
	terms, term, description  = htmldoc.TagOf("dl"), htmldoc.TagOf("dt"), htmldoc.TagOf("dd")
	table, head, rows         = htmldoc.TagOf("table"), htmldoc.TagOf("thead"), htmldoc.TagOf("tbody")
	row, headCell, cell       = htmldoc.TagOf("tr"), htmldoc.TagOf("th"), htmldoc.TagOf("td")
	emphasis, strong, deleted = htmldoc.TagOf("em"), htmldoc.TagOf("strong"), htmldoc.TagOf("del")
	anchor, image, input      = htmldoc.TagOf("a"), htmldoc.TagOf("img"), htmldoc.TagOf("input")
	lineBreak, rule           = htmldoc.TagOf("br"), htmldoc.TagOf("hr")
	headings                  = [...]*htmldoc.Tag{1: htmldoc.TagOf("h1"), htmldoc.TagOf("h2"), htmldoc.TagOf("h3"),
		htmldoc.TagOf("h4"), htmldoc.TagOf("h5"), htmldoc.TagOf("h6")}
)

func (t *tree) children(n ast.Node) {
	for c := n.FirstChild(); c != nil && !t.IsOdd(); c = c.NextSibling() {
		if c.Attributes() != nil {
			t.other(c)
		} else if c.Type() == ast.TypeInline {
			t.inline(c)
		} else {
			t.block(c)
		}
	}
}

// element makes one of a node and what is below.
func (t *tree) element(tag *htmldoc.Tag, n ast.Node, attrs ...html.Attribute) {
	t.Start(tag, attrs...)
	t.children(n)
	t.End(tag)
}

// part makes an element that stands on lines of its own.
func (t *tree) part(tag *htmldoc.Tag, n ast.Node) {
	t.element(tag, n)
	t.newline()
}

// box makes an element whose parts stand on lines of their own, too.
func (t *tree) box(tag *htmldoc.Tag, n ast.Node, attrs ...html.Attribute) {
	t.Start(tag, attrs...)
	t.newline()
	t.children(n)
	t.end(tag)
}

// entry makes one of a list; the text of one that is tight begins on its line.
func (t *tree) entry(tag *htmldoc.Tag, n ast.Node, isTight bool) {
	if isTight || n.FirstChild() == nil && tag == item {
		t.part(tag, n)
	} else {
		t.box(tag, n)
	}
}

func (t *tree) newline() {
	if t.breaks {
		t.Text("\n")
	}
}

// other has goldmark write what is rare, such as footnotes and attributes.
func (t *tree) other(n ast.Node) {
	var out strings.Builder
	if err := t.renderer.Render(&out, t.source, n); err != nil {
		t.Fail()
	}
	t.markup(out.String())
}

// markup adds a piece of HTML.
func (t *tree) markup(s string) {
	depth := t.Depth()
	t.Markup(s)
	t.breaks = t.breaks || t.Depth() > depth
}

func (t *tree) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Paragraph:
		t.part(paragraph, n)
	case *ast.TextBlock:
		t.children(n)
		if n.NextSibling() != nil && n.FirstChild() != nil {
			t.Text("\n")
		}
	case *ast.Heading:
		t.part(headings[n.Level], n)
	case *ast.List:
		t.list(n)
	case *ast.ListItem:
		_, isTight := n.FirstChild().(*ast.TextBlock)
		t.entry(item, n, isTight)
	case *ast.Blockquote:
		t.box(quote, n)
	case *ast.FencedCodeBlock:
		t.code(n, t.language(n)...)
	case *ast.CodeBlock:
		t.code(n)
	case *ast.HTMLBlock:
		t.htmlBlock(n)
	case *ast.ThematicBreak:
		t.Start(rule)
		t.newline()
	case *extast.Table:
		t.table(n)
	case *extast.DefinitionList:
		t.box(terms, n)
	case *extast.DefinitionTerm:
		t.part(term, n)
	case *extast.DefinitionDescription:
		t.entry(description, n, n.IsTight)
	case *label:
		t.label(n)
	case *plain:
		t.markup(n.html)
	case *ast.LinkReferenceDefinition:
	default:
		t.other(n)
	}
}

func (t *tree) inline(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		t.textNode(n)
	case *ast.CodeSpan:
		t.codeSpan(n)
	case *ast.Emphasis:
		if n.Level == 2 {
			t.element(strong, n)
		} else {
			t.element(emphasis, n)
		}
	case *ast.Link:
		t.element(anchor, n, t.address("href", n.Destination, n.Title)...)
	case *ast.AutoLink:
		address, label := addressOf(n, t.source)
		t.Start(anchor, t.attr("href", address))
		t.Text(t.checked(label))
		t.End(anchor)
	case *ast.Image:
		attrs := t.address("src", n.Destination, nil)
		attrs = append(attrs, t.attr("alt", t.alt(n)))
		if n.Title != nil {
			attrs = append(attrs, t.attr("title", t.resolved(n.Title)))
		}
		t.Start(image, attrs...)
	case *ast.RawHTML:
		t.markup(t.joined(n.Segments))
	case *raw:
		t.markup(n.html)
	case *extast.Strikethrough:
		t.element(deleted, n)
	case *extast.TaskCheckBox:
		t.checkBox(n)
	default:
		t.other(n)
	}
}
