package native

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"finpages/sources"

	"github.com/jhillyerd/enmime/v2"
)

// mail turns a message, or a page that a browser saved with all that belongs to
// it, into HTML. Attachments are named.
func mail(doc sources.Document) (sources.Document, []string, error) {
	env, err := enmime.NewParser(enmime.SkipMalformedParts(true)).ReadEnvelope(bytes.NewReader(doc.Body))
	if err != nil {
		return doc, nil, fmt.Errorf("read message: %w", err)
	}
	if strings.TrimSpace(env.HTML+env.Text) == "" {
		return doc, nil, errors.New("read message: it has no text")
	}
	var m markup
	var head [][]string
	for _, name := range []string{"From", "To", "Cc", "Date"} {
		if value := env.GetHeader(name); value != "" && !strings.HasPrefix(value, "<Saved by") {
			head = append(head, []string{name, value})
		}
	}
	for _, h := range head {
		m.element("p", h[0]+": "+h[1])
	}
	if env.HTML != "" {
		if err := bodyOf([]byte(env.HTML), &m); err != nil {
			return doc, nil, fmt.Errorf("read message: %w", err)
		}
	} else {
		for part := range strings.SplitSeq(strings.ReplaceAll(env.Text, "\r\n", "\n"), "\n\n") {
			if strings.TrimSpace(part) != "" {
				m.element("p", part)
			}
		}
	}
	var notes []string
	for _, part := range env.Attachments {
		notes = append(notes, fmt.Sprintf("the attachment %q is left out", part.FileName))
	}
	if doc.Title == "" {
		doc.Title = env.GetHeader("Subject")
	}
	return m.document(doc, doc.Title), notes, nil
}
