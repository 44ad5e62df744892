package confluence

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// dialect is one of Confluence's REST APIs.
type dialect interface {
	// spaces looks up spaces by key. A key is in one of the maps returned.
	spaces(ctx context.Context, keys []string) (map[string]space, map[string]error)

	// list calls add for each page of a kind. After an error some pages may be
	// missing, and others added twice.
	list(ctx context.Context, s space, kind string, add func(*page)) error

	// enrich finds out labels and restrictions of the pages just listed, as
	// far as that can be done for many at once. Its error says that pages are
	// missing from the listing.
	enrich(ctx context.Context, s space, kind string, pages map[string]*page) error

	// readLabels reads all labels of a page.
	readLabels(ctx context.Context, p *page) error

	// page reads what a listing knows of a page; labels and restrictions where
	// they come along.
	page(ctx context.Context, id, kind string) (*page, error)

	// body reads a page's body in these forms. Absent forms are nil; so is a
	// rendered one that the wiki fails to render.
	body(ctx context.Context, id, kind string, forms ...string) (*body, error)
}

// bulk is a dialect that reads the stored form of many pages at once, but each
// form of a single page by a request of its own.
type bulk interface {
	stored(ctx context.Context, kind string, ids []string, visit func(id string, b *body)) error
}

// Forms of a body.
const (
	view    = "view"    // rendered
	storage = "storage" // stored
)

// body is a page's title and its body, rendered and stored.
type body struct {
	title, status string
	version       int
	view, storage *string
}

// ownAccess reads who may view a page by its own restrictions. Both flavors
// answer alike:
// https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-restrictions/
//
// When in doubt, out: what the wiki refuses to tell counts as restricted. But
// an error is no answer: what fails in passing leaves the page as it is.
func ownAccess(ctx context.Context, c *client, id string) access {
	r, err := readRestriction(ctx, c, id)
	switch {
	case refused(err):
		return access{why: "its view restrictions cannot be read: " + err.Error()}
	case err != nil:
		return access{err: fmt.Errorf("read view restrictions: %w", err)}
	}
	a, known := r.access()
	if !known {
		return access{why: "its view restrictions cannot be read: the answer does not name them"}
	}
	return a
}

// readRestriction asks for the restriction of viewing, and where the server
// does not serve it alone, for those of all operations.
func readRestriction(ctx context.Context, c *client, id string) (*restriction, error) {
	path := "/rest/api/content/" + url.PathEscape(id) + "/restriction/byOperation"
	var one restriction
	_, err := c.get(ctx, path+"/read", url.Values{"expand": {"restrictions.user,restrictions.group"}}, &one)
	if !hasStatus(err, 404, 405) {
		return &one, err
	}
	var all struct {
		Read         *restriction `json:"read"`
		Restrictions struct {
			Read *restriction `json:"read"`
		} `json:"restrictions"`
	}
	_, err = c.get(ctx, path, url.Values{"expand": {"read.restrictions.user,read.restrictions.group"}}, &all)
	if all.Read == nil {
		all.Read = all.Restrictions.Read
	}
	return all.Read, err
}

// currentUser returns how the wiki calls the login; "" if it does not say.
// An error means that the login does not work.
func currentUser(ctx context.Context, c *client) (string, error) {
	var u struct {
		Type        string `json:"type"`
		DisplayName string `json:"displayName"`
		Username    string `json:"username"`
	}
	_, err := c.get(ctx, "/rest/api/user/current", nil, &u)
	switch {
	case hasStatus(err, 404, 410) || hasStatus(err, 401, 403) && strings.Contains(err.Error(), "scope"):
		return "", nil // a scoped token need not have the right to ask this
	case err != nil:
		return "", fmt.Errorf("log in: %w", err)
	case strings.EqualFold(u.Type, "anonymous"):
		return "", fmt.Errorf("log in: %w", &loginError{"the wiki does not accept the login and answers as to an anonymous visitor"})
	}
	if u.DisplayName == "" {
		return short(u.Username), nil
	}
	return short(u.DisplayName), nil
}
