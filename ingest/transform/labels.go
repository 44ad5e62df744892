package transform

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"finpages/sources"
)

// Labeller is a [Converter] that knows formats whose documents name parts of each
// other by labels.
type Labeller interface {
	// Labels returns the titles of what carries a label in the document, by the
	// labels, "" for what has no title; false for other formats.
	Labels(doc sources.Document) (titles map[string]string, ok bool)
}

// labelled is a part of a document that carries a label.
type labelled struct {
	entry sources.Entry
	title string
}

// maxLabels bounds what is kept of one source.
const maxLabels = 500_000

// labels finds parts of documents by their labels. It is made by reading all
// documents of the format, when the first document asks.
type labels struct {
	mu      sync.Mutex
	byLabel map[string][]labelled // nil if not made
	listed  string                // digest of the documents' revisions; "" if not listed
	entries []sources.Entry
}

// find returns what carries a label, in the document nearest to the path from.
func (l *labels) find(ctx context.Context, m Maker, from, label string) (found labelled, ok bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.make(ctx, m); err != nil {
		return found, false, err
	}
	best := -1
	for _, candidate := range l.byLabel[label] {
		if near := sharedFolders(candidate.entry.ID, from); near > best {
			best, found, ok = near, candidate, true
		}
	}
	return found, ok, nil
}

// digest changes with each document that may carry labels.
func (l *labels) digest(ctx context.Context, m Maker) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.list(ctx, m)
	return l.listed, err
}

func (l *labels) list(ctx context.Context, m Maker) error {
	labeller, ok := m.options.Converter.(Labeller)
	if l.listed != "" || !ok {
		return nil
	}
	var entries []sources.Entry
	_, err := m.snapshot.List(ctx, func(e sources.Entry) error {
		_, mayHave := labeller.Labels(sources.Document{Path: e.ID})
		if mayHave && LeftOut(e) == "" && e.Load != nil && e.Withheld == "" {
			entries = append(entries, e)
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b sources.Entry) int { return strings.Compare(a.ID, b.ID) })
	sum := sha256.New()
	for _, e := range entries {
		fmt.Fprintf(sum, "%q %q\n", e.ID, e.Revision)
	}
	l.entries, l.listed = entries, hex.EncodeToString(sum.Sum(nil))
	return nil
}

func (l *labels) make(ctx context.Context, m Maker) error {
	if err := l.list(ctx, m); err != nil || l.byLabel != nil || l.listed == "" {
		return err
	}
	labeller, _ := m.options.Converter.(Labeller)
	byLabel, left := map[string][]labelled{}, maxLabels
	for _, e := range l.entries {
		doc, err := e.Load(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			continue // the document's own error
		}
		titles, _ := labeller.Labels(doc)
		if left -= len(titles); left < 0 {
			break
		}
		for label, title := range titles {
			byLabel[label] = append(byLabel[label], labelled{sources.Entry{ID: e.ID, Revision: e.Revision}, title})
		}
	}
	l.byLabel, l.entries = byLabel, nil
	return nil
}

// sharedFolders counts the folders in which both paths lie.
func sharedFolders(a, b string) int {
	n := 0
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	for n < len(x)-1 && n < len(y)-1 && x[n] == y[n] {
		n++
	}
	return n
}

// labelMark begins what a document depends on that names labels which no document
// carries.
const labelMark = "labels of //"

// labelled is [sources.Others.Labelled].
func (in *inclusion) labelled(from, label string) (title, path string) {
	if in.ctx.Err() != nil {
		return "", ""
	}
	found, ok, err := in.maker.labels.find(in.ctx, in.maker, from, label)
	var e sources.Entry
	if err == nil && ok {
		e, ok, err = in.maker.included(in.ctx, found.entry.ID)
	}
	if err != nil {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.err = fmt.Errorf("look for the label %q: %w", label, err)
		return "", ""
	}
	if !ok {
		in.depend(labelMark, func() (string, bool, error) {
			digest, err := in.maker.labels.digest(in.ctx, in.maker)
			return digest, false, err
		})
		return "", ""
	}
	in.note(found.entry.ID, e, true, false)
	return found.title, found.entry.ID
}
