package confluence

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"finpages/sources"
	"finpages/sources/confluence/internal/rest"
	"finpages/sources/confluence/internal/transclusion"
)

// List implements [sources.Snapshot]. Pages are yielded only when all spaces
// are read, since a page is as shut as the pages above it and as fresh as
// those it includes.
func (s *snapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	listings := s.read(ctx)
	if ctx.Err() != nil {
		return sources.Listing{}, ctx.Err()
	}
	s.tree = newTree(s.wiki, s.rules, listings)
	s.tree.readLineages(ctx)
	s.readFiles(ctx, listings)
	s.confirm(ctx, listings)
	s.lookAgain(ctx, listings)
	if ctx.Err() != nil {
		return sources.Listing{}, ctx.Err()
	}
	s.tree.setConfirmed(listings)
	s.checkRoots(listings)
	var listing sources.Listing
	for _, c := range listings {
		if err := s.yield(c, yield); err != nil {
			return listing, err
		}
	}
	if ctx.Err() != nil {
		return listing, ctx.Err()
	}
	listing.Incomplete = append(incomplete(listings), s.files.incomplete()...)
	listing.Add(s.files.left)
	return listing, nil
}

// checkRoots distrusts the whole listing if a root is missing: below a page
// that was not seen, everything would seem to be gone.
func (s *snapshot) checkRoots(listings []*spaceListing) {
	for _, id := range s.wiki.options.Root {
		if s.tree.knows(id) {
			continue
		}
		for _, c := range listings {
			c.fault("space %s: the root page %s is in none of the listed spaces: correct root, or grant view "+
				"rights", c.space.key, id)
		}
	}
}

func (s *snapshot) yield(c *spaceListing, yield func(sources.Entry) error) error {
	var failed failures
	defer func() { failed.tell(c) }()
	for _, p := range c.pages {
		if s.tree.byID[p.id] != p {
			continue // moved between spaces while they were listed
		}
		v := s.tree.decide(p)
		if v.err != nil {
			failed.note(p, v.err)
		}
		if err := yield(s.entry(p, v)); err != nil {
			return err
		}
		if err := s.yieldFiles(p, yield); err != nil {
			return err
		}
	}
	return nil
}

// failures are the pages of a space of which too little could be read, by cause.
type failures []*failure

type failure struct {
	first *page
	err   error
	more  int // pages besides the first
}

func (f *failures) note(p *page, err error) {
	for _, old := range *f {
		if cause(old.err) == cause(err) {
			old.more++
			return
		}
	}
	*f = append(*f, &failure{first: p, err: err})
}

// tell makes the space incomplete, with what it does not yet tell of.
func (f failures) tell(c *spaceListing) {
	for _, f := range f {
		known := slices.ContainsFunc(c.faults, func(err error) bool { return cause(err) == cause(f.err) })
		switch {
		case known:
		case f.more == 0:
			c.fault("page %s of space %s: %w", f.first.id, c.space.key, f.err)
		default:
			c.fault("page %s of space %s, and %d more: %w", f.first.id, c.space.key, f.more, f.err)
		}
	}
}

// cause returns what an error says without what it happened to.
func cause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// incomplete tells of the spaces that could not be listed in full; of all at
// once where one cause hit them all.
func incomplete(listings []*spaceListing) (all []sources.Incomplete) {
	causes := map[string]error{}
	for _, c := range listings {
		if len(c.faults) > 0 {
			all = append(all, sources.Incomplete{Scope: c.space.key, Err: rest.Join(c.faults...)})
		}
		for _, err := range c.faults {
			causes[cause(err)] = err
		}
	}
	if len(all) < len(listings) || len(all) == 1 || len(causes) != 1 {
		return all
	}
	for text, err := range causes {
		if rest.Refused(err) { // what is refused is a matter of each space
			return all
		}
		return []sources.Incomplete{{Err: fmt.Errorf("all %d spaces: %s", len(all), text)}}
	}
	return all
}

func (s *snapshot) entry(p *page, v decision) sources.Entry {
	e := sources.Entry{ID: p.id, Scope: p.space, URL: p.url(), Modified: p.changed(),
		Withheld: v.withheld, Unproven: v.unproven, Excluded: v.excluded, Err: v.err}
	if v.withheld == "" && v.excluded == "" {
		e.Revoked = s.revoked(p)
	}
	if v.withheld == "" && v.excluded == "" && v.err == nil {
		e.Revision = s.revision(p)
		t, revision := s.tree, e.Revision
		e.Load = func(ctx context.Context) (sources.Document, error) { return s.load(ctx, t, p, revision) }
	}
	return e
}

// revision returns "" if it cannot tell whether what the page would be loaded
// as has changed. What a page transcludes is known only once it was read, so
// the revision under which that happened stands until something changes.
func (s *snapshot) revision(p *page) string {
	if p.version == 0 {
		return ""
	}
	plain := p.fingerprint(s.memo.Epoch, s.tree.access(p))
	m, ok := s.memo.Get(p.id)
	if !ok {
		return plain
	}
	state, known := s.tree.state(m.Uses)
	switch {
	case !known:
		return ""
	case m.Revision != "" && m.Plain == plain && m.State == state:
		return m.Revision
	}
	return plain + "-" + state
}

// revoked says why the text that a page was last read with must not stay: what
// it showed of another page is kept out of Fin by now.
func (s *snapshot) revoked(p *page) string {
	m, _ := s.memo.Get(p.id)
	if m.Stored || s.rules.withRestricted {
		return ""
	}
	for _, r := range m.Uses {
		q := s.tree.find(r)
		if q == nil || s.tree.decide(q).err != nil {
			continue // a page that is gone was no secret, and one that nobody can tell of is as before
		}
		if reason := s.tree.whyNotShown(q); reason != "" {
			return fmt.Sprintf("it shows page %s: %s", q.id, reason)
		}
	}
	return ""
}

// remember notes what a page was found to transclude when it was read under a
// revision, and whether in its stored form.
func (s *snapshot) remember(t *tree, p *page, revision string, uses []transclusion.Reference, stored bool) error {
	plain := p.fingerprint(s.memo.Epoch, t.access(p))
	if len(uses) == 0 && (revision == plain || revision == "") {
		return s.memo.Note(p.id, transclusion.Reading{})
	}
	state, known := t.state(uses)
	if !known {
		revision = ""
	}
	return s.memo.Note(p.id, transclusion.Reading{Uses: uses, Plain: plain, State: state, Revision: revision,
		Stored: stored})
}
