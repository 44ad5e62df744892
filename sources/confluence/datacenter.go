package confluence

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
)

// dataCenter is the REST API of Data Center and Server.
type dataCenter struct {
	client *client
	noScan atomic.Bool // the server is older than 7.18
}

const dcExpand = "version,metadata.labels,ancestors,restrictions.read.restrictions.user,restrictions.read.restrictions.group"

func (d *dataCenter) spaces(ctx context.Context, keys []string) (map[string]space, map[string]error) {
	found, missing := map[string]space{}, map[string]error{}
	var down error
	for _, key := range keys {
		var v struct {
			Key    string `json:"key"`
			Status string `json:"status"`
		}
		err := down
		if err == nil {
			_, err = d.client.get(ctx, "/rest/api/space/"+url.PathEscape(key), nil, &v)
		}
		if passing(err) && !hasStatus(err, 500) { // tried often enough: the other spaces would fail alike
			down = err
		}
		switch {
		case hasStatus(err, 404):
			missing[key] = fmt.Errorf("space %s: there is none with this key, or the login may not see it: correct spaces, or grant view rights (%w)", key, err)
		case err != nil:
			missing[key] = fmt.Errorf("look up space %s: %w", key, err)
		case !strings.EqualFold(v.Key, key):
			missing[key] = fmt.Errorf("space %s is now called %s: correct spaces", key, short(v.Key))
		default:
			found[key] = space{key: key, real: v.Key, archived: strings.EqualFold(v.Status, "archived")}
		}
	}
	return found, missing
}

// list reads by /content/scan, whose cursor holds still while pages come and
// go, and where that is missing by /content. Only the latter gets around a page
// on which the server fails.
func (d *dataCenter) list(ctx context.Context, s space, kind string, add func(*page)) error {
	q := url.Values{"spaceKey": {s.real}, "type": {kind}, "status": {"current"}, "limit": {"200"}, "expand": {dcExpand}}
	seen := false
	visit := func(c content, l links) {
		seen = true
		add(d.convert(c, l, s.key, kind))
	}
	var failed error
	if !d.noScan.Load() {
		err := walk(ctx, d.client, "/rest/api/content/scan", q, contentID, visit)
		switch {
		case hasStatus(err, 500):
			failed = err
		case seen || !hasStatus(err, 400, 404, 405, 501):
			return err
		}
	}
	q.Set("start", "0")
	err := walk(ctx, d.client, "/rest/api/content", q, contentID, visit)
	if err == nil && failed == nil {
		d.noScan.Store(true)
	}
	return errors.Join(failed, err)
}

func contentID(c content) string { return string(c.ID) }

// enrich has nothing to do: labels and restrictions come with the listing.
func (d *dataCenter) enrich(context.Context, space, string, map[string]*page) error { return nil }

func (d *dataCenter) convert(c content, l links, key, kind string) *page {
	p := &page{id: string(c.ID), kind: kind, status: c.Status, title: c.Title, space: key, parentKind: kindPage}
	if c.Type != "" {
		p.kind = c.Type
	}
	if c.Version != nil {
		p.version = c.Version.Number
		p.modified, _ = parseTime(c.Version.When)
	}
	p.setLabels(c.labels())
	p.setAccess(c.Restrictions.Read.access())
	switch {
	case c.Ancestors == nil:
		p.lost = kind == kindPage
	case len(*c.Ancestors) > 0:
		p.parent = string((*c.Ancestors)[len(*c.Ancestors)-1].ID)
	}
	c.Links.WebUI = strings.TrimSpace(c.Links.WebUI)
	if p.url = webAddress(c.Links, l.Base, d.client.base.String()); p.url == "" {
		p.url = webAddress(links{WebUI: "/pages/viewpage.action?pageId=" + url.QueryEscape(p.id)}, l.Base, d.client.base.String())
	}
	return p
}

func (d *dataCenter) readLabels(ctx context.Context, p *page) error {
	var all []label
	path := "/rest/api/content/" + url.PathEscape(p.id) + "/label"
	q := url.Values{"limit": {"200"}, "start": {"0"}}
	err := walk(ctx, d.client, path, q, labelID, func(l label, _ links) { all = append(all, l) })
	if err != nil {
		return fmt.Errorf("read labels of page %s: %w", p.id, err)
	}
	p.setLabels(labelNames(all), true)
	return nil
}

func labelID(l label) string { return l.Prefix + ":" + l.Name }

func (d *dataCenter) page(ctx context.Context, id, _ string) (*page, error) {
	var c content
	q := url.Values{"expand": {"space," + dcExpand}, "status": {"any"}}
	if _, err := d.client.get(ctx, "/rest/api/content/"+url.PathEscape(id), q, &c); err != nil {
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

func (d *dataCenter) body(ctx context.Context, id, _ string, forms ...string) (*body, error) {
	c, err := d.expand(ctx, id, forms)
	if hasStatus(err, 500) && len(forms) > 1 { // a page that the wiki fails to render still has its stored form
		c, err = d.expand(ctx, id, []string{storage})
	}
	if err != nil {
		return nil, err
	}
	b := &body{title: c.Title, status: c.Status, view: c.Body.View.Value, storage: c.Body.Storage.Value}
	if c.Version != nil {
		b.version = c.Version.Number
	}
	return b, nil
}

func (d *dataCenter) expand(ctx context.Context, id string, forms []string) (c content, err error) {
	q := url.Values{"expand": {"version,body." + strings.Join(forms, ",body.")}}
	_, err = d.client.get(ctx, "/rest/api/content/"+url.PathEscape(id), q, &c)
	return c, err
}
