package transform_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"finpages/ingest/render"
	"finpages/ingest/transform"
	"finpages/sources"
)

// slow is a snapshot whose files take forever to load.
type slow struct{ sources.Snapshot }

func (slow) Include(_ context.Context, path string) (sources.Entry, bool, error) {
	load := func(ctx context.Context) (sources.Document, error) {
		<-ctx.Done()
		return sources.Document{}, ctx.Err()
	}
	return sources.Entry{ID: path, Revision: "1", Load: load}, path == "x.md", nil
}

// A document that is left behind, its time being up, depends on what it includes
// all the same: it is tried again once that changes.
func TestDocumentsOverTimeNoteWhatTheyInclude(t *testing.T) {
	synctest.Test(t, overTime)
}

func overTime(t *testing.T) {
	options := &transform.Options{RenderTimeout: time.Millisecond}
	doc := sources.Document{Format: sources.Markdown, Path: "a.md", Body: []byte("# A\n\n[!INCLUDE [x](x.md)]\n\nText.")}
	maker := transform.NewMaker(options, slow{}, 1)
	made, err := maker.Make(t.Context(), sources.Entry{ID: "a.md"}, doc)
	if !errors.Is(err, render.ErrBudget) || !slices.Equal(made.Included, []string{"x.md"}) {
		t.Errorf("included %q, %v", made.Included, err)
	}
}
