package destination

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

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

// Unpack returns a request that was kept.
func Unpack(packed []byte) (q intercomapi.PageRequest, err error) {
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err == nil {
		err = json.Unmarshal(plain, &q)
	}
	return q, err
}

// Sent returns what is to be kept of a request that is sent.
func (s *Session) Sent(q intercomapi.PageRequest, hash state.Hash) (state.Sent, error) {
	if s.Journal == 0 {
		return state.Sent{}, nil
	}
	packed, err := pack(q)
	if err != nil {
		return state.Sent{}, fmt.Errorf("keep what is sent for page %q: %w", q.ExternalID, err)
	}
	return state.Sent{Hash: hash, Request: packed}, nil
}

// KeepSent keeps what Intercom has accepted for a page, and what it had before
// that, if it is another.
func (s *Session) KeepSent(tx *state.Tx, page string, before state.Page, now state.Sent) error {
	if s.Journal == 0 {
		return nil
	}
	last, found, err := tx.Sent(page)
	if err != nil || found && last.Hash == now.Hash {
		return err
	}
	if found && last.Hash == before.Hash {
		version := state.Deleted{Page: page, Entry: before.Entry, Run: tx.NextRun(), Time: time.Now().UTC(), Request: last.Request}
		if err := tx.AppendVersion(version); err != nil {
			return err
		}
	}
	if now.Request == nil {
		return tx.DeleteSent(page)
	}
	return tx.PutSent(page, now)
}

// UndoneHash tells the document whose page undo took back, by its content and the
// title that it gave the page.
func UndoneHash(body state.Hash, title string) state.ShortHash {
	return state.HashOf(body[:], title).Short()
}
