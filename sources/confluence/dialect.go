package confluence

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"finpages/sources/confluence/internal/rest"
)

// dialect is one of Confluence's REST APIs.
type dialect interface {
	// spaces looks up spaces by key. A key is in one of the maps returned.
	spaces(ctx context.Context, keys []string) (map[string]space, map[string]error)

	// spacesPerWalk is how many spaces list and enrich take at once.
	spacesPerWalk() int

	// list calls add for each page of a kind. After an error some pages may be
	// missing, and others added twice.
	list(ctx context.Context, spaces []space, kind string, add func(*page)) error

	// enrich finds out labels and restrictions of the pages just listed, as
	// far as that can be done for many at once. It calls unlisted for each page
	// that it comes across and that is not among them. For a single space, its
	// error is an [outage].
	enrich(ctx context.Context, spaces []space, kind string, pages map[string]*page,
		unlisted func(key, id string)) error

	// readLabels reads all labels of a page.
	readLabels(ctx context.Context, p *page) error

	// page reads what a listing knows of a page; labels and restrictions where
	// they come along.
	page(ctx context.Context, id, kind string) (*page, error)

	// attachments calls add for each file of pages that were just listed. After an
	// error some may be missing, and others added twice.
	attachments(ctx context.Context, spaces []space, pages []*page, add func(*attachment)) error

	// attachment reads what a listing knows of a file.
	attachment(ctx context.Context, id string) (*attachment, error)

	// fileLabels reads all labels of a file.
	fileLabels(ctx context.Context, a *attachment) error

	// download reads a file, of at most so many bytes.
	download(ctx context.Context, a *attachment, most int64) ([]byte, error)

	// body reads a page's body in these forms. Absent forms are nil; so is a
	// rendered one that the wiki fails to render.
	body(ctx context.Context, p *page, forms ...string) (*body, error)
}

// bulk is a dialect that reads the stored form of many pages at once, but each
// form of a single page by a request of its own.
type bulk interface {
	stored(ctx context.Context, kind string, ids []string, visit func(id string, b *body)) error

	// restrictions reads who may view what no listing holds, such as folders;
	// of those that it does not visit nothing is known.
	restrictions(ctx context.Context, ids []string, visit func(id string, a access))
}

// restrictionExpand asks for who may view.
const restrictionExpand = "restrictions.read.restrictions.user,restrictions.read.restrictions.group"

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
	restricted    string // that it is restricted, where the answer tells
}

// readLabels reads all labels of a page from a listing of their own.
func readLabels(ctx context.Context, c *rest.Client, p *page, path string, q url.Values) error {
	names, err := labelsAt(ctx, c, path, q)
	if err != nil {
		return fmt.Errorf("read labels of page %s: %w", p.id, err)
	}
	p.setLabels(names, true)
	return nil
}

func labelsAt(ctx context.Context, c *rest.Client, path string, q url.Values) ([]string, error) {
	var all []label
	id := func(l label) string { return l.Prefix + ":" + l.Name }
	err := rest.Walk(ctx, c, path, q, id, func(l label, _ rest.Links) error {
		all = append(all, l)
		return nil
	})
	return labelNames(all), err
}

// ownAccess reads who may view a page by its own restrictions. Both flavors
// answer alike:
// https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-restrictions/
//
// When in doubt, out: what the wiki refuses to tell counts as restricted. But
// an error is no answer: what fails in passing leaves the page as it is.
func ownAccess(ctx context.Context, c *rest.Client, id string) access {
	r, err := readRestriction(ctx, c, id)
	return accessOf(r, err)
}

func accessOf(r *restriction, err error) access {
	switch {
	case rest.Refused(err):
		return refuse("its view restrictions cannot be read: " + refusal(err, restrictionScopes))
	case err != nil:
		return access{err: fmt.Errorf("read view restrictions: %w", err)}
	case r == nil || r.Operation == "" && r.Restrictions == nil: // such as {}: nobody has refused anything
		return access{err: errors.New("read view restrictions: the answer holds none")}
	}
	a, known := r.access()
	if !known {
		return refuse("its view restrictions cannot be read: the answer does not name them")
	}
	return a
}

// restrictionScopes are what lets a token read restrictions: the classic scope
// or the granular one.
// https://developer.atlassian.com/cloud/confluence/scopes-for-oauth-2-3LO-and-forge-apps/
const restrictionScopes = "read:confluence-content.all, or read:content-details:confluence"

// refusal tells of a refused request, with the scopes that it takes.
func refusal(err error, scopes string) string {
	if rest.LacksScope(err) {
		return err.Error() + ", which is " + scopes
	}
	return err.Error()
}

// readRestriction asks for the restriction of viewing, and where the server
// does not serve it alone, for those of all operations.
func readRestriction(ctx context.Context, c *rest.Client, id string) (*restriction, error) {
	path := "/rest/api/content/" + url.PathEscape(id) + "/restriction/byOperation"
	var one restriction
	_, err := c.Get(ctx, path+"/read", url.Values{"expand": {"restrictions.user,restrictions.group"}}, &one)
	if !rest.HasStatus(err, 404, 405) {
		return &one, err
	}
	var all struct {
		Read         *restriction `json:"read"`
		Restrictions struct {
			Read *restriction `json:"read"`
		} `json:"restrictions"`
	}
	_, err = c.Get(ctx, path, url.Values{"expand": {"read.restrictions.user,read.restrictions.group"}}, &all)
	if all.Read == nil {
		all.Read = all.Restrictions.Read
	}
	return all.Read, err
}

// user is how the wiki calls the login; the zero value if it does not say.
type user struct {
	id, name string
	flavor   string // of a wiki that calls its users so; "" if that does not tell
}

// currentUser returns whom the wiki takes the login for. An error means that
// the login does not work.
func currentUser(ctx context.Context, c *rest.Client) (user, error) {
	var u struct {
		Type        string `json:"type"`
		AccountID   string `json:"accountId"` // Cloud
		UserKey     string `json:"userKey"`   // Data Center
		Username    string `json:"username"`
		DisplayName string `json:"displayName"`
	}
	_, err := c.Get(ctx, "/rest/api/user/current", nil, &u)
	switch {
	case rest.HasStatus(err, 404, 410) || rest.LacksScope(err):
		return user{}, nil // a scoped token need not have the right to ask this
	case err != nil:
		return user{}, fmt.Errorf("log in: %w", err)
	case strings.EqualFold(u.Type, "anonymous"):
		return user{}, fmt.Errorf("log in: %w", &rest.LoginError{What: "the wiki does not accept the login and " +
			"answers as to an anonymous visitor"})
	}
	name := cmp.Or(u.DisplayName, u.Username)
	if cmp.Or(u.Type, u.AccountID, u.UserKey, name) == "" {
		return user{}, fmt.Errorf("log in: %w", &rest.LoginError{What: "the wiki does not say whom it takes the " +
			"login for"})
	}
	flavor := ""
	if dc := cmp.Or(u.UserKey, u.Username) != ""; dc && u.AccountID == "" {
		flavor = DataCenter
	} else if !dc && u.AccountID != "" {
		flavor = Cloud
	}
	return user{id: cmp.Or(u.AccountID, u.UserKey, u.Username), name: rest.Short(name), flavor: flavor}, nil
}
