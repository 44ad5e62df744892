package confluence

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"finpages/sources"
	"finpages/sources/confluence/internal/rest"
	regexp "finpages/sources/lazyregexp"
)

// Check implements [sources.Checker]: it logs in and lists every space.
func (w *Confluence) Check(ctx context.Context) ([]string, error) {
	lines := []string{fmt.Sprintf("Confluence %s at %s", w.flavor(), w.client.Base)}
	u, err := currentUser(ctx, w.client)
	if err != nil {
		return lines, err
	}
	if u.name != "" {
		lines = append(lines, "logged in as "+u.name)
	}
	m, err := w.openMemo()
	if err != nil {
		return lines, err
	}
	s := w.snapshot(m, u)
	defer s.Close()
	listing, err := s.List(ctx, func(sources.Entry) error { return nil })
	if err != nil {
		return lines, err
	}
	var errs []error
	broken := map[string]bool{}
	for _, in := range listing.Incomplete {
		errs = append(errs, in.Err)
		for _, key := range w.options.Spaces {
			broken[key] = broken[key] || in.Scope == "" || in.Scope == key
		}
	}
	if u.name == "" && slices.ContainsFunc(w.options.Spaces, func(key string) bool { return !broken[key] }) {
		lines = append(lines, "logged in as a user whom the token may not name")
	}
	counts := s.count()
	for _, key := range w.options.Spaces {
		c := counts[key]
		if c != nil && c.refused > 0 && c.pages+c.posts+c.failed == 0 {
			errs = append(errs, fmt.Errorf("space %s: nothing of it gets into Fin: %s", key, c.withheldLine()))
		} else if c != nil || !broken[key] {
			lines = append(lines, c.line(key, broken[key]))
		}
	}
	if kinds := sources.Kinds(listing.Unconverted); kinds != "" {
		lines = append(lines, "attachments left out for want of a converter: "+kinds+" (see convert in the config)")
	}
	if len(errs) == 0 && !anyTaken(counts) {
		return lines, fmt.Errorf("%w: see confluence.spaces, labels and root", sources.ErrNothingFound)
	}
	return lines, errors.Join(errs...)
}

func anyTaken(counts map[string]*spaceSummary) bool {
	for _, c := range counts {
		if c.pages+c.posts > 0 {
			return true
		}
	}
	return false
}

func (w *Confluence) flavor() string {
	if _, ok := w.api.(*cloud); ok {
		return "Cloud"
	}
	return "Data Center"
}

// spaceSummary is what becomes of the pages of one space.
type spaceSummary struct {
	pages, posts     int // that are taken
	files            int // that are taken
	excluded, failed int
	withheld         map[string]int // by reason
	refused          int            // of these, because the wiki does not tell whether they may be taken
}

func (t *tree) count() map[string]*spaceSummary {
	counts := map[string]*spaceSummary{}
	for _, p := range t.byID {
		c := counts[p.space]
		if c == nil {
			c = &spaceSummary{withheld: map[string]int{}}
			counts[p.space] = c
		}
		switch v := t.decide(p); {
		case v.err != nil:
			c.failed++
		case v.withheld != "":
			reason, _, _ := strings.Cut(v.withheld, " (inherited from ")
			c.withheld[reason]++
			if t.access(p).refused || p.labelsUnread.get().refused {
				c.refused++
			}
		case v.excluded != "":
			c.excluded++
		case p.kind == kindPost:
			c.posts++
		default:
			c.pages++
		}
	}
	return counts
}

// count counts files beside the pages.
func (s *snapshot) count() map[string]*spaceSummary {
	counts := s.tree.count()
	for id, files := range s.files.byPage {
		p := s.tree.byID[id]
		for _, a := range files {
			if s.decideFile(a, p) == (decision{}) {
				counts[p.space].files++
			}
		}
	}
	return counts
}

