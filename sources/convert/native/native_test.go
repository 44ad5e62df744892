package native_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/convert/native"
	"finpages/sources/limits/costtest"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
)

func read(t *testing.T, reader string, body string) (sources.Document, []string) {
	t.Helper()
	doc, notes, err := native.Readers()[reader](sources.Document{Body: []byte(body), Path: "a/b"})
	if err != nil {
		t.Fatalf("%s: %v", reader, err)
	}
	if doc.Path != "a/b" {
		t.Errorf("%s: the path is %q", reader, doc.Path)
	}
	return doc, notes
}

// wantParts looks for the parts, in this order.
func wantParts(t *testing.T, doc sources.Document, format sources.Format, parts ...string) {
	t.Helper()
	rest := string(doc.Body)
	for _, part := range parts {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			t.Fatalf("%q is missing, or out of order, in\n%s", part, doc.Body)
		}
		rest = after
	}
	if doc.Format != format {
		t.Errorf("the format is %s", doc.Format)
	}
}

func refused(t *testing.T, reader, body, want string) {
	t.Helper()
	if _, _, err := native.Readers()[reader](sources.Document{Body: []byte(body)}); err == nil ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("%s: %v, want %q", reader, err, want)
	}
}

func TestTables(t *testing.T) {
	doc, _ := read(t, "csv", "\ufeffName,Said\r\nAda,\"a, \"\"b\"\" <c>\nd\"\r\n\r\nBob,\r\n")
	wantParts(t, doc, sources.Content, "<th>Name</th>", "<td>Ada</td>", "<td>a, &#34;b&#34; &lt;c&gt;<br>d</td>",
		"<td>Bob</td>")
	doc, _ = read(t, "csv", "Stadt;Preis\nKöln;1,50\n")
	wantParts(t, doc, sources.Content, "<th>Stadt</th>", "<td>Köln</td>\n<td>1,50</td>")
	doc, _ = read(t, "csv", "Model,Litres\rP1,20\rP2,45\r")
	wantParts(t, doc, sources.Content, "<th>Model</th>", "<td>P1</td>", "<td>P2</td>")
	doc, _ = read(t, "tsv", "a\tb,c\n1\t2\n")
	wantParts(t, doc, sources.Content, "<th>a</th>\n<th>b,c</th>")
	refused(t, "csv", "a,b\n"+strings.Repeat("1,2\n", 7000), "the table has 700")
	refused(t, "csv", strings.Repeat("a,", 100_000), "more than 500000 cells")
}

func TestNotebooks(t *testing.T) {
	doc, notes := read(t, "notebook", `{"nbformat":4,"metadata":{"language_info":{"name":"python"}},"cells":[
		{"cell_type":"markdown","source":["# Sales\n","By *month*."]},
		{"cell_type":"code","source":"print('`+"```"+`')","outputs":[
			{"output_type":"stream","text":["1\n","2\n"]},
			{"output_type":"display_data","data":{"image/png":"aGk=","text/plain":"<Figure>"}},
			{"output_type":"execute_result","data":{"text/plain":["Total 45"]}},
			{"output_type":"error","ename":"KeyError","evalue":"'x'","traceback":["\u001b[0;31mno\u001b[0m"]}]},
		{"cell_type":"raw","source":"raw"}]}`)
	wantParts(t, doc, sources.Markdown, "# Sales\nBy *month*.\n\n````python\nprint('```')\n````", "1\n2\n", "Total 45", "KeyError: 'x'")
	if strings.Contains(string(doc.Body), "Figure") || len(notes) != 1 || notes[0] != "1 picture that code made is left out" {
		t.Errorf("%s %q", doc.Body, notes)
	}
	doc, _ = read(t, "notebook", `{"nbformat":3,"worksheets":[{"cells":[{"cell_type":"heading","level":2,"source":"Old"},{"cell_type":"code","input":"1+1","outputs":[]}]}]}`)
	wantParts(t, doc, sources.Markdown, "## Old", "1+1")
	refused(t, "notebook", `{"a":1}`, "no cells")
	refused(t, "notebook", `{"nbformat":4,"cells":`, "read notebook")
}

