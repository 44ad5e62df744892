package markdown

import (
	"bytes"
	"strconv"
	"strings"

	"finpages/ingest/render/internal/htmldoc"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	goldmarkhtml "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

func (t *tree) list(n *ast.List) {
	switch {
	case !n.IsOrdered():
		t.box(bullets, n)
	case n.Start == 1:
		t.box(numbers, n)
	default:
		t.box(numbers, n, t.attr("start", strconv.Itoa(n.Start)))
	}
}

// table makes a table, whose first child is its head.
func (t *tree) table(n *extast.Table) {
	t.begin(table)
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		part, tag := rows, cell
		if c.Kind() == extast.KindTableHeader {
			part, tag = head, headCell
		}
		if part == head || c.PreviousSibling() == n.FirstChild() {
			t.begin(part)
		}
		t.begin(row)
		for d := c.FirstChild(); d != nil && !t.IsOdd(); d = d.NextSibling() {
			t.part(tag, d)
		}
		t.end(row)
		if part == head || c.NextSibling() == nil {
			t.end(part)
		}
	}
	t.end(table)
}

// begin begins an element with a line of its own.
func (t *tree) begin(tag *htmldoc.Tag) {
	t.Start(tag)
	t.newline()
}

func (t *tree) end(tag *htmldoc.Tag) {
	t.End(tag)
	t.newline()
}

func (t *tree) code(n ast.Node, attrs ...html.Attribute) {
	t.Start(pre)
	t.Start(code, attrs...)
	for _, line := range n.Lines().Sliced(0, n.Lines().Len()) {
		t.segment(line)
	}
	t.End(code)
	t.end(pre)
}

func (t *tree) language(n *ast.FencedCodeBlock) []html.Attribute {
	language := n.Language(t.source)
	if language == nil {
		return nil
	}
	return []html.Attribute{t.attr("class", "language-"+t.resolved(language))}
}

func (t *tree) htmlBlock(n *ast.HTMLBlock) {
	markup := t.joined(n.Lines())
	if n.HasClosure() {
		markup += string(n.ClosureLine.Value(t.source))
	}
	t.markup(markup)
}

func (t *tree) label(n *label) {
	t.Start(paragraph)
	t.Start(strong)
	t.markup(n.before)
	t.children(n)
	t.End(strong)
	t.end(paragraph)
}

func (t *tree) textNode(n *ast.Text) {
	value := t.source[n.Segment.Start:n.Segment.Stop]
	if n.IsRaw() || bytes.IndexByte(value, '\\') < 0 && bytes.IndexByte(value, '&') < 0 {
		t.segment(n.Segment)
	} else {
		t.Text(t.resolved(n.Segment.Value(t.source)))
	}
	at := n.Segment.Stop
	switch {
	case n.IsRaw():
	case n.HardLineBreak():
		t.Start(lineBreak)
		t.Text("\n")
	case n.SoftLineBreak() && at < len(t.text) && t.text[at] == '\n':
		t.Span(at, at+1)
	case n.SoftLineBreak():
		t.Text("\n")
	}
}

func (t *tree) codeSpan(n *ast.CodeSpan) {
	t.Start(code)
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		segment := c.(*ast.Text).Segment
		if value := segment.Value(t.source); bytes.HasSuffix(value, []byte("\n")) {
			t.Text(string(value[:len(value)-1]) + " ")
		} else {
			t.segment(segment)
		}
	}
	t.End(code)
}

func (t *tree) checkBox(n *extast.TaskCheckBox) {
	attrs := []html.Attribute{{Key: "disabled"}, {Key: "type", Val: "checkbox"}}
	if n.IsChecked {
		attrs = append([]html.Attribute{{Key: "checked"}}, attrs...)
	}
	t.Start(input, attrs...)
	t.Text(" ")
}

// address are the attributes of what leads elsewhere.
func (t *tree) address(key string, target, title []byte) []html.Attribute {
	attrs := make([]html.Attribute, 1, 2)
	attrs[0] = t.attr(key, string(util.URLEscape(target, true)))
	if title != nil {
		attrs = append(attrs, t.attr("title", t.resolved(title)))
	}
	return attrs
}

// alt is the text of an image.
func (t *tree) alt(n ast.Node) string {
	var out strings.Builder
	t.writeAlt(&out, n)
	return out.String()
}

func (t *tree) writeAlt(out *strings.Builder, n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			value := c.Segment.Value(t.source)
			switch {
			case c.IsRaw():
				out.Write(value)
				continue
			case c.HardLineBreak():
				t.Fail() // it becomes a tag
			}
			out.WriteString(t.resolved(value))
			if c.SoftLineBreak() {
				out.WriteByte('\n')
			}
		case *ast.String:
			t.Fail()
		default:
			t.writeAlt(out, c)
		}
	}
}

// segment adds a part of the source as it is.
func (t *tree) segment(s text.Segment) {
	if isPart(s, t.text) {
		t.Span(s.Start, s.Stop)
		return
	}
	t.Text(string(s.Value(t.source)))
}

// isPart tells whether the value of a segment is part of the source.
func isPart(s text.Segment, source string) bool {
	lacksEnd := s.ForceNewline && s.Start < s.Stop && source[s.Stop-1] != '\n'
	return s.Padding == 0 && !lacksEnd
}

// joined are parts of the source, which most often follow each other.
func (t *tree) joined(parts *text.Segments) string {
	var out []byte
	from, to := 0, 0
	for i := range parts.Len() {
		part := parts.At(i)
		switch {
		case out == nil && isPart(part, t.text) && (i == 0 || part.Start == to):
			if i == 0 {
				from = part.Start
			}
			to = part.Stop
			continue
		case out == nil:
			out = append(out, t.text[from:to]...)
		}
		out = append(out, part.Value(t.source)...)
	}
	if out != nil {
		return string(out)
	}
	return t.text[from:to]
}

// attr makes an attribute.
func (t *tree) attr(key, value string) html.Attribute {
	return html.Attribute{Key: key, Val: t.checked(value)}
}

// checked looks for what a parser of HTML reads as something else.
func (t *tree) checked(s string) string {
	if strings.IndexByte(s, '\r') >= 0 || strings.IndexByte(s, 0) >= 0 {
		t.Fail()
	}
	return s
}

// resolved is what text means, in which characters may be escaped.
func (t *tree) resolved(value []byte) string {
	if bytes.IndexByte(value, '\\') < 0 && bytes.IndexByte(value, '&') < 0 {
		return string(value)
	}
	t.out.Reset()
	goldmarkhtml.DefaultWriter.Write(&t.out, value)
	return t.checked(html.UnescapeString(t.out.String()))
}

// plainWriter is a [util.BufWriter] that keeps what is written.
type plainWriter struct{ bytes.Buffer }

func (w *plainWriter) Buffered() int { return w.Len() }

func (w *plainWriter) Flush() error { return nil }
