package convert_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"finpages/sources"
)

// office returns the source in a format, made by LibreOffice from what pandoc
// made of it.
func office(t *testing.T, by, to string) []byte {
	t.Helper()
	soffice, dir := need(t, "soffice"), t.TempDir()
	from := filepath.Join(dir, "from."+by)
	var data []byte
	switch by {
	case "csv":
		data = []byte("Model,Litres\nP1,20\nP2,45\n")
	case "fods":
		data = []byte(twoSheets)
	default:
		data = made(t, by)
	}
	if err := os.WriteFile(from, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if by == to {
		return data
	}
	cmd := exec.Command(soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", to, "--outdir", dir+"/out", from)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s, %v", out, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "out", "from."+to))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestLibreOfficeKeepsWordsAndStructure(t *testing.T) {
	if os.Getenv("TEST_ALL") == "" {
		t.Skip("LibreOffice is large and slow: run make test-all")
	}
	for extension, c := range map[string]struct {
		by   string
		tags []string
	}{
		".doc":  {"docx", []string{"<h2", "<table", "<li", `href="https://pumps.example.com/a"`}},
		".rtf":  {"docx", []string{"<h2", "<table", "<li", `href="https://pumps.example.com/a"`}},
		".odt":  {"docx", []string{"<h2", "<table", "<li", `href="https://pumps.example.com/a"`}},
		".xls":  {"csv", []string{"<table", "<th>Litres</th>", "<td>45</td>"}},
		".ods":  {"csv", []string{"<table", "<th>Litres</th>", "<td>45</td>"}},
		".pptx": {"pptx", []string{"<h2>The handbook of pumps</h2>", "<table", "<li"}},
		".odp":  {"pptx", []string{"<h2>The handbook of pumps</h2>", "<table", "<li"}},
		".ppt":  {"pptx", []string{"The handbook of pumps", "<table", "<li"}},
	} {
		t.Run(extension, func(t *testing.T) {
			body := office(t, c.by, extension[1:])
			commands := map[string][]string{extension: {"libreoffice"}}
			doc := sources.Document{Format: sources.Format(extension), Body: body, Path: "a" + extension}
			out, notes, err := newConverter(t, commands).Convert(t.Context(), doc, sources.Others{})
			if err != nil {
				t.Fatal(err)
			}
			if out.Format != sources.Content || len(notes) > 0 {
				t.Errorf("%s, notes %q", out.Format, notes)
			}
			want := words(source)
			if c.by == "csv" {
				want = []string{"Model", "Litres", "P1", "20", "P2", "45"}
			}
			if r := recall(want, words(string(out.Body))); r < 0.995 {
				t.Errorf("recall %.3f: %s", r, out.Body)
			}
			for _, tag := range c.tags {
				if !strings.Contains(string(out.Body), tag) {
					t.Errorf("%s is missing: %s", tag, out.Body)
				}
			}
			again, _, err := newConverter(t, commands).Convert(t.Context(), doc, sources.Others{})
			if err != nil || !bytes.Equal(again.Body, out.Body) {
				t.Errorf("the same document is converted in another way, %v", err)
			}
		})
	}
}

var spans = regexp.MustCompile(`</?span[^>]*>`) // which part words

// Files by another producer than pandoc.
func TestFilesMadeByLibreOffice(t *testing.T) {
	if os.Getenv("TEST_ALL") == "" {
		t.Skip("LibreOffice is large and slow: run make test-all")
	}
	for extension, c := range map[string]struct {
		by, preset string
		tags       []string
	}{
		".docx": {"odt", "pandoc", []string{"<h2", "<table", "<li", `href="https://pumps.example.com/a"`}},
		".odt":  {"docx", "pandoc", []string{"<h2", "<table", "<li", `href="https://pumps.example.com/a"`}},
		".rtf":  {"docx", "pandoc", []string{"<table", `href="https://pumps.example.com/a"`}},
		".pdf":  {"docx", "poppler", []string{"<h2", "<li"}},
		".xlsx": {"csv", "excel", []string{"<table", "<td>45</td>"}},
	} {
		t.Run(extension, func(t *testing.T) {
			doc := sources.Document{Format: sources.Format(extension), Body: office(t, c.by, extension[1:]), Path: "a" + extension}
			out, _, err := newConverter(t, map[string][]string{extension: {c.preset}}).Convert(t.Context(), doc, sources.Others{})
			if err != nil {
				t.Fatal(err)
			}
			want := words(source)
			if c.by == "csv" {
				want = []string{"Model", "Litres", "P1", "20", "P2", "45"}
			}
			least := 0.995
			if extension == ".pdf" { // the columns of a table come one after another
				least = 0.97
			}
			if r := recall(want, words(spans.ReplaceAllString(string(out.Body), ""))); r < least {
				t.Errorf("recall %.3f: %s", r, out.Body)
			}
			for _, tag := range c.tags {
				if !strings.Contains(string(out.Body), tag) {
					t.Errorf("%s is missing: %s", tag, out.Body)
				}
			}
		})
	}
}

const twoSheets = `<?xml version="1.0"?><office:document
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:body><office:spreadsheet>
 <table:table table:name="Salaries"><table:table-row><table:table-cell office:value-type="string"><text:p>Secret</text:p>
 </table:table-cell></table:table-row></table:table>
 <table:table table:name="Pumps"><table:table-row><table:table-cell office:value-type="string"><text:p>Shown</text:p>
 </table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document>`

// The sheet that an old workbook opens with may be a hidden one, which a program
// can write and LibreOffice shows.
func TestHiddenSheetThatIsChosen(t *testing.T) {
	if os.Getenv("TEST_ALL") == "" {
		t.Skip("LibreOffice is large and slow: run make test-all")
	}
	body := office(t, "fods", "xls")
	record := bytes.Index(body, []byte("\x00\x00\x08\x00Salaries")) // its state, kind, and name
	if record < 0 {
		t.Fatal("the sheet is not found")
	}
	body[record] = 1
	doc := sources.Document{Format: ".xls", Body: body, Path: "a.xls"}
	out, _, err := newConverter(t, map[string][]string{".xls": {"libreoffice"}}).Convert(t.Context(), doc, sources.Others{})
	if err != nil {
		t.Fatal(err)
	}
	if text := string(out.Body); strings.Contains(text, "Secret") || !strings.Contains(text, "Shown") {
		t.Errorf("got %s", text)
	}
}
