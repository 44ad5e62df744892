package markdown

import (
	"bytes"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// FuzzQuick makes sure that tags, addresses and definitions of links are read as
// goldmark reads them.
func FuzzQuick(f *testing.F) {
	for _, text := range []string{
		"<a href=\"b\" c='d' e f:g.h=\"i>j\">k</a >", "a <b/>c<br />d<i >e</i\t>", "<a b=c>", "<a\nb=\"c\nd\">", "<a b=\"c>", "<a b='\n'>",
		"<a  b = \"c\">", "<1a>", "<a_b>", "</a b>", "<a b=\"c\"d=\"e\">", "<a/ >", "<a.b>", "- <b>\n\t<c>", "`<a>` \\<b>", "<a =b>", "<-a>", "</>", "< a>",
		"https://a.example http: (www.b.example) *ftp://c* _d.e+f@g.example_ ~h@i ~j@k.l", "a@b.c\n@d www. www.e !f@g.h #i@j.k",
		"[a]: b\n[c]: <d> 'e'\nf [a] [c]", " \t[a]: b\n\n> [a]: c\n\n- [d]: e\n  f\n\n[a] [d]", "a\n[a]: b\n", "   [a]:\nb\n",
	} {
		f.Add(text)
		f.Add("one or two words of text " + text + " and three or four more  \nof these")
	}
	options := goldmark.WithRendererOptions(html.WithUnsafe())
	plain := goldmark.New(options, goldmark.WithExtensions(extension.Linkify))
	ours := goldmark.New(options, goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...), parser.WithInlineParsers(parser.DefaultInlineParsers()...),
		parser.WithInlineParsers(util.Prioritized(plainTags{}, 399), util.Prioritized(newAddresses(), 999)),
		parser.WithParagraphTransformers(util.Prioritized(definitions{}, 100)))))
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?")
		var got, want bytes.Buffer
		if err := ours.Convert([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if err := plain.Convert([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("%q becomes %q, want %q", text, got.String(), want.String())
		}
	})
}

// TestPlain makes sure that no inline parser waits for a byte that words are read past.
func TestPlain(t *testing.T) {
	for _, v := range append(parser.DefaultInlineParsers(), append(inlineParsers(), ownParsers()...)...) {
		for _, c := range v.Value.(parser.InlineParser).Trigger() {
			if isPlain[c] {
				t.Errorf("%T waits for %q", v.Value, c)
			}
		}
	}
}
