package destination

import (
	"bytes"
	"compress/flate"
	"encoding/json"
	"errors"
	"io"
	"time"

	"finpages/intercomapi"
	"finpages/state"
)

// Pack returns a request as the journal keeps it.
func Pack(q intercomapi.PageRequest) ([]byte, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	err = errors.Join(enc.Encode(q), w.Close())
	return packed.Bytes(), err
}

// Unpack returns a request that was kept. Those of deleted pages were once kept as
// they are; what is packed does not begin as these do.
func Unpack(kept []byte) (q intercomapi.PageRequest, err error) {
	if bytes.HasPrefix(kept, []byte("{")) {
		return q, json.Unmarshal(kept, &q)
	}
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(kept)))
	if err == nil {
		err = json.Unmarshal(plain, &q)
	}
	return q, err
}

// Write is a page that is about to be pushed.
type Write struct {
	Page   string // external_id
	Entry  string
	Hash   state.ShortHash // of the request
	Before state.Page      // what the state knows of the page; zero for a new one
	Begun  state.Intent    // of an earlier try, the outcome of which is not known; zero if there was none
}

// Begin writes down that a page is about to be pushed, and with it what Intercom has
// of it, where that is to change and undo may bring it back. It returns that
// version; nil if there is none.
func (s *Session) Begin(w Write) (version *state.Deleted, err error) {
	intent := state.Intent{Entry: w.Entry, Since: s.Started.UTC()}
	if !w.Begun.Since.IsZero() {
		intent.Since = w.Begun.Since // so that the version before is known by its time, however often it is tried
	}
	if s.Journal > 0 && w.Before.IntercomID != "" && w.Before.Hash != w.Hash && !s.ReadOnly {
		if version, err = s.versionBefore(w); err != nil {
			return nil, err
		}
	}
	return version, s.Update(func(tx *state.Tx) error {
		err := tx.PutIntent(w.Page, intent)
		if version != nil {
			version.Run = tx.NextRun()
			err = errors.Join(err, tx.AppendVersion(*version))
		}
		return err
	})
}

// versionBefore returns the page as Intercom has it, without a request if that
// cannot be told; nil if the earlier try has kept it.
func (s *Session) versionBefore(w Write) (*state.Deleted, error) {
	begun := !w.Begun.Since.IsZero()
	if begun {
		var last state.Deleted
		err := s.View(func(tx *state.Tx) (err error) {
			last, _, err = tx.LastVersion(w.Page)
			return err
		})
		if err != nil || !last.Time.Before(w.Begun.Since) {
			return nil, err
		}
	}
	version := &state.Deleted{Page: w.Page, Entry: w.Before.Entry, Time: time.Now().UTC()}
	got, err := s.Client.Page(s.Hard, w.Before.IntercomID)
	s.Count(1)
	switch {
	case err != nil:
		s.Log.Warn("keep the version of the page before it is updated", "external_id", w.Page, "error", err)
		return version, nil
	case begun && state.Hash(got.HTMLHash).Short() != w.Before.HTMLHash:
		return version, nil // it may be what that try has pushed
	}
	version.Request, err = Pack(s.RequestFor(got))
	return version, err
}

// Refused drops the version before an update that Intercom did not accept.
func Refused(tx *state.Tx, version *state.Deleted) error {
	if version == nil {
		return nil
	}
	return tx.DropVersion(*version)
}

// UndoneHash tells the document whose page undo took back, by the hash of its content
// and the title that it gave the page.
func UndoneHash(body []byte, title string) state.ShortHash { return state.HashOf(body, title).Short() }
