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
)

// tree is all that one listing saw, to answer questions that reach from one
// page to another.
type tree struct {
	wiki   *Confluence
	rules  rules
	byID   map[string]*page
	strays map[string]*page // parents that are no listed pages: folders, drafts
	shut   map[string]bool  // archived spaces
	spaces map[string]bool  // spaces listed in full, in lower case
	doubts map[string]error // by space, why what the wiki refused to tell is no answer
	row    breaker          // of parents that could not be read
	free   lineage          // of pages whose parents keep nobody out

	once   sync.Once
	titles map[string]*page // by space and title, nil where it is ambiguous
}

func newTree(w *Confluence, r rules, chapters []*chapter) *tree {
	t := &tree{
		wiki: w, rules: r, byID: map[string]*page{}, strays: map[string]*page{},
		shut: map[string]bool{}, spaces: map[string]bool{}, doubts: map[string]error{},
	}
	for _, c := range chapters {
		t.shut[c.space.key] = c.space.archived
		for _, p := range c.pages {
			if _, twice := t.byID[p.id]; !twice {
				t.byID[p.id] = p
			}
		}
	}
	return t
}

// settle takes over what became of the spaces once they were confirmed.
func (t *tree) settle(chapters []*chapter) {
	for _, c := range chapters {
		t.spaces[strings.ToLower(c.space.key)] = len(c.faults) == 0
		t.doubts[c.space.key] = c.doubt
	}
}

func (t *tree) knows(id string) bool { return t.byID[id] != nil || t.strays[id] != nil }

// judge finds out for each page what its parents make of it.
func (t *tree) judge(ctx context.Context) {
	if t.rules.withRestricted && len(t.rules.roots) == 0 {
		return
	}
	t.meet(ctx)
	for _, p := range t.byID {
		if !t.shut[p.space] {
			t.above(ctx, p)
		}
	}
}

// lineage is what a page's parents make of it.
type lineage struct {
	access
	rooted bool // the page is a root or below one
}

// above returns the lineage of a page.
func (t *tree) above(ctx context.Context, p *page) lineage {
	if p.above != nil {
		return *p.above
	}
	p.above = &lineage{access: access{why: "its parents go round in a circle"}}
	l := t.inherit(ctx, p)
	l.rooted = l.rooted || t.rules.roots[p.id]
	p.above = t.held(l)
	return l
}

// held returns the lineage, held once for the pages that have none to speak of.
func (t *tree) held(l lineage) *lineage {
	if l == (lineage{}) {
		return &t.free
	}
	return &l
}

func (t *tree) inherit(ctx context.Context, p *page) lineage {
	if p.lost {
		if a := t.findParent(ctx, p); a != (access{}) {
			return lineage{access: a}
		}
	}
	if p.parent == "" {
		return lineage{}
	}
	q := t.byID[p.parent]
	if q == nil {
		q = t.stray(ctx, p.parent, p.parentKind)
	}
	l, own := t.above(ctx, q), q.own.get()
	switch {
	case own.why != "" && (!own.refused || l.why == ""):
		own.why = fmt.Sprintf("%s (inherited from %s %s)", own.why, q.kind, q.id)
		l.access = own
	case own.err != nil && l.why == "":
		l.access = access{err: fmt.Errorf("%s %s above it: %w", q.kind, q.id, own.err)}
	}
	return l
}

// findParent asks for a page whose parents the listing left out.
func (t *tree) findParent(ctx context.Context, p *page) access {
	if err := t.row.broken(); err != nil {
		return access{err: err}
	}
	q, err := t.wiki.api.page(ctx, p.id, p.kind)
	switch {
	case rest.Refused(err):
		return refuse("its parents cannot be read: " + refusal(err, restrictionScopes))
	case err != nil:
		t.row.note(err)
		return access{err: err}
	case q.lost:
		return refuse("its parents cannot be read: the answer does not name them")
	}
	p.parent, p.lost = q.parent, false
	return access{}
}