// line tells people what can be read of a space: "space OPS: 24 pages, 1 blog
// post; 2 withheld (2 view restricted to group hr)".
func (c *spaceSummary) line(key string, broken bool) string {
	if c == nil {
		return "space " + key + ": the login sees no pages in it"
	}
	line := fmt.Sprintf("space %s: %s", key, plural(c.pages, "page"))
	if c.posts > 0 {
		line += ", " + plural(c.posts, "blog post")
	}
	if c.files > 0 {
		line += ", " + plural(c.files, "attachment")
	}
	if len(c.withheld) > 0 {
		line += "; " + c.withheldLine()
	}
	if c.excluded > 0 {
		line += fmt.Sprintf("; %d left out by labels, root or status", c.excluded)
	}
	if c.failed > 0 {
		line += fmt.Sprintf("; %d of which too little could be read to decide", c.failed)
	}
	if broken {
		line += "; but not all of the space could be read"
	}
	return line
}

const maxReasons = 3

func (c *spaceSummary) withheldLine() string {
	reasons := slices.SortedFunc(maps.Keys(c.withheld), func(a, b string) int {
		return cmp.Or(c.withheld[b]-c.withheld[a], strings.Compare(a, b))
	})
	all := 0
	var parts []string
	for i, r := range reasons {
		all += c.withheld[r]
		if i < maxReasons {
			parts = append(parts, fmt.Sprintf("%d: %s", c.withheld[r], r))
		}
	}
	if len(reasons) == 1 {
		parts = reasons
	}
	if more := len(reasons) - maxReasons; more > 0 {
		parts = append(parts, fmt.Sprintf("and %s more", plural(more, "reason")))
	}
	return fmt.Sprintf("%d withheld (%s)", all, strings.Join(parts, "; "))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

var inAddress = regexp.MustCompile(`(?:/pages/|/blog/(?:\d+/\d+/\d+/)?|[?&]pageId=)(\d{1,20})(?:[/?#&]|$)`)

// Explain implements [sources.Explainer] for a page's id or web address.
func (w *Confluence) Explain(ctx context.Context, id string) (string, error) {
	if m := inAddress.FindStringSubmatch(id); m != nil {
		id = m[1]
	}
	if isFileID(id) {
		return w.explainFile(ctx, id)
	}
	if !isNumber(id) {
		return "", nil
	}
	p, err := w.lookUp(ctx, id, kindPage, kindPost)
	switch {
	case rest.Refused(err) && !rest.LacksScope(err):
		return "the wiki has no such page, or the login may not see it", nil
	case err != nil:
		return "", err
	}
	return w.explain(ctx, p)
}

// lookUp reads a page that is of one of the kinds, with what decides whether it
// is taken.
func (w *Confluence) lookUp(ctx context.Context, id string, kinds ...string) (p *page, err error) {
	for _, kind := range kinds {
		if p, err = w.api.page(ctx, id, kind); !rest.HasStatus(err, 404) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	if !p.accessKnown && w.options.Restricted != Include {
		p.setAccess(ownAccess(ctx, w.client, id), true)
	}
	if !p.labelsKnown && newRules(w.options).useLabels() {
		err = w.api.readLabels(ctx, p)
	}
	return p, err
}

// explain says in words what becomes of a page; "" if it is taken.
func (w *Confluence) explain(ctx context.Context, p *page) (string, error) {
	d, err := w.decide(ctx, p)
	return d.excluded + d.withheld, err
}

// decide finds out what becomes of a single page. An error means that nobody
// can tell.
func (w *Confluence) decide(ctx context.Context, p *page) (decision, error) {
	i := slices.IndexFunc(w.options.Spaces, func(key string) bool { return strings.EqualFold(key, p.space) })
	switch {
	case i < 0:
		return decision{excluded: fmt.Sprintf("its space %s is not among spaces", rest.Short(p.space))}, nil
	case !slices.Contains(w.kinds(), p.kind):
		return decision{excluded: fmt.Sprintf("%ss are not taken: set %ss to true", p.kind, p.kind)}, nil
	}
	key := w.options.Spaces[i]
	found, missing := w.api.spaces(ctx, []string{key})
	if err := missing[key]; err != nil {
		return decision{}, err
	}
	p.space = key
	t := newTree(w, newRules(w.options), []*spaceListing{{space: found[key], pages: []*page{p}}})
	t.readLineages(ctx)
	d := t.decide(p)
	return d, d.err
}
