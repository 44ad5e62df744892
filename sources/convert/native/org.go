package native

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"

	"finpages/sources"
	"finpages/sources/charset"
	regexp "finpages/sources/lazyregexp"

	"github.com/niklasfasching/go-org/org"
)

// notExported are lines that Org itself leaves out, or makes of the headings.
var notExported = regexp.MustCompile(
	`(?mi)^[ \t]*(?:#\+toc:.*|(?:(?:scheduled|deadline|closed):[ \t]*[<\[][^>\]\n]*[>\]][ \t]*)+)$`)

// orgMode turns a document of Emacs' Org mode into HTML. Other files are not
// included.
func orgMode(doc sources.Document) (sources.Document, []string, error) {
	text, err := charset.Text(doc.Body, false)
	if err != nil {
		return doc, nil, err
	}
	text = notExported.ReplaceAllString(text, "")
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
