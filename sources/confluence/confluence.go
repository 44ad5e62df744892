// Package confluence reads pages and blog posts of a Confluence wiki, Cloud or
// Data Center, over its REST API.
//
// Each space is a scope of its own. Many spaces are listed in one walk where the
// wiki can do so, but anything odd in it has each listed by itself, so that the
// fault of one remains its own. A space is listed in whole, without
// bodies, together with what a version number does not show: labels, view
// restrictions and parents. What could not be listed, or was listed with a
// contradiction in it, makes the space incomplete.
//
// Restrictions fail closed. A page is withheld if it, or a page above it, is
// shut to some of those who see the space, and also if the wiki refuses to say
// so (403, 404, 410, a scope that the token lacks) twice, although login and space
// are there to the end: when in doubt, out. Such an entry is Unproven. A fault
// that passes (5xx, timeouts, an expired token) is no answer. It makes the space
// incomplete and its pages stay as they are, so that an outage neither empties
// Fin nor adds to it.
//
// Pages are read in their rendered form, in which the wiki has filled in what
// they include. It does so with the rights of the token, so a page that
// includes something that is kept out of Fin, or has a macro that shows text to
// some readers only, is read in its stored form.
package confluence

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"finpages/sources"
	"finpages/sources/confluence/internal/rest"
	"finpages/sources/confluence/internal/transclusion"
)

// Confluence is a wiki.
type Confluence struct {
	options  Options
	client   *rest.Client
	api      dialect
	cacheDir string
	formats  sources.Formats // of files

	mu   sync.Mutex
	memo *transclusion.Memo // kept between runs where there is no cache directory
}

var (
	_ sources.Source    = (*Confluence)(nil)
	_ sources.Explainer = (*Confluence)(nil)
	_ sources.Checker   = (*Confluence)(nil)

	_ sources.Prefetcher = (*snapshot)(nil)
	_ sources.Confirmer  = (*snapshot)(nil)
)

// Open implements [sources.Source]. It logs in: some servers answer a bad
// token with successes that are empty.
func (w *Confluence) Open(ctx context.Context) (sources.Snapshot, error) {
	u, err := currentUser(ctx, w.client)
	if err != nil {
		return nil, err
	}
	m, err := w.openMemo()
	if err != nil {
		return nil, err
	}
	return w.snapshot(m, u), nil
}

func (w *Confluence) openMemo() (*transclusion.Memo, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cacheDir == "" && w.memo != nil {
		return w.memo, nil
	}
	m, err := transclusion.OpenMemo(w.cacheDir)
	w.memo = m
	return m, err
}

func (w *Confluence) snapshot(m *transclusion.Memo, u user) *snapshot {
	s := &snapshot{wiki: w, user: u, rules: newRules(w.options), memo: m, scans: map[string]scanned{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// snapshot is the wiki as one run sees it.
type snapshot struct {
	wiki   *Confluence
	user   user // whom the wiki took the login for
	rules  rules
	memo   *transclusion.Memo
	ctx    context.Context // ends with the snapshot
	cancel context.CancelFunc

	unscoped atomic.Pointer[access] // to all pages, where the token lacks the scope for restrictions

	tree  *tree // of the last listing
	files *files
	mu    sync.Mutex
	scans map[string]scanned // by page id
}

var errClosed = errors.New("the snapshot is closed")

// Close implements [sources.Snapshot].
func (s *snapshot) Close() error {
	s.cancel()
	s.wiki.client.HTTP.CloseIdleConnections()
	return nil
}

// wrongAddress returns why no space was found, where that is not for the spaces:
// base_url or flavor name something else than the wiki.
func (w *Confluence) wrongAddress(u user, missing map[string]error) error {
	for _, key := range w.options.Spaces {
		if !rest.HasStatus(missing[key], 404, 405, 410, 501) {
			return nil
		}
	}
	at, _ := w.api.(*cloud)
	switch {
	case u == user{}:
		return fmt.Errorf("nothing of Confluence answers at %s, not even to the login: correct base_url, which ends "+
			"in the context path, such as https://site.atlassian.net/wiki or https://host/confluence, or flavor; if both "+
			"are right, correct spaces (%s)", w.client.Base, missing[w.options.Spaces[0]].Error())
	case at != nil:
		return fmt.Errorf("the wiki at %s does not serve the API of Confluence Cloud: set flavor to datacenter if "+
			"it is a Data Center or Server, or correct base_url", w.client.Base)
	case u.flavor == Cloud:
		return fmt.Errorf("the wiki at %s is Confluence Cloud: set flavor to cloud", w.client.Base)
	}
	return nil
}

func (w *Confluence) kinds() (kinds []string) {
	if w.options.Pages {
		kinds = append(kinds, kindPage)
	}
	if w.options.Blogposts {
		kinds = append(kinds, kindPost)
	}
	return kinds
}
