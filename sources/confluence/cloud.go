package confluence

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"finpages/sources/confluence/internal/rest"
)

// cloud is the REST API v2 of Confluence Cloud, with the parts of v1 that have
// no successor: restrictions, and the search that returns them for many pages.
type cloud struct {
	client   *rest.Client
	noBodies atomic.Bool // the search gives no bodies
}

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
		err = rest.Join(err, rest.Walk(ctx, d.client, "/api/v2/spaces", q,
			func(s item) string { return string(s.ID) }, func(s item, _ rest.Links) error {
				found[strings.ToLower(s.Key)] = space{id: string(s.ID), real: s.Key,
					archived: strings.EqualFold(s.Status, "archived")}
				aliases[strings.ToLower(s.Alias)] = s.Key
				return nil
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
			missing[key] = fmt.Errorf("space %s has the key %s: correct spaces", key, rest.Short(alias))
		default:
			missing[key] = fmt.Errorf("space %s: there is none with this key, or the login may not see it: "+
				"correct spaces, or grant view rights", key)
		}
	}
	return byKey, missing
}

var collections = map[string]string{
	kindPage: "pages", kindPost: "blogposts", "folder": "folders",
	"whiteboard": "whiteboards", "database": "databases", "embed": "embeds",
}

// spacesPerWalk implements [dialect]. One walk could list 100 spaces; their keys
// must fit into the address of the search as well.
func (d *cloud) spacesPerWalk() int { return 50 }

func (d *cloud) list(ctx context.Context, spaces []space, kind string, add func(*page)) error {
	// Without status, archived pages would come along.
	q := url.Values{"status": {"current"}, "limit": {"250"}}
	path := "/api/v2/spaces/" + url.PathEscape(spaces[0].id) + "/" + collections[kind]
	keys, ids := map[string]string{}, []string{}
	for _, s := range spaces {
		keys[s.id] = s.key
		ids = append(ids, s.id)
	}
	if len(spaces) > 1 {
		path = "/api/v2/" + collections[kind]
		q.Set("space-id", strings.Join(ids, ","))
	} else {
		keys[""] = spaces[0].key // there is no doubt whose page it is
	}
	return rest.Walk(ctx, d.client, path, q, page2ID, func(p page2, l rest.Links) error {
		key, ok := keys[string(p.SpaceID)]
		if !ok {
			return fmt.Errorf("the listing holds page %s, which is of another space", rest.Short(string(p.ID)))
		}
		add(d.convert(p, l, key, kind))
		return nil
	})
}

func page2ID(p page2) string { return number(p.ID) }

func (d *cloud) convert(v page2, l rest.Links, key, kind string) *page {
	p := &page{
		id: string(v.ID), kind: kind, status: shared(v.Status), title: v.Title, space: key,
		parent: string(v.ParentID), parentKind: shared(cmp.Or(v.ParentType, kindPage)),
	}
	if v.Version != nil {
		p.setVersion(v.Version.Number, v.Version.CreatedAt)
	}
	p.site, p.webui = webSite(d.client, l.Base), webPath(v.Links.WebUI, p.id)
	return p
}

// enrich asks v1, since v2's listings carry neither labels nor restrictions:
// the search, or where that is refused for a single space the listing that it
// has deprecated. The search finds pages by an index that lags behind, but
// fills in the rest from the database; pages it does not find are asked for one
// by one later. Restrictions of parents are not asked for: with one parent that
// cannot be read, the search refuses the whole answer
// (https://jira.atlassian.com/browse/CONFCLOUD-77618).
func (d *cloud) enrich(ctx context.Context, spaces []space, kind string, pages map[string]*page,
	unlisted func(key, id string)) error {
	keys, quoted := map[string]string{}, []string{}
	for _, s := range spaces {
		keys[strings.ToLower(s.real)] = s.key
		quoted = append(quoted, cqlString(s.real))
	}
	visit := func(c content, _ rest.Links) error {
		if p := pages[string(c.ID)]; p != nil {
			p.setLabels(c.labels())
			p.setAccess(c.Restrictions.Read.access())
		} else if c.Status == "current" && c.Type == kind && c.Space != nil {
			if key, ok := keys[strings.ToLower(c.Space.Key)]; ok {
				unlisted(key, string(c.ID))
			}
		}
		return nil
	}
	q := url.Values{
		"cql":    {"space=" + quoted[0] + " and type=" + kind},
		"expand": {"space,metadata.labels," + restrictionExpand},
		"limit":  {"250"},
	}
	if len(spaces) > 1 {
		q.Set("cql", "space in ("+strings.Join(quoted, ",")+") and type="+kind)
		return rest.Walk(ctx, d.client, "/rest/api/content/search", q, contentID, visit)
	}
	err := rest.Walk(ctx, d.client, "/rest/api/content/search", q, contentID, visit)
	if rest.Refused(err) || rest.HasStatus(err, 400, 501) {
		q.Del("cql")
		q.Set("spaceKey", spaces[0].real)
		q.Set("type", kind)
		q.Set("status", "current")
		q.Set("start", "0")
		err = rest.Walk(ctx, d.client, "/rest/api/content", q, contentID, visit)
	}
	// Any failure but an outage only costs a request for each page.
	return onlyOutage(err)
}

