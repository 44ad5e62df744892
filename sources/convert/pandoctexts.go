package convert

import (
	"bytes"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

var reference = regexp.MustCompile(`&amp;(#?\w+;)`)

// opmlMarks escapes the ampersands that outliners write as they are, at which
// Pandoc gives up.
func opmlMarks(g *gathered, _ sources.Others) {
	escaped := bytes.ReplaceAll(g.body, []byte("&"), []byte("&amp;"))
	g.body = reference.ReplaceAll(escaped, []byte("&$1"))
}

var wikiRow = regexp.MustCompile(`(?m)^([ \t:]*\{\||[ \t]*\|-+).*$`)

// wikiTables leaves out the attributes of tables and their rows, some of which
// Pandoc does not know.
func wikiTables(g *gathered, _ sources.Others) {
	g.body = wikiRow.ReplaceAll(g.body, []byte("$1"))
}
