package convert

import (
	"archive/zip"
	"bytes"
	"io"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

// strictNames are those of Office's strict variant, which Pandoc does not know.
// https://www.iso.org/standard/71691.html (ISO/IEC 29500-1)
var strictNames = regexp.MustCompile(`http://purl\.oclc\.org/ooxml/(\w+)/`)

// docxNames gives the parts of a document in the strict variant the names of the
// usual one.
func docxNames(g *gathered, _ sources.Others) {
	if !isStrict(g.body) {
		return
	}
	rewriteZip(g, func(name string, data []byte) []byte {
		if !bytes.Contains(data, []byte("http://purl.oclc.org/ooxml/")) {
			return data
		}
		data = bytes.ReplaceAll(data, []byte("http://purl.oclc.org/ooxml/wordprocessingml/main"),
			[]byte("http://schemas.openxmlformats.org/wordprocessingml/2006/main"))
		return strictNames.ReplaceAll(data, []byte("http://schemas.openxmlformats.org/$1/2006/"))
	})
}

// isStrict tells by the list of a document's parts.
func isStrict(document []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(document), int64(len(document)))
	if err != nil {
		return false
	}
	list, err := z.Open("_rels/.rels")
	if err != nil {
		return false
	}
	defer list.Close()
	data, err := io.ReadAll(io.LimitReader(list, 64<<10))
	return err == nil && bytes.Contains(data, []byte("http://purl.oclc.org/ooxml/"))
}
