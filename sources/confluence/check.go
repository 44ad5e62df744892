package confluence

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"finpages/sources"
)

// Check implements [sources.Checker]: it logs in and lists every space.
func (w *Confluence) Check(ctx context.Context) ([]string, error) {
	lines := []string{fmt.Sprintf("Confluence %s at %s", w.flavor(), w.client.base)}
	user, err := currentUser(ctx, w.client)
	if err != nil {
		return lines, err
	}
	if user == "" {
		user = "a user whom the token may not name"
	}
	lines = append(lines, "logged in as "+user)
	m, err := w.openMemo()
	if err != nil {
		return lines, err
	}
	s := w.snapshot(m)
	defer s.Close()
	counts, listing, err := count(ctx, s)
	if err != nil {
		return lines, err
	}
	if listing.Excluded > 0 {
		lines = append(lines, fmt.Sprintf("%d pages are left out by labels, root or status", listing.Excluded))
	}
	return w.report(lines, counts, listing)
}

func (w *Confluence) flavor() string {
	if _, ok := w.api.(*cloud); ok {
		return "Cloud"
	}
	return "Data Center"
}

// tally is what became of the pages of one space.
type tally struct{ taken, withheld, failed int }

func count(ctx context.Context, s *snapshot) (map[string]*tally, sources.Listing, error) {
	counts := map[string]*tally{}
	listing, err := s.List(ctx, func(e sources.Entry) error {
		if counts[e.Scope] == nil {
			counts[e.Scope] = &tally{}
		}
		switch c := counts[e.Scope]; {
		case e.Err != nil:
			c.failed++
		case e.Withheld != "":
			c.withheld++
		default:
			c.taken++
		}
		return nil
	})
	return counts, listing, err
}

func (w *Confluence) report(lines []string, counts map[string]*tally, listing sources.Listing) ([]string, error) {
	var errs []error
	broken := map[string]bool{}
	for _, in := range listing.Incomplete {
		broken[in.Scope] = true
		errs = append(errs, fmt.Errorf("space %s is not readable in full: %w", in.Scope, in.Err))
	}
	for _, key := range w.options.Spaces {
		c := counts[key]
		if c == nil {
			c = &tally{}
		}
		if !broken[key] {
			lines = append(lines, fmt.Sprintf("space %s: %d pages, %d withheld", key, c.taken, c.withheld))
		}
	}
	return lines, errors.Join(errs...)
}

var inAddress = regexp.MustCompile(`(?:/pages/|/blog/(?:\d+/\d+/\d+/)?|[?&]pageId=)(\d{1,20})(?:[/?#&]|$)`)

// Explain implements [sources.Explainer] for a page's id or web address.
func (w *Confluence) Explain(ctx context.Context, id string) (string, error) {
	if m := inAddress.FindStringSubmatch(id); m != nil {
		id = m[1]
	}
	if !isNumber(id) {
		return "", nil
	}
	p, err := w.lookUp(ctx, id)
	switch {
	case refused(err):
		return "the wiki has no such page, or the login may not see it", nil
	case err != nil:
		return "", err
	}
	return w.explain(ctx, p)
}

// lookUp reads a page or blog post, with its labels and restrictions.
func (w *Confluence) lookUp(ctx context.Context, id string) (*page, error) {
	p, err := w.api.page(ctx, id, kindPage)
	if hasStatus(err, 404) {
		p, err = w.api.page(ctx, id, kindPost)
	}
	if err != nil {
		return nil, err
	}
	if !p.judged && w.options.Restricted != Include {
		p.setAccess(ownAccess(ctx, w.client, id), true)
	}
	if !p.labelled {
		err = w.api.readLabels(ctx, p)
	}
	return p, err
}

func (w *Confluence) explain(ctx context.Context, p *page) (string, error) {
	key := ""
	for _, k := range w.options.Spaces {
		if strings.EqualFold(k, p.space) {
			key = k
		}
	}
	if key == "" {
		return fmt.Sprintf("its space %s is not among spaces", short(p.space)), nil
	}
	taken := false
	for _, kind := range w.kinds() {
		taken = taken || kind == p.kind
	}
	if !taken {
		return fmt.Sprintf("%ss are not taken: set %ss to true", p.kind, p.kind), nil
	}
	found, missing := w.api.spaces(ctx, []string{key})
	if err := missing[key]; err != nil {
		return "", err
	}
	p.space = key
	t := newTree(w, newRules(w.options), []*chapter{{space: found[key], pages: []*page{p}}})
	t.judge(ctx)
	v := t.verdict(p)
	return v.excluded + v.withheld, v.err
}
