package confluence

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"finpages/sources"
	"finpages/sources/confluence/internal/rest"
	"finpages/sources/confluence/internal/transclusion"
)

// load reads a page.
//
// The rendered form (view) loses least: macros and includes are filled in, and
// links, people and dates are resolved, all of which the stored form (storage)
// only names. export_view, the rendered form for exports
// (ContentRepresentation in https://docs.atlassian.com/atlassian-confluence/6.5.2/),
// has the bodies of some apps' macros that view lacks, but in answers of Cloud
// not whether a task is done, and its media have addresses that expire. The
// stored form is taken where the rendered one is empty, and where it may hold
// text that is kept out of Fin.
func (s *snapshot) load(ctx context.Context, t *tree, p *page, revision string) (sources.Document, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	doc, uses, err := s.readPage(ctx, t, p)
	if err == nil {
		err = s.remember(t, p, revision, uses, doc.Format == sources.ConfluenceStorage)
	}
	if s.ctx.Err() != nil {
		err = errClosed
	}
	if err != nil {
		return sources.Document{}, fmt.Errorf("read %s %s: %w", p.kind, p.id, err)
	}
	return doc, nil
}

func (s *snapshot) readPage(ctx context.Context, t *tree, p *page) (doc sources.Document,
	uses []transclusion.Reference, err error) {
	if s.ctx.Err() != nil {
		return doc, nil, errClosed
	}
	b, found, err := s.fetch(ctx, p)
	switch {
	case err != nil:
		return doc, nil, err
	case b.restricted != "" && !s.rules.withRestricted:
		return doc, nil, fmt.Errorf("%s since it was listed (%w)", b.restricted, sources.ErrNoDocument)
	}
	uses, reason, err := s.follow(ctx, t, p, found)
	if err != nil {
		return doc, nil, err
	}
	if reason == "" && b.view != nil && strings.TrimSpace(*b.view) != "" {
		doc, err = document(p, sources.ConfluenceView, b.title, *b.view)
	} else {
		doc, err = s.stored(ctx, p, b)
	}
	return doc, uses, err
}

// fetch reads the rendered form of a page, and the stored one unless Prefetch
// has already found out what it transcludes.
func (s *snapshot) fetch(ctx context.Context, p *page) (*body, transclusion.Found, error) {
	found, known := s.known(p)
	forms := []string{storage, view}
	if known {
		forms = []string{view}
	}
	b, err := s.body(ctx, p, forms...)
	if err != nil {
		return nil, found, err
	}
	if known && b.version == p.version {
		return b, found, nil
	}
	if known { // edited since: what was found out is old
		if b, err = s.body(ctx, p, storage, view); err != nil {
			return nil, found, err
		}
	}
	found, err = scanBody(b, p)
	return b, found, err
}

func (s *snapshot) body(ctx context.Context, p *page, forms ...string) (*body, error) {
	b, err := s.wiki.api.body(ctx, p, forms...)
	if err == nil && b.status != "" && b.status != "current" {
		err = fmt.Errorf("its status has become %s", rest.Short(b.status))
	}
	return b, err
}

func scanBody(b *body, p *page) (transclusion.Found, error) {
	switch {
	case b.storage == nil:
		return transclusion.Found{}, errors.New("the answer lacks its stored form, which tells what it includes")
	case len(*b.storage) > sources.MaxDocument:
		return transclusion.Found{}, tooLarge(len(*b.storage))
	}
	found := transclusion.Scan(*b.storage, p.space)
	if b.restricted != "" {
		found.Unnamed = b.restricted
	}
	return found, nil
}

// stored makes a document of the stored form. If that is empty as well, the
// page has no text.
func (s *snapshot) stored(ctx context.Context, p *page, b *body) (sources.Document, error) {
	if b.storage == nil {
		var err error
		if b, err = s.body(ctx, p, storage); err != nil {
			return sources.Document{}, err
		}
		if b.storage == nil {
			return sources.Document{}, errors.New("the answer lacks its body")
		}
	}
	return document(p, sources.ConfluenceStorage, b.title, *b.storage)
}

func document(p *page, f sources.Format, title, text string) (sources.Document, error) {
	if len(text) > sources.MaxDocument {
		return sources.Document{}, tooLarge(len(text))
	}
	if title == "" {
		title = p.title
	}
	doc := sources.Document{Format: f, Body: []byte(text), Title: title}
	if f == sources.ConfluenceStorage {
		doc.Address = p.address
	}
	return doc, nil
}

