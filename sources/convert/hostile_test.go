package convert_test

import (
	"archive/zip"
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/convert"

	"github.com/xuri/excelize/v2"
)

// hurt changes a valid file in a few random places; of an archive, a file in it.
func hurt(r *rand.Rand, data []byte) []byte {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || r.IntN(5) == 0 {
		return hurtBytes(r, data)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	which := r.IntN(len(z.File))
	for i, f := range z.File {
		in, err := f.Open()
		if err != nil {
			continue
		}
		body, _ := io.ReadAll(in)
		if i == which {
			body = hurtBytes(r, body)
		}
		if part, err := w.Create(f.Name); err == nil {
			_, _ = part.Write(body)
		}
	}
	_ = w.Close()
	return out.Bytes()
}

func hurtBytes(r *rand.Rand, data []byte) []byte {
	data = bytes.Clone(data)
	for range 1 + r.IntN(3) {
		if len(data) < 2 {
			return data
		}
		at := r.IntN(len(data))
		end := min(len(data), at+1+r.IntN(64))
		switch r.IntN(6) {
		case 0: // a bit
			data[at] ^= 1 << r.IntN(8)
		case 1: // lost
			data = append(data[:at:at], data[end:]...)
		case 2: // twice, or many times
			data = append(data[:end:end], append(bytes.Repeat(data[at:end], 1+r.IntN(200)), data[end:]...)...)
		case 3: // the end
			data = data[:at]
		case 4: // zeros
			clear(data[at:end])
		case 5: // noise
			for i := at; i < end; i++ {
				data[i] = byte(r.Uint32())
			}
		}
	}
	return data
}

func sheet(t *testing.T) []byte {
	f := excelize.NewFile()
	defer f.Close()
	for cell, value := range map[string]any{"A1": "Model", "B1": "Litres", "A2": "P1", "B2": 20} {
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const message = "From: a@example.com\r\nSubject: Pumps\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" +
	"Content-Type: text/plain\r\n\r\nCheck the pressure.\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Check</p>\r\n--b--\r\n"

const api = `{"openapi":"3.0.0","info":{"title":"Pumps","version":"1"},"paths":{"/pumps":{"get":{"parameters":[{"name":"id","in":"query","schema":{"type":"string"}}],"responses":{"200":{"description":"ok"}}}}}}`

const presentation = `<office:document><office:body><office:presentation><draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>Pumps</text:p></draw:text-box></draw:frame><draw:frame><table:table><table:table-row><table:table-cell><text:p>P1</text:p></table:table-cell></table:table-row></table:table></draw:frame></draw:page></office:presentation></office:body></office:document>`

// Whatever is done to a file: it is converted, or refused with an error. Nothing
// crashes, hangs or is left behind. HOSTILE says how many files there are of each
// format.
func TestHostileDocuments(t *testing.T) {
	count, _ := strconv.Atoi(os.Getenv("HOSTILE"))
	notebook := `{"cells":[{"cell_type":"markdown","source":["# Pumps\n"]},{"cell_type":"code","source":"x","outputs":[{"output_type":"stream","text":["y"]}]}],"nbformat":4,"metadata":{}}`
	native := map[string][]byte{
		".csv": []byte("Model,Litres\nP1,20\n"), ".ipynb": []byte(notebook), ".xlsx": sheet(t), ".eml": []byte(message),
		".org": []byte("* Pumps\n| a | b |\n#+BEGIN_SRC sh\nls\n#+END_SRC\n"), ".json": []byte(api), ".fodp": []byte(presentation),
	}
	commands := map[string][]string{".json": {"openapi"}, ".fodp": {"slides"}}
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	files := openFiles()
	for extension, seed := range native {
		hurtAndConvert(t, extension, seed, commands, max(count, 40))
	}
	for extension, f := range map[string][2]string{
		".docx": {"pandoc", "docx"}, ".odt": {"pandoc", "odt"}, ".rtf": {"pandoc", "rtf"}, ".epub": {"epub", "epub"}, ".tex": {"pandoc", "latex"},
		".rst": {"docutils", "rst"}, ".adoc": {"asciidoctor", "asciidoc"}, ".mediawiki": {"pandoc", "mediawiki"},
	} {
		hurtAndConvert(t, extension, made(t, f[1]), map[string][]string{extension: {f[0]}}, max(count, 2))
	}
	hurtAndConvert(t, ".pdf", makePDF([]pdfText{{72, 700, 12, "Pumps"}}), map[string][]string{".pdf": {"poppler"}}, max(count, 2))
	if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if now := openFiles(); now > files+5 {
		t.Errorf("%d files are open, %d were before", now, files)
	}
}

func openFiles() int {
	runtime.GC()
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries)
}

func hurtAndConvert(t *testing.T, extension string, seed []byte, commands map[string][]string, count int) {
	t.Helper()
	c, err := convert.New(convert.Options{Convert: commands})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, uint64(len(extension))))
	refused := 0
	for i := range count {
		body := hurt(r, seed)
		out, _, err := c.Convert(t.Context(), sources.Document{Format: sources.Format(extension), Body: body}, sources.Others{})
		switch {
		case err != nil && strings.Contains(err.Error(), "longer than"):
			t.Errorf("%s, file %d: %v", extension, i, err)
		case err != nil:
			refused++
		case out.Format.IsConverted():
			t.Errorf("%s, file %d: it is still %s", extension, i, out.Format)
		}
	}
	t.Logf("%d %s, %d of them refused", count, extension, refused)
}
