package confluence

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"finpages/sources/confluence/internal/rest"
)

// dataCenter is the REST API of Data Center and Server.
type dataCenter struct {
	client *rest.Client
	noScan atomic.Bool // the server is older than 7.18

	withFiles  bool // files are listed with their pages
	isDocument func(name string) bool
}

const dcExpand = "version,metadata.labels,ancestors," + restrictionExpand

type dcSpace struct {
	Key    string `json:"key"`
	Status string `json:"status"`
}

func (s dcSpace) as(key string) space {
	return space{key: key, real: strings.Clone(s.Key), archived: strings.EqualFold(s.Status, "archived")}
}

func (d *dataCenter) spaces(ctx context.Context, keys []string) (map[string]space, map[string]error) {
	missing := map[string]error{}
	found, down := d.manySpaces(ctx, keys)
	for _, key := range keys {
		if _, ok := found[key]; ok {
			continue
		}
		var v dcSpace
		err := down
		if err == nil {
			_, err = d.client.Get(ctx, "/rest/api/space/"+url.PathEscape(key), nil, &v)
		}
		if isDown(err) {
			down = err
		}
		switch {
		case rest.HasStatus(err, 404):
			missing[key] = fmt.Errorf("space %s: there is none with this key, or the login may not see it: "+
				"correct spaces, or grant view rights (%w)", key, err)
		case err != nil:
			missing[key] = fmt.Errorf("look up space %s: %w", key, err)
		case !strings.EqualFold(v.Key, key):
			missing[key] = fmt.Errorf("space %s is now called %s: correct spaces", key, rest.Short(v.Key))
		default:
			found[key] = v.as(key)
		}
	}
	return found, missing
}

// isDown tells of an error, after tries enough, with which the other spaces would
// fail alike.
func isDown(err error) bool { return rest.Temporary(err) && !rest.HasStatus(err, 500) }

// manySpaces looks up many spaces by one request. Those that it does not find,
// or of which it does not tell whether they are archived, are asked for one by
// one, whose answers say why. An error means that the wiki is down.
func (d *dataCenter) manySpaces(ctx context.Context, keys []string) (map[string]space, error) {
	found := map[string]space{}
	if len(keys) == 1 {
		return found, nil
	}
	for part := range slices.Chunk(keys, 50) {
		var e rest.Envelope[dcSpace]
		q := url.Values{"spaceKey": part, "limit": {"50"}}
		_, err := d.client.Get(ctx, "/rest/api/space", q, &e)
		switch {
		case isDown(err):
			return found, err
		case err != nil || e.Results == nil:
			return found, nil
		}
		for _, s := range *e.Results {
			i := slices.IndexFunc(part, func(key string) bool { return strings.EqualFold(key, s.Key) })
			if i >= 0 && s.Status != "" {
				found[part[i]] = s.as(part[i])
			}
		}
	}
	return found, nil
}

// spacesPerWalk implements [dialect]: the listings name one space.
func (d *dataCenter) spacesPerWalk() int { return 1 }

// list has what is odd about a listing, but no proof that pages are missing,
// settled by the search.
func (d *dataCenter) list(ctx context.Context, spaces []space, kind string, add func(*page)) error {
	s, seen := spaces[0], map[string]struct{}{}
	counted, err := d.walkPages(ctx, s, kind, func(c content, l rest.Links) error {
		seen[string(c.ID)] = struct{}{}
		add(d.convert(c, l, s.key, kind))
		return nil
	})
	switch {
	case rest.OnlyRepeats(err):
		return d.confirm(ctx, s, kind, len(seen), err)
	case err == nil && (!counted || len(seen) == 0 && kind == kindPage):
		return d.confirmEnd(ctx, s, kind, len(seen))
	}
	return err
}

// walkPages reads by /content/scan, whose cursor holds still while pages come
// and go, and where that is missing by /content. Only the latter gets around a
// page on which the server fails.
func (d *dataCenter) walkPages(ctx context.Context, s space, kind string,
	visit func(content, rest.Links) error) (counted bool, err error) {
	q := url.Values{"spaceKey": {s.real}, "type": {kind}, "status": {"current"}, "limit": {"200"},
		"expand": {d.expansion()}}
	begun := false
	var failed error
	if !d.noScan.Load() {
		counted, err = rest.WalkCounted(ctx, d.client, "/rest/api/content/scan", q, contentID,
			func(c content, l rest.Links) error {
				begun = true
				return visit(c, l)
			})
		switch {
		case rest.HasStatus(err, 500):
			failed = err
		case begun || !rest.HasStatus(err, 400, 404, 405, 501):
			return counted, err
		}
	}
	q.Set("start", "0")
	counted, err = rest.WalkCounted(ctx, d.client, "/rest/api/content", q, contentID, visit)
	if failed == nil && (err == nil || rest.OnlyRepeats(err)) {
		d.noScan.Store(true)
	}
	return counted, rest.Join(failed, err)
}

