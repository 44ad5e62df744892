package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"finpages/intercomapi"
	"finpages/state"
)

// VerifyOptions vary a verification.
type VerifyOptions struct {
	Source bool `json:"source"` // compare with the source, too
	Repair bool `json:"repair"` // mend what differs, by a run of the source
}

// Verification is how Intercom compares with the state.
type Verification struct {
	Name         string       `json:"name"`
	ImportSource int64        `json:"import_source_id"`
	Checked      int          `json:"checked"`                 // pages in the import source
	Missing      []string     `json:"missing"`                 // external_ids that the state has and Intercom lacks
	Orphaned     []string     `json:"orphaned"`                // external_ids that Intercom has and the state lacks
	Duplicated   []string     `json:"duplicated"`              // external_ids that Intercom has more than once
	Changed      []EditedPage `json:"changed"`                 // by hand, or by another program
	Foreign      int          `json:"foreign"`                 // pages without external_id: never touched
	Unlisted     int          `json:"unlisted"`                // pages of the workspace that Intercom does not list
	Unknown      int          `json:"unknown"`                 // pages that Intercom neither lists nor looks up
	Unconfigured int          `json:"unconfigured,omitempty"`  // pages in Fin, of a source that is no longer in the config
	BeyondRepair []string     `json:"beyond_repair,omitempty"` // of those changed, by a repair: their text is kept nowhere
	Plan         *Report      `json:"plan,omitempty"`
	Repair       *Report      `json:"repair,omitempty"`
	Error        string       `json:"error,omitempty"`
}

// EditedPage is a page that is not as it was pushed.
type EditedPage struct {
	ExternalID string   `json:"external_id"`
	Fields     []string `json:"fields"`
}

// Clean reports whether Intercom is as the state says.
func (v *Verification) Clean() bool {
	return v.Error == "" && len(v.Missing)+len(v.Orphaned)+len(v.Duplicated)+len(v.Changed)+v.Unknown+v.Unconfigured == 0
}

// Verify compares what Intercom has with what the state says it has. No run of
// the source may be under way.
func (e *Engine) Verify(ctx context.Context, src *Source, opts VerifyOptions) Verification {
	v := &verifier{met: map[string]string{}, entries: map[string]string{}, Verification: Verification{Name: src.Name,
		Missing: []string{}, Orphaned: []string{}, Duplicated: []string{}, Changed: []EditedPage{}}}
	r := newRun(ctx, e, src, RunOptions{Plan: !opts.Repair})
	defer r.close()
	defer r.countDrift()
	if err := v.compare(r, opts.Repair); err != nil {
		v.Error = err.Error()
		return v.Verification
	}
	if opts.Source {
		plan := e.Run(ctx, src, RunOptions{Plan: true})
		v.Plan = &plan
	}
	if opts.Repair {
		report := e.Run(ctx, src, RunOptions{})
		v.Repair = &report
		if err := v.finishRepair(r); err != nil {
			v.Error = err.Error()
		}
	}
	return v.Verification
}

type verifier struct {
	Verification
	met     map[string]string // Intercom's id by external_id
	entries map[string]string // of missing pages, by external_id
	extras  []deletion        // duplicates that the state does not know

	restored []deletion // of the missing ones, those that undo had brought back
}

func (v *verifier) compare(r *run, repair bool) error {
	before, err := r.readPrior()
	if err != nil {
		return err
	}
	if err := r.checkWorkspace(); err != nil {
		return err
	}
	importSource := before.info.ImportSource
	if importSource == 0 {
		return errors.New("this source was never synced: run finpages backfill first")
	}
	v.ImportSource = importSource
	_, err = r.Client.ImportSource(r.ctx, importSource)
	var api *intercomapi.Error
	if errors.As(err, &api) && api.NotFound() {
		return v.lostImportSource(r, before, repair)
	}
	if err != nil {
		return fmt.Errorf("look up the import source: %w", Hinted(err))
	}
	if err := v.compareAll(r, importSource, repair); err != nil {
		return err
	}
	if v.Unknown == 0 {
		if err := v.missing(r, repair); err != nil {
			return err
		}
	}
	if err := v.remember(r, repair); err != nil {
		return err
	}
	return v.finish(r, repair)
}