func TestWorkbooks(t *testing.T) {
	f := excelize.NewFile()
	set := func(sheet, cell string, v any) {
		t.Helper()
		if err := f.SetCellValue(sheet, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	f.SetSheetName("Sheet1", "Prices")
	f.NewSheet("Secret")
	f.NewSheet("Empty")
	for cell, v := range map[string]any{"A1": "Model", "B1": "Price", "C1": "Cost", "A2": "P1", "B2": 0.25, "C2": 7, "A3": "P2", "B3": 9, "C3": 8, "A4": "P3", "B4": 1} {
		set("Prices", cell, v)
	}
	style, err := f.NewStyle(&excelize.Style{NumFmt: 9}) // 0%
	if err != nil {
		t.Fatal(err)
	}
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14}) // the short form of a date
	if err != nil {
		t.Fatal(err)
	}
	set("Prices", "A5", 4006381333931)
	set("Prices", "B5", 43903)
	set("Secret", "A1", "hush")
	if err := errors.Join(f.SetCellStyle("Prices", "B2", "B2", style), f.SetSheetVisible("Secret", false),
		f.SetCellStyle("Prices", "B5", "B5", day),
		f.SetRowVisible("Prices", 3, false), f.SetColVisible("Prices", "C", false)); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	doc, notes := read(t, "excel", out.String())
	wantParts(t, doc, sources.Content, "<h2>Prices</h2>", "<th>Model</th>\n<th>Price</th>\n</tr>",
		"<td>P1</td>\n<td>25%</td>\n</tr>", "<td>P3</td>", "<td>4006381333931</td>\n<td>3/13/2020</td>")
	for _, hidden := range []string{"hush", "P2", "Cost"} {
		if strings.Contains(string(doc.Body), hidden) {
			t.Errorf("%s is hidden: %s", hidden, doc.Body)
		}
	}
	if len(notes) != 1 || notes[0] != `the hidden sheet "Secret" is left out` {
		t.Errorf("%q", notes)
	}
	refused(t, "excel", "PK\x03\x04 no workbook", "read workbook")
	refused(t, "excel", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "protected by a password")
}

func zipped(t *testing.T, files ...string) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = w.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestBooks(t *testing.T) {
	container := `<container><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>`
	opf := `<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The pump</dc:title></metadata><manifest>
		<item id="two" href="two.xhtml" media-type="application/xhtml+xml"/><item id="one" href="one%20a.xhtml" media-type="application/xhtml+xml"/>
		<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="gone" href="gone.xhtml" media-type="application/xhtml+xml"/></manifest>
		<spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="gone"/><itemref idref="two"/></spine></package>`
	doc, notes := read(t, "epub", zipped(t, "META-INF/container.xml", container, "OEBPS/content.opf", opf,
		"OEBPS/nav.xhtml", "<body>menu</body>",
		"OEBPS/one a.xhtml", "<html><head><title>x</title></head><body><h2>One</h2><p>Begin.</p></body></html>", "OEBPS/two.xhtml", "<html><body><h2>Two</h2><p>End.</p></body></html>"))
	wantParts(t, doc, sources.Content, "<h1>The pump</h1>", "<h2>One</h2><p>Begin.</p>", "<h2>Two</h2><p>End.</p>")
	if len(notes) != 1 || strings.Contains(string(doc.Body), "menu") {
		t.Errorf("%q %s", notes, doc.Body)
	}
	refused(t, "epub", "no zip", "read book")
	refused(t, "epub", zipped(t, "META-INF/container.xml", container, "OEBPS/content.opf", strings.Repeat(" ", 65<<20)),
		"too much")
}

