package confluence

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"finpages/sources/confluence/internal/rest"
	"finpages/sources/confluence/internal/transclusion"
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

	once   sync.Once
	titles map[string]*page // by space and title, nil where it is ambiguous
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

// decision is what becomes of a page. At most one field is set.
type decision struct {
	excluded string // it is left out by a rule, which it names
	withheld string // it must not be in Fin
	err      error  // nobody can tell
}

// decision decides in this order:
//
//	status, root      excluded  the rule is certain
//	archived space    withheld
//	restricted        withheld  unless restricted: include
//	labels unreadable withheld  where labels decide
//	unknown           err       whether it is restricted, below a root, labelled
//	labels            excluded
func (t *tree) decision(p *page) decision {
	a, labelsUnread := t.access(p), t.trusted(p, p.labelsUnread.get())
	left := t.rules.excludedBy(p)
	switch {
	case p.status != "" && p.status != "current":
		return decision{excluded: left}
	case t.archived[p.space]:
		return decision{withheld: "its space " + p.space + " is archived"}
	case len(t.rules.roots) > 0 && a.err == nil && !p.lineage.rooted:
		return decision{excluded: "it is not below a page of root"}
	case a.reason != "" && !t.rules.withRestricted:
		return decision{withheld: a.reason}
	case labelsUnread.reason != "" && t.rules.useLabels():
		return decision{withheld: labelsUnread.reason}
	case a.err != nil && (!t.rules.withRestricted || len(t.rules.roots) > 0):
		return decision{err: a.err}
	case labelsUnread.err != nil && t.rules.useLabels():
		return decision{err: labelsUnread.err}
	}
	return decision{excluded: left}
}

// whyNotShown says why the text of a page must not appear in another one. That it is
// not below a root, or lacks a label to be taken by itself, is no reason.
func (t *tree) whyNotShown(p *page) string {
	a, labelsUnread := t.access(p), t.trusted(p, p.labelsUnread.get())
	switch l := t.rules.excludedLabel(p); {
	case p.status != "" && p.status != "current":
		return "its status is " + p.status
	case t.archived[p.space]:
		return "its space " + p.space + " is archived"
	case a.reason != "" && !t.rules.withRestricted:
		return a.reason
	case a.err != nil && !t.rules.withRestricted:
		return a.err.Error()
	case labelsUnread.reason != "" && t.rules.useLabels():
		return labelsUnread.reason
	case labelsUnread.err != nil && t.rules.useLabels():
		return labelsUnread.err.Error()
	case l != "":
		return fmt.Sprintf("excluded by its label %q", l)
	}
	return ""
}

// find returns the page that a reference means, nil if it was not listed.
func (t *tree) find(r transclusion.Reference) *page {
	if r.ID != "" {
		return t.byID[r.ID]
	}
	t.once.Do(t.indexTitles)
	return t.titles[titleKey(cmp.Or(r.Kind, kindPage), r.Space, r.Title)]
}

func (t *tree) indexTitles() {
	t.titles = make(map[string]*page, len(t.byID))
	for _, p := range t.byID {
		key := titleKey(p.kind, p.space, p.title)
		if _, twice := t.titles[key]; twice {
			t.titles[key] = nil
		} else {
			t.titles[key] = p
		}
	}
}

// titleKey tells a blog post from a page, which may have the same title.
func titleKey(kind, space, title string) string {
	return kind + "\x00" + strings.ToLower(space) + "\x00" + strings.ToLower(strings.Join(strings.Fields(title), " "))
}

// mayBeUnlisted tells whether a page that was not listed may be in a space that could
// not be listed in full.
func (t *tree) mayBeUnlisted(r transclusion.Reference) bool {
	if r.Space != "" {
		complete, configured := t.spaces[strings.ToLower(r.Space)]
		return configured && !complete
	}
	return slices.Contains(slices.Collect(maps.Values(t.spaces)), false)
}

// state sums up the pages that a page transcludes; false if some of them may
// have changed unseen.
func (t *tree) state(uses []transclusion.Reference) (string, bool) {
	var b strings.Builder
	for _, r := range uses {
		q := t.find(r)
		switch {
		case q == nil && (t.rules.withRestricted || t.mayBeUnlisted(r)):
			return "", false
		case q == nil:
			fmt.Fprintf(&b, "%s/%s:%s absent\n", r.ID, r.Space, r.Title)
		default:
			fmt.Fprintf(&b, "%s@%d %d %s\n", q.id, q.version, q.modified, t.whyNotShown(q))
		}
	}
	return digest(b.String()), true
}
