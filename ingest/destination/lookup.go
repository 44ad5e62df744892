package destination

import (
	"context"
	"errors"
	"sync"

	"finpages/intercomapi"
	"finpages/state"

	"golang.org/x/sync/errgroup"
)

// LookUp asks Intercom for a page that the state does not know, because it was
// not listed when the others were taken over. That Intercom does not look
// pages up is no error: the page is then pushed, whatever is there.
func (s *Session) LookUp(importSource int64, id string) (state.Page, bool, error) {
	p, found, err := s.Client.FindPage(s.Ctx, importSource, id, s.RequestHash)
	s.Count(1)
	if noLookup(err) {
		return state.Page{}, false, nil
	}
	return Record(p), found, err
}

// noLookup reports whether the API does not know what it was asked.
func noLookup(err error) bool {
	var api *intercomapi.Error
	return errors.Is(err, intercomapi.ErrNoLookup) || errors.As(err, &api) && api.Refused()
}

// LookUpAll asks Intercom for pages one by one, as many at once as are pushed,
// and calls each with those that there are, one after the other. It reports
// false if the API does not look pages up.
func (s *Session) LookUpAll(importSource int64, ids []string, each func(intercomapi.ListedPage) error) (bool, error) {
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(s.Ctx)
	group.SetLimit(max(s.InFlight, 1))
	for _, id := range ids {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			p, found, err := s.Client.FindPage(ctx, importSource, id, s.RequestHash)
			s.Count(1)
			if err != nil || !found {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			return each(p)
		})
	}
	switch err := group.Wait(); {
	case noLookup(err):
		return false, nil
	case err == nil && s.Ctx.Err() != nil:
		return false, context.Cause(s.Ctx)
	default:
		return true, err
	}
}