// meet reads all parents that are not among the listed pages, and the parents of
// these, a generation at a time: most of them are folders, which no listing holds.
func (t *tree) meet(ctx context.Context) {
	var unknown []*page
	ask := func(p *page) {
		if p.parent != "" && t.byID[p.parent] == nil && t.strays[p.parent] == nil {
			q := &page{id: p.parent, kind: p.parentKind}
			t.strays[q.id] = q
			unknown = append(unknown, q)
		}
	}
	for _, p := range t.byID {
		if !t.shut[p.space] {
			ask(p)
		}
	}
	for len(unknown) > 0 {
		generation := unknown
		unknown = nil
		known := t.restrictions(ctx, generation)
		each(generation, func(p *page) {
			*p = *t.readStray(ctx, p.id, p.kind, known)
			t.row.note(p.own.get().err)
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

// stray reads a parent that is not among the listed pages, and was not met.
func (t *tree) stray(ctx context.Context, id, kind string) *page {
	if p := t.strays[id]; p != nil {
		return p
	}
	p := t.readStray(ctx, id, kind, nil)
	t.row.note(p.own.get().err)
	t.strays[id] = p
	return p
}

// readStray reads a parent, whose restrictions may be known already.
func (t *tree) readStray(ctx context.Context, id, kind string, known map[string]access) *page {
	if err := t.row.broken(); err != nil {
		return &page{id: id, kind: kind, own: &access{err: err}}
	}
	p, err := t.wiki.api.page(ctx, id, kind)
	switch {
	case rest.Refused(err):
		shut := refuse("its view restrictions cannot be read: " + refusal(err, "read:"+kind+":confluence"))
		return &page{id: id, kind: kind, judged: true, own: shut.held()}
	case err != nil:
		return &page{id: id, kind: kind, own: &access{err: err}}
	}
	if a, ok := known[id]; ok {
		p.setAccess(a, true)
	}
	if !p.judged && !t.rules.withRestricted {
		p.setAccess(ownAccess(ctx, t.wiki.client, id), true)
	}
	p.judged = true
	return p
}

// access joins what the page and its parents say of who may view it.
func (t *tree) access(p *page) access {
	var above access
	if p.above != nil {
		above = t.believe(p, p.above.access)
	}
	if own := t.believe(p, p.own.get()); own.why != "" || above.why == "" && own.err != nil {
		return own
	}
	return above
}

// believe returns what is known of the access to a page: what the wiki refused
// to tell somebody else is no answer.
func (t *tree) believe(p *page, a access) access {
	if err := t.doubts[p.space]; a.refused && err != nil {
		return access{err: err}
	}
	return a
}

// verdict is what becomes of a page. At most one field is set.
type verdict struct {
	excluded string // it is left out by a rule, which it names
	withheld string // it must not be in Fin
	err      error  // nobody can tell
}

// verdict decides in this order:
//
//	status, root      excluded  the rule is certain
//	archived space    withheld
//	restricted        withheld  unless restricted: include
//	labels unreadable withheld  where labels decide
//	unknown           err       whether it is restricted, below a root, labelled
//	labels            excluded
func (t *tree) verdict(p *page) verdict {
	a, tags := t.access(p), t.believe(p, p.tags.get())
	left := t.rules.leftOut(p)
	switch {
	case p.status != "" && p.status != "current":
		return verdict{excluded: left}
	case t.shut[p.space]:
		return verdict{withheld: "its space " + p.space + " is archived"}
	case len(t.rules.roots) > 0 && a.err == nil && !p.above.rooted:
		return verdict{excluded: "it is not below a page of root"}
	case a.why != "" && !t.rules.withRestricted:
		return verdict{withheld: a.why}
	case tags.why != "" && t.rules.useLabels():
		return verdict{withheld: tags.why}
	case a.err != nil && (!t.rules.withRestricted || len(t.rules.roots) > 0):
		return verdict{err: a.err}
	case tags.err != nil && t.rules.useLabels():
		return verdict{err: tags.err}
	}
	return verdict{excluded: left}
}

// barred says why the text of a page must not appear in another one. That it is
// not below a root, or lacks a label to be taken by itself, is no reason.
func (t *tree) barred(p *page) string {
	a, tags := t.access(p), t.believe(p, p.tags.get())
	switch l := t.rules.shutOut(p); {
	case p.status != "" && p.status != "current":
		return "its status is " + p.status
	case t.shut[p.space]:
		return "its space " + p.space + " is archived"
	case a.why != "" && !t.rules.withRestricted:
		return a.why
	case a.err != nil && !t.rules.withRestricted:
		return a.err.Error()
	case tags.why != "" && t.rules.useLabels():
		return tags.why
	case tags.err != nil && t.rules.useLabels():
		return tags.err.Error()
	case l != "":
		return fmt.Sprintf("excluded by its label %q", l)
	}
	return ""
}

// find returns the page that a reference means, nil if it was not listed.
func (t *tree) find(r reference) *page {
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

// hidden tells whether a page that was not listed may be in a space that could
// not be listed in full.
func (t *tree) hidden(r reference) bool {
	if r.Space != "" {
		complete, configured := t.spaces[strings.ToLower(r.Space)]
		return configured && !complete
	}
	return slices.Contains(slices.Collect(maps.Values(t.spaces)), false)
}

// state sums up the pages that a page transcludes; false if some of them may
// have changed unseen.
func (t *tree) state(uses []reference) (string, bool) {
	var b strings.Builder
	for _, r := range uses {
		q := t.find(r)
		switch {
		case q == nil && (t.rules.withRestricted || t.hidden(r)):
			return "", false
		case q == nil:
			fmt.Fprintf(&b, "%s/%s:%s absent\n", r.ID, r.Space, r.Title)
		default:
			fmt.Fprintf(&b, "%s@%d %d %s\n", q.id, q.version, q.modified, t.barred(q))
		}
	}
	return digest(b.String()), true
}
