package confluence

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// cloud is the REST API v2 of Confluence Cloud, with the parts of v1 that have
// no successor: restrictions, and the search that returns them for many pages.
type cloud struct{ client *client }

func (d *cloud) spaces(ctx context.Context, keys []string) (map[string]space, map[string]error) {
	found, missing, aliases := map[string]space{}, map[string]error{}, map[string]string{}
	type item struct {
		ID     word   `json:"id"`
		Key    string `json:"key"`
		Status string `json:"status"`
		Alias  string `json:"currentActiveAlias"`
	}
	var err error
	for part := range slices.Chunk(keys, 100) {
		q := url.Values{"keys": {strings.Join(part, ",")}, "limit": {"250"}}
		err = errors.Join(err, walk(ctx, d.client, "/api/v2/spaces", q, func(s item) string { return string(s.ID) }, func(s item, _ links) {
			found[strings.ToLower(s.Key)] = space{id: string(s.ID), real: s.Key, archived: strings.EqualFold(s.Status, "archived")}
			aliases[strings.ToLower(s.Alias)] = s.Key
		}))
	}
	byKey := map[string]space{}
	for _, key := range keys {
		s, ok := found[strings.ToLower(key)]
		alias, renamed := aliases[strings.ToLower(key)]
		switch {
		case ok:
			s.key = key
			byKey[key] = s
		case err != nil:
			missing[key] = fmt.Errorf("look up space %s: %w", key, err)
		case renamed:
			missing[key] = fmt.Errorf("space %s has the key %s: correct spaces", key, short(alias))
		default:
			missing[key] = fmt.Errorf("space %s: there is none with this key, or the login may not see it: correct spaces, or grant view rights", key)
		}
	}
	return byKey, missing
}

var collections = map[string]string{
	kindPage: "pages", kindPost: "blogposts", "folder": "folders",
	"whiteboard": "whiteboards", "database": "databases", "embed": "embeds",
}

func (d *cloud) list(ctx context.Context, s space, kind string, add func(*page)) error {
	// Without status, archived pages would come along.
	q := url.Values{"status": {"current"}, "limit": {"250"}}
	path := "/api/v2/spaces/" + url.PathEscape(s.id) + "/" + collections[kind]
	return walk(ctx, d.client, path, q, func(p page2) string { return string(p.ID) }, func(p page2, l links) {
		add(d.convert(p, l, s.key, kind))
	})
}

func (d *cloud) convert(v page2, l links, key, kind string) *page {
	p := &page{
		id: string(v.ID), kind: kind, status: v.Status, title: v.Title, space: key,
		parent: string(v.ParentID), parentKind: v.ParentType,
	}
	if p.parentKind == "" {
		p.parentKind = kindPage
	}
	if v.Version != nil {
		p.version = v.Version.Number
		p.modified, _ = parseTime(v.Version.CreatedAt)
	}
	if p.url = webAddress(v.Links, l.Base, d.client.base.String()); p.url == "" && key != "" {
		webui := "/spaces/" + url.PathEscape(key) + "/pages/" + url.PathEscape(p.id)
		p.url = webAddress(links{WebUI: webui}, l.Base, d.client.base.String())
	}
	return p
}

// enrich asks v1, since v2's listings carry neither labels nor restrictions:
// the search, or where that is refused the listing that it has deprecated. The
// search finds pages by an index that lags behind, but fills in the rest from
// the database; pages it does not find are asked for one by one later.
// Restrictions of parents are not asked for: with one parent that cannot be
// read, the search refuses the whole answer
// (https://jira.atlassian.com/browse/CONFCLOUD-77618).
func (d *cloud) enrich(ctx context.Context, s space, kind string, pages map[string]*page) error {
	unlisted := ""
	visit := func(c content, _ links) {
		if p := pages[string(c.ID)]; p != nil {
			p.setLabels(c.labels())
			p.setAccess(c.Restrictions.Read.access())
		} else if c.Status == "current" && c.Type == kind && c.Space != nil && strings.EqualFold(c.Space.Key, s.key) {
			unlisted = string(c.ID)
		}
	}
	q := url.Values{
		"cql":    {fmt.Sprintf(`space="%s" and type=%s`, s.real, kind)},
		"expand": {"space,metadata.labels,restrictions.read.restrictions.user,restrictions.read.restrictions.group"},
		"limit":  {"250"},
	}
	err := walk(ctx, d.client, "/rest/api/content/search", q, contentID, visit)
	if refused(err) || hasStatus(err, 400, 501) {
		q.Del("cql")
		q.Set("spaceKey", s.real)
		q.Set("type", kind)
		q.Set("status", "current")
		q.Set("start", "0")
		err = walk(ctx, d.client, "/rest/api/content", q, contentID, visit)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case unlisted != "":
		return fmt.Errorf("the listing lacks page %s, which the search finds", short(unlisted))
	}
	// Any other failure only costs a request for each page.
	return onlyOutage(err)
}

