package exec

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"finpages/sources"
	"finpages/sources/internal/rootfile"
)

// toLoad returns the session that loads. Where a program that has listed to the
// end has failed since, it is started once more: one document that it cannot
// bring does not keep back all that come after it. What it owed has failed.
func (s *snapshot) toLoad(ctx context.Context) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.loader != s.session || s.session.alive() {
		return s.loader
	}
	if again, _, err := s.owner.greeted(ctx, s.tmp.Path); err == nil {
		s.loader = again
	}
	return s.loader
}

// load asks for the document. Format and title are those of the listing.
func (s *snapshot) load(ctx context.Context, id, format, title string) (doc sources.Document, err error) {
	err = s.toLoad(ctx).ask(ctx, request{Op: "load", Entry: id}, func(m message) (bool, error) {
		switch {
		case m.Absent:
			return true, errors.New(
				"the adapter no longer has the document: the next listing tells whether it is gone",
			)
		case m.Document == nil:
			return false, nil
		}
		d := *m.Document
		if d.Format == "" {
			d.Format = format
		}
		if d.Title == "" {
			d.Title = title
		}
		doc, err = s.document(d)
		return true, err
	})
	return doc, err
}

func (s *snapshot) document(d document) (sources.Document, error) {
	format, err := s.formatOf(d.Format)
	if err != nil {
		return sources.Document{}, err
	}
	doc := sources.Document{Format: format, Title: d.Title, Path: d.Path}
	switch {
	case d.Body != nil && d.File != "":
		return doc, errors.New("the adapter sends a body and a file: want one of them")
	case d.Body != nil:
		doc.Body = []byte(*d.Body)
	case d.File == "":
		return doc, errors.New("the adapter sends a document without body or file")
	default:
		doc.Body, err = s.file(d.File)
	}
	return doc, err
}

// file reads a file below tmp, and removes it.
func (s *snapshot) file(name string) ([]byte, error) {
	rel := name
	if filepath.IsAbs(name) {
		var err error
		if rel, err = filepath.Rel(s.tmp.Path, name); err != nil {
			rel = ""
		}
	}
	if !filepath.IsLocal(rel) {
		return nil, fmt.Errorf("the adapter names the file %.200q, which is not below tmp", name)
	}
	body, err := rootfile.Read(s.tmp.Root, rel)
	_ = s.tmp.Root.Remove(rel)
	if err != nil {
		return nil, fmt.Errorf("read the adapter's file: %w", err)
	}
	return body, nil
}

// formatOf understands the name of a format, or a file extension.
func (s *snapshot) formatOf(name string) (sources.Format, error) {
	switch f := sources.Format(name); f {
	case sources.Markdown, sources.MDX, sources.HTML, sources.Text:
		return f, nil
	case "":
		return "", errors.New("the adapter does not say the document's format")
	}
	if f, ok := (sources.Selection{Formats: s.formats}).FormatOf("document" + name); ok &&
		strings.HasPrefix(name, ".") &&
		s.formats[name] == "" {
		return f, nil
	}
	if why := s.formats[name]; why != "" {
		return "", fmt.Errorf("%w: %s", sources.ErrNotConverted, why)
	}
	return "", fmt.Errorf("documents of the format %.40q cannot be rendered: send html, markdown or text", name)
}
