package convert_test

import (
	"fmt"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/convert"
)

// boxes writes lines as pdftotext does, with words of equal width.
func boxes(lines ...string) string {
	out := `<doc><page width="600" height="800"><flow><block>`
	for _, line := range lines {
		var x, y float64
		var text string
		_, _ = fmt.Sscan(line, &x, &y)
		text = strings.SplitN(line, " ", 3)[2]
		out += fmt.Sprintf(`<line xMin="%v" yMin="%v" xMax="%v" yMax="%v">`, x, y, x+float64(5*len(text)), y+10)
		from := 0
		for word := range strings.FieldsSeq(text) {
			from += strings.Index(text[from:], word)
			at := x + float64(5*from)
			from += len(word)
			out += fmt.Sprintf(`<word xMin="%v" yMin="%v" xMax="%v" yMax="%v">%s</word>`, at, y, at+float64(5*len(word)), y+10, word)
		}
		out += "</line>"
	}
	return out + "</block></flow></page></doc>"
}

func pdfPages(t *testing.T, body string) string {
	t.Helper()
	doc := sources.Document{Body: []byte(body)}
	if err := convert.PDFPages(&doc); err != nil {
		t.Fatal(err)
	}
	return string(doc.Body)
}

// Columns of text are read one after the other, also where pdftotext joins their
// lines; what reaches over both stays above them. Tables are not parted.
func TestColumnsOfPDF(t *testing.T) {
	lines := []string{"50 40 The pumps of this house and of all others"}
	for i := range 24 {
		lines = append(lines, fmt.Sprintf("50 %d on the left is line %d of it   on the right is line %d again", 60+12*i, 10+i, 10+i))
	}
	got := pdfPages(t, boxes(lines...))
	if strings.Count(got, "on the left") != 24 || strings.LastIndex(got, "on the left is line 33") > strings.Index(got, "on the right is line 10") ||
		!strings.HasPrefix(got, "<p>The pumps of this house and of all others on") {
		t.Errorf("%s", got)
	}
	lines = nil
	for i := range 24 {
		lines = append(lines, fmt.Sprintf("50 %d P%d", 60+12*i, 10+i), fmt.Sprintf("300 %d %d litres", 60+12*i, i))
	}
	if got := pdfPages(t, boxes(lines...)); strings.Count(got, "<tr>") != 24 || !strings.Contains(got, "<td>P12</td><td>2 litres</td>") {
		t.Errorf("%s", got)
	}
}

// A hyphen at the end of a line is the word's own where the rest of the document
// tells so, and no more than a few lines end with one.
func TestHyphensOfPDF(t *testing.T) {
	filler := strings.Split(strings.Repeat("50 0 some words of text|", 60), "|")[:60]
	for name, c := range map[string]struct{ above, end, next, want string }{
		"a word known":         {"the inlet is", "open the in-", "let now", "open the inlet now"},
		"a compound known":     {"a well-known pump", "it is well-", "known here", "it is well-known here"},
		"both halves known":    {"class based on", "a class-", "based view", "a class-based view"},
		"nothing known":        {"", "a first-", "rate pump", "a first-rate pump"},
		"an ending":            {"", "during transporta-", "tion, and", "during transportation, and"},
		"a name":               {"", "the X-", "Ray tube", "the X-Ray tube"},
		"a dash":               {"", "the pump -", "it runs", "the pump - it runs"},
		"of TeX's fonts":       {"", "the \x1crst e\x1bort", "and \x0eces", "the first effort and ffices"},
		"a hyphen of its font": {"the inlet is", "open the in\x7f", "let now", "open the inlet now"},
	} {
		lines := append([]string{}, filler...)
		for i := range lines {
			lines[i] = strings.Replace(lines[i], " 0 ", fmt.Sprintf(" %d ", 10+12*i), 1)
		}
		lines = append(lines, "50 735 "+c.above+" x.", "50 750 "+c.end, "50 762 "+c.next)
		if got := pdfPages(t, boxes(lines...)); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", name, got[strings.LastIndex(got, "text")+4:])
		}
	}
}

// A row of several lines is one where rows stand farther apart than its lines.
func TestRowsOfLinesInPDF(t *testing.T) {
	got := pdfPages(t, boxes("50 100 Model", "200 100 Litres", "350 100 Place", "50 124 The long", "200 124 20", "350 124 Hall", "50 135 pump",
		"50 160 P2", "200 160 30", "350 160 Yard of", "350 171 the house", "50 196 P3", "200 196 40", "350 196 Roof"))
	for _, want := range []string{"<td>The long pump</td><td>20</td><td>Hall</td>", "<td>Yard of the house</td>", "<td>P3</td>"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing: %s", want, got)
		}
	}
}

// Fonts of TeX claim other heights than their letters have.
func TestSizesOfPDF(t *testing.T) {
	var page strings.Builder
	line := func(top, height, letter float64, text string) {
		fmt.Fprintf(&page, `<block><line xMin="50" yMin="%[1]v" xMax="500" yMax="%[2]v">`, top, top+height)
		left := 50.0
		for word := range strings.FieldsSeq(text) {
			narrow := len(word) - len(strings.NewReplacer("i", "", "l", "", "t", "").Replace(word))
			right := left + letter*(float64(len(word))-float64(narrow)/2)
			fmt.Fprintf(&page, `<word xMin="%v" yMin="%v" xMax="%v" yMax="%v">%s</word>`, left, top, right, top+height, word)
			left = right + 3
		}
		page.WriteString(`</line></block>`)
	}
	line(50, 12.5, 8, "Installation of pumps")
	for i := range 10 {
		line(80+20*float64(i), 13, 4.5, "Words of the text, which stand in lines below their heading.")
	}
	line(300, 10, 5, "A note at the foot is smaller, whatever its letters are.")
	got := pdfPages(t, `<page width="600" height="800"><flow>`+page.String()+`</flow></page>`)
	if !strings.Contains(got, "<h1>Installation of pumps</h1>") || strings.Count(got, "<h") != 1 {
		t.Errorf("%s", got)
	}
}
