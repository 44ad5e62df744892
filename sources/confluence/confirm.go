package confluence

import (
	"context"
	"fmt"
	"slices"

	"finpages/sources/confluence/internal/rest"
)

// confirm makes sure that the login, and each space that no walk of its own
// vouches for, was there to the end: to a token that expires and a space that is
// withdrawn, some answers are lists that lack pages. Where the wiki refused to
// tell something, that counts only if both are still there.
func (s *snapshot) confirm(ctx context.Context, listings []*spaceListing) {
	u, err := currentUser(ctx, s.wiki.client)
	if err == nil && u != s.user {
		err = &rest.LoginError{What: "the wiki took the login for another user at first"}
	}
	var again []string
	for _, c := range listings {
		whole := len(c.faults) == 0
		if err != nil {
			c.untrusted = err
		}
		switch {
		case err != nil && whole:
			c.fault("the listing of space %s is not to be trusted: %w", c.space.key, err)
		case err == nil && (c.refused() || whole && (c.shared || len(c.pages) == 0)):
			again = append(again, c.space.key)
		}
	}
	if len(again) == 0 {
		return
	}
	found, missing := s.wiki.api.spaces(ctx, again)
	for _, c := range listings {
		if err := missing[c.space.key]; err != nil {
			c.distrust(fmt.Errorf("look again when it had been listed: %w", err))
		} else if now, ok := found[c.space.key]; ok && now != c.space {
			c.distrust(fmt.Errorf("space %s was replaced or archived while it was listed", c.space.key))
		}
	}
}

// Gone implements [sources.Confirmer]. Pages move between spaces, and a listing
// in parts can skip one while others go.
func (s *snapshot) Gone(ctx context.Context, id string) (bool, error) {
	if !isNumber(id) || s.tree.byID[id] != nil { // the listing had it, and a rule left it out
		return true, nil
	}
	p, err := s.wiki.lookUp(ctx, id, s.wiki.kinds()...)
	if rest.Refused(err) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	reason, err := s.wiki.explain(ctx, p)
	return reason != "", err
}

// distrust notes why neither the listing nor what the wiki refused to tell
// counts.
func (c *spaceListing) distrust(err error) {
	c.untrusted = err
	c.faults = append(c.faults, err)
}

// refused tells whether the wiki refused to tell something of a page.
func (c *spaceListing) refused() bool {
	return slices.ContainsFunc(c.pages, func(p *page) bool {
		return p.own.get().refused || p.labelsUnread.get().refused || p.lineage != nil && p.lineage.refused
	})
}
