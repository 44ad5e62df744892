package ingest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"finpages/intercomapi"
	"finpages/state"
)

// What people do by hand: approve held deletes, retract a page, bring deleted
// pages back, forget a source.

// Approve releases the held deletes of a source, if the hold is still the one
// with the ID ("" for whichever there is), and runs the source.
func (s *Service) Approve(ctx context.Context, name, holdID string) (Report, error) {
	if err := s.Release(name, holdID); err != nil {
		return Report{}, err
	}
	return s.Run(ctx, name, RunOptions{})
}

// Retract takes a page out of Fin now and keeps it out of later runs, also
// while the source cannot be reached or a run is under way. It returns the
// page's external_id. After an error of Intercom's the page is still kept out:
// the next run that reaches Intercom deletes it.
func (s *Service) Retract(ctx context.Context, name, ref string) (string, error) {
	m, err := s.source(name)
	if err != nil {
		return "", err
	}
	x := Explanation{Ref: ref}
	var page state.Page
	known := false
	err = s.engine.State.Update(name, func(tx *state.Tx) (err error) {
		if page, err = x.findPage(tx, m.src.locate(ref)); err != nil {
			return err
		}
		if _, known, err = tx.Entry(x.Entry); err != nil {
			return err
		}
		return errors.Join(tx.Retract(x.ExternalID, state.Retraction{Since: time.Now().UTC(), Entry: x.Entry}), dirty(tx, x.Entry))
	})
	if err != nil {
		return "", err
	}
	if err := s.engine.State.SaveRetractions(); err != nil {
		return "", err
	}
	r := newRun(ctx, s.engine, m.src, RunOptions{})
	defer r.close()
	found, err := r.retractPage(x.ExternalID, page)
	if err != nil || found || known {
		return x.ExternalID, err
	}
	if entry, _ := m.src.has(ctx, x.ExternalID); entry {
		return x.ExternalID, nil // not in Fin yet, and it will not be
	}
	return "", errors.Join(fmt.Errorf("source %s has no page %q: nothing was retracted; finpages explain %s %q says more", name, ref, name, ref),
		s.Unretract(ctx, name, x.ExternalID))
}

// has reports whether the source lists an entry.
func (s *Source) has(ctx context.Context, id string) (bool, error) {
	entry, snap, err := s.find(ctx, id)
	if snap != nil {
		err = errors.Join(err, snap.Close())
	}
	return entry != nil, err
}

// retractPage deletes a page that must be out; false if Intercom has none.
func (r *run) retractPage(id string, page state.Page) (found bool, err error) {
	if err := r.recall(); err != nil {
		return false, err
	}
	if err := r.checkWorkspace(); err != nil {
		return false, err
	}
	if page.ID == "" {
		if page.ID, err = r.findInIntercom(id); err != nil || page.ID == "" {
			return false, err
		}
	}
	if ok, err := r.remove(id, page, false); !ok {
		return true, errors.Join(err, pageErrors(r.tally.Report))
	}
	return true, r.markRetracted(page.Entry)
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
		if !found || page.ID == "" {
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

func pageErrors(r Report) (err error) {
	for _, e := range r.Errors {
		err = errors.Join(err, errors.New(e.Error))
	}
	return err
}

// Unretract lets a page into Fin again, from the next run on.
func (s *Service) Unretract(_ context.Context, name, ref string) error {
	m, err := s.source(name)
	if err != nil {
		return err
	}
	err = s.engine.State.Update(name, func(tx *state.Tx) error {
		retracted, err := tx.Retracted()
		if err != nil {
			return err
		}
		located := m.src.locate(ref)
		for id, re := range retracted {
			if id == ref || id == located || re.Entry == located {
				return errors.Join(tx.Unretract(id), dirty(tx, cmp.Or(re.Entry, id)))
			}
		}
		return fmt.Errorf("page %q of source %s is not retracted", ref, name)
	})
	if err != nil {
		return err
	}
	return s.engine.State.SaveRetractions()
}

// Undo brings a deleted page, or all pages that a run deleted, back from the
// journal, and returns their external_ids. They stay until the source lists
// them again.
func (s *Service) Undo(ctx context.Context, name, ref string) ([]string, error) {
	m, err := s.source(name)
	if err != nil {
		return nil, err
	}
	found, err := s.deleted(m, ref)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("the journal of source %s has no deleted page or run %q: deleted pages are kept for %s", name, ref, inDays(m.src.Journal))
	}
	r := newRun(ctx, s.engine, m.src, RunOptions{})
	defer r.close()
	if err := errors.Join(r.recall(), r.checkWorkspace()); err != nil {
		return nil, err
	}
	ids := []string{}
	var refused error
	for _, d := range found {
		if err := r.mayRestore(d); err != nil {
			refused = errors.Join(refused, err)
			continue
		}
		if err := r.restore(d); err != nil {
			return ids, err
		}
		ids = append(ids, d.Page)
	}
	if len(ids) > 0 {
		refused = nil // of a run, what came back by itself needs no undo
	}
	return ids, refused
}

// inDays spells a duration as people say it where it is whole days.
func inDays(d time.Duration) string {
	if days := d / (24 * time.Hour); days > 1 && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", days)
	}
	return d.String()
}

