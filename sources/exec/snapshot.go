package exec

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode"

	"finpages/sources"
	"finpages/sources/internal/scratch"

	"golang.org/x/text/unicode/norm"
)

type snapshot struct {
	owner   *Exec
	session *session // which lists
	hello   hello
	tmp     *scratch.Dir
	formats sources.Formats
	settled bool // the program had time to end by itself after the listing

	mu     sync.Mutex
	loader *session // which loads: the one that lists, or the one after its failure
	closed bool
}

var (
	_ sources.Revisioned = (*snapshot)(nil)
	_ sources.Confirmer  = (*snapshot)(nil)
)

// Revision implements [sources.Revisioned].
func (s *snapshot) Revision() string { return s.hello.Revision }

// Close implements [sources.Snapshot].
func (s *snapshot) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	err := s.session.close()
	if s.loader != s.session {
		err = errors.Join(err, s.loader.close())
	}
	return errors.Join(err, s.tmp.Close())
}

// List implements [sources.Snapshot].
func (s *snapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	l := &listing{snapshot: s, yield: yield, seed: maphash.MakeSeed(), ids: map[uint64]struct{}{}}
	err := s.session.ask(ctx, request{Op: "list"}, l.take)
	if err != nil {
		return l.Listing, l.blame(ctx, err)
	}
	return l.Listing, nil
}

// listing is one listing under way.
type listing struct {
	*snapshot
	sources.Listing
	yield   func(sources.Entry) error
	stopped bool // yield returned an error
	entries int
	seed    maphash.Seed
	ids     map[uint64]struct{} // hashes of the IDs yielded: a few dozen bytes each
}

func (l *listing) blame(ctx context.Context, err error) error {
	if l.stopped || ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("list: %w", err)
}

func (l *listing) take(m message) (done bool, err error) {
	switch {
	case m.Entry != nil:
		e, err := l.entry(*m.Entry)
		if err != nil {
			return false, l.session.fail(err)
		}
		l.entries++
		if err := (sources.Selection{}).Bounded(l.entries); err != nil {
			return false, l.session.fail(err)
		}
		err = l.yield(e)
		l.stopped = err != nil
		return false, err
	case m.Incomplete != nil:
		err := errors.New("not listed in full")
		if m.Incomplete.Error != "" {
			err = errors.New(l.session.shown(m.Incomplete.Error))
		}
		l.Incomplete = append(l.Incomplete, sources.Incomplete{Scope: scopeOf(m.Incomplete.Scope), Err: err})
	case m.End != nil:
		return true, l.end(*m.End)
	}
	return false, nil
}

func (l *listing) end(e end) error {
	switch {
	case e.Entries == nil:
		return l.session.fail(errors.New("the end of the adapter's listing has no count of entries"))
	case *e.Entries != l.entries:
		return l.session.fail(fmt.Errorf("the adapter counts %d entries, and %d arrived", *e.Entries, l.entries))
	case e.Excluded < 0:
		return l.session.fail(errors.New("the adapter counts fewer than no documents that are excluded"))
	}
	l.Excluded = e.Excluded
	return nil
}

func scopeOf(scope string) string { return norm.NFC.String(strings.Trim(scope, "/")) }

func (l *listing) entry(e entry) (sources.Entry, error) {
	id := norm.NFC.String(e.ID)
	key := maphash.String(l.seed, id)
	_, twice := l.ids[key]
	switch {
	case id == "":
		return sources.Entry{}, errors.New("the adapter lists an entry without an id")
	case strings.ContainsFunc(id, unicode.IsControl):
		return sources.Entry{}, fmt.Errorf("the adapter lists %q: an id holds no control characters", id)
	case twice:
		return sources.Entry{}, fmt.Errorf("the adapter lists %q twice", id)
	}
	l.ids[key] = struct{}{}
	out := sources.Entry{
		ID: id, Scope: scopeOf(e.Scope), Revision: e.Revision, URL: e.URL,
		Withheld: l.session.shown(e.Withheld), Unproven: e.Unproven,
		Excluded: l.session.shown(e.Excluded), Revoked: l.session.shown(e.Revoked),
	}
	if e.Modified != "" {
		t, err := time.Parse(time.RFC3339, e.Modified)
		if err != nil {
			return out, fmt.Errorf(
				"the adapter lists %q as modified at %.40q: want a time such as 2026-11-30T12:00:00Z",
				id,
				e.Modified,
			)
		}
		out.Modified = t
	}
	if u, err := url.Parse(e.URL); err != nil ||
		e.URL != "" && (u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return out, fmt.Errorf("the adapter gives %q the url %.200q: want an absolute web address", id, e.URL)
	}
	if e.Error != "" {
		out.Err = errors.New(l.session.shown(e.Error))
		return out, nil
	}
	s := l.snapshot
	out.Load = func(ctx context.Context) (sources.Document, error) { return s.load(ctx, e.ID, e.Format, e.Title) }
	return out, nil
}

// settleTime is how long a program that cannot tell whether a document is gone
// has to fail after its listing, which then counts for nothing.
const settleTime = time.Second

// Gone implements [sources.Confirmer]. The listing of a program that failed
// since proves nothing, also where another has been started to load.
func (s *snapshot) Gone(ctx context.Context, id string) (gone bool, err error) {
	if !s.hello.can("gone") {
		err := s.settle(ctx)
		return err == nil, err
	}
	err = s.session.ask(ctx, request{Op: "gone", Entry: id}, func(m message) (bool, error) {
		if m.Gone == nil {
			return false, nil
		}
		gone = *m.Gone
		return true, nil
	})
	return gone, err
}

func (s *snapshot) settle(ctx context.Context) error {
	wait := settleTime
	if s.settled {
		wait = 0
	}
	select {
	case <-s.session.dead:
		if err := s.session.failure; !errors.Is(err, errExited) {
			return err
		}
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(wait):
	}
	s.settled = true
	return nil
}
