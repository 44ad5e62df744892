package convert

import (
	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

var (
	rtfLink  = regexp.MustCompile(`\{\\\*\\fldinst\s+HYPERLINK\s+("[^"{}]*")[^{}]*\}`)
	rtfField = regexp.MustCompile(`\{\\field\s*(?:\\\w+\s*)*\{\\\*\\fldinst\s*(?:\{[^{}"]*\}|[^{}"]*)\}\s*\{\\fldrslt`)
)

// rtfFields writes links in the way in which Pandoc's reader knows them, and all
// other fields, such as references to sections, as their text: it would drop
// both with what they show. It also writes letters as themselves: of those of
// code pages, Pandoc knows Western ones alone.
func rtfFields(g *gathered, _ sources.Others) {
	body := rtfLetters(g.body)
	body = rtfLink.ReplaceAll(body, []byte(`{\*\fldinst{HYPERLINK $1}}`))
	g.body = rtfField.ReplaceAll(body, []byte(`{{`))
}
