package convert

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

// strictNames are those of Office's strict variant, which Pandoc does not know.
// https://www.iso.org/standard/71691.html (ISO/IEC 29500-1)
var strictNames = regexp.MustCompile(`http://purl\.oclc\.org/ooxml/(\w+)/`)

// docxParts gives Pandoc what readers of the document see, and the parts of one in
// the strict variant the names of the usual one.
func docxParts(g *gathered, _ sources.Others) {
	if bytes.HasPrefix(g.body, []byte("\xD0\xCF\x11\xE0")) { // the container of encrypted ones
		g.fault = errors.New("it is protected by a password, or of an old format: save it anew, or exclude it")
		return
	}
	strict := isStrict(g.body)
	styles, numbering := newDocxStyles(), newDocxNumbering()
	change := func(name string, data []byte) ([]byte, error) {
		if strict && bytes.Contains(data, []byte("http://purl.oclc.org/ooxml/")) {
			data = bytes.ReplaceAll(data, []byte("http://purl.oclc.org/ooxml/wordprocessingml/main"),
				[]byte("http://schemas.openxmlformats.org/wordprocessingml/2006/main"))
			data = strictNames.ReplaceAll(data, []byte("http://schemas.openxmlformats.org/$1/2006/"))
		}
		switch {
		case path.Ext(name) != ".xml":
			return data, nil
		case isTextOfWord(data):
			return cutXML(data, &docxVisible{styles: styles, numbering: numbering})
		}
		return data, nil
	}
	rewriteZip(g, func(name string, data []byte) error {
		var err error
		switch base := path.Base(name); {
		case strings.HasPrefix(base, "styles"):
			_, err = cutXML(data, &styles)
		case strings.HasPrefix(base, "numbering"):
			_, err = cutXML(data, numbering)
		}
		return err
	}, change)
}

// isTextOfWord tells the parts that hold text which readers see.
func isTextOfWord(part []byte) bool {
	switch rootOf(part) {
	case "document", "footnotes", "endnotes":
		return bytes.Contains(part, []byte("/wordprocessingml/"))
	}
	return false
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
