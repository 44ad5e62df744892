package exec

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"net/url"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"finpages/sources"
	"finpages/sources/internal/rootfile"
	"finpages/sources/internal/scratch"

	"golang.org/x/text/unicode/norm"
)

type snapshot struct {
	session *session
	hello   hello
	tmp     *scratch.Dir
	formats sources.Formats
	settled bool // the program had time to end by itself after the listing
}

var (
	_ sources.Revisioned = (*snapshot)(nil)
	_ sources.Confirmer  = (*snapshot)(nil)
)

// Revision implements [sources.Revisioned].
func (s *snapshot) Revision() string { return s.hello.Revision }

// Close implements [sources.Snapshot].
func (s *snapshot) Close() error { return errors.Join(s.session.close(), s.tmp.Close()) }

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

// load asks for the document. Format and title are those of the listing.
func (s *snapshot) load(ctx context.Context, id, format, title string) (doc sources.Document, err error) {
	err = s.session.ask(ctx, request{Op: "load", Entry: id}, func(m message) (bool, error) {
		switch {
		case m.Absent:
			return true, errors.New(
				"the adapter no longer has the document: the next listing tells whether it is gone",
			)
		case m.Document == nil:
			return false, nil
		}
		d := *m.Document
		if d.Format == "" {
			d.Format = format
		}
		if d.Title == "" {
			d.Title = title
		}
		doc, err = s.document(d)
		return true, err
	})
	return doc, err
}

func (s *snapshot) document(d document) (sources.Document, error) {
	format, err := s.formatOf(d.Format)
	if err != nil {
		return sources.Document{}, err
	}
	doc := sources.Document{Format: format, Title: d.Title, Path: d.Path}
	switch {
	case d.Body != nil && d.File != "":
		return doc, errors.New("the adapter sends a body and a file: want one of them")
	case d.Body != nil:
		doc.Body = []byte(*d.Body)
	case d.File == "":
		return doc, errors.New("the adapter sends a document without body or file")
	default:
		doc.Body, err = s.file(d.File)
	}
	return doc, err
}

// file reads a file below tmp, and removes it.
func (s *snapshot) file(name string) ([]byte, error) {
	rel := name
	if filepath.IsAbs(name) {
		var err error
		if rel, err = filepath.Rel(s.tmp.Path, name); err != nil {
			rel = ""
		}
	}
	if !filepath.IsLocal(rel) {
		return nil, fmt.Errorf("the adapter names the file %.200q, which is not below tmp", name)
	}
	body, err := rootfile.Read(s.tmp.Root, rel)
	_ = s.tmp.Root.Remove(rel)
	if err != nil {
		return nil, fmt.Errorf("read the adapter's file: %w", err)
	}
	return body, nil
}

// formatOf understands the name of a format, or a file extension.
func (s *snapshot) formatOf(name string) (sources.Format, error) {
	switch f := sources.Format(name); f {
	case sources.Markdown, sources.MDX, sources.HTML, sources.Text:
		return f, nil
	case "":
		return "", errors.New("the adapter does not say the document's format")
	}
	if f, ok := (sources.Selection{Formats: s.formats}).FormatOf("document" + name); ok &&
		strings.HasPrefix(name, ".") &&
		s.formats[name] == "" {
		return f, nil
	}
	return "", fmt.Errorf("documents of the format %.40q cannot be rendered: send html, markdown or text", name)
}

// settleTime is how long a program that cannot tell whether a document is gone
// has to fail after its listing, which then counts for nothing.
const settleTime = time.Second

// Gone implements [sources.Confirmer]. The listing of a program that failed
// since proves nothing.
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
