package convert

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"finpages/sources"
	"finpages/sources/convert/native"
)

// attach converts the files of a message that a program reads, and puts them in
// their places. What cannot be converted is noted.
func (c *Converter) attach(ctx context.Context, doc *sources.Document, notes []string) ([]string, error) {
	files := doc.Attached
	doc.Attached = nil
	for _, file := range files {
		as := sources.Document{Path: file.Name, Body: file.Body}
		as.Format = sources.Format(strings.ToLower(filepath.Ext(file.Name)))
		as, more, err := c.Convert(ctx, as, sources.Others{})
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%w: %w", sources.ErrNotConverted, context.Cause(ctx))
		}
		if err == nil {
			err = native.Show(doc, file, as)
		}
		if err != nil {
			doc.Body = bytes.ReplaceAll(doc.Body, []byte(file.Mark), nil)
			notes = append(notes, fmt.Sprintf("the attachment %q is left out: %v", file.Name, err))
			continue
		}
		for _, note := range more {
			notes = append(notes, fmt.Sprintf("in the attachment %q: %s", file.Name, note))
		}
	}
	return notes, nil
}
