package convert_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/convert"
)

// pdfText is a line of a made-up PDF: its place from the left and the foot of
// the page, and its size, in points.
type pdfText struct {
	x, y, size int
	text       string
}

// makePDF writes a PDF of the pages' lines.
func makePDF(pages ...[]pdfText) []byte {
	var out bytes.Buffer
	var places []int
	object := func(text string) {
		places = append(places, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", len(places), text)
	}
	out.WriteString("%PDF-1.4\n")
	var kids strings.Builder
	for i := range pages {
		fmt.Fprintf(&kids, "%d 0 R ", 4+2*i)
	}
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object(fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), len(pages)))
	object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	for i, lines := range pages {
		var text strings.Builder
		for _, l := range lines {
			fmt.Fprintf(&text, "BT /F1 %d Tf %d %d Td (%s) Tj ET\n", l.size, l.x, l.y, l.text)
		}
		object(fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>", 5+2*i))
		object(fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", text.Len(), text.String()))
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(places)+1)
	for _, at := range places {
		fmt.Fprintf(&out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&out, "trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(places)+1, start)
	return out.Bytes()
}

func TestPDF(t *testing.T) {
	need(t, "pdftotext")
	page := func(n int, lines ...pdfText) []pdfText {
		return append([]pdfText{{50, 770, 9, "Pump handbook, chapter 3"}, {290, 30, 9, fmt.Sprint(n)}}, lines...)
	}
	body := makePDF(
		page(1, pdfText{50, 700, 24, "The pump"}, pdfText{50, 650, 16, "Starting"},
			pdfText{50, 620, 11, "Check the pressure before you open the in-"}, pdfText{50, 606, 11, "let of the pump. Then wait for the lamp."},
			pdfText{50, 570, 11, "1. Open the inlet."}, pdfText{50, 556, 11, "2. Press start and"}, pdfText{62, 542, 11, "hold it."}),
		page(2, pdfText{50, 700, 16, "Columns"},
			pdfText{50, 660, 11, "Left column begins here"}, pdfText{50, 646, 11, "and ends here."}, pdfText{330, 660, 11, "Right column begins"}, pdfText{330, 646, 11, "after the left one."}),
		page(3, pdfText{50, 700, 11, "Only text, and the year 2026."}),
	)
	out, notes, err := newConverter(t, map[string][]string{".pdf": {"poppler"}}).Convert(t.Context(), sources.Document{Format: ".pdf", Body: body}, sources.Others{})
	if err != nil {
		t.Fatal(err)
	}
	const want = "<h1>The pump</h1>\n<h2>Starting</h2>\n<p>Check the pressure before you open the inlet of the pump. Then wait for the lamp.</p>\n" +
		"<ul>\n<li>Open the inlet.</li>\n<li>Press start and hold it.</li>\n</ul>\n<h2>Columns</h2>\n" +
		"<p>Left column begins here and ends here.</p>\n<p>Right column begins after the left one.</p>\n<p>Only text, and the year 2026.</p>\n"
	if string(out.Body) != want || out.Format != sources.Content || len(notes) != 0 {
		t.Errorf("%s %q", out.Body, notes)
	}
	_, _, err = newConverter(t, map[string][]string{".pdf": {"poppler"}}).Convert(t.Context(), sources.Document{Format: ".pdf", Body: makePDF(nil)}, sources.Others{})
	if err == nil || !strings.Contains(err.Error(), "no text") {
		t.Error(err)
	}
	_, _, err = newConverter(t, map[string][]string{".pdf": {"poppler"}}).Convert(t.Context(), sources.Document{Format: ".pdf", Body: []byte("no PDF")}, sources.Others{})
	if err == nil {
		t.Error("what is no PDF was converted")
	}
}

// Tables are told from text in columns, from lists and from numbered lines by the places of their words.
func TestTablesOfPDF(t *testing.T) {
	need(t, "pdftotext")
	at := func(y int, cells ...string) (lines []pdfText) {
		for i, text := range cells {
			if text != "" {
				lines = append(lines, pdfText{50 + 130*i, y, 10, text})
			}
		}
		return lines
	}
	page := func(rows ...[]pdfText) (all []pdfText) {
		all = []pdfText{{50, 740, 10, "Our pumps are listed here, with what they hold."}}
		for _, row := range rows {
			all = append(all, row...)
		}
		return append(all, pdfText{50, 400, 10, "Ask us for more."})
	}
	const row, prose = "<tr><td>%s</td><td>%s</td><td>%s</td></tr>", "<table"
	for name, c := range map[string]struct {
		page      []pdfText
		want, not []string
	}{
		"rows far apart, with gaps": {page(at(700, "Model", "Litres", "Place"), at(676, "P1", "20", ""), at(652, "P2", "", "Hall 7"), at(628, "P3", "40", "Yard")),
			[]string{"<th>Model</th><th>Litres</th><th>Place</th>", fmt.Sprintf(row, "P1", "20", ""), fmt.Sprintf(row, "P2", "", "Hall 7"), fmt.Sprintf(row, "P3", "40", "Yard"), "</table>\n<p>Ask"}, nil},
		"cells over two lines": {page(at(700, "Model", "Place", "Note"), at(680, "P1", "The large", "none"), at(669, "", "hall", ""), at(649, "P2", "Yard", "wet")),
			[]string{fmt.Sprintf(row, "P1", "The large hall", "none"), fmt.Sprintf(row, "P2", "Yard", "wet")}, nil},
		"two columns": {page(at(700, "Model", "Litres"), at(688, "P1", "20"), at(676, "P2", "30")), []string{"<td>P2</td><td>30</td>"}, nil},
		"text in columns": {page([]pdfText{{50, 700, 10, "The left column tells of the hose and"}, {330, 700, 10, "The right column is about the valve"}, {50, 688, 10, "of the clamp that holds it at the"},
			{330, 688, 10, "that must be shut before the pump"}, {50, 676, 10, "inlet of each pump that we sell."}, {330, 676, 10, "may be started by anybody here."}}), []string{"at the inlet of each"}, []string{prose}},
		"a list":         {page(at(700, "1.", "Open"), at(688, "2.", "Start"), at(676, "3.", "Close")), []string{"Open"}, []string{prose}},
		"numbered lines": {page(at(700, "1", "The court asks whether this pump"), at(688, "2", "was shut when the water came in"), at(676, "3", "and who had been told of it.")), []string{"whether"}, []string{prose}},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := newConverter(t, map[string][]string{".pdf": {"poppler"}}).Convert(t.Context(), sources.Document{Format: ".pdf", Body: makePDF(c.page)}, sources.Others{})
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(string(out.Body), want) {
					t.Errorf("%q is missing: %s", want, out.Body)
				}
			}
			for _, not := range c.not {
				if strings.Contains(string(out.Body), not) {
					t.Errorf("%q is there: %s", not, out.Body)
				}
			}
		})
	}
}

