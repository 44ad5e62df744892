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
