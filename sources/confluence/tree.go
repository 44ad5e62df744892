package confluence

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"finpages/sources/confluence/internal/rest"
)

// tree is all that one listing saw, to answer questions that reach from one
// page to another.
type tree struct {
	wiki           *Confluence
	rules          rules
	byID           map[string]*page
	unlisted       map[string]*page // parents that are no listed pages: folders, drafts
	archived       map[string]bool  // spaces
	spaces         map[string]bool  // spaces listed in full, in lower case
	untrusted      map[string]error // by space, why what the wiki refused to tell is no answer
	parentFailures breaker          // of parents that could not be read
	openToAll      lineage          // of pages whose parents keep nobody out

	titles titleIndex
}

func newTree(w *Confluence, r rules, listings []*spaceListing) *tree {
	t := &tree{
		wiki: w, rules: r, byID: map[string]*page{}, unlisted: map[string]*page{},
		archived: map[string]bool{}, spaces: map[string]bool{}, untrusted: map[string]error{},
	}
	for _, c := range listings {
		t.archived[c.space.key] = c.space.archived
		for _, p := range c.pages {
			if _, twice := t.byID[p.id]; !twice {
				t.byID[p.id] = p
			}
		}
	}
	return t
}

// setConfirmed takes over what became of the spaces once they were confirmed.
func (t *tree) setConfirmed(listings []*spaceListing) {
	for _, c := range listings {
		t.spaces[strings.ToLower(c.space.key)] = len(c.faults) == 0
		t.untrusted[c.space.key] = c.untrusted
	}
}

// complete tells whether all spaces were listed in full.
func (t *tree) complete() bool { return !slices.Contains(slices.Collect(maps.Values(t.spaces)), false) }

func (t *tree) knows(id string) bool { return t.byID[id] != nil || t.unlisted[id] != nil }

// readLineages finds out for each page what its parents make of it.
func (t *tree) readLineages(ctx context.Context) {
	if t.rules.withRestricted && len(t.rules.roots) == 0 {
		return
	}
	t.readParents(ctx)
	for _, p := range t.byID {
		if !t.archived[p.space] {
			t.lineageOf(ctx, p)
		}
	}
}

// lookAgain asks again for the parents of which the wiki refused to tell, and
// what that makes of the pages below them.
func (t *tree) lookAgain(ctx context.Context) {
	var again []*page
	for _, q := range t.unlisted {
		if q.own.get().refused {
			again = append(again, q)
		}
	}
	each(again, func(q *page) { *q = *t.readUnlistedParent(ctx, q.id, q.kind, nil) })
	for _, p := range t.unlisted {
		p.lineage = nil
	}
	for _, p := range t.byID {
		p.lineage = nil
	}
	t.readLineages(ctx)
}

// lineage is what a page's parents make of it.
type lineage struct {
	access
	rooted bool // the page is a root or below one
}

// lineageOf returns the lineage of a page.
func (t *tree) lineageOf(ctx context.Context, p *page) lineage {
	if p.lineage != nil {
		return *p.lineage
	}
	p.lineage = &lineage{access: access{reason: "its parents go round in a circle"}}
	l := t.inherit(ctx, p)
	l.rooted = l.rooted || t.rules.roots[p.id]
	p.lineage = t.held(l)
	return l
}

// held returns the lineage, held once for the pages that have none to speak of.
func (t *tree) held(l lineage) *lineage {
	if l == (lineage{}) {
		return &t.openToAll
	}
	return &l
}

func (t *tree) inherit(ctx context.Context, p *page) lineage {
	if p.parentUnknown {
		if a := t.findParent(ctx, p); a != (access{}) {
			return lineage{access: a}
		}
	}
	if p.parent == "" {
		return lineage{}
	}
	q := t.byID[p.parent]
	if q == nil {
		q = t.unlistedParent(ctx, p.parent, p.parentKind)
	}
	l, own := t.lineageOf(ctx, q), q.own.get()
	switch {
	case own.reason != "" && (!own.refused || l.reason == ""):
		own.reason = fmt.Sprintf("%s (inherited from %s %s)", own.reason, q.kind, q.id)
		l.access = own
	case own.err != nil && l.reason == "":
		l.access = access{err: fmt.Errorf("%s %s above it: %w", q.kind, q.id, own.err)}
	}
	return l
}

