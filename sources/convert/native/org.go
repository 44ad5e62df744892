package native

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"strings"

	"finpages/sources"
	"finpages/sources/charset"
	regexp "finpages/sources/lazyregexp"

	"github.com/niklasfasching/go-org/org"
)

// notExported are lines that Org itself leaves out, or makes of the headings.
var notExported = regexp.MustCompile(
	`(?mi)^[ \t]*(?:#\+toc:.*|(?:(?:scheduled|deadline|closed):[ \t]*[<\[][^>\]\n]*[>\]][ \t]*)+)$`)

// notShown are blocks that Org itself leaves out.
var notShown = regexp.MustCompile(
	`(?mis)^[ \t]*#\+begin_comment\b.*?^[ \t]*#\+end_comment[ \t]*$|^[ \t]*:logbook:[ \t]*$.*?^[ \t]*:end:[ \t]*$`)

var archived = regexp.MustCompile(`^(\*+)[ \t].*:archive:(?:[\w@#%:]*:)?\s*$`)

// withoutArchived leaves out blocks that are no text, and what is below headings
// with the tag ARCHIVE.
func withoutArchived(text string) string {
	text = notShown.ReplaceAllString(text, "")
	if !strings.Contains(strings.ToLower(text), ":archive:") {
		return text
	}
	var out strings.Builder
	level := 0 // of the heading whose text is left out
	for line := range strings.Lines(text) {
		stars := len(line) - len(strings.TrimLeft(line, "*"))
		isHeading := stars > 0 && stars < len(line) && line[stars] == ' '
		if isHeading && stars <= level {
			level = 0
		}
		if level == 0 {
			out.WriteString(line)
		}
		if m := archived.FindStringSubmatch(strings.ToLower(line)); m != nil && level == 0 {
			level = len(m[1])
		}
	}
	return out.String()
}

// orgMode turns a document of Emacs' Org mode into HTML. Other files are not
// included.
func orgMode(doc sources.Document) (sources.Document, []string, error) {
	text, err := charset.Text(doc.Body, false)
	if err != nil {
		return doc, nil, err
	}
	text = withoutArchived(notExported.ReplaceAllString(text, ""))
	config := org.New().Silent()
	config.Log = log.New(io.Discard, "", 0)
	var notes []string
	config.ReadFile = func(name string) ([]byte, error) {
		notes = append(notes, fmt.Sprintf("the file %q is not included", name))
		return nil, errors.New("files are not included")
	}
	parsed := config.Parse(bytes.NewReader([]byte(text)), "document.org")
	if parsed.Error != nil {
		return doc, nil, fmt.Errorf("read Org: %w", parsed.Error)
	}
	parsed.BufferSettings["OPTIONS"] = "toc:nil " + parsed.BufferSettings["OPTIONS"]
	writer := org.NewHTMLWriter()
	out, err := parsed.Write(writer)
	if err != nil {
		return doc, nil, fmt.Errorf("read Org: %w", err)
	}
	if doc.Title == "" {
		doc.Title = parsed.Get("TITLE")
	}
	doc.Format, doc.Body = sources.Content, []byte(out)
	return doc, notes, nil
}
