package confluence

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"finpages/sources/confluence/internal/rest"
)

// fileOf makes an attachment of v1's content; nil where it has no id or page.
func fileOf(c content, page string) *attachment {
	a := &attachment{id: fileID(c.ID), page: page, name: strings.Clone(c.Title), size: -1,
		media: shared(cmp.Or(c.Extensions.MediaType, c.Metadata.MediaType))}
	if c.Container != nil && c.Container.ID != "" {
		a.page = strings.Clone(string(c.Container.ID))
	}
	if a.id == "" || a.page == "" || c.Status != "" && c.Status != "current" {
		return nil
	}
	if c.Extensions.FileSize != nil {
		a.size = *c.Extensions.FileSize
	}
	if c.Version != nil {
		a.setVersion(c.Version.Number, c.Version.When)
	}
	a.setLabels(c.labels())
	return a
}

func contentFileID(c content) string { return fileID(c.ID) }

// attachments asks the search, which finds those of many spaces at once. Its
// index lags behind, so that nothing is deleted because it lacks something (see
// fileGone). Where it is refused, all attachments of the site are listed: a
// listing of single spaces there is not.
func (d *cloud) attachments(ctx context.Context, spaces []space, _ []*page, add func(*attachment)) error {
	quoted := []string{}
	for _, s := range spaces {
		quoted = append(quoted, cqlString(s.real))
	}
	q := url.Values{"cql": {"space in (" + strings.Join(quoted, ",") + ") and type=attachment"},
		"expand": {"version,container,metadata.labels"}, "limit": {"250"}}
	if len(spaces) == 1 {
		q.Set("cql", "space="+quoted[0]+" and type=attachment")
	}
	err := rest.Walk(ctx, d.client, "/rest/api/content/search", q, contentFileID, func(c content, _ rest.Links) error {
		if a := fileOf(c, ""); a != nil {
			add(a)
		}
		return nil
	})
	if rest.Refused(err) || rest.HasStatus(err, 400, 501) {
		q := url.Values{"status": {"current"}, "limit": {"250"}}
		id := func(a attachment2) string { return fileID(a.ID) }
		err = rest.Walk(ctx, d.client, "/api/v2/attachments", q, id, func(v attachment2, _ rest.Links) error {
			if a := v.file(); a != nil {
				add(a)
			}
			return nil
		})
	}
	return err
}

// file returns nil for what is in the trash, or of neither a page nor a post.
func (v attachment2) file() *attachment {
	a := &attachment{id: fileID(v.ID), page: string(cmp.Or(v.PageID, v.PostID)), name: v.Title, media: shared(v.MediaType),
		size: -1}
	if a.id == "" || a.page == "" || v.Status != "" && v.Status != "current" {
		return nil
	}
	if v.FileSize != nil {
		a.size = *v.FileSize
	}
	if v.Version != nil {
		a.setVersion(v.Version.Number, v.Version.CreatedAt)
	}
	return a
}

func (d *cloud) attachment(ctx context.Context, id string) (*attachment, error) {
	var v attachment2
	if _, err := d.client.Get(ctx, "/api/v2/attachments/"+url.PathEscape(id), nil, &v); err != nil {
		return nil, fmt.Errorf("read attachment %s: %w", id, err)
	}
	if fileID(v.ID) != id {
		return nil, fmt.Errorf("read attachment %s: the answer is another one", id)
	}
	return v.file(), nil
}

func (d *cloud) fileLabels(ctx context.Context, a *attachment) error {
	path := "/api/v2/attachments/" + url.PathEscape(a.id) + "/labels"
	names, err := labelsAt(ctx, d.client, path, url.Values{"limit": {"250"}})
	if err != nil {
		return fmt.Errorf("read labels of attachment %s: %w", a.id, err)
	}
	a.setLabels(names, true)
	return nil
}

// download asks v1, which redirects to where the file is.
// https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content---attachments/
func (d *cloud) download(ctx context.Context, a *attachment, most int64) ([]byte, error) {
	path := "/rest/api/content/" + url.PathEscape(a.page) + "/child/attachment/" + url.PathEscape(a.id) + "/download"
	return d.client.Download(ctx, path, versionOf(a), most)
}

