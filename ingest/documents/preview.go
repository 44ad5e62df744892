package documents

import (
	"cmp"
	"context"
	"fmt"

	"finpages/ingest"
	"finpages/ingest/transform"
	"finpages/state"
)

// Preview is what Fin would get of a document.
type Preview struct {
	ExternalID string   `json:"external_id"`
	Revision   string   `json:"revision,omitempty"` // that the source has now
	Title      string   `json:"title"`
	URL        string   `json:"url"`
	HTML       string   `json:"html"`
	Withheld   string   `json:"withheld,omitempty"` // why Fin does not get it
	Warnings   []string `json:"warnings"`
	AIAgent    bool     `json:"ai_agent"`
	AICopilot  bool     `json:"ai_copilot"`
	Body       []byte   `json:"-"` // the document as stored
}

// Preview renders the document with the ID, path or web address. One that
// cannot be rendered comes with the error and its Body.
func (f *Finder) Preview(ctx context.Context, name, ref string) (Preview, error) {
	c, err := f.Lookup(name)
	if err != nil {
		return Preview{}, err
	}
	var found Found
	retracted := map[string]bool{} // pages, and their entries
	err = f.State.View(name, func(tx *state.Tx) error {
		all, err := tx.Retractions()
		for page, r := range all {
			retracted[page], retracted[r.Entry] = true, true
		}
		if err == nil {
			found, err = Find(tx, c.Source, ref)
		}
		return err
	})
	if err != nil {
		return Preview{}, err
	}
	if err := c.Enter(ctx); err != nil {
		return Preview{}, err
	}
	defer c.Leave()
	return preview(ctx, c.Source, found.Entry, func(path string) bool { return retracted[path] })
}

func preview(ctx context.Context, src *ingest.Source, id string, isRetracted func(path string) bool) (Preview, error) {
	entry, snap, err := findEntry(ctx, src, id)
	if snap != nil {
		defer snap.Close()
	}
	switch {
	case err != nil:
		return Preview{}, err
	case entry == nil:
		return Preview{}, fmt.Errorf("no document %q: %s", id, whyNot(ctx, src, id))
	case entry.Err != nil:
		return Preview{}, entry.Err
	}
	p := Preview{ExternalID: entry.ID, Revision: entry.Revision, Withheld: entry.Withheld}
	if p.Withheld != "" {
		return p, nil
	}
	maker := transform.NewMaker(&src.Options, snap, 0).Without(isRetracted)
	doc, err := maker.Load(ctx, *entry)
	if err != nil {
		return Preview{}, err
	}
	p.Body = doc.Body
	made, err := maker.Make(ctx, *entry, doc)
	if err != nil {
		return p, fmt.Errorf("render %q: %w", id, err)
	}
	page, request := made.Page, made.Request
	if len(made.Leaks) > 0 {
		p.Body = nil // it holds a secret
	}
	p.ExternalID = cmp.Or(page.Meta.ID, entry.ID)
	p.Title, p.URL, p.HTML, p.Withheld = page.Title, request.URL, page.HTML, made.Withheld
	p.Warnings = append([]string{}, page.Warnings...)
	p.AIAgent, p.AICopilot = request.AIAgent, request.AICopilot
	return p, nil
}
