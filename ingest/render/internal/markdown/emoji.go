package markdown

import (
	"finpages/ingest/render/internal/dialect"

	"github.com/yuin/goldmark-emoji/definition"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// emojis reads the names that GitHub and most tools show as a character:
// ":rocket:".
type emojis struct{}

func (emojis) Trigger() []byte { return []byte(":") }

const maxEmojiName = 40

// emojiName is the name between colons that a line begins with, behind which no other
// follows but that of one more; "" if there is none.
func emojiName(line []byte) string {
	n := 1
	for n < len(line) && isOfEmoji(line[n]) {
		n++
	}
	if n == 1 || n > maxEmojiName+1 || n >= len(line) || line[n] != ':' {
		return ""
	}
	if n+1 < len(line) {
		if c := line[n+1]; isASCIILetter(c) || isDigit(c) || c == '_' {
			return ""
		}
	}
	return string(line[1:n])
}

func isOfEmoji(c byte) bool {
	return c >= 'a' && c <= 'z' || isDigit(c) || c == '_' || c == '+' || c == '-'
}

func (emojis) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	if before == ':' || isWordRune(before) {
		return nil
	}
	line, _ := block.PeekLine()
	if emojiName(line) == "" {
		return nil
	}
	r := enter(parent, pc)
	if tool := r.Tool(); r.code != "" || tool == dialect.MdBook || tool == dialect.DocFX || tool == dialect.Obsidian || tool == dialect.Plain {
		return nil
	}
	shown, length := emojiRow(line)
	if length == 0 {
		return nil
	}
	block.Advance(length)
	return newRaw(shown)
}

// emojiRow reads names that stand side by side, ":grin::tada:", and returns their
// characters and length, which is 0 if one is unknown.
func emojiRow(line []byte) (shown string, length int) {
	for length < len(line) && line[length] == ':' {
		name := emojiName(line[length:])
		emoji, known := definition.Github().Get(name)
		if name == "" || !known || !emoji.IsUnicode() {
			return "", 0
		}
		shown += string(emoji.Unicode)
		length += len(name) + 2
	}
	return shown, length
}
