package convert_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"finpages/sources"
)

// strict turns a document into one of Office's strict variant.
func strict(t *testing.T, document []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(document), int64(len(document)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, _ := io.ReadAll(in)
		text := strings.NewReplacer("http://schemas.openxmlformats.org/officeDocument/2006/", "http://purl.oclc.org/ooxml/officeDocument/",
			"http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main",
			"http://schemas.openxmlformats.org/drawingml/2006/", "http://purl.oclc.org/ooxml/drawingml/").Replace(string(data))
		part, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(text))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestStrictDocuments(t *testing.T) {
	c := newConverter(t, map[string][]string{".docx": {"pandoc"}})
	usual := made(t, "docx")
	want, _, err := c.Convert(t.Context(), sources.Document{Format: ".docx", Body: usual}, sources.Others{})
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := c.Convert(t.Context(), sources.Document{Format: ".docx", Body: strict(t, usual)}, sources.Others{})
	if err != nil || !bytes.Equal(got.Body, want.Body) {
		t.Errorf("%s, %v, want %s", got.Body, err, want.Body)
	}
}

// paragraph is one of Word with properties.
func paragraph(properties string, runs ...string) string {
	return `<w:p><w:pPr>` + properties + `</w:pPr>` + strings.Join(runs, "") + `</w:p>`
}

// What Pandoc drops of texts of Word: numbers of headings and clauses, and what stands
// in elements that it does not know.
func TestTextsOfWordAreWhole(t *testing.T) {
	need(t, "pandoc")
	clause := `<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>`
	body := wordText(t, paragraph(`<w:pStyle w:val="Sub"/>`, run("Below the title", ""))+
		paragraph(`<w:pStyle w:val="H1"/>`, run("Scope", ""))+paragraph(clause, run("All pumps", ""))+paragraph(clause, run("All hoses", ""))+
		paragraph(`<w:pStyle w:val="H1"/>`, run("Hidden", "<w:vanish/>"))+
		paragraph(`<w:pStyle w:val="H1"/>`, run("Terms", ""))+paragraph(clause, run("Valves", ""))+
		paragraph("", `<w:customXml><w:customXmlPr/>`, run("wrapped ", ""), `</w:customXml><w:dir>`, run("along ", ""), `</w:dir>`,
			`<w:r><w:ruby><w:rubyPr/><w:rt>`, run("over", ""), `</w:rt><w:rubyBase>`, run("base", ""), `</w:rubyBase></w:ruby></w:r>`))
	out, _, err := newConverter(t, map[string][]string{".docx": {"pandoc"}}).Convert(t.Context(),
		sources.Document{Format: ".docx", Body: body}, sources.Others{})
	if err != nil {
		t.Fatal(err)
	}
	text := tags.ReplaceAllString(string(out.Body), "")
	at := 0
	for _, want := range []string{"Below the title", "I. Scope", "§ 1.1 All pumps", "§ 1.2 All hoses", "III. Terms", "§ 3.1 Valves", "wrapped along base"} {
		i := strings.Index(text[at:], want)
		if i < 0 {
			t.Fatalf("%q is missing: %s", want, out.Body)
		}
		at += i
	}
}
