package convert

import (
	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

var odtHeads = regexp.MustCompile(`</?table:table-header-rows[^>]*>`)

// odtTables makes the heads of tables rows like the others, as Pandoc's reader
// leaves heads out.
func odtTables(g *gathered, _ sources.Others) {
	rewriteZip(g, nil, func(name string, data []byte) ([]byte, error) {
		if name != "content.xml" {
			return data, nil
		}
		return odtHeads.ReplaceAll(data, nil), nil
	})
}
