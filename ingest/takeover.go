package ingest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"finpages/ingest/listing"
	"finpages/ingest/render"
	"finpages/ingest/tally"
	"finpages/intercomapi"
	"finpages/sources"
)

// Takeover is what the first run of a source finds in its import source: pages of
// another program, of another finpages, or from before the state was lost.
type Takeover struct {
	Pages   int `json:"pages"`   // in the import source
	Known   int `json:"known"`   // of these, those that the source has a document for
	Differ  int `json:"differ"`  // of the known ones, those that are updated, or whose update is held
	Foreign int `json:"foreign"` // those that it has none for: their deletes are held
	New     int `json:"new"`     // documents that have no page there
}

// takeover says what the run found; nil if it took nothing over, or did not come to
// its end.
func (res *results) takeover(total *tally.Tally) *Takeover {
	if !res.adopting || res.prior.Pages == 0 || res.pushed.upsertFailed {
		return nil
	}
	foreign := res.pruned.foreign
	return &Takeover{Pages: res.prior.Pages, Known: res.prior.Pages - foreign,
		Differ: total.Updated + len(res.pushed.held), Foreign: foreign, New: total.Created}
}

func (t Takeover) String() string {
	text := fmt.Sprintf("the import source has %s not pushed from this state: the source has documents for %d of them, "+
		"%d of which differ", plural(t.Pages, "page"), t.Known, t.Differ)
	if t.Foreign > 0 {
		text += fmt.Sprintf("; foreign, and kept until finpages approve: %d", t.Foreign)
	}
	return text + "; new: " + plural(t.New, "document")
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// Foresee tells by IDs alone, without reading a document, what the first run of a
// source would take over. Documents that choose an ID in their front matter count as
// new, and their pages as foreign; what looks like a part of a document counts as
// known. It asks the source only if the import source has pages.
func (e *Engine) Foresee(ctx context.Context, src *Source) (t Takeover, err error) {
	r := newRun(ctx, e, src, RunOptions{Plan: true})
	defer r.Close()
	found, err := r.FindImportSource()
	if err != nil || found.ID == 0 {
		return t, err
	}
	var ids []string
	for p, err := range r.Pages(found.ID) {
		if errors.As(err, new(*intercomapi.ListLimitError)) {
			break
		}
		if err != nil {
			return t, err
		}
		ids = append(ids, p.ExternalID)
	}
	if t.Pages = len(ids); t.Pages == 0 {
		return t, nil
	}
	listed, documents, err := r.listIDs()
	parts := 0
	for _, id := range ids {
		document, _, _ := strings.Cut(id, "#")
		switch {
		case listed.Has(id):
			t.Known++
		case src.Split != (render.Split{}) && document != id && listed.Has(document):
			parts++
		}
	}
	t.New = documents - t.Known
	t.Known += parts
	t.Foreign = t.Pages - t.Known
	return t, err
}

// listIDs lists the documents of the source that may be in Fin.
func (r *run) listIDs() (listed *listing.EntrySet, documents int, err error) {
	listed = listing.NewEntrySet()
	snap, err := r.src.Adapter.Open(r.Ctx)
	if err != nil {
		return listed, 0, fmt.Errorf("open source: %w", err)
	}
	defer snap.Close()
	ends, err := snap.List(r.Ctx, func(e sources.Entry) error {
		if e.Excluded == "" && e.Withheld == "" {
			listed.Add(e.ID)
			documents++
		}
		return nil
	})
	if err == nil && len(ends.Incomplete) > 0 {
		err = fmt.Errorf("list the source: %w", ends.Incomplete[0].Err)
	}
	return listed, documents, err
}