// What repeats at the edges of pages is left out, cells of tables are not, wherever they stand.
func TestEdgesOfPDF(t *testing.T) {
	need(t, "pdftotext")
	var pages [][]pdfText
	for i := range 4 {
		page := []pdfText{{50, 780, 9, "Pump handbook"}, {500, 780, 9, "June 2026"}, {300, 20, 9, fmt.Sprintf("Page %d of 4", i+1)}}
		for row := range 45 {
			page = append(page, pdfText{50, 748 - 16*row, 10, "Pump"}, pdfText{200, 748 - 16*row, 10, fmt.Sprint(10*i + row)}, pdfText{350, 748 - 16*row, 10, "09"})
		}
		pages = append(pages, page)
	}
	out, _, err := newConverter(t, map[string][]string{".pdf": {"poppler"}}).Convert(t.Context(), sources.Document{Format: ".pdf", Body: makePDF(pages...)}, sources.Others{})
	if err != nil {
		t.Fatal(err)
	}
	body := string(out.Body)
	if n := strings.Count(body, ">Pump</t"); n != 180 || strings.Count(body, ">09</t") != 180 || strings.Contains(body, "handbook") ||
		strings.Contains(body, "Page") || strings.Contains(body, "June") {
		t.Errorf("%d rows of 180: %s", n, body)
	}
}

// Words of scripts that run from right to left are read from there, numbers and others among them are not.
func TestRightToLeftInPDF(t *testing.T) {
	for _, c := range [][2]string{
		{"pump 2026 runs", "pump 2026 runs"},
		{"pu\x03mp\x02", "pu mp"},
		{"\u05DD\u05DC\u05D5\u05E2 \u05DD\u05D5\u05DC\u05E9", "\u05E9\u05DC\u05D5\u05DD \u05E2\u05D5\u05DC\u05DD"},
		{"\u05D1 HTTP 20 \u05D0", "\u05D0 HTTP 20 \u05D1"},
		{"the word \u05D1\u05D0 here", "the word \u05D0\u05D1 here"},
		{"\uFE94\uFEF4\uFE91\uFEAE\uFECC\uFEDF\uFE8D", "\u0627\u0644\u0639\u0631\u0628\u064A\u0629"},
	} {
		page := `<page width="600" height="800"><flow><block><line xMin="50" yMin="300" xMax="100" yMax="310">`
		for word := range strings.FieldsSeq(c[0]) {
			page += `<word xMin="50" yMin="300" xMax="100" yMax="310">` + word + `</word>`
		}
		doc := sources.Document{Body: []byte("<doc>" + page + "</line></block></flow></page></doc>")}
		err := convert.PDFPages(&doc)
		if want := "<p>" + c[1] + "</p>\n"; err != nil || string(doc.Body) != want {
			t.Errorf("%q: %q, want %q, %v", c[0], doc.Body, want, err)
		}
	}
}
