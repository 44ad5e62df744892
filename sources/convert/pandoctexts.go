package convert

import (
	"bytes"
	"encoding/xml"
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
	cutMarkup(g, func(t xml.StartElement) bool { return t.Name.Local == "outline" && isYes(xmlAttr(t, "isComment")) })
}

// docbookShown leaves out what DocBook's stylesheets show nowhere: remarks of editors,
// entries of the index, and what was deleted.
func docbookShown(g *gathered, _ sources.Others) {
	cutMarkup(g, func(t xml.StartElement) bool {
		switch t.Name.Local {
		case "remark", "comment", "indexterm", "annotation":
			return true
		}
		return xmlAttr(t, "revisionflag") == "deleted"
	})
}

// cutRule has elements cut by their tags alone.
type cutRule func(xml.StartElement) bool

func (r cutRule) start(c *xmlCutter, _ *xmlElement, t xml.StartElement) {
	if r(t) {
		c.cutLast()
	}
}

func (cutRule) end(*xmlCutter, *xmlElement) {}

// cutMarkup leaves out elements of a document of XML. What is none stays as it is.
func cutMarkup(g *gathered, isCut cutRule) {
	if body, err := cutXML(g.body, isCut); err == nil {
		g.body = body
	}
}

// texShown leaves out environments that a document of LaTeX excludes.
func texShown(g *gathered, _ sources.Others) {
	body := g.body
	for _, m := range texExcluded.FindAllSubmatchIndex(body, maxExcluded) {
		name := string(body[m[2]:m[3]])
		excluded := regexp.MustCompile(`(?s)\\begin\{` + name + `\}.*?\\end\{` + name + `\}`)
		g.body = excluded.ReplaceAll(g.body, nil)
	}
}

const maxExcluded = 20

var texExcluded = regexp.MustCompile(`(?m)^[ \t]*\\excludecomment\{(\w+)\}`)

// textileShown leaves out comments over several paragraphs, which Pandoc does not
// know, and text whose style hides it, which would lose that.
func textileShown(g *gathered, _ sources.Others) {
	text := textileComment.ReplaceAll(g.body, []byte("$1"))
	g.body = textileHidden.ReplaceAll(text, nil)
}

var (
	// up to the next block that says what it is
	textileComment = regexp.MustCompile(`(?s)(?:^|\n)###\.\..*?(\n\n(?:p|h[1-6]|bq|bc|pre|notextile|fn\d+|###)[^\s.]*\.|$)`)
	textileHidden  = regexp.MustCompile(
		`(?m)^\w+\{[^}\n]*display:\s*none[^}\n]*\}\..*(?:\n.+)*|%\{[^}\n]*display:\s*none[^}\n]*\}[^%\n]*%`)
)

var wikiRow = regexp.MustCompile(`(?m)^([ \t:]*\{\||[ \t]*\|-+).*$`)

// wikiTables leaves out the attributes of tables and their rows, some of which
// Pandoc does not know, and writes a cell over several columns as so many: Pandoc
// cuts rows to the cells of the first.
func wikiTables(g *gathered, _ sources.Others) {
	const mostColumns = 100
	var out strings.Builder
	g.body = wikiHidden.ReplaceAll(g.body, nil)
	for line := range strings.Lines(string(wikiRow.ReplaceAll(g.body, []byte("$1")))) {
		out.WriteString(line)
		if parts := wikiSpan.FindStringSubmatch(line); parts != nil {
			columns, _ := strconv.Atoi(parts[2])
			out.WriteString(strings.Repeat("\n"+parts[1]+" ", max(0, min(columns, mostColumns)-1)) + "\n")
		}
	}
	g.body = []byte(out.String())
}

// wikiHidden are what pages themselves do not show: what other pages take from them,
// the categories that they are in, and tables whose style hides them.
var wikiHidden = regexp.MustCompile(`(?is)<includeonly>.*?</includeonly>|\[\[category:[^\]\n]*\]\]|` +
	`\{\|[^\n]*display:\s*none[^\n]*\n.*?\n[ \t]*\|\}`)

var wikiSpan = regexp.MustCompile(`^([!|])[^|\n\[{]*\bcolspan\s*=\s*["']?([0-9]+)["']?[^|\n]*\|`)
