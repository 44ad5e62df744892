package native_test

import (
	"strings"
	"testing"

	"finpages/sources"
)

const slideText = `<office:document><office:automatic-styles><style:style style:name="dp2"><style:drawing-page-properties presentation:visibility="hidden"/></style:style></office:automatic-styles>
<office:body><office:presentation><draw:page>
<draw:frame><draw:text-box><text:p>Below, <text:date text:date-value="2026-11-30">11/30/2026</text:date><text:time text:fixed="true">10:00</text:time></text:p></draw:text-box></draw:frame>
<draw:frame presentation:class="title"><draw:text-box><text:p>Pumps</text:p><text:p>and valves</text:p></draw:text-box></draw:frame>
<draw:frame presentation:class="footer"><draw:text-box><text:p>Internal</text:p></draw:text-box></draw:frame>
<draw:frame><draw:text-box><text:p>Page <text:page-number>&lt;number&gt;</text:page-number></text:p></draw:text-box></draw:frame>
<draw:frame><draw:object xlink:href="./Object 1"/><svg:desc>C:\pics\chart one.PNG</svg:desc></draw:frame>
<draw:frame><svg:desc>A pump</svg:desc></draw:frame>
<presentation:notes><draw:frame><draw:text-box><text:p>Speak up</text:p></draw:text-box></draw:frame></presentation:notes></draw:page>
<draw:page draw:style-name="dp2"><draw:frame><draw:text-box><text:p>Secret</text:p></draw:text-box></draw:frame></draw:page>
</office:presentation></office:body></office:document>`

func TestSlides(t *testing.T) {
	chart := `<chart:chart><table:table><table:table-row><table:table-cell><text:p>Quarter</text:p></table:table-cell></table:table-row>` +
		`<table:table-row><table:table-cell><draw:object xlink:href="./Object 1"/><text:p>45</text:p></table:table-cell></table:table-row></table:table></chart:chart>`
	doc, notes := read(t, "slides", zipped(t, "content.xml", slideText, "Object 1/content.xml", chart))
	wantParts(t, doc, sources.Content, "<h2>Pumps<br>and valves</h2>", "<p>Below, 10:00</p>", "<p>Page</p>",
		"<th><p>Quarter</p>\n</th>", "<td><p>45</p>\n</td>", "<p>A pump</p>")
	for _, word := range []string{"2026", "Internal", "number", "PNG", "Speak", "Secret"} {
		if strings.Contains(string(doc.Body), word) {
			t.Errorf("%s is shown: %s", word, doc.Body)
		}
	}
	if len(notes) != 1 || notes[0] != "the hidden slide 2 is left out" {
		t.Errorf("notes %q", notes)
	}
	flat, _ := read(t, "slides", slideText)
	wantParts(t, flat, sources.Content, "<h2>Pumps<br>and valves</h2>", "<p>A pump</p>")
	refused(t, "slides", "PK\x03\x04", "read slides: zip")
	refused(t, "slides", zipped(t, "mimetype", "x"), `"content.xml" is missing`)
}