func TestMail(t *testing.T) {
	doc, notes := read(t, "mail", "From: Ada <ada@corp.example>\r\nTo: ops@corp.example\r\nSubject: "+
		"=?utf-8?q?Pumpe_l=C3=A4uft?=\r\nDate: Mon, 30 Nov 2026 10:00:00 +0000\r\n"+
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nIt l=E4uft.\r\n\r\nBye <now>\r\n"+
		"--b\r\nContent-Type: application/pdf; name=plan.pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\nx\r\n--b--\r\n")
	wantParts(t, doc, sources.Content, "<h1>Pumpe läuft</h1>", "From: ", "ada@corp.example", "<p>It läuft.</p>",
		"<p>Bye &lt;now&gt;</p>")
	if len(notes) != 0 || len(doc.Attached) != 1 || doc.Attached[0].Name != "plan.pdf" ||
		!strings.Contains(string(doc.Body), doc.Attached[0].Mark) {
		t.Errorf("%q, %v", notes, doc.Attached)
	}
	doc, _ = read(t, "mail", "From: <Saved by Blink>\r\nSubject: Saved\r\nMIME-Version: 1.0\r\nContent-Type: "+
		"multipart/related; type=\"text/html\"; boundary=b\r\n\r\n--b\r\nContent-Type: "+
		"text/html\r\n\r\n<html><body><h2>Kept</h2><p>page</p></body></html>\r\n--b--\r\n")
	wantParts(t, doc, sources.HTML, "<h1>Saved</h1>", "<h2>Kept</h2><p>page</p>")
	refused(t, "mail", "\xFF\xFE\x00\x00F\x00\x00\x00", "save the file as UTF-8")
	refused(t, "mail", "From: a@b.c\r\n\r\n", "no text")
}

// TestMailOfEditors reads messages that an editor saved as Unicode text, whatever
// their heads say.
func TestMailOfEditors(t *testing.T) {
	const head = "From: Ada <ada@corp.example>\r\nSubject: Pumpe läuft\r\nContent-Type: text/plain; charset="
	for name, encoding := range map[string]encoding.Encoding{
		"UTF-8":                      unicode.UTF8BOM,
		"UTF-16":                     unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"UTF-16, higher byte first":  unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		"UTF-16 without a mark":      unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
		"UTF-16 BE without the mark": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	} {
		for _, message := range []string{
			head + "utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nDer Druck fällt.\r\n\r\nUnd nun?\r\n",
			head + "\"iso-8859-1\"; format=flowed\r\n\r\nDer Druck fällt.\r\n\r\nUnd nun?\r\n",
			head + "windows-1252\r\nContent-Transfer-Encoding: Quoted-Printable\r\n\r\nDer Druck f=E4llt.\r\n\r\nUnd nun?\r\n",
		} {
			saved, err := encoding.NewEncoder().String(message)
			if err != nil {
				t.Fatal(name, err)
			}
			if name == "UTF-8" && strings.Contains(message, "iso") {
				continue
			}
			doc, _ := read(t, "mail", saved)
			wantParts(t, doc, sources.Content, "<h1>Pumpe läuft</h1>", "ada@corp.example", "<p>Der Druck fällt.</p>",
				"<p>Und nun?</p>")
		}
	}
}

func TestOrg(t *testing.T) {
	doc, notes := read(t, "org", "#+TITLE: Pumps\n\n#+TOC: headlines 2\n* Start\nSCHEDULED: <2024-01-17 Wed 09:30>\n\nSome /text/ and =code=.\n\n| a | b |\n|---+---|\n| "+
		"1 | 2 |\n\n#+BEGIN_SRC sh\nls\n#+END_SRC\n\n#+INCLUDE: \"/etc/passwd\" src text\n\n- one\n- two\n")
	wantParts(t, doc, sources.Content, "Start", "<em>text</em>", "<code", "<table", "ls", "<li>one")
	if strings.Contains(string(doc.Body), "root:") || doc.Title != "Pumps" || len(notes) != 1 {
		t.Errorf("%q %q %s", doc.Title, notes, doc.Body)
	}
	if text := string(doc.Body); strings.Count(text, "Start") != 1 || strings.Contains(text, "2024") {
		t.Errorf("contents or plans are shown: %s", text)
	}
}

const api = `openapi: 3.0.3
info: {title: Pump API, version: "2", description: Runs *pumps*.}
servers: [{url: "https://api.corp.example"}]
paths:
  /pumps/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      summary: Read a pump
      parameters: [{name: unit, in: query, description: of volume, schema: {type: string, enum: [l, gal], default: l}}]
      responses:
        "200": {description: The pump., content: {application/json: {schema: {$ref: "#/components/schemas/Pump"}}}}
        "404": {description: There is none.}
components:
  schemas:
    Pump: {type: object, required: [name], properties: {name: {type: string, description: "as | shown"}, parts: {type: array, items: {$ref: "#/components/schemas/Pump"}}}}
`

