package convert_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"finpages/sources"
)

func zipOf(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range parts {
		part, err := w.Create(name)
		if err == nil {
			_, err = part.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const wordNames = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="c" xmlns:wp="d" xmlns:wps="s"`

// wordText is a text of Word with the content, and styles that hide text.
func wordText(t *testing.T, content string) []byte {
	t.Helper()
	const rel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	return zipOf(t, map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="` +
			rel + `officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/_rels/document.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
			`<Relationship Id="s" Type="` + rel + `styles" Target="styles.xml"/></Relationships>`,
		"word/styles.xml": `<w:styles ` + wordNames + `><w:style w:type="paragraph" w:styleId="Hid"><w:name w:val="Hid"/><w:rPr><w:vanish/></w:rPr>` +
			`</w:style><w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>` +
			`</w:style><w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Subtitle"/></w:style>` +
			`<w:style w:type="paragraph" w:styleId="Kid"><w:name w:val="Kid"/><w:basedOn w:val="Hid"/></w:style></w:styles>`,
		"word/numbering.xml": `<w:numbering ` + wordNames + `><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/>` +
			`<w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/><w:pStyle w:val="H1"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/>` +
			`<w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="§ %1.%2"/></w:lvl></w:abstractNum>` +
			`<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`,
		"word/document.xml": `<w:document ` + wordNames + `><w:body>` + content + `</w:body></w:document>`,
	})
}

func run(text, properties string) string {
	return `<w:r><w:rPr>` + properties + `</w:rPr><w:t>` + text + `</w:t></w:r>`
}

func row(properties string, cells ...string) string {
	text := `<w:tr><w:trPr>` + properties + `</w:trPr>`
	for _, cell := range cells {
		text += `<w:tc><w:p>` + run(cell, "") + `</w:p></w:tc>`
	}
	return text + `</w:tr>`
}

func table(rows ...string) string {
	return `<w:tbl><w:tblGrid><w:gridCol w:w="9"/></w:tblGrid>` + strings.Join(rows, "") + `</w:tbl>`
}

// croppedPage is a page of PDF whose lower half is cut off.
func croppedPage() []byte {
	text := "BT /F 12 Tf 72 700 Td (shown1) Tj ET BT /F 12 Tf 72 50 Td (secret) Tj ET"
	return fmt.Appendf(nil, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "+
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/CropBox[0 400 612 792]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>endobj "+
		"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj 4 0 obj<</Length %d>>stream\n%s\nendstream endobj "+
		"trailer<</Root 1 0 R>>", len(text), text)
}

// What its author hid, deleted or commented stays out of a document: the words that
// begin with secret. Those that begin with shown, all numbered from 1, are there.
func TestHiddenStaysOut(t *testing.T) {
	const by = `w:id="1" w:author="A"`
	word := `<w:p>` + run("shown1 ", `<w:vanish w:val="0"/>`) + run("secret", `<w:b/><w:vanish/>`) +
		`<w:del ` + by + `><w:r><w:delText>secret</w:delText></w:r></w:del><w:moveFrom ` + by + `>` + run("secret", "") + `</w:moveFrom>` +
		`<w:ins ` + by + `>` + run("shown2", "") + `</w:ins></w:p><w:p><w:pPr><w:pStyle w:val="Kid"/></w:pPr>` + run("secret", "") +
		run("shown3", `<w:vanish w:val="false"/>`) + `</w:p>` +
		table(row("", "shown4"), row(`<w:hidden/>`, "secret"), row(`<w:del `+by+`/>`, "secret")) + table(row(`<w:hidden/>`, "secret")) +
		`<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent><w:p>` + run("shown6", "") +
		run("secret", `<w:vanish/>`) + `</w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p>` +
		run("shown6", "") + `</w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>` + run("shown5", "") +
		`<w:r><w:drawing><wp:docPr hidden="1"/><w:txbxContent><w:p>` + run("secret", "") + `</w:p></w:txbxContent></w:drawing></w:r></w:p>`
	open := zipOf(t, map[string]string{
		"mimetype": "application/vnd.oasis.opendocument.text",
		"styles.xml": `<office:document-styles xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"` +
			` xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:styles><style:style style:name="Kid" style:family="text" style:parent-style-name="Hid"/>` +
			`<style:style style:name="Hid" style:family="text"><style:text-properties text:display="none"/></style:style>` +
			`<style:style style:name="Hid" style:family="paragraph"><style:text-properties text:display="none"/></style:style></office:styles></office:document-styles>`,
		"content.xml": `<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"` +
			` xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text><text:p>shown1 ` +
			`<text:span text:style-name="Kid">secret</text:span></text:p><text:p text:style-name="Hid">secret</text:p>` +
			`<text:h><text:hidden-paragraph text:is-hidden="true"/>secret</text:h>` +
			`<text:section text:display="none"><text:p>secret</text:p></text:section></office:text></office:body></office:document-content>`})
	for extension, c := range map[string]struct {
		preset string
		body   []byte
		shown  int
	}{
		".docx": {"pandoc", wordText(t, word), 6},
		".odt":  {"pandoc", open, 1},
		".rtf": {"pandoc", []byte(`{\rtf1{\stylesheet{\s1\v Hid;}}{\info{\author secret}}\pard shown1 {\v secret}{\deleted secret}\v secret\v0  shown2` +
			`{\*\footnote\ftnalt shown4 {\v secret}}\par{\*\annotation secret}{\header secret}{\v\'73ecret\u115?ecret\~}\plain ` +
			`{\shp{\*\shpinst{\sp{\sn secret}{\sv secret}}{\shptxt shown3}}{\shprslt secret}}\par}`), 3},
		".dbk": {"pandoc", []byte(`<article><para>shown1 <remark>secret</remark></para><para revisionflag="deleted">secret</para>` +
			`<para>shown2<indexterm><primary>secret</primary></indexterm></para></article>`), 2},
		".opml": {"pandoc", []byte(`<opml version="2.0"><head/><body><outline text="shown1"><outline isComment="true" text="secret">` +
			`<outline text="secret"/></outline></outline><outline text="shown2 & on"/></body></opml>`), 2},
		".mediawiki": {"pandoc", []byte("shown1<includeonly>secret</includeonly>\n\n[[Category:secret]]\n{| style=\"display:none\"\n| secret\n|}\nshown2"), 2},
		".textile":   {"pandoc", []byte("p. shown1\n\n###.. secret\n\nsecret\n\np. shown2\n\np{display:none}. secret\n\n%{display:none}secret% shown3\n"), 3},
		".tex":       {"pandoc", []byte("\\begin{document}\n\\excludecomment{inner}\nshown1\n\\begin{inner}\nsecret\n\\end{inner}\nshown2\n\\end{document}"), 2},
		".pdf":       {"poppler", croppedPage(), 1},
	} {
		t.Run(extension, func(t *testing.T) {
			need(t, map[string]string{"pandoc": "pandoc", "poppler": "pdftotext"}[c.preset])
			doc := sources.Document{Format: sources.Format(extension), Body: c.body, Path: "a" + extension}
			out, _, err := newConverter(t, map[string][]string{extension: {c.preset}}).Convert(t.Context(), doc, sources.Others{})
			if err != nil {
				t.Fatal(err)
			}
			text := string(out.Body)
			if strings.Contains(text, "secret") {
				t.Errorf("it shows what is hidden: %s", text)
			}
			at := 0
			for n := range c.shown {
				word := fmt.Sprint("shown", n+1)
				if i := strings.Index(text[at:], word); i < 0 {
					t.Errorf("%s is missing: %s", word, text)
				} else {
					at += i
				}
			}
		})
	}
}