// errOutage marks pages that need not be asked for one by one: the wiki is
// failing.
var errOutage = errors.New("the wiki is failing")

func onlyOutage(err error) error {
	var le *loginError
	if passing(err) || errors.As(err, &le) || hasStatus(err, 401) {
		return fmt.Errorf("%w: read restrictions: %w", errOutage, err)
	}
	return nil
}

func (d *cloud) page(ctx context.Context, id, kind string) (*page, error) {
	collection, ok := collections[kind]
	if !ok {
		return nil, &statusError{status: 404, message: fmt.Sprintf("%s is of the unknown kind %q", id, short(kind))}
	}
	var v page2
	_, err := d.client.get(ctx, "/api/v2/"+collection+"/"+url.PathEscape(id), nil, &v)
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", kind, id, err)
	}
	if string(v.ID) != id {
		return nil, fmt.Errorf("read %s %s: the answer is another one", kind, id)
	}
	p := d.convert(v, v.Links, "", kind)
	if kind != kindPage && kind != kindPost {
		return p, nil
	}
	p.space, err = d.spaceKey(ctx, string(v.SpaceID))
	return p, err
}

func (d *cloud) spaceKey(ctx context.Context, id string) (string, error) {
	var s struct {
		Key string `json:"key"`
	}
	if _, err := d.client.get(ctx, "/api/v2/spaces/"+url.PathEscape(id), nil, &s); err != nil {
		return "", fmt.Errorf("read space %s: %w", id, err)
	}
	return s.Key, nil
}

// readLabels reads all labels of a page: include-labels stops at 50.
func (d *cloud) readLabels(ctx context.Context, p *page) error {
	var all []label
	path := "/api/v2/" + collections[p.kind] + "/" + url.PathEscape(p.id) + "/labels"
	err := walk(ctx, d.client, path, url.Values{"limit": {"250"}}, labelID, func(l label, _ links) { all = append(all, l) })
	if err != nil {
		return fmt.Errorf("read labels of page %s: %w", p.id, err)
	}
	p.setLabels(labelNames(all), true)
	return nil
}

func (d *cloud) body(ctx context.Context, id, kind string, forms ...string) (*body, error) {
	b := &body{}
	for _, form := range forms {
		var v page2
		path := "/api/v2/" + collections[kind] + "/" + url.PathEscape(id)
		_, err := d.client.get(ctx, path, url.Values{"body-format": {form}}, &v)
		if form == view && hasStatus(err, 400, 500) {
			continue // a page that the wiki fails to render still has its stored form
		}
		if err != nil {
			return nil, err
		}
		if old := b.version; b.add(v) && old != 0 && old != b.version {
			return nil, errors.New("it was edited while it was read")
		}
	}
	return b, nil
}

// stored reads few pages at a time, so that an answer stays small.
func (d *cloud) stored(ctx context.Context, kind string, ids []string, visit func(string, *body)) error {
	for part := range slices.Chunk(ids, 25) {
		q := url.Values{"id": {strings.Join(part, ",")}, "status": {"current"}, "body-format": {storage}, "limit": {"25"}}
		err := walk(ctx, d.client, "/api/v2/"+collections[kind], q, func(p page2) string { return string(p.ID) }, func(p page2, _ links) {
			b := &body{}
			b.add(p)
			visit(string(p.ID), b)
		})
		if err != nil {
			return fmt.Errorf("read the stored form of many %ss: %w", kind, err)
		}
	}
	return nil
}

// add takes a form over; false if it is of no known version.
func (b *body) add(v page2) bool {
	b.title, b.status = v.Title, v.Status
	if v.Version != nil {
		b.version = v.Version.Number
	}
	if v.Body.View.Value != nil {
		b.view = v.Body.View.Value
	}
	if v.Body.Storage.Value != nil {
		b.storage = v.Body.Storage.Value
	}
	return v.Version != nil
}