// mayRestore says why a deleted page must not be brought back.
func (r *run) mayRestore(d state.Deleted) error {
	if _, out := r.retract[d.Page]; out {
		return fmt.Errorf("page %q is retracted: lift that first with finpages retract --undo", d.Page)
	}
	return r.State.View(r.src.Name, func(tx *state.Tx) error {
		_, live, err := tx.Page(d.Page)
		rec, _, err2 := tx.Entry(d.Entry)
		switch {
		case err != nil || err2 != nil:
			return errors.Join(err, err2)
		case live:
			return fmt.Errorf("page %q is in Fin already", d.Page)
		case rec.Withheld != "":
			return fmt.Errorf("page %q is kept out: %s", d.Page, rec.Withheld)
		}
		return nil
	})
}

// deleted returns the journal's records of a page, the last one, or of a run.
func (s *Service) deleted(m *managed, ref string) (found []state.Deleted, err error) {
	err = s.view(m, func(tx *state.Tx) error {
		for _, id := range []string{ref, m.src.locate(ref)} {
			if id == "" { // would mean all
				continue
			}
			if found, err = tx.LastDeleted(id, 1); err != nil || len(found) > 0 {
				return err
			}
		}
		runID, err := strconv.ParseUint(ref, 10, 64) // a page's ID may be a number, too, and comes first
		if err != nil {
			return nil
		}
		return tx.EachDeleted(func(d state.Deleted) error {
			if d.Run == runID {
				found = append(found, d)
			}
			return nil
		})
	})
	return found, err
}

func (r *run) restore(d state.Deleted) error {
	var req intercomapi.PageRequest
	if err := json.Unmarshal(d.Payload, &req); err != nil {
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
	page := state.Page{Entry: d.Entry, ID: got.ID, Hash: sha256.Sum256(body), Title: req.Title, URL: req.URL, Locale: req.Locale,
		AIAgent: req.AIAgent, Copilot: req.AICopilot, Pushed: time.Now().UTC(), Restored: true}
	return r.update(func(tx *state.Tx) error { return errors.Join(tx.PutPage(d.Page, page), tx.Settle(d.Page)) })
}

// Forget drops a source from the state, its pages out of Fin first if wanted.
// The source need not be configured any more. It returns how many pages were
// taken out.
func (s *Service) Forget(ctx context.Context, name string, deletePages bool) (int, error) {
	m, err := s.source(name)
	if err != nil {
		known, err2 := s.engine.State.Sources()
		if err2 != nil || !slices.Contains(known, name) {
			return 0, errors.Join(err, err2)
		}
		m = &managed{src: &Source{Name: name}, busy: make(chan struct{}, 1)}
		m.leave()
	}
	if err := m.enter(ctx); err != nil {
		return 0, err
	}
	defer m.leave()
	removed := 0
	if deletePages {
		if err := s.mayDelete(name); err != nil {
			return 0, err
		}
		r := newRun(ctx, s.engine, m.src, RunOptions{})
		defer r.close()
		if removed, err = r.removeEverything(); err != nil {
			return removed, err
		}
	}
	return removed, s.engine.State.Forget(name)
}

// mayDelete refuses to delete pages that are another source's, too.
func (s *Service) mayDelete(name string) error {
	info, err := s.info(name)
	if err != nil {
		return err
	}
	other, err := s.sharing(name, func(i state.Info) bool { return i.ImportSource == info.ImportSource })
	if err != nil || other == "" {
		return err
	}
	return fmt.Errorf("source %s has the same import source as %s, and with it the same pages: forget %s without --delete-pages", other, name, name)
}

// dirty makes the next run look at an entry again.
func dirty(tx *state.Tx, entry string) error {
	info, err := tx.Info()
	if err != nil {
		return err
	}
	info.Clean = ""
	rec, found, err := tx.Entry(entry)
	if err != nil || !found {
		return errors.Join(err, tx.PutInfo(info))
	}
	rec.Settings = state.Hash{}
	return errors.Join(tx.PutEntry(entry, rec), tx.PutInfo(info))
}

func (r *run) removeEverything() (int, error) {
	if err := errors.Join(r.recall(), r.checkWorkspace()); err != nil {
		return 0, err
	}
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
	return r.tally.Deleted, errors.Join(err, pageErrors(r.tally.Report))
}