func versionOf(a *attachment) url.Values {
	if a.version == 0 {
		return nil
	}
	return url.Values{"version": {strconv.Itoa(a.version)}}
}

// ownFiles are the files of a page that came with its listing.
type ownFiles struct {
	documents []*attachment
	others    []string // extensions that lack a converter, or are none of documents
	whole     bool     // there are no more
}

const fileExpand = "version,metadata.labels"

// expansion is what is asked of each page that is listed.
func (d *dataCenter) expansion() string {
	if !d.withFiles {
		return dcExpand
	}
	return dcExpand + ",children.attachment.version,children.attachment.metadata.labels"
}

func (d *dataCenter) ownFiles(c *children, page string) *ownFiles {
	own := &ownFiles{whole: c.whole()}
	if !own.whole {
		return own // they are asked for, all of them
	}
	for _, item := range *c.Results {
		switch a := fileOf(item, page); {
		case fileID(item.ID) == "":
			own.whole = false
		case a == nil:
		case d.isDocument(a.name):
			a.page = page
			own.documents = append(own.documents, a)
		default:
			own.others = append(own.others, shared(a.name[strings.LastIndexByte(a.name, '.')+1:]))
		}
	}
	if len(own.documents)+len(own.others) == 0 && own.whole {
		return noFiles
	}
	return own
}

var noFiles = &ownFiles{whole: true}

// attachments come with the pages; those of a page with many are listed.
func (d *dataCenter) attachments(ctx context.Context, _ []space, pages []*page, add func(*attachment)) error {
	var row breaker
	var errs []error
	for _, p := range pages {
		if p.files != nil && p.files.whole {
			for _, a := range p.files.documents {
				add(a)
			}
			for _, extension := range p.files.others {
				add(&attachment{page: p.id, name: "." + extension})
			}
			continue
		}
		if err := row.broken(); err != nil {
			return rest.Join(errs...)
		}
		err := d.filesOf(ctx, p, add)
		if row.note(err); err != nil {
			errs = append(errs, err)
		}
	}
	return rest.Join(errs...)
}

func (d *dataCenter) filesOf(ctx context.Context, p *page, add func(*attachment)) error {
	q := url.Values{"expand": {fileExpand}, "limit": {"200"}, "start": {"0"}}
	path := "/rest/api/content/" + url.PathEscape(p.id) + "/child/attachment"
	err := rest.Walk(ctx, d.client, path, q, contentFileID, func(c content, _ rest.Links) error {
		if a := fileOf(c, p.id); a != nil {
			a.page = p.id
			add(a)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("list the attachments of page %s: %w", p.id, err)
	}
	return nil
}

func (d *dataCenter) attachment(ctx context.Context, id string) (*attachment, error) {
	var c content
	q := url.Values{"expand": {"container," + fileExpand}, "status": {"any"}}
	if _, err := d.client.Get(ctx, "/rest/api/content/"+url.PathEscape(id), q, &c); err != nil {
		return nil, fmt.Errorf("read attachment %s: %w", id, err)
	}
	switch {
	case fileID(c.ID) != id:
		return nil, fmt.Errorf("read attachment %s: the answer is another one", id)
	case c.Status == "" || c.Status == "current":
		if c.Container == nil || !isNumber(string(c.Container.ID)) {
			return nil, errors.New("the answer does not name its page")
		}
	}
	return fileOf(c, ""), nil
}

func (d *dataCenter) fileLabels(ctx context.Context, a *attachment) error {
	path := "/rest/api/content/" + url.PathEscape(a.id) + "/label"
	names, err := labelsAt(ctx, d.client, path, url.Values{"limit": {"200"}, "start": {"0"}})
	if err != nil {
		return fmt.Errorf("read labels of attachment %s: %w", a.id, err)
	}
	a.setLabels(names, true)
	return nil
}

func (d *dataCenter) download(ctx context.Context, a *attachment, most int64) ([]byte, error) {
	path := "/download/attachments/" + url.PathEscape(a.page) + "/" + url.PathEscape(a.name)
	return d.client.Download(ctx, path, versionOf(a), most)
}
