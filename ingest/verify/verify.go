// Package verify compares what Intercom has of a source with what the state says
// it has, remembers what differs, and mends that by a run of the source.
package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"finpages/ingest"
	"finpages/ingest/destination"
	"finpages/intercomapi"
	"finpages/state"
)

// Options vary a verification.
type Options struct {
	Source bool `json:"source"` // compare with the source, too
	Repair bool `json:"repair"` // mend what differs, by a run of the source
}

// Verification is how Intercom compares with the state.
type Verification struct {
	Name         string         `json:"name"`
	ImportSource int64          `json:"import_source_id"`
	Checked      int            `json:"checked"`                 // pages in the import source
	Missing      []string       `json:"missing"`                 // external_ids that the state has and Intercom lacks
	Orphaned     []string       `json:"orphaned"`                // external_ids that Intercom has and the state lacks
	Duplicated   []string       `json:"duplicated"`              // external_ids that Intercom has more than once
	Changed      []EditedPage   `json:"changed"`                 // by hand, or by another program
	Foreign      int            `json:"foreign"`                 // pages without external_id: never touched
	Unlisted     int            `json:"unlisted"`                // pages of the workspace that Intercom does not list
	Unknown      int            `json:"unknown"`                 // pages that Intercom neither lists nor looks up
	Unconfigured int            `json:"unconfigured,omitempty"`  // pages in Fin, of a source that has left the config
	BeyondRepair []string       `json:"beyond_repair,omitempty"` // of those changed: their text is kept nowhere
	Plan         *ingest.Report `json:"plan,omitempty"`
	Repair       *ingest.Report `json:"repair,omitempty"`
	Error        string         `json:"error,omitempty"`
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

// Differing lists the pages that are not as the state says.
func (v *Verification) Differing() []string {
	ids := slices.Concat(v.Missing, v.Orphaned, v.Duplicated)
	for _, p := range v.Changed {
		ids = append(ids, p.ExternalID)
	}
	return ids
}

// Run compares what Intercom has with what the state says it has. No run of the
// source may be under way.
func Run(ctx context.Context, e *ingest.Engine, src *ingest.Source, opts Options) Verification {
	v := &verifier{Session: e.Begin(ctx, src, !opts.Repair), repairing: opts.Repair,
		intercomIDs: map[string]string{}, entries: map[string]string{}, Verification: Verification{Name: src.Name,
			Missing: []string{}, Orphaned: []string{}, Duplicated: []string{}, Changed: []EditedPage{}}}
	defer v.Close()
	defer v.CountDrift()
	if err := v.compare(); err != nil {
		v.Error = err.Error()
		return v.Verification
	}
	if opts.Source {
		plan := e.Run(ctx, src, ingest.RunOptions{Plan: true})
		v.Plan = &plan
	}
	if opts.Repair {
		report := e.Run(ctx, src, ingest.RunOptions{})
		v.Repair = &report
		if err := v.finishRepair(); err != nil {
			v.Error = err.Error()
		}
	}
	return v.Verification
}

// verifier compares, and mends.
type verifier struct {
	*destination.Session
	Verification
	repairing   bool              // this is a repair
	intercomIDs map[string]string // Intercom's id by external_id
	entries     map[string]string // of missing pages, by external_id
	extras      []storedPage      // duplicates that the state does not know

	restored []storedPage // of the missing ones, those that undo had brought back
}

func (v *verifier) compare() error {
	if err := v.State.CheckInPlace(); err != nil {
		return err
	}
	info, err := v.Info()
	if err != nil {
		return err
	}
	if err := v.CheckWorkspace(); err != nil {
		return err
	}
	importSource := info.ImportSource
	if importSource == 0 {
		return errors.New("this source was never synced: run finpages backfill first")
	}
	v.ImportSource = importSource
	_, err = v.Client.ImportSource(v.Ctx, importSource)
	var api *intercomapi.Error
	if errors.As(err, &api) && api.NotFound() {
		return v.lostImportSource()
	}
	if err != nil {
		return fmt.Errorf("look up the import source: %w", intercomapi.Hinted(err))
	}
	if err := v.compareAll(importSource); err != nil {
		return err
	}
	if v.Unknown == 0 {
		if err := v.missing(); err != nil {
			return err
		}
	}
	if err := v.remember(); err != nil {
		return err
	}
	return v.finish()
}

// compareAll compares all pages that Intercom lists, and those of the state
// that it does not list, where it looks them up.
func (v *verifier) compareAll(importSource int64) error {
	for p, err := range v.Client.ListPages(v.Ctx, v.RequestHash) {
		var limit *intercomapi.ListLimitError
		if errors.As(err, &limit) {
			v.Unlisted = limit.Total - limit.Listed
			return v.compareUnlisted(importSource)
		}
		if err != nil {
			return fmt.Errorf("list the pages in Intercom: %w", intercomapi.Hinted(err))
		}
		if p.SourceID == importSource {
			if err := v.remote(p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *verifier) compareUnlisted(importSource int64) error {
	var unmet []string
	err := v.View(func(tx *state.Tx) error {
		return tx.EachPage("", func(id string, _ state.Page) error {
			if v.intercomIDs[id] == "" {
				unmet = append(unmet, id)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	all, err := v.LookUpAll(importSource, unmet, func(p intercomapi.ListedPage) error { return v.remote(p) })
	if err != nil {
		return fmt.Errorf("look up the pages in Intercom: %w", intercomapi.Hinted(err))
	}
	if !all {
		v.Unknown = len(unmet)
	}
	return nil
}

// lostImportSource is the case that the import source was deleted in Intercom:
// all pages are missing, and a repair starts over.
func (v *verifier) lostImportSource() error {
	if _, err := v.findMissing(); err != nil || !v.repairing {
		return errors.Join(err, v.remember(), fmt.Errorf(
			"the import source %d was deleted in Intercom; --repair makes it anew",
			v.ImportSource))
	}
	return v.State.Forget(v.Source)
}

// storedPage is a page that the state knows, under its external_id.
type storedPage struct {
	id     string
	record state.Page
}

// remote compares a page in Intercom with its record.
func (v *verifier) remote(p intercomapi.ListedPage) error {
	v.Checked++
	if p.ExternalID == "" {
		v.Foreign++
		return nil
	}
	rec, found, err := v.Page(p.ExternalID)
	if err != nil {
		return err
	}
	before, twice := v.intercomIDs[p.ExternalID]
	v.intercomIDs[p.ExternalID] = p.ID
	switch {
	case twice:
		v.Duplicated = append(v.Duplicated, p.ExternalID)
		extra := p.ID
		if rec.IntercomID == p.ID {
			extra = before
		}
		v.extras = append(v.extras, storedPage{id: p.ExternalID, record: state.Page{Entry: rec.Entry, IntercomID: extra}})
		return nil
	case !found:
		v.Orphaned = append(v.Orphaned, p.ExternalID)
		if v.repairing {
			_, err := v.TakeOver(map[string]state.Page{p.ExternalID: destination.Record(p)})
			return err
		}
		return nil
	}
	return v.edited(p, rec)
}

func (v *verifier) edited(p intercomapi.ListedPage, rec state.Page) error {
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
	if !v.repairing {
		return nil
	}
	rec.IntercomID = p.ID
	return v.Update(func(tx *state.Tx) error {
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

// missing notes the pages that the state has and Intercom lacks, and has a repair
// push them anew.
func (v *verifier) missing() error {
	lost, err := v.findMissing()
	if err != nil || !v.repairing || len(lost) == 0 {
		return err
	}
	return v.Update(func(tx *state.Tx) (err error) {
		for _, g := range lost {
			err = errors.Join(err, forceNext(tx, g.id, g.record), tx.DeletePage(g.id))
		}
		return err
	})
}

func (v *verifier) findMissing() (lost []storedPage, err error) {
	err = v.View(func(tx *state.Tx) error {
		return tx.EachPage("", func(id string, p state.Page) error {
			if v.intercomIDs[id] != "" {
				return nil
			}
			lost = append(lost, storedPage{id, p})
			v.Missing = append(v.Missing, id)
			v.entries[id] = p.Entry
			if p.Restored {
				v.restored = append(v.restored, storedPage{id, p})
			}
			return nil
		})
	})
	return lost, err
}

// finish deletes duplicates and has the next run look for what it should
// delete, within the budget.
func (v *verifier) finish() error {
	slices.Sort(v.Missing)
	slices.Sort(v.Orphaned)
	if !v.repairing {
		return nil
	}
	for _, g := range v.extras {
		if err := v.Client.DeletePage(v.Hard, g.record.IntercomID); err != nil {
			return intercomapi.Hinted(fmt.Errorf("delete the duplicate of %q: %w", g.id, err))
		}
	}
	return v.Update(func(tx *state.Tx) error {
		info, err := tx.Info()
		info.FindLeftovers, info.CleanRevision = true, ""
		for _, g := range v.extras {
			err = errors.Join(err, tx.DeleteDrift(g.id))
		}
		return errors.Join(err, tx.PutInfo(info))
	})
}

// finishRepair looks at what the run of a repair has left.
func (v *verifier) finishRepair() error {
	if v.Repair.Result == ingest.Failed {
		return nil
	}
	if err := v.repairAlone(); err != nil {
		return err
	}
	return v.forgetMissing()
}
