package documents

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"finpages/ingest"
	"finpages/ingest/address"
	"finpages/ingest/render/loss"
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

	Parts []PreviewPart `json:"parts,omitempty"` // what the document is cut into
	Loss  *loss.Loss    `json:"loss,omitempty"`  // what the page, or all parts of it, lack of the document

	Body []byte `json:"-"` // the document as stored
}

// PreviewPart is what Fin would get of a part of a document.
type PreviewPart struct {
	ExternalID string `json:"external_id"`
	Title      string `json:"title"`
	URL        string `json:"url"`
	HTML       string `json:"html"`
}

// Preview renders the document with the ID, path or web address. Of a
// document that is cut into parts, it shows the part that is asked for, else the
// first one. One that
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
		return Preview{}, c.Leaks.ShownError(err)
	}
	if err := c.Enter(ctx); err != nil {
		return Preview{}, err
	}
	defer c.Leave()
	p, err := preview(ctx, c.Source, found, ref, func(path string) bool { return retracted[path] })
	p.hideSecrets(c.Leaks)
	return p, c.Leaks.ShownError(err)
}

// hideSecrets puts the name of a rule in place of each secret that a path holds.
func (p *Preview) hideSecrets(l transform.Leaks) {
	for _, text := range []*string{&p.ExternalID, &p.Title, &p.URL, &p.Withheld} {
		*text = l.Shown(*text)
	}
	for i := range p.Warnings {
		p.Warnings[i] = l.Shown(p.Warnings[i])
	}
	for i := range p.Parts {
		part := &p.Parts[i]
		part.ExternalID, part.Title, part.URL = l.Shown(part.ExternalID), l.Shown(part.Title), l.Shown(part.URL)
	}
}

func preview(
	ctx context.Context, src *ingest.Source, found Found, ref string, isRetracted func(path string) bool,
) (Preview, error) {
	id := found.Entry
	entry, snap, err := findEntry(ctx, src, id)
	if snap != nil {
		defer snap.Close()
	}
	if at := strings.LastIndexByte(id, '#'); err == nil && entry == nil && at > 0 { // of what the state does not know
		found.Part = id[at+1:]
		entry, err = entryIn(ctx, src, snap, id[:at])
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
	if len(made.Leaks) > 0 {
		p.Body = nil // it holds a secret
	}
	p.show(made, found.Part, ref)
	return p, nil
}

// show fills in the page that is asked for: a part, or the place that an address
// leads to.
func (p *Preview) show(made transform.Made, part, ref string) {
	page, shown := made.Page, made.Parts[0].Request
	document := cmp.Or(page.Meta.ID, p.ExternalID)
	isThere := func(string) bool { return false }
	if address.Is(ref) {
		isThere = address.SamePlace(ref)
	}
	p.ExternalID = document
	for _, made := range made.Parts {
		q := made.Request
		id := transform.PartID(document, made.ID)
		if part != "" && made.ID == part || isThere(q.URL) {
			p.ExternalID, shown = id, q
		}
		p.Parts = append(p.Parts, PreviewPart{ExternalID: id, Title: q.Title, URL: q.URL, HTML: q.HTML})
	}
	if len(p.Parts) == 1 {
		p.Parts = nil
	}
	p.Title, p.URL, p.HTML, p.Withheld = shown.Title, shown.URL, shown.HTML, made.Withheld
	p.Warnings = append([]string{}, page.Warnings...)
	p.AIAgent, p.AICopilot, p.Loss = shown.AIAgent, shown.AICopilot, &page.Loss
}