// confirm asks the search how many pages there are: if it knows as many as a
// listing that repeats itself has given, none is missing from that.
func (d *dataCenter) confirm(ctx context.Context, s space, kind string, listed int, err error) error {
	switch n, failed := d.count(ctx, s, kind); {
	case failed != nil:
		return rest.Join(err, failed)
	case n != listed:
		return rest.Join(err, fmt.Errorf("it has %d items, and the search counts %d", listed, n))
	}
	return nil
}

// confirmEnd makes sure that the search knows of no more pages than a listing
// that may have ended too early, where there is a search. It may know of fewer:
// its index lags behind.
func (d *dataCenter) confirmEnd(ctx context.Context, s space, kind string, listed int) error {
	switch n, err := d.count(ctx, s, kind); {
	case rest.Temporary(err):
		return err
	case err == nil && n > listed:
		return fmt.Errorf("the listing has %d items, and the search counts %d: the next run looks again, and the "+
			"wiki's search index may need a rebuild", listed, n)
	}
	return nil
}

func (d *dataCenter) count(ctx context.Context, s space, kind string) (int, error) {
	var e rest.Envelope[struct{}]
	q := url.Values{"cql": {"space=" + cqlString(s.real) + " and type=" + kind}, "limit": {"1"}}
	if _, err := d.client.Get(ctx, "/rest/api/search", q, &e); err != nil {
		return 0, fmt.Errorf("count by the search: %w", err)
	}
	return e.Total(), nil
}

func contentID(c content) string { return number(c.ID) }

// enrich has nothing to do: labels and restrictions come with the listing.
func (d *dataCenter) enrich(context.Context, []space, string, map[string]*page, func(key, id string)) error {
	return nil
}

func (d *dataCenter) convert(c content, l rest.Links, key, kind string) *page {
	p := &page{id: string(c.ID), kind: kind, status: shared(c.Status), title: c.Title, space: key, parentKind: kindPage}
	if c.Type != "" {
		p.kind = shared(c.Type)
	}
	if c.Version != nil {
		p.setVersion(c.Version.Number, c.Version.When)
	}
	p.setLabels(c.labels())
	p.setAccess(c.Restrictions.Read.access())
	switch {
	case c.Ancestors == nil:
		p.parentUnknown = kind == kindPage
	case len(*c.Ancestors) > 0:
		p.parent = string((*c.Ancestors)[len(*c.Ancestors)-1].ID)
	}
	p.site, p.webui = webSite(d.client, l.Base), webPath(c.Links.WebUI, p.id)
	if d.withFiles {
		p.files = d.ownFiles(c.Children.Attachment, p.id)
	}
	return p
}

func (d *dataCenter) readLabels(ctx context.Context, p *page) error {
	path := "/rest/api/content/" + url.PathEscape(p.id) + "/label"
	return readLabels(ctx, d.client, p, path, url.Values{"limit": {"200"}, "start": {"0"}})
}

func (d *dataCenter) page(ctx context.Context, id, _ string) (*page, error) {
	var c content
	q := url.Values{"expand": {"space," + dcExpand}, "status": {"any"}}
	if _, err := d.client.Get(ctx, "/rest/api/content/"+url.PathEscape(id), q, &c); err != nil {
		return nil, fmt.Errorf("read page %s: %w", id, err)
	}
	if string(c.ID) != id {
		return nil, fmt.Errorf("read page %s: the answer is another page", id)
	}
	p := d.convert(c, c.Links, "", c.Type)
	if c.Space != nil {
		p.space = c.Space.Key
	}
	return p, nil
}

func (d *dataCenter) body(ctx context.Context, p *page, forms ...string) (*body, error) {
	c, err := d.expand(ctx, p.id, forms)
	if rest.HasStatus(err, 500) && len(forms) > 1 { // a page that the wiki fails to render still has its stored form
		c, err = d.expand(ctx, p.id, []string{storage})
	}
	if err != nil {
		return nil, err
	}
	return c.read(), nil
}

// bodyExpand asks for a body, and for what may have changed since the listing.
const bodyExpand = "version," + restrictionExpand + ",body."

func (d *dataCenter) expand(ctx context.Context, id string, forms []string) (c content, err error) {
	q := url.Values{"expand": {bodyExpand + strings.Join(forms, ",body.")}}
	_, err = d.client.Get(ctx, "/rest/api/content/"+url.PathEscape(id), q, &c)
	return c, err
}
