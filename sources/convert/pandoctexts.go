package convert

import (
	"bytes"
	"strconv"
	"strings"

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
// Pandoc does not know, and writes a cell over several columns as so many: Pandoc
// cuts rows to the cells of the first.
func wikiTables(g *gathered, _ sources.Others) {
	const mostColumns = 100
	var out strings.Builder
	for line := range strings.Lines(string(wikiRow.ReplaceAll(g.body, []byte("$1")))) {
		out.WriteString(line)
		if parts := wikiSpan.FindStringSubmatch(line); parts != nil {
			columns, _ := strconv.Atoi(parts[2])
			out.WriteString(strings.Repeat("\n"+parts[1]+" ", max(0, min(columns, mostColumns)-1)) + "\n")
		}
	}
	g.body = []byte(out.String())
}

var wikiSpan = regexp.MustCompile(`^([!|])[^|\n\[{]*\bcolspan\s*=\s*["']?([0-9]+)["']?[^|\n]*\|`)
