package convert

import (
	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

var (
	rtfNote      = regexp.MustCompile(`\{\\\*\\footnote\s*(?:\\ftnalt\b)?`)
	rtfInner     = regexp.MustCompile(`\\itap[2-9]\b|\{\\\*\\nesttableprops[^{}]*\}|\{\\nonesttables[^{}]*\}`)
	rtfInnerCell = regexp.MustCompile(`\\nestcell\b ?`)
	rtfShape     = regexp.MustCompile(`\\\*\\shpinst\b|\\shptxt\b`)
	rtfLink      = regexp.MustCompile(`\{\\\*\\fldinst\s+HYPERLINK\s+("[^"{}]*")[^{}]*\}`)
	rtfField     = regexp.MustCompile(`\{\\field\s*(?:\\\w+\s*)*\{\\\*\\fldinst\s*(?:\{[^{}"]*\}|[^{}"]*)\}\s*\{\\fldrslt`)
)

// rtfFields writes links in the way in which Pandoc's reader knows them, and all
// other fields, such as references to sections, as their text: it would drop
// both with what they show. It also writes letters as themselves: of those of
// code pages, Pandoc knows Western ones alone, and of notes and shapes neither those
// at the end nor what is written in them.
func rtfFields(g *gathered, _ sources.Others) {
	body, err := rtfLetters(g.body)
	if err != nil {
		g.fault = err
		return
	}
	body = rtfNote.ReplaceAll(body, []byte(`{\footnote`))
	body = rtfShape.ReplaceAll(body, nil)
	body = rtfInnerCell.ReplaceAll(rtfInner.ReplaceAll(body, nil), []byte(`\line `))
	body = rtfLink.ReplaceAll(body, []byte(`{\*\fldinst{HYPERLINK $1}}`))
	g.body = rtfField.ReplaceAll(body, []byte(`{{`))
}
