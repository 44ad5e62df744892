package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"finpages/intercomapi"
	"finpages/state"
)

// Writer writes single pages of a source by hand, with the care of a run: only
// to the right workspace, what is begun noted before, and finished when the
// context ends meanwhile.
type Writer struct{ run *run }

// NewWriter returns a writer for the source's pages, once it has made sure that
// the token and the state belong to the same workspace. It must be closed.
func (e *Engine) NewWriter(ctx context.Context, src *Source) (*Writer, error) {
	w := &Writer{newRun(ctx, e, src, RunOptions{})}
	err := w.run.recall()
	if err == nil {
		err = w.run.checkWorkspace()
	}
	if err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// Close frees what the writer holds.
func (w *Writer) Close() { w.run.close() }

// Retract deletes a page that must be out of Fin, and keeps no copy of it. It
// returns false if Intercom has no such page.
func (w *Writer) Retract(id string, page state.Page) (found bool, err error) {
	r := w.run
	if page.IntercomID == "" {
		if page.IntercomID, err = r.findInIntercom(id); err != nil || page.IntercomID == "" {
			return false, err
		}
	}
	if ok, err := r.remove(id, page, false); !ok {
		return true, errors.Join(err, w.pageErrors())
	}
	return true, r.markRetracted(page.Entry)
}

// Restore pushes a deleted page again, as the journal has it.
func (w *Writer) Restore(d state.Deleted) error {
	r := w.run
	var req intercomapi.PageRequest
	if err := json.Unmarshal(d.Request, &req); err != nil {
		return fmt.Errorf("read the journal's copy of %q: %w", d.Page, err)
	}
	body, err := r.Client.Encode(req)
	if err != nil {
		return err
	}
	if err := r.intend(d.Page, d.Entry); err != nil {
		return err
	}
	got, err := r.Client.UpsertPage(r.hard, req)
	if err != nil {
		return Hinted(fmt.Errorf("bring back page %q: %w", d.Page, err))
	}
	page := state.Page{Entry: d.Entry, IntercomID: got.ID, Hash: sha256.Sum256(body), Title: req.Title, URL: req.URL, Locale: req.Locale,
		AIAgent: req.AIAgent, AICopilot: req.AICopilot, Pushed: time.Now().UTC(), Restored: true}
	return r.update(func(tx *state.Tx) error { return errors.Join(tx.PutPage(d.Page, page), tx.DeleteIntent(d.Page)) })
}

// DeleteAll deletes all pages of the source, and returns how many it deleted.
func (w *Writer) DeleteAll() (int, error) {
	r := w.run
	var pages []gone
	err := r.State.View(r.src.Name, func(tx *state.Tx) error {
		return tx.EachPage("", func(id string, p state.Page) error {
			pages = append(pages, gone{id: id, page: p})
			return nil
		})
	})
	if err == nil {
		err = r.removeAll(pages, nil)
	}
	return r.tally.Deleted, errors.Join(err, w.pageErrors())
}

// pageErrors are the errors of pages that did not end the writing.
func (w *Writer) pageErrors() (err error) {
	for _, e := range w.run.tally.Errors {
		err = errors.Join(err, errors.New(e.Error))
	}
	return err
}

// findInIntercom returns Intercom's id of a page that the state does not know.
func (r *run) findInIntercom(id string) (string, error) {
	if r.info.ImportSource == 0 {
		if found, err := r.find(); err != nil || found.ID == 0 {
			return "", err
		}
	}
	for p, err := range r.pagesOfOurs() {
		if err != nil {
			return "", err
		}
		if p.ExternalID == id {
			return p.ID, nil
		}
	}
	return "", nil
}

func (r *run) markRetracted(entry string) error {
	return r.update(func(tx *state.Tx) error {
		rec, found, err := tx.Entry(entry)
		if err != nil || !found {
			return err
		}
		return tx.PutEntry(entry, withheld(rec, "retracted"))
	})
}

// removeRetracted deletes retracted pages that Intercom could not be told of
// when somebody retracted them.
func (r *run) removeRetracted() error {
	if r.opts.Plan {
		return nil // what the source still lists of them is withdrawn with its entry
	}
	for id := range r.retract {
		page, found, err := r.page(id)
		if err != nil {
			return err
		}
		if !found || page.IntercomID == "" {
			continue
		}
		ok, err := r.remove(id, page, false)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := r.markRetracted(page.Entry); err != nil {
			return err
		}
		r.tally.add(func(t *Report) { t.Deleted++ })
	}
	return nil
}