// cqlString quotes a text for CQL.
// https://developer.atlassian.com/cloud/confluence/advanced-searching-using-cql/
func cqlString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// outage is a failure after which pages need not be asked for one by one: they
// would fail alike.
type outage struct{ error }

func (o outage) Unwrap() error { return o.error }

func onlyOutage(err error) error {
	var le *rest.LoginError
	switch {
	case rest.LacksScope(err):
		return nil
	case rest.Temporary(err) || errors.As(err, &le) || rest.HasStatus(err, 401):
		return outage{fmt.Errorf("read view restrictions: %w", err)}
	}
	return nil
}

func (d *cloud) page(ctx context.Context, id, kind string) (*page, error) {
	collection, ok := collections[kind]
	if !ok {
		return nil, &rest.StatusError{Status: 404, Message: fmt.Sprintf("%s is of the unknown kind "+
			"%q", id, rest.Short(kind))}
	}
	var v page2
	_, err := d.client.Get(ctx, "/api/v2/"+collection+"/"+url.PathEscape(id), nil, &v)
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
	if _, err := d.client.Get(ctx, "/api/v2/spaces/"+url.PathEscape(id), nil, &s); err != nil {
		return "", fmt.Errorf("read space %s: %w", id, err)
	}
	return s.Key, nil
}

// readLabels reads all labels of a page: include-labels stops at 50.
func (d *cloud) readLabels(ctx context.Context, p *page) error {
	path := "/api/v2/" + collections[p.kind] + "/" + url.PathEscape(p.id) + "/labels"
	return readLabels(ctx, d.client, p, path, url.Values{"limit": {"250"}})
}

// body asks the search for the stored form, since it tells in one request also
// of the rendered form and of restrictions that are new; otherwise v2, which
// gives one form a request.
func (d *cloud) body(ctx context.Context, p *page, forms ...string) (*body, error) {
	if forms[0] == storage {
		if b := d.search(ctx, p, forms); b != nil {
			return b, nil
		}
	}
	b := &body{}
	for _, form := range forms {
		var v page2
		path := "/api/v2/" + collections[p.kind] + "/" + url.PathEscape(p.id)
		_, err := d.client.Get(ctx, path, url.Values{"body-format": {form}}, &v)
		if form == view && rest.HasStatus(err, 400, 500) {
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

// search reads a page's body in all forms; nil if it has to be asked for
// otherwise, as a page that the search's index does not know yet.
func (d *cloud) search(ctx context.Context, p *page, forms []string) *body {
	if d.noBodies.Load() {
		return nil
	}
	q := url.Values{"cql": {"id=" + p.id}, "expand": {bodyExpand + strings.Join(forms, ",body.")}}
	var found struct {
		Results []content `json:"results"`
	}
	if _, err := d.client.Get(ctx, "/rest/api/content/search", q, &found); err != nil {
		d.noBodies.Store(rest.Refused(err) || rest.HasStatus(err, 400, 501))
		return nil
	}
	if len(found.Results) != 1 || string(found.Results[0].ID) != p.id {
		return nil
	}
	b := found.Results[0].read()
	if b.storage == nil || b.view == nil && slices.Contains(forms, view) || b.version < p.version {
		return nil
	}
	return b
}

// stored reads few pages at a time, so that an answer stays small.
func (d *cloud) stored(ctx context.Context, kind string, ids []string, visit func(string, *body)) error {
	for part := range slices.Chunk(ids, 25) {
		q := url.Values{"id": {strings.Join(part, ",")}, "status": {"current"}, "body-format": {storage},
			"limit": {"25"}}
		err := rest.Walk(ctx, d.client, "/api/v2/"+collections[kind], q, page2ID, func(p page2, _ rest.Links) error {
			b := &body{}
			b.add(p)
			visit(string(p.ID), b)
			return nil
		})
		if err != nil {
			return fmt.Errorf("read the stored form of many %ss: %w", kind, err)
		}
	}
	return nil
}

func (d *cloud) restrictions(ctx context.Context, ids []string, visit func(string, access)) {
	for part := range slices.Chunk(ids, 100) {
		q := url.Values{"cql": {"id in (" + strings.Join(part, ",") + ")"}, "expand": {restrictionExpand},
			"limit": {"250"}}
		err := rest.Walk(ctx, d.client, "/rest/api/content/search", q, contentID, func(c content, _ rest.Links) error {
			if a, known := c.Restrictions.Read.access(); known {
				visit(string(c.ID), a)
			}
			return nil
		})
		if err != nil {
			return // they can be asked for one by one
		}
	}
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
