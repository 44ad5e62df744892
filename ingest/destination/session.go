// Package destination is where the pages of a source go: its import source in
// Intercom, and what the state knows of the pages there. It writes single pages
// with care: only to the right workspace, what is begun noted before, and
// finished when the context ends meanwhile.
package destination

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"finpages/ingest/fulltext"
	"finpages/ingest/metrics"
	"finpages/intercomapi"
	"finpages/state"

	"golang.org/x/sync/errgroup"
)

// Options say which source's pages these are, and how they are reached.
type Options struct {
	Source       string // its name
	Client       *intercomapi.Client
	State        *state.DB       // nil reads as an empty one, if ReadOnly
	Index        *fulltext.Index // of the words of pages; nil for none
	Workspace    string          // id_code; when set, no other workspace is written to
	InFlight     int             // pages written at once
	Metrics      *metrics.Metrics
	Log          *slog.Logger
	ImportSource ImportSource
	Journal      time.Duration // how long deleted pages can be brought back; 0 keeps none
	SalesAgent   bool          // the config says whether the sales agent may answer, and so do requests
	ReadOnly     bool          // write nothing anywhere
}

// ImportSource is the Content Import Source that a source's pages belong to.
type ImportSource struct {
	URL           string
	AudienceIDs   []int64 // nil leaves the audiences alone
	ApplyAudience bool    // give changed audiences to the pages that exist, too
}

// Session is a time of work on the pages of one source. It must be closed.
type Session struct {
	Options
	Started time.Time
	Ctx     context.Context // ends when no further page may be taken up
	Hard    context.Context // ends when writes under way must end, too

	stop     context.CancelCauseFunc
	free     []func()
	requests atomic.Int64
}

// drainTime is how long writes under way may go on once a session is cancelled.
const drainTime = 8 * time.Second

// Begin begins a session that ends with ctx.
func Begin(ctx context.Context, o Options) *Session {
	s := &Session{Options: o, Started: time.Now()}
	s.Log = o.Log.With("source", o.Source)
	s.Ctx, s.stop = context.WithCancelCause(ctx)
	hard, cut := context.WithCancel(context.WithoutCancel(ctx))
	s.Hard = hard
	undo := context.AfterFunc(s.Ctx, func() { time.AfterFunc(drainTime, cut) })
	s.AtEnd(func() { undo(); s.stop(nil); cut() })
	if !s.ReadOnly {
		s.AtEnd(func() { s.noIndex(s.Index.Flush(s.Source)) })
	}
	return s
}

// Open begins a session, once it has made sure that the token and the state
// belong to the same workspace.
func Open(ctx context.Context, o Options) (*Session, error) {
	s := Begin(ctx, o)
	err := s.State.CheckInPlace()
	if err == nil {
		err = s.CheckWorkspace()
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close ends the session, and frees what it holds.
func (s *Session) Close() {
	for i := len(s.free) - 1; i >= 0; i-- {
		s.free[i]()
	}
}

// AtEnd has f called when the session is closed.
func (s *Session) AtEnd(f func()) { s.free = append(s.free, f) }

// Stop has no further page taken up, because of err.
func (s *Session) Stop(err error) { s.stop(err) }

// Count counts requests to Intercom.
func (s *Session) Count(requests int64) { s.requests.Add(requests) }

// Requests returns how many requests were counted.
func (s *Session) Requests() int64 { return s.requests.Load() }

// View reads what the state knows of the source.
func (s *Session) View(f func(*state.Tx) error) error { return s.State.View(s.Source, f) }

// Update changes what the state knows of the source, unless the session is
// read-only.
func (s *Session) Update(f func(*state.Tx) error) error {
	if s.ReadOnly {
		return nil
	}
	return s.State.Update(s.Source, f)
}

// Info returns what the state knows of the source as a whole.
func (s *Session) Info() (info state.Info, err error) {
	err = s.View(func(tx *state.Tx) error {
		info, err = tx.Info()
		return err
	})
	return info, err
}

// PutInfo writes down what is known of the source so far.
func (s *Session) PutInfo(info state.Info) error {
	return s.Update(func(tx *state.Tx) error { return tx.PutInfo(info) })
}

// Page returns what the state knows of a page.
func (s *Session) Page(id string) (p state.Page, found bool, err error) {
	err = s.State.Look(s.Source, func(tx *state.Tx) (err error) {
		p, found, err = tx.Page(id)
		return err
	})
	return p, found, err
}

// PutIntent writes down that a page is about to be written.
func (s *Session) PutIntent(page, entry string) error {
	return s.Update(func(tx *state.Tx) error {
		return tx.PutIntent(page, state.Intent{Entry: entry, Since: s.Started.UTC()})
	})
}

// Each calls f with each of the pages, as many at once as are written. The first
// error stops the session.
func Each[T any](s *Session, pages []T, f func(T) error) error {
	group := errgroup.Group{}
	group.SetLimit(max(s.InFlight, 1))
	for _, page := range pages {
		if s.Ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			err := f(page)
			if err != nil {
				s.Stop(err)
			}
			return err
		})
	}
	return group.Wait()
}

// CountDrift brings the metric up to what is known now.
func (s *Session) CountDrift() {
	err := s.View(func(tx *state.Tx) error {
		counts, err := tx.CountDriftByKind()
		if err == nil {
			s.Metrics.Drift(s.Source, counts)
		}
		return err
	})
	if err != nil {
		s.Log.Warn("count pages that differ from what was pushed", "error", err)
	}
}