// findParent asks for a page whose parents the listing left out.
func (t *tree) findParent(ctx context.Context, p *page) access {
	if err := t.parentFailures.broken(); err != nil {
		return access{err: err}
	}
	q, err := t.wiki.api.page(ctx, p.id, p.kind)
	switch {
	case rest.Refused(err):
		return refuse("its parents cannot be read: " + refusal(err, restrictionScopes))
	case err != nil:
		t.parentFailures.note(err)
		return access{err: err}
	case q.parentUnknown:
		return refuse("its parents cannot be read: the answer does not name them")
	}
	p.parent, p.parentUnknown = q.parent, false
	return access{}
}

// readParents reads all parents that are not among the listed pages, and the parents of
// these, a generation at a time: most of them are folders, which no listing holds.
func (t *tree) readParents(ctx context.Context) {
	var unknown []*page
	ask := func(p *page) {
		if p.parent != "" && t.byID[p.parent] == nil && t.unlisted[p.parent] == nil {
			q := &page{id: p.parent, kind: p.parentKind}
			t.unlisted[q.id] = q
			unknown = append(unknown, q)
		}
	}
	for _, p := range t.byID {
		if !t.archived[p.space] {
			ask(p)
		}
	}
	for len(unknown) > 0 {
		generation := unknown
		unknown = nil
		known := t.restrictions(ctx, generation)
		each(generation, func(p *page) {
			*p = *t.readUnlistedParent(ctx, p.id, p.kind, known)
			t.parentFailures.note(p.own.get().err)
		})
		for _, p := range generation {
			ask(p)
		}
	}
}

// restrictions reads who may view pages, as far as that can be done for many at
// once.
func (t *tree) restrictions(ctx context.Context, pages []*page) map[string]access {
	known := map[string]access{}
	api, ok := t.wiki.api.(bulk)
	if !ok || len(pages) < 2 || t.rules.withRestricted {
		return known
	}
	var ids []string
	for _, p := range pages {
		if isNumber(p.id) {
			ids = append(ids, p.id)
		}
	}
	api.restrictions(ctx, ids, func(id string, a access) { known[id] = a })
	return known
}

// unlistedParent reads a parent that is not among the listed pages, and was not met.
func (t *tree) unlistedParent(ctx context.Context, id, kind string) *page {
	if p := t.unlisted[id]; p != nil {
		return p
	}
	p := t.readUnlistedParent(ctx, id, kind, nil)
	t.parentFailures.note(p.own.get().err)
	t.unlisted[id] = p
	return p
}

// readUnlistedParent reads a parent, whose restrictions may be known already.
func (t *tree) readUnlistedParent(ctx context.Context, id, kind string, known map[string]access) *page {
	if err := t.parentFailures.broken(); err != nil {
		return &page{id: id, kind: kind, own: &access{err: err}}
	}
	p, err := t.wiki.api.page(ctx, id, kind)
	switch {
	case rest.Refused(err):
		refused := refuse("its view restrictions cannot be read: " + refusal(err, "read:"+kind+":confluence"))
		return &page{id: id, kind: kind, accessKnown: true, own: refused.held()}
	case err != nil:
		return &page{id: id, kind: kind, own: &access{err: err}}
	}
	if a, ok := known[id]; ok {
		p.setAccess(a, true)
	}
	if !p.accessKnown && !t.rules.withRestricted {
		p.setAccess(ownAccess(ctx, t.wiki.client, id), true)
	}
	p.accessKnown = true
	return p
}

// access joins what the page and its parents say of who may view it.
func (t *tree) access(p *page) access {
	var above access
	if p.lineage != nil {
		above = t.trusted(p, p.lineage.access)
	}
	if own := t.trusted(p, p.own.get()); own.reason != "" || above.reason == "" && own.err != nil {
		return own
	}
	return above
}

// trusted returns what is known of the access to a page: what the wiki refused
// to tell somebody else is no answer.
func (t *tree) trusted(p *page, a access) access {
	if err := t.untrusted[p.space]; a.refused && err != nil {
		return access{err: err}
	}
	return a
}
