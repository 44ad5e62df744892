package confluence

import (
	"context"
	"fmt"
	"slices"

	"finpages/sources/confluence/internal/rest"
)

var errOtherUser = &rest.LoginError{What: "the wiki took the login for another user at first"}

// confirm makes sure that the login, and each space that no walk of its own
// vouches for, was there to the end: to a token that expires and a space that is
// withdrawn, some answers are lists that lack pages. Where the wiki refused to
// tell something, that counts only if both are still there.
func (s *snapshot) confirm(ctx context.Context, listings []*spaceListing) {
	u, err := currentUser(ctx, s.wiki.client)
	if err == nil && u != s.user {
		err = errOtherUser
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

// lookAgain asks a second time for what the wiki refused to tell, now that the
// login has proved to be good: one answer may be that to an anonymous visitor.
// Only what is refused twice counts.
func (s *snapshot) lookAgain(ctx context.Context, listings []*spaceListing) {
	refused := false
	for _, c := range listings {
		if c.untrusted != nil || !c.refused() {
			continue
		}
		refused = true
		s.unscoped.Store(nil)
		s.askEach(ctx, c.forget())
	}
	if refused && ctx.Err() == nil {
		s.tree.lookAgain(ctx)
	}
}

// forget returns the pages of which the wiki refused to tell something of their
// own, as if it had not been asked.
func (c *spaceListing) forget() (pages []*page) {
	for _, p := range c.pages {
		own, labels := p.own.get().refused, p.labelsUnread.get().refused
		if own {
			p.setAccess(access{}, false)
		}
		if labels {
			p.labelsUnread = nil
		}
		if own || labels {
			pages = append(pages, p)
		}
	}
	return pages
}

// Gone implements [sources.Confirmer]. Pages move between spaces, and a listing
// in parts can skip one while others go.
//
// A refusal is not gone: the wiki may refuse a page that has moved to where the
// login sees nothing. Only where all spaces were listed in full, without it, is
// such a page in none of them.
func (s *snapshot) Gone(ctx context.Context, id string) (bool, error) {
	if isFileID(id) {
		return s.fileGone(ctx, id)
	}
	if !isNumber(id) || s.tree.byID[id] != nil { // the listing had it, and a rule left it out
		return true, nil
	}
	p, err := s.lookUpTwice(ctx, id)
	if rest.Refused(err) {
		return s.tree.complete(), nil
	}
	if err != nil {
		return false, err
	}
	d, err := s.wiki.decide(ctx, p)
	if d.unproven {
		return s.tree.complete(), nil
	}
	return d.excluded+d.withheld != "", err
}

// lookUpTwice reads a page, and where that is refused once more when the login
// has proved to be good.
func (s *snapshot) lookUpTwice(ctx context.Context, id string) (*page, error) {
	p, err := s.wiki.lookUp(ctx, id, s.wiki.kinds()...)
	if !rest.Refused(err) {
		return p, err
	}
	switch u, err := currentUser(ctx, s.wiki.client); {
	case err != nil:
		return nil, err
	case u != s.user:
		return nil, errOtherUser
	}
	return s.wiki.lookUp(ctx, id, s.wiki.kinds()...)
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
