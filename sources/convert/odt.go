package convert

import (
	"archive/zip"
	"bytes"
	"io"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

var odtHeads = regexp.MustCompile(`</?table:table-header-rows[^>]*>`)

// odtTables makes the heads of tables rows like the others, as Pandoc's reader
// leaves heads out. What is no such file, or too large, stays as it is.
func odtTables(g *gathered, _ sources.Others) {
	const content, most = "content.xml", 64 << 20
	z, err := zip.NewReader(bytes.NewReader(g.body), int64(len(g.body)))
	if err != nil {
		return
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	changed := false
	for _, f := range z.File {
		if f.Name != content {
			if w.Copy(f) != nil {
				return
			}
			continue
		}
		in, err := f.Open()
		if err != nil {
			return
		}
		data, err := io.ReadAll(io.LimitReader(in, most+1))
		if err != nil || len(data) > most {
			return
		}
		part, err := w.Create(content)
		if err != nil {
			return
		}
		mended := odtHeads.ReplaceAll(data, nil)
		if _, err := part.Write(mended); err != nil {
			return
		}
		changed = changed || len(mended) < len(data)
	}
	if w.Close() == nil && changed {
		g.body = out.Bytes()
	}
}
