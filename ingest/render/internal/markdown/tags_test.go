package markdown

import (
	"bytes"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// FuzzPlainTags makes sure that tags are read as goldmark reads them.
func FuzzPlainTags(f *testing.F) {
	for _, text := range []string{
		"<a href=\"b\" c='d' e f:g.h=\"i>j\">k</a >", "a <b/>c<br />d<i >e</i\t>", "<a b=c>", "<a\nb=\"c\nd\">", "<a b=\"c>", "<a b='\n'>",
		"<a  b = \"c\">", "<1a>", "<a_b>", "</a b>", "<a b=\"c\"d=\"e\">", "<a/ >", "<a.b>", "- <b>\n\t<c>", "`<a>` \\<b>", "<a =b>", "<-a>", "</>", "< a>",
	} {
		f.Add(text)
	}
	options := goldmark.WithRendererOptions(html.WithUnsafe())
	plain := goldmark.New(options)
	ours := goldmark.New(options, goldmark.WithParserOptions(parser.WithInlineParsers(util.Prioritized(plainTags{}, 399))))
	f.Fuzz(func(t *testing.T, text string) {
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
