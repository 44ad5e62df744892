package convert

import (
	"archive/zip"
	"bytes"
	"io"
	"path"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

var odtHeads = regexp.MustCompile(`</?table:table-header-rows[^>]*>`)

// odtTables makes the heads of tables rows like the others, as Pandoc's reader
// leaves heads out.
func odtTables(g *gathered, _ sources.Others) {
	rewriteZip(g, func(name string, data []byte) []byte {
		if name != "content.xml" {
			return data
		}
		return odtHeads.ReplaceAll(data, nil)
	})
}

// rewriteZip changes the XML in a document. What is no such file, or too large,
// stays as it is.
func rewriteZip(g *gathered, change func(name string, data []byte) []byte) {
	const most = 64 << 20 // bytes of all XML
	z, err := zip.NewReader(bytes.NewReader(g.body), int64(len(g.body)))
	if err != nil {
		return
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	left, changed := int64(most), false
	for _, f := range z.File {
		if extension := path.Ext(f.Name); extension != ".xml" && extension != ".rels" {
			if w.Copy(f) != nil {
				return
			}
			continue
		}
		in, err := f.Open()
		if err != nil {
			return
		}
		data, err := io.ReadAll(io.LimitReader(in, left+1))
		if left -= int64(len(data)); err != nil || left < 0 {
			return
		}
		part, err := w.Create(f.Name)
		if err != nil {
			return
		}
		with := change(f.Name, data)
		changed = changed || !bytes.Equal(with, data)
		if _, err := part.Write(with); err != nil {
			return
		}
	}
	if w.Close() == nil && changed {
		g.body = out.Bytes()
	}
}
