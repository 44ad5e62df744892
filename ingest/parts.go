package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"finpages/ingest/decide"
	"finpages/ingest/listing"
	"finpages/ingest/tally"
	"finpages/ingest/transform"
	"finpages/state"
)

// A document may become several pages. Its record names all of them, those that it
// had before included, from before the first is pushed until all are: whatever ends
// the run between, the next one finds what was pushed. What vanished is deleted
// only then, within the budget.

// addressParts gives the pages of a document their external_ids, and their requests
// the form that is sent. document has the external_id of the first.
func (p *pusher) addressParts(w *listing.Item, document *rendered, made []transform.Part) prepared {
	rec := document.record
	p.claims.await(w.Turn)
	var parts []*rendered
	for _, part := range made {
		page := &rendered{id: transform.PartID(document.id, part.ID), part: part.ID,
			page: document.page, request: part.Request, body: document.body}
		if page.id != document.id {
			other, err := p.otherOwner(w, page.id)
			if err == nil && other != "" {
				err = fmt.Errorf("the id %q of its part is that of %q, too: give each page an id of its own",
					page.id, other)
			}
			if err != nil {
				return prepared{outcome: notReadable, err: err}
			}
			page.page.Warnings = nil // the first part has them
		}
		page.page.HTML, page.request.ExternalID = part.Request.HTML, page.id
		if err := page.encode(p.Client); err != nil {
			return prepared{outcome: notPushable, record: rec, err: err}
		}
		rec.Pages = append(rec.Pages, page.id)
		parts = append(parts, page)
	}
	for _, page := range parts {
		page.record = rec
	}
	return prepared{parts: parts}
}

// size is how long all pages are, as HTML and as they are sent, in bytes.
func (r prepared) size() (n int) {
	if r.page != nil {
		return len(r.page.page.HTML) + len(r.page.encoded)
	}
	for _, page := range r.parts {
		n += len(page.page.HTML) + len(page.encoded)
	}
	return n
}

// partStep is what a run does about a part.
type partStep struct {
	page   *rendered
	before state.Page
	action decide.PushAction
	undone bool // Intercom keeps the version that was brought back
}

// pushParts brings Intercom's pages in step with the parts of a document.
func (p *pusher) pushParts(w *listing.Item, parts []*rendered) error {
	steps, ok, err := p.planParts(w, parts)
	if !ok {
		return err
	}
	if p.counting && p.countParts(w, steps) {
		return nil
	}
	before := w.Prior.Record
	if err := p.beginParts(w, steps); err != nil {
		return err
	}
	var refused error
	rec := parts[0].record
	pushed := []string{}
	for _, step := range steps {
		refusal, failure, err := p.pushPart(w, step)
		switch {
		case err != nil:
			return err
		case failure != nil:
			return p.failed(w, failure)
		case refusal != nil && refused == nil:
			refused, rec.RefusedHash = refusal, step.page.hash
		case refusal == nil:
			pushed = append(pushed, step.page.id)
		}
	}
	if refused != nil { // what it has stays, until all of it can be pushed
		w.Prior.Record.Pages = union(before.Pages, pushed)
		return p.refuse(w, rec, refused)
	}
	w.Prior.Record = before
	return p.finishParts(w, rec, parts)
}

// planParts tells what to do about each part; false if that cannot be told.
func (p *pusher) planParts(w *listing.Item, parts []*rendered) (steps []partStep, ok bool, err error) {
	for _, page := range parts {
		before, found, err := p.page(page.id)
		if err != nil {
			return nil, false, err
		}
		if !found && p.prior.Info.Unlisted > 0 {
			if before, found, err = p.LookUp(p.prior.Info.ImportSource, page.id); err != nil {
				return nil, false, p.notPushed(w, page, err)
			}
		}
		known := w.Prior
		_, known.Intent = p.prior.Intents[page.id]
		step := partStep{page: page, before: before, action: decide.Push(before, found, page.hash, known, p.opts.Full)}
		step.undone = found && !known.Intent && p.isUndone(w, page, before)
		steps = append(steps, step)
	}
	return steps, true, nil
}

// writes reports whether anything is to be pushed.
func (s partStep) writes() bool {
	return !s.undone && (s.action == decide.Create || s.action == decide.Update)
}

// countParts puts the document off, if it has updates that the budget counts.
func (p *pusher) countParts(w *listing.Item, steps []partStep) bool {
	for _, s := range steps {
		if s.action == decide.Update && !s.undone && p.isCounted(w, s.page, s.before) {
			p.countUpdate(w, s.page, s.before)
		}
	}
	return w.PutOff
}

// beginParts writes down which pages the entry may have until all are pushed.
func (p *pusher) beginParts(w *listing.Item, steps []partStep) error {
	if !slices.ContainsFunc(steps, partStep.writes) {
		p.Add(func(t *tally.Tally) { t.Unchanged++ })
		return nil
	}
	rec := w.Prior.Record
	for _, s := range steps {
		rec.Pages = union(rec.Pages, []string{s.page.id})
	}
	rec.Settings, rec.Scope = state.Hash{}, w.Scope // so that it is looked at again
	if w.Revoked == "" {
		rec.Withheld = ""
	}
	w.Prior.Record = rec
	return p.Update(func(tx *state.Tx) error { return tx.PutEntry(w.ID, rec) })
}

