package transform_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"finpages/ingest/transform"
	"finpages/sources"
)

// labelling converts documents in which "label: title" names a part, and "see label" one of another document.
type labelling struct{ transform.Converter }

func (labelling) Describe(context.Context, string) string { return "a converter" }

func (labelling) Labels(doc sources.Document) (map[string]string, bool) {
	label, title, ok := strings.Cut(string(doc.Body), ": ")
	if !ok {
		return nil, strings.HasSuffix(doc.Path, ".x")
	}
	return map[string]string{label: title}, true
}

func (labelling) Convert(_ context.Context, doc sources.Document, o sources.Others) (sources.Document, []string, error) {
	label, _ := strings.CutPrefix(string(doc.Body), "see ")
	title, path := o.Labelled(doc.Path, label)
	doc.Format, doc.Body = sources.Content, []byte("<h1>A</h1><p>See "+title+".</p><p>In "+path+".</p>")
	return doc, nil, nil
}

// shelf is a snapshot of documents by their paths.
type shelf struct {
	sources.Snapshot
	texts map[string]string
	loads int
}

func (s *shelf) entry(path string) sources.Entry {
	return sources.Entry{ID: path, Revision: s.texts[path], Load: func(context.Context) (sources.Document, error) {
		s.loads++
		return sources.Document{Format: ".x", Path: path, Body: []byte(s.texts[path])}, nil
	}}
}

func (s *shelf) List(_ context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	for path := range s.texts {
		if err := yield(s.entry(path)); err != nil {
			return sources.Listing{}, err
		}
	}
	return sources.Listing{}, nil
}

func (s *shelf) Include(_ context.Context, path string) (sources.Entry, bool, error) {
	_, ok := s.texts[path]
	return s.entry(path), ok, nil
}

// A label leads to the nearest document that has it, and the page follows that one alone; of a label that nobody has, it
// follows all.
func TestLabelsOfOtherDocuments(t *testing.T) {
	s := &shelf{texts: map[string]string{"a/doc.x": "see pump", "a/b/pump.x": "pump: The pump", "c/pump.x": "pump: Another", "d/x.x": "hose: H"}}
	options := &transform.Options{Converter: labelling{}}
	look := func(path string) (text string, included []string, changed func() bool) {
		t.Helper()
		e := s.entry(path)
		doc, _ := e.Load(t.Context())
		made, err := transform.NewMaker(options, s, 1).Make(t.Context(), e, doc)
		if err != nil {
			t.Fatal(err)
		}
		return made.Request.HTML, made.Included, func() bool {
			s.loads = 0
			now, err := transform.NewMaker(options, s, 1).IncludedHash(t.Context(), made.Included, false)
			if err != nil || s.loads > 0 {
				t.Errorf("%d documents are read, %v", s.loads, err)
			}
			return now != made.IncludedHash
		}
	}
	text, included, changed := look("a/doc.x")
	if !strings.Contains(text, "See The pump.") || !slices.Equal(included, []string{"a/b/pump.x"}) || changed() {
		t.Errorf("%s, depends on %q", text, included)
	}
	if s.texts["d/x.x"] = "hose: J"; changed() {
		t.Error("depends on what it does not name")
	}
	if s.texts["a/b/pump.x"] = "pump: This pump"; !changed() {
		t.Error("does not follow what it names")
	}
	s.texts["a/doc.x"] = "see valve"
	text, included, changed = look("a/doc.x")
	if !strings.Contains(text, "See .") || len(included) != 1 || changed() {
		t.Errorf("%s, depends on %q", text, included)
	}
	if s.texts["d/x.x"] = "valve: V"; !changed() {
		t.Error("does not follow a label that nobody had")
	}
	maker := transform.NewMaker(options, s, 1).Without(func(path string) bool { return path == "d/x.x" })
	e := s.entry("a/doc.x")
	doc, _ := e.Load(t.Context())
	if made, err := maker.Make(t.Context(), e, doc); err != nil || strings.Contains(made.Request.HTML, "See V") {
		t.Errorf("%s, %v: the title of a document that somebody retracted", made.Request.HTML, err)
	}
}
