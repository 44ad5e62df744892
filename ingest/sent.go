package ingest

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"finpages/intercomapi"
	"finpages/state"
)

// What is sent is kept, so that the version before an update can be brought back
// although nobody has asked Intercom for it.

// maxSent bounds what is kept of one page, in bytes, compressed.
const maxSent = 1 << 20

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // the level exists
	return w
}}

// pack returns a request as it is kept; nil if it is too large.
func pack(q intercomapi.PageRequest) ([]byte, error) {
	var packed bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&packed)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(q); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil || packed.Len() > maxSent {
		return nil, err
	}
	return packed.Bytes(), nil
}

func unpack(packed []byte) (q intercomapi.PageRequest, err error) {
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err == nil {
		err = json.Unmarshal(plain, &q)
	}
	return q, err
}

// sent returns what is to be kept of a request that is sent.
func (r *run) sent(q intercomapi.PageRequest, hash state.Hash) (state.Sent, error) {
	if r.src.Journal == 0 {
		return state.Sent{}, nil
	}
	packed, err := pack(q)
	if err != nil {
		return state.Sent{}, fmt.Errorf("keep what is sent for page %q: %w", q.ExternalID, err)
	}
	return state.Sent{Hash: hash, Request: packed}, nil
}

// keepSent keeps what Intercom has accepted for a page, and what it had before
// that, if it is another.
func (r *run) keepSent(tx *state.Tx, page string, before state.Page, now state.Sent) error {
	if r.src.Journal == 0 {
		return nil
	}
	last, found, err := tx.Sent(page)
	if err != nil || found && last.Hash == now.Hash {
		return err
	}
	if found && last.Hash == before.Hash {
		version := state.Deleted{Page: page, Entry: before.Entry, Run: tx.NextRun(), Time: r.now(), Request: last.Request}
		if err := tx.AppendVersion(version); err != nil {
			return err
		}
	}
	if now.Request == nil {
		return tx.DeleteSent(page)
	}
	return tx.PutSent(page, now)
}

// resend pushes what was last sent for a page once more: it was brought back, and
// what Intercom has may be something else.
func (p *pusher) resend(w *workItem, page *rendered, before state.Page) error {
	var sent state.Sent
	err := p.State.View(p.src.Name, func(tx *state.Tx) (err error) {
		sent, _, err = tx.Sent(page.id)
		return err
	})
	if err != nil {
		return err
	}
	q, err := unpack(sent.Request)
	if err != nil {
		return p.failed(w, fmt.Errorf("read what was last sent for %q: %w", page.id, err))
	}
	if p.opts.Plan {
		p.planUpsert(w, page, before, true)
		return nil
	}
	got, err := p.Client.UpsertPage(p.hard, q)
	p.count(1)
	if err != nil {
		return p.notPushed(w, page, err)
	}
	p.accepted(w, page, true)
	before.IntercomID, before.HTMLHash, before.Pushed = got.ID, state.Hash(got.HTMLHash).Short(), p.now()
	return p.keepUndone(w, page, before, true)
}
