package convert_test

import (
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/convert"
	"finpages/sources/limits/costtest"
)

// bbox is a page as pdftotext -bbox-layout writes it.
const bbox = `<page width="600" height="800"><flow><block xMin="50" yMin="90" xMax="200" yMax="150">
<line xMin="50" yMin="90" xMax="200" yMax="114"><word xMin="50" yMin="90" xMax="90" yMax="114">The</word>
<word xMin="95" yMin="90" xMax="200" yMax="114">pump</word></line>
<line xMin="50" yMin="130" xMax="200" yMax="141"><word xMin="50" yMin="130" xMax="90" yMax="141">in-</word></line>
<line xMin="50" yMin="142" xMax="200" yMax="153"><word xMin="50" yMin="142" xMax="90" yMax="153">let &amp; &lt;b&gt;</word></line>
</block></flow></page>
`

// What pdftotext writes is an error, or becomes HTML that has no more elements
// than those of its own.
func FuzzPDFPages(f *testing.F) {
	f.Add(bbox)
	f.Add(strings.ReplaceAll(bbox, "yMax", `yMin="1e300" yMax`))
	f.Add(`<page height="NaN"><flow><block><line><word>1. a</word></line><line><word>• b</word></line></block></flow>`)
	f.Add(`<!DOCTYPE html [<!ENTITY a "b">]><doc><page><flow><block><line><word>&a;` + "\xff</word>")
	row := `<line xMin="50" yMin="90" xMax="60" yMax="100"><word>a</word></line><line xMin="80" yMin="90" xMax="90" yMax="100"><word>b</word></line>`
	f.Add(`<page height="800"><flow><block>` + row + strings.ReplaceAll(row, "0\"", "9\"") + strings.ReplaceAll(row, `xMax="9`, `xMax="-9`) + `</block></flow></page>`)
	f.Fuzz(func(t *testing.T, text string) {
		doc := sources.Document{Body: []byte(text)}
		if err := convert.PDFPages(&doc); err == nil {
			rest := string(doc.Body)
			for _, tag := range []string{"h1", "h2", "h3", "h4", "p", "ul", "li", "table", "tr", "th", "td"} {
				rest = strings.NewReplacer("<"+tag+">", "", "</"+tag+">", "").Replace(rest)
			}
			if strings.ContainsAny(rest, "<>") || doc.Format != sources.Content {
				t.Errorf("%q becomes %q", text, doc.Body)
			}
		}
		costtest.CheckList(t, "<doc>", text, "\n", "</doc>", func(s string) {
			_ = convert.PDFPages(&sources.Document{Body: []byte(s)})
		})
	})
}
