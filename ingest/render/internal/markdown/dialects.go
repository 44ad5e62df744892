package markdown

import (
	"bytes"
	"html"
	"strings"

	"finpages/ingest/render/internal/dialect"
	regexp "finpages/sources/lazyregexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// reading is what the parsers know of the document that is being read.
type reading struct {
	*dialect.Document
	block ast.Node // that is being read
	code  string   // the element of code that is open in it, "" if none
}

var readingKey = parser.NewContextKey()

// enter returns what is known of the document, within a block.
func enter(block ast.Node, pc parser.Context) *reading {
	r := pc.Get(readingKey).(*reading)
	if r.block != block {
		r.block, r.code = block, ""
	}
	return r
}

// constructs reads what dialects add within text: components, calls, comments.
// Where it is asked, Markdown has seen to it that the text is neither code nor
// escaped.
type constructs struct{}

func (constructs) Trigger() []byte { return []byte("<{%") }

var (
	codeTag = regexp.MustCompile(`(?i)^<(/?)(code|pre|kbd|samp|tt)(?:\s[^<>]*)?>`)
	// what is behind the first bracket of "\<<name>>"
	escapedName = regexp.MustCompile(`^<[A-Za-z][\w .-]*\\?>>`)
	tagInCode   = regexp.MustCompile(`^(?:</?[A-Z][\w.-]*[\s/>]|<[a-z][a-z0-9]*>)`)
)

const (
	maxConstruct      = 8 << 10 // bytes
	maxConstructLines = 60
)

func mayBeConstruct(line []byte) bool {
	if len(line) < 2 {
		return false
	}
	switch next := line[1]; line[0] {
	case '<':
		if next == '/' && len(line) > 2 {
			next = line[2]
		}
		return next|0x20 >= 'a' && next|0x20 <= 'z' || next == '<'
	case '{':
		return strings.IndexByte("{%/'\"", next) >= 0 || isName(line)
	}
	return line[1] == '%'
}

// isName tells whether a line begins with a name in braces.
func isName(line []byte) bool {
	for i, c := range line[1:min(len(line), 60)] {
		isLetter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '$'
		switch {
		case c == '}':
			return i > 0
		case !isLetter && (i == 0 || (c < '0' || c > '9') && c != ':' && c != '-' && c != '.' && c != '+'):
			return false
		}
	}
	return false
}

// codeTagIn returns the parts of the tag of code that a line begins with; nil if it
// begins with none.
func codeTagIn(line []byte) [][]byte {
	name := bytes.TrimPrefix(line[1:], []byte("/"))
	n := 0
	for n < len(name) && isASCIILetter(name[n]) {
		n++
	}
	if line[0] != '<' || n < len("tt") || n > len("code") || bytes.IndexByte([]byte("cpkst"), name[0]|0x20) < 0 {
		return nil
	}
	return codeTag.FindSubmatch(line)
}

func (constructs) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if !mayBeConstruct(line) && (line[0] != '{' || !enter(parent, pc).HasExpressions()) {
		return nil
	}
	r := enter(parent, pc)
	if markup, length := r.Expression(string(line[:min(len(line), maxLine)])); length > 0 && r.code == "" {
		block.Advance(length)
		return newRaw(markup)
	}
	if m := codeTagIn(line); m != nil {
		name := string(bytes.ToLower(m[2]))
		switch {
		case r.code == "" && len(m[1]) == 0:
			r.code = name
		case r.code == name && len(m[1]) > 0:
			r.code = ""
		}
		return nil
	}
	if r.code != "" {
		if tag := tagInCode.Find(line); tag != nil && r.Code(string(tag)) != string(tag) {
			block.Advance(1)
			return newRaw("&lt;")
		}
		return nil
	}
	if name := escapedName.Find(line); name != nil && block.PrecendingCharacter() == '<' {
		block.Advance(len(name))
		return newRaw(html.EscapeString(strings.ReplaceAll(string(name), `\`, "")))
	}
	if markup, length := r.ReadMeValue(string(line[:min(len(line), maxLine)])); length > 0 {
		block.Advance(length)
		return newRaw(markup)
	}
	if line[0] == '%' {
		length, ok := r.Comment(block.PrecendingCharacter(), line)
		if !ok {
			return nil
		}
		block.Advance(length)
		return newRaw("")
	}
	markup, length, ok := r.Inline(block.PrecendingCharacter(), ahead(block))
	if !ok {
		return nil
	}
	advance(block, length)
	return newRaw(markup)
}

// ahead is the text from the reader's place on, as far as one construct goes.
func ahead(block text.Reader) string {
	line, _ := block.PeekLine()
	if bytes.ContainsAny(line, ">}") && len(line) >= maxConstruct {
		return string(line[:maxConstruct])
	}
	at, position := block.Position()
	var out strings.Builder
	for range maxConstructLines {
		line, _ := block.PeekLine()
		if line == nil || out.Len() > maxConstruct {
			break
		}
		out.Write(line)
		block.AdvanceLine()
	}
	block.SetPosition(at, position)
	return out.String()[:min(out.Len(), maxConstruct)]
}

func advance(block text.Reader, n int) {
	for n > 0 {
		line, _ := block.PeekLine()
		if line == nil {
			return
		}
		if n < len(line) {
			block.Advance(n)
			return
		}
		n -= len(line)
		block.AdvanceLine()
	}
}

// htmlBlocks rewrites what dialects add within blocks of HTML.
type htmlBlocks struct{}

func (htmlBlocks) Transform(document *ast.Document, reader text.Reader, pc parser.Context) {
	blocks := htmlBlocksIn(document, nil)
	if len(blocks) == 0 {
		return
	}
	r := enter(document, pc)
	for _, b := range blocks {
		markup := string(b.Lines().Value(reader.Source()))
		if b.HasClosure() {
			markup += string(b.ClosureLine.Value(reader.Source()))
		}
		if changed := r.HTML(markup); changed != markup {
			b.Parent().ReplaceChild(b.Parent(), b, &plain{html: changed})
		}
	}
}

// htmlBlocksIn adds the blocks of HTML below a block that may hold dialects.
func htmlBlocksIn(n ast.Node, list []*ast.HTMLBlock) []*ast.HTMLBlock {
	for c := n.FirstChild(); c != nil && c.Type() == ast.TypeBlock; c = c.NextSibling() {
		if b, ok := c.(*ast.HTMLBlock); ok && (b.HTMLBlockType >= ast.HTMLBlockType6 || b.HTMLBlockType == ast.HTMLBlockType1) {
			list = append(list, b)
		}
		list = htmlBlocksIn(c, list)
	}
	return list
}