func tooLarge(size int) error {
	return fmt.Errorf("its body has %d bytes, more than the %d MB that are read", size, sources.MaxDocument>>20)
}

// follow returns all that the rendered page would take from other pages, and
// why that must not be shown.
func (s *snapshot) follow(ctx context.Context, t *tree, p *page,
	found transclusion.Found) (uses []transclusion.Reference, reason string, err error) {
	if !s.rules.withRestricted {
		reason = found.Unnamed
	}
	seen := map[string]bool{p.id: true}
	queue := slices.Concat(found.Pages, t.mentioned(found.Texts, p.space))
	for len(queue) > 0 && len(seen) <= transclusion.MaxPages {
		r := queue[0]
		queue = queue[1:]
		q := t.find(r)
		if q != nil && seen[q.id] {
			continue
		}
		uses = append(uses, r)
		more, why, err := s.included(ctx, t, r, q)
		if err != nil {
			return nil, "", err
		}
		if why != "" && reason == "" {
			reason = why
		}
		if q != nil {
			seen[q.id] = true
		}
		queue = append(queue, more...)
	}
	if len(queue) > 0 {
		reason = "it includes too many pages"
	}
	if s.rules.withRestricted {
		reason = ""
	}
	return uses, reason, nil
}

// included returns what a page includes that is itself included, and why its
// text must not be shown.
func (s *snapshot) included(ctx context.Context, t *tree, r transclusion.Reference,
	q *page) (more []transclusion.Reference, reason string, err error) {
	switch {
	case q == nil && s.rules.withRestricted:
		return nil, "", nil
	case q == nil && s.mayBeUnlisted(ctx, t, r):
		return nil, "", errors.New("it includes a page of a space that could not be listed")
	case q == nil:
		return nil, "it includes a page that is in none of the configured spaces", nil
	}
	if v := t.decide(q); v.err != nil {
		return nil, "", fmt.Errorf("it includes page %s: %w", q.id, v.err)
	}
	if reason := t.whyNotShown(q); reason != "" {
		return nil, reason, nil
	}
	found, err := s.scan(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("read page %s, which it includes: %w", q.id, err)
	}
	return slices.Concat(found.Pages, t.mentioned(found.Texts, q.space)), found.Unnamed, nil
}

// mayBeUnlisted tells whether a page that was not listed may be in a space that could
// not be listed. An id does not name the space, so the wiki is asked.
func (s *snapshot) mayBeUnlisted(ctx context.Context, t *tree, r transclusion.Reference) bool {
	if r.ID != "" && t.mayBeUnlisted(r) {
		if p, err := s.wiki.api.page(ctx, r.ID, kindPage); err == nil {
			r.Space = p.space
		}
	}
	return t.mayBeUnlisted(r)
}

// scan returns what a page transcludes, which is asked for once.
func (s *snapshot) scan(ctx context.Context, q *page) (transclusion.Found, error) {
	if found, ok := s.known(q); ok {
		return found, nil
	}
	b, err := s.body(ctx, q, storage)
	if err != nil {
		return transclusion.Found{}, err
	}
	found, err := scanBody(b, q)
	if err == nil {
		s.know(q.id, b.version, found)
	}
	return found, err
}

// scanned is what a version of a page transcludes.
type scanned struct {
	version int
	transclusion.Found
}

// known returns what is known of the version of the page that was listed.
func (s *snapshot) known(p *page) (transclusion.Found, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.scans[p.id]
	return found.Found, ok && found.version == p.version && p.version > 0
}

func (s *snapshot) know(id string, version int, found transclusion.Found) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scans[id] = scanned{version, found}
}

// Prefetch implements [sources.Prefetcher]. On Cloud, where each form of a page
// may take a request of its own, it finds out for many pages at once what they
// transclude, which halves the requests of a first run.
func (s *snapshot) Prefetch(ctx context.Context, entries []sources.Entry) error {
	const few = 25 // the search gives both forms of each, and does not need this
	api, ok := s.wiki.api.(bulk)
	if !ok || s.tree == nil || len(entries) <= few {
		return nil
	}
	ids := map[string][]string{}
	for _, e := range entries {
		if p := s.tree.byID[e.ID]; p != nil {
			ids[p.kind] = append(ids[p.kind], p.id)
		}
	}
	for kind, ids := range ids {
		err := api.stored(ctx, kind, ids, func(id string, b *body) {
			p := s.tree.byID[id]
			if p == nil || b.storage == nil {
				return
			}
			if found, err := scanBody(b, p); err == nil {
				s.know(id, b.version, found)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