func union(a, b []string) []string {
	all := slices.Clone(a)
	for _, id := range b {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// pushPart deals with one part. It may be refused, or fail in a way that may pass;
// an error stops the run.
func (p *pusher) pushPart(w *listing.Item, s partStep) (refused, failure, err error) {
	page := s.page
	switch {
	case s.undone:
		s.before.Entry = w.ID
		return nil, nil, p.Update(func(tx *state.Tx) error { return tx.PutPage(page.id, s.before) })
	case s.action == decide.KeepRefused:
		return errors.New(w.Prior.Record.Refused), nil, nil
	case p.opts.Plan:
		if s.writes() {
			p.planUpsert(w, page, s.before, s.action == decide.Update)
		}
		return nil, nil, nil
	case s.action == decide.Same:
		return nil, nil, p.recordPage(w, page, s.before, s.before, false, nil)
	}
	accepted, ok, err := p.send(w, page, s.before, s.action == decide.Update)
	switch {
	case err != nil:
		return p.judge(w, page, err)
	case !ok:
		return nil, fmt.Errorf("page %q could not be taken out to be pushed again", page.id), nil
	}
	return nil, nil, p.recordPage(w, page, s.before, accepted, true, nil)
}

// vanishedReason is why a part leaves that its document has no more.
const vanishedReason = "its document has no such part any more"

// finishParts writes down that all pages of the document are in, and sees to those
// that it had before.
func (p *pusher) finishParts(w *listing.Item, rec state.Entry, parts []*rendered) error {
	before := w.Prior.Record
	stale, err := p.stalePages(w, rec.Pages)
	if err != nil {
		return err
	}
	err = p.Update(func(tx *state.Tx) error {
		for _, page := range parts {
			if err := tx.DeleteIntent(page.id); err != nil {
				return err
			}
		}
		if len(stale) == 0 {
			return tx.PutEntry(w.ID, rec)
		}
		info, err := tx.Info()
		info.FindLeftovers = true // in case that the process ends before they are deleted
		return errors.Join(err, tx.PutInfo(info), tx.PutEntry(w.ID, rec))
	})
	if err != nil {
		return err
	}
	for _, d := range stale {
		replaced := transform.PartID(parts[0].id, d.Part)
		switch {
		case p.prior.IsRetracted(d.ID, w.ID):
			err = p.dropPage(d, "retracted", false)
		case w.Revoked != "":
			err = p.dropPage(d, w.Revoked, false)
		case replaced != d.ID && slices.Contains(rec.Pages, replaced):
			err = p.dropPage(d, "replaced by the id "+replaced, true)
		default:
			d.BodyHash, d.Reason = rec.BodyHash, vanishedReason
			if before.BodyHash == rec.BodyHash { // it is cut otherwise, and its text is in the others
				d.Recut, d.Reason = true, "its document is cut otherwise now"
			}
			p.Add(func(*tally.Tally) { p.vanished = append(p.vanished, d) })
		}
		if err != nil {
			return err
		}
	}
	return p.dropRetracted(w, rec, parts)
}

// stalePages are the pages that the entry had and has no more.
func (p *pusher) stalePages(w *listing.Item, pages []string) (stale []decide.Deletion, err error) {
	for _, id := range w.Prior.Record.Pages {
		page, found, err := p.page(id)
		if err != nil {
			return nil, err
		}
		if found && !slices.Contains(pages, id) && (page.Entry == w.ID || page.Entry == "") {
			part, _ := transform.PartOf(id, w.Prior.Record.Pages[0])
			stale = append(stale, decide.Deletion{ID: id, Page: page, Part: part})
		}
	}
	return stale, nil
}

// dropPage deletes a page at once. What cannot be deleted now is left to the next
// run.
func (p *pusher) dropPage(d decide.Deletion, reason string, journal bool) error {
	if !p.opts.Plan {
		if ok, err := p.remove(d.ID, d.Page, reason, journal, &p.Tally); !ok {
			return err
		}
	}
	p.Note(deleteChange(d.ID, d.Page, reason), p.opts.Plan)
	p.Add(func(t *tally.Tally) { t.Deleted++ })
	return nil
}

// dropRetracted takes out again what was retracted while it was on its way.
func (p *pusher) dropRetracted(w *listing.Item, rec state.Entry, parts []*rendered) error {
	all := false
	var out []decide.Deletion
	err := p.View(func(tx *state.Tx) (err error) {
		if all, err = tx.IsRetracted(parts[0].id, w.ID); all || err != nil || p.opts.Plan {
			return err
		}
		for _, part := range parts[1:] {
			isOut, err := tx.IsRetracted(part.id, w.ID)
			page, found, err2 := tx.Page(part.id)
			if err := errors.Join(err, err2); err != nil {
				return err
			}
			if isOut && found {
				out = append(out, decide.Deletion{ID: part.id, Page: page})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if all {
		w.Prior.Record = rec
		return p.withdraw(w, rec, "retracted")
	}
	for _, d := range out {
		if err := errors.Join(p.dropPage(d, "retracted", false), p.ForgetPart(w.ID, d.ID)); err != nil {
			return err
		}
	}
	return nil
}

// addLeftParts adds to the pages of an entry the parts of it that wait to go, or
// were brought back: its record does not name them.
func (p *pusher) addLeftParts(w *listing.Item) error {
	documents := union(w.Prior.Record.Pages[:1], []string{w.ID})
	return p.View(func(tx *state.Tx) error {
		for _, document := range documents {
			prefix := document + "#"
			err := tx.EachPage(prefix, func(id string, page state.Page) error {
				if !strings.HasPrefix(id, prefix) {
					return state.Stop
				}
				if page.Entry == w.ID {
					w.Prior.Record.Pages = union(w.Prior.Record.Pages, []string{id})
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