// compareAll compares all pages that Intercom lists, and those of the state
// that it does not list, where it looks them up.
func (v *verifier) compareAll(r *run, importSource int64, repair bool) error {
	for p, err := range r.Client.ListPages(r.ctx, r.requestHash) {
		var limit *intercomapi.ListLimitError
		if errors.As(err, &limit) {
			v.Unlisted = limit.Total - limit.Listed
			return v.compareUnlisted(r, importSource, repair)
		}
		if err != nil {
			return fmt.Errorf("list the pages in Intercom: %w", Hinted(err))
		}
		if p.SourceID == importSource {
			if err := v.remote(r, p, repair); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *verifier) compareUnlisted(r *run, importSource int64, repair bool) error {
	var unmet []string
	err := r.State.View(r.src.Name, func(tx *state.Tx) error {
		return tx.EachPage("", func(id string, _ state.Page) error {
			if v.met[id] == "" {
				unmet = append(unmet, id)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	all, err := r.lookUpAll(importSource, unmet, func(p intercomapi.ListedPage) error { return v.remote(r, p, repair) })
	if err != nil {
		return fmt.Errorf("look up the pages in Intercom: %w", Hinted(err))
	}
	if !all {
		v.Unknown = len(unmet)
	}
	return nil
}

// lostImportSource is the case that the import source was deleted in Intercom:
// all pages are missing, and a repair starts over.
func (v *verifier) lostImportSource(r *run, before prior, repair bool) error {
	if err := v.missing(r, false); err != nil || !repair {
		return errors.Join(err, v.remember(r, false), fmt.Errorf(
			"the import source %d was deleted in Intercom; --repair makes it anew",
			before.info.ImportSource))
	}
	return r.State.Forget(r.src.Name)
}

// remote compares a page in Intercom with its record.
func (v *verifier) remote(r *run, p intercomapi.ListedPage, repair bool) error {
	v.Checked++
	if p.ExternalID == "" {
		v.Foreign++
		return nil
	}
	rec, found, err := r.page(p.ExternalID)
	if err != nil {
		return err
	}
	before, twice := v.met[p.ExternalID]
	v.met[p.ExternalID] = p.ID
	switch {
	case twice:
		v.Duplicated = append(v.Duplicated, p.ExternalID)
		extra := p.ID
		if rec.IntercomID == p.ID {
			extra = before
		}
		v.extras = append(v.extras, deletion{id: p.ExternalID, page: state.Page{Entry: rec.Entry, IntercomID: extra}})
		return nil
	case !found:
		v.Orphaned = append(v.Orphaned, p.ExternalID)
		if repair {
			_, err := r.takeOver(map[string]state.Page{p.ExternalID: r.adoptable(p)})
			return err
		}
		return nil
	}
	return v.edited(r, p, rec, repair)
}

func (v *verifier) edited(r *run, p intercomapi.ListedPage, rec state.Page, repair bool) error {
	if rec.Entry == "" && !rec.Restored {
		return nil // foreign: nobody knows what it should be
	}
	var fields []string
	for field, same := range map[string]bool{
		"title": p.Title == rec.Title, "url": p.URL == rec.URL, "locale": p.Locale == rec.Locale,
		"id":                    p.ID == rec.IntercomID,
		"html":                  sameHTML(p, rec),
		"ai_agent_availability": p.AIAgent == rec.AIAgent, "ai_copilot_availability": p.AICopilot == rec.AICopilot,
	} {
		if !same {
			fields = append(fields, field)
		}
	}
	if len(fields) == 0 {
		return nil
	}
	slices.Sort(fields)
	v.Changed = append(v.Changed, EditedPage{p.ExternalID, fields})
	if !repair {
		return nil
	}
	rec.IntercomID = p.ID
	return r.update(func(tx *state.Tx) error {
		return errors.Join(tx.PutPage(p.ExternalID, rec), forceNext(tx, p.ExternalID, rec))
	})
}

// sameHTML compares what Intercom has with what it answered to the push, which
// may be other than what was sent. Where one of them is not known, it is no edit.
func sameHTML(p intercomapi.ListedPage, rec state.Page) bool {
	none := [32]byte{}
	return p.HTMLHash == none || rec.HTMLHash == state.ShortHash{} || rec.HTMLHash == state.Hash(p.HTMLHash).Short()
}

// forceNext makes the next run push the page, whatever its hash.
func forceNext(tx *state.Tx, id string, rec state.Page) error {
	intent := state.Intent{Entry: rec.Entry, Since: time.Now().UTC()}
	return errors.Join(tx.PutIntent(id, intent), tx.Invalidate(cmp.Or(rec.Entry, id)))
}

// missing notes the pages that the state has and Intercom lacks.
func (v *verifier) missing(r *run, repair bool) error {
	var lost []deletion
	err := r.State.View(r.src.Name, func(tx *state.Tx) error {
		return tx.EachPage("", func(id string, p state.Page) error {
			if v.met[id] == "" {
				lost = append(lost, deletion{id: id, page: p})
				v.Missing = append(v.Missing, id)
				v.entries[id] = p.Entry
				if p.Restored {
					v.restored = append(v.restored, deletion{id: id, page: p})
				}
			}
			return nil
		})
	})
	if err != nil || !repair || len(lost) == 0 {
		return err
	}
	return r.update(func(tx *state.Tx) (err error) {
		for _, g := range lost {
			err = errors.Join(err, forceNext(tx, g.id, g.page), tx.DeletePage(g.id))
		}
		return err
	})
}

// finish deletes duplicates and has the next run look for what it should
// delete, within the budget.
func (v *verifier) finish(r *run, repair bool) error {
	slices.Sort(v.Missing)
	slices.Sort(v.Orphaned)
	if !repair {
		return nil
	}
	for _, g := range v.extras {
		if err := r.Client.DeletePage(r.hard, g.page.IntercomID); err != nil {
			return Hinted(fmt.Errorf("delete the duplicate of %q: %w", g.id, err))
		}
	}
	return r.update(func(tx *state.Tx) error {
		info, err := tx.Info()
		info.FindLeftovers, info.CleanRevision = true, ""
		for _, g := range v.extras {
			err = errors.Join(err, tx.DeleteDrift(g.id))
		}
		return errors.Join(err, tx.PutInfo(info))
	})
}

// finishRepair looks at what the run of a repair has left.
func (v *verifier) finishRepair(r *run) error {
	if v.Repair.Result == Failed {
		return nil
	}
	if err := v.mendAlone(r); err != nil {
		return err
	}
	return v.settle(r)
}
