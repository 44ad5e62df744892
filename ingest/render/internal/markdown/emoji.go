package markdown

import (
	"unicode"

	"finpages/ingest/render/internal/dialect"
	regexp "finpages/sources/lazyregexp"

	"github.com/yuin/goldmark-emoji/definition"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// emojis reads the names that GitHub and most tools show as a character:
// ":rocket:".
type emojis struct{}

func (emojis) Trigger() []byte { return []byte(":") }

var emojiName = regexp.MustCompile(`^:([a-z0-9_+-]{1,40}):(?:[^\w:]|$)`)

func (emojis) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	if before == ':' || unicode.IsLetter(before) || unicode.IsDigit(before) {
		return nil
	}
	line, _ := block.PeekLine()
	m := emojiName.FindSubmatch(line[:min(len(line), 50)])
	if m == nil {
		return nil
	}
	r := enter(parent, pc)
	if tool := r.Tool(); r.code != "" || tool == dialect.MdBook || tool == dialect.DocFX || tool == dialect.Obsidian || tool == dialect.Plain {
		return nil
	}
	emoji, known := definition.Github().Get(string(m[1]))
	if !known || !emoji.IsUnicode() {
		return nil
	}
	block.Advance(len(m[1]) + 2)
	return newRaw(string(emoji.Unicode))
}
