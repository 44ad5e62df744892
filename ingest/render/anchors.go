package render

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"finpages/ingest/render/internal/dom"
	"finpages/ingest/render/internal/htmldoc"
	"finpages/sources"

	"golang.org/x/net/html"
)

// anchors are the ids of a document's headings, by which links lead to them:
// those that the document gives, else those that sites make of the text.
type anchors struct {
	format sources.Format
	taken  map[string]int // with the last number that was given to others of the name
}

func newAnchors(f sources.Format) anchors { return anchors{f, map[string]int{}} }

// of returns a heading's id. Of headings that are called alike, all but the first
// are numbered.
func (a anchors) of(heading *html.Node) string {
	id := strings.Join(strings.Fields(givenID(heading)), "-")
	if id == "" {
		id = a.made(dom.Collapse(htmldoc.Text(heading)))
	}
	return a.take(id)
}

// take returns the id, or the first numbered one that no other heading has.
func (a anchors) take(id string) string {
	unique := id
	for {
		if _, taken := a.taken[unique]; !taken {
			a.taken[unique] = 0
			return unique
		}
		a.taken[id]++
		unique = id + "-" + strconv.Itoa(a.taken[id])
	}
}

// givenID is the id of a heading, of an anchor in it, or of the section that it
// begins; "" if none has one.
func givenID(heading *html.Node) string {
	if id := dom.Attr(heading, "id"); id != "" {
		return id
	}
	for d := range heading.Descendants() {
		if d.Type != html.ElementNode || d.Data != "a" && d.Data != "span" {
			continue
		}
		if id := dom.Attr(d, "id") + dom.Attr(d, "name"); id != "" {
			return id
		}
	}
	around := heading.Parent
	isSection := dom.IsElement(around, "section") || dom.IsElement(around, "div") && dom.HasClass(around, "section")
	if isSection && dom.FirstElement(around) == heading {
		return dom.Attr(around, "id")
	}
	return ""
}

// made makes an id of a heading's text: as most sites do, or as Confluence does.
func (a anchors) made(text string) string {
	if a.format == sources.ConfluenceStorage && text != "" {
		return strings.ReplaceAll(text, " ", "-")
	}
	id := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r), r == '-', r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, text)
	if strings.Trim(id, "-_") == "" {
		return "section"
	}
	return id
}

// maxAnchor is how long the id of a part may be beyond its document's, in runes.
const maxAnchor = 100

// shortAnchor is an anchor as the end of a page's id.
func shortAnchor(anchor string) string {
	if utf8.RuneCountInString(anchor) <= maxAnchor {
		return anchor
	}
	sum := sha256.Sum256([]byte(anchor))
	return string([]rune(anchor)[:maxAnchor-9]) + "-" + hex.EncodeToString(sum[:4])
}
