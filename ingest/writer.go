package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"finpages/intercomapi"
	"finpages/state"
)

// Writer writes single pages of a source by hand, with the care of a run: only
// to the right workspace, what is begun noted before, and finished when the
// context ends meanwhile.
type Writer struct {
	run   *run
	prior prior
}

// NewWriter returns a writer for the source's pages, once it has made sure that
// the token and the state belong to the same workspace. It must be closed.
func (e *Engine) NewWriter(ctx context.Context, src *Source) (*Writer, error) {
	w := &Writer{run: newRun(ctx, e, src, RunOptions{})}
	before, err := w.run.readPrior()
	if w.prior = before; err == nil {
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
		if page.IntercomID, err = w.findInIntercom(id); err != nil || page.IntercomID == "" {
			return false, err
		}
	}
	t := &tally{}
	if ok, err := r.remove(id, page, "retracted", false, t); !ok {
		return true, errors.Join(err, t.pageErrors())
	}
	if err := r.update(func(tx *state.Tx) error { return tx.DropVersions(id) }); err != nil {
		return true, err
	}
	return true, r.markRetracted(page.Entry)
}

// Restore pushes a deleted page again, as the journal has it.
func (w *Writer) Restore(d state.Deleted) error {
	var req intercomapi.PageRequest
	if err := json.Unmarshal(d.Request, &req); err != nil {
		return fmt.Errorf("read the journal's copy of %q: %w", d.Page, err)
	}
	return w.bringBack(d, req, state.Page{Restored: true})
}

// RestoreVersion pushes what a page was before it was updated, as the journal has
// it. It stays until its document changes again.
func (w *Writer) RestoreVersion(d state.Deleted) error {
	r := w.run
	req, err := unpack(d.Request)
	if err != nil {
		return fmt.Errorf("read the journal's copy of %q: %w", d.Page, err)
	}
	var page state.Page
	var rec state.Entry
	err = r.State.View(r.src.Name, func(tx *state.Tx) (err error) {
		if page, _, err = tx.Page(d.Page); err != nil {
			return err
		}
		rec, _, err = tx.Entry(page.Entry)
		return err
	})
	if err != nil {
		return err
	}
	if page.URL != "" && req.URL == "" { // as in a run's upsert
		t := &tally{}
		if ok, err := r.remove(d.Page, page, "the version that comes back has no address", false, t); !ok {
			return errors.Join(err, t.pageErrors())
		}
	}
	d.Entry = page.Entry
	return w.bringBack(d, req, state.Page{Undone: undoneHash(rec.BodyHash, page.Title), Hash: page.Hash})
}

// bringBack pushes a request of the journal. The page's new record is that of the
// request, and what is said of it; its Hash is that of the version that is replaced.
func (w *Writer) bringBack(d state.Deleted, req intercomapi.PageRequest, page state.Page) error {
	r, before := w.run, state.Page{Entry: d.Entry}
	body, err := r.Client.Encode(req)
	if err != nil {
		return err
	}
	page.Hash, before.Hash = sha256.Sum256(body), page.Hash
	sent, err := r.sent(req, page.Hash)
	if err != nil {
		return err
	}
	if err := r.putIntent(d.Page, d.Entry); err != nil {
		return err
	}
	got, err := r.Client.UpsertPage(r.hard, req)
	if err != nil {
		return Hinted(fmt.Errorf("bring back page %q: %w", d.Page, err))
	}
	page.Entry, page.IntercomID, page.Pushed = d.Entry, got.ID, r.now()
	page.HTMLHash = state.Hash(got.HTMLHash).Short()
	page.Title, page.URL, page.Locale = req.Title, req.URL, req.Locale
	page.AIAgent, page.AICopilot = req.AIAgent, req.AICopilot
	return r.update(func(tx *state.Tx) error {
		err := r.keepSent(tx, d.Page, before, sent)
		return errors.Join(err, tx.PutPage(d.Page, page), tx.DeleteIntent(d.Page), mended(tx, d.Page))
	})
}

// DeleteAll deletes all pages of the source, also those whose push was never
// answered, and returns how many it deleted, and how many others Intercom lists
// in the import source.
func (w *Writer) DeleteAll() (deleted, left int, err error) {
	deleted, err = w.deleteKnown()
	if err != nil || w.prior.info.ImportSource == 0 {
		return deleted, 0, err
	}
	var unanswered []deletion
	for p, err := range w.run.pagesOf(w.prior.info.ImportSource) {
		if errors.As(err, new(*intercomapi.ListLimitError)) {
			break
		}
		if err != nil {
			return deleted, left, err
		}
		if in, begun := w.prior.intents[p.ExternalID]; begun {
			page := state.Page{Entry: in.Entry, IntercomID: p.ID, Title: p.Title, URL: p.URL}
			unanswered = append(unanswered, deletion{id: p.ExternalID, page: page})
		} else {
			left++
		}
	}
	t := &tally{}
	err = w.run.removeAll(unanswered, t, func(deletion) bool { return true })
	return deleted + t.deleted, left, errors.Join(err, t.pageErrors())
}

func (w *Writer) deleteKnown() (int, error) {
	r := w.run
	var pages []deletion
	err := r.State.View(r.src.Name, func(tx *state.Tx) error {
		return tx.EachPage("", func(id string, page state.Page) error {
			pages = append(pages, deletion{id: id, page: page, mustRemove: true}) // no journal will be left for a copy
			return nil
		})
	})
	t := &tally{}
	if err == nil {
		err = r.removeAll(pages, t, func(deletion) bool { return true })
	}
	return t.deleted, errors.Join(err, t.pageErrors())
}

// pageErrors are the errors of pages, which did not end the writing.
func (t *tally) pageErrors() (err error) {
	for _, e := range t.errors {
		err = errors.Join(err, errors.New(e.Error))
	}
	return err
}

// findInIntercom returns Intercom's id of a page that the state does not know.
func (w *Writer) findInIntercom(id string) (string, error) {
	r, info := w.run, w.prior.info
	if info.ImportSource == 0 {
		found, err := r.findImportSource()
		if err != nil || found.ID == 0 {
			return "", err
		}
		if info, err = r.adoptImportSource(info, found); err != nil {
			return "", err
		}
	}
	for p, err := range r.pagesOf(info.ImportSource) {
		if err != nil {
			return "", err
		}
		if p.ExternalID == id {
			return p.ID, nil
		}
	}
	return "", nil
}