func TestAPIs(t *testing.T) {
	doc, _ := read(t, "openapi", api)
	wantParts(t, doc, sources.Markdown, "# Pump API 2", "Runs *pumps*.", "https://api.corp.example",
		"## Read a pump: `GET /pumps/{id}`",
		"| `id` | path | string | yes |", "| `unit` | query | string | no | of volume One of: l gal. Default: l. |", "### Response 200", "The pump.",
		"| `name` | string | yes | as \\| shown |", "| `parts` | list of object | no |", "`parts.name`", "### Response 404", "There is none.")
	doc, _ = read(t, "openapi", `{"swagger":"2.0","info":{"title":"Old","version":"1"},"paths":{"/a":{"get":{"summary":"Get a","responses":{"200":{"description":"fine"}}}}}}`)
	wantParts(t, doc, sources.Markdown, "# Old 1", "Get a: `GET /a`", "fine")
	doc, _ = read(t, "openapi", `{"swagger":"2.0","host":"api.example","basePath":"/v1","consumes":["text/csv"],"produces":["a/b"],
"paths":{"/a":{"parameters":[{"name":"q","in":"query","type":"integer","default":1000000}],
"post":{"parameters":[{"name":"body","in":"body","description":"What to do.","schema":{"$ref":"#/definitions/a~1b"}}],
"responses":{"200":{"description":"fine","schema":{"type":"array","items":{"$ref":"#/definitions/a~1b"}}}}},
"put":{"consumes":["c/d"],"parameters":[{"name":"f","in":"formData","type":"string","required":true}]}}},
"definitions":{"a/b":{"required":["x"],"properties":{"x":{"type":["string","null"]}}}}}`)
	wantParts(t, doc, sources.Markdown, "https://api.example/v1", "| `q` | query | integer | no | Default: 1000000. |",
		"What to do.", "`text/csv`: object", "| `x` | string or null | yes |", "`a/b`: list of object", "`c/d`: object",
		"| `f` | string | yes |")
	doc, notes := read(t, "openapi", `{"openapi":"3.1.0","paths":{"/a":{"get":{"summary":"Get a","responses":{
"200":{"$ref":"other.yaml#/a"},"404":{"$ref":"#/components/responses/none"},"500":{"$ref":"#/paths/~1a/get/responses/500"}}}}}}`)
	wantParts(t, doc, sources.Markdown, "Get a: `GET /a`")
	if got := strings.Join(notes, "; "); !strings.Contains(got, "another file") || !strings.Contains(got, "refers to nothing") {
		t.Errorf("notes %q", notes)
	}
	for _, other := range []string{`{"name":"package"}`, "a: b\n", ""} {
		if _, _, err := native.Readers()["openapi"](sources.Document{Body: []byte(other)}); !errors.Is(err,
			sources.ErrNoDocument) {
			t.Errorf("%q: %v", other, err)
		}
	}
	refused(t, "openapi", "openapi: 3.0.0\npaths: [", "read OpenAPI")
}

func FuzzReaders(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2", `{"nbformat":4,"cells":[{"cell_type":"code","source":"x"}]}`, "* a\n| b |",
		api, "Subject: x\r\n\r\ny", "PK\x03\x04"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for name, r := range native.Readers() {
			func() {
				defer func() { // a library's panic costs that document alone: see Converter.Convert
					if fault := recover(); fault != nil && !strings.Contains(fmt.Sprint(fault), "runtime error") {
						t.Errorf("%s: %v", name, fault)
					}
				}()
				if doc, _, err := r(sources.Document{Body: body}); err == nil && doc.Format != sources.Content &&
					doc.Format != sources.Markdown {
					t.Errorf("%s: format %q", name, doc.Format)
				}
				costtest.Check(t, body, func(b []byte) { _, _, _ = r(sources.Document{Body: b}) })
			}()
		}
	})
}
