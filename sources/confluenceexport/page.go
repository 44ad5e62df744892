package confluenceexport

import (
	"context"
	"fmt"
	"hash/fnv"
	"strings"

	"finpages/sources"
	"finpages/sources/confluenceexport/internal/markup"
)

// page is a page that is being listed.
type page struct {
	file
	id    string
	index *markup.Index
	space string // from the options
}

func (p page) entry() sources.Entry {
	e := sources.Entry{ID: p.id, Scope: scopeOf(p.path), Modified: p.modified, Err: p.fault(), Load: p.load}
	if p.revision != "" {
		e.Revision = p.revision + "-" + p.placeRevision()
	}
	return e
}

func (p page) fault() error {
	if p.err == nil {
		return nil
	}
	return fmt.Errorf("page %q: %w", p.path, p.err)
}

// placeRevision changes with what load takes from elsewhere than the file.
func (p page) placeRevision() string {
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%q %q %q", p.path, p.index.Space, p.index.Title(p.path))
	return fmt.Sprintf("%016x", hash.Sum64())
}

func (p page) load(ctx context.Context) (sources.Document, error) {
	doc, err := p.document(ctx)
	if err != nil {
		return sources.Document{}, fmt.Errorf("read page %q: %w", p.path, err)
	}
	return doc, nil
}

func (p page) document(ctx context.Context) (sources.Document, error) {
	if err := ctx.Err(); err != nil {
		return sources.Document{}, err
	}
	body, err := p.read()
	if err != nil {
		return sources.Document{}, err
	}
	told := markup.ReadPage(body)
	if !told.Found {
		return sources.Document{}, fmt.Errorf("no page of Confluence: leave it out with exclude: [%q]", p.path)
	}
	return sources.Document{Format: sources.ConfluenceExport, Body: body, Path: p.path, Title: p.title(told)}, nil
}

// title returns the page's title without the space's name, which exports put
// before it once.
func (p page) title(told markup.Page) string {
	for _, space := range []string{p.space, told.Space, p.index.Space} {
		if title, ok := strings.CutPrefix(told.Title, space+" : "); ok && space != "" {
			return title
		}
	}
	listed := p.index.Title(p.path)
	if told.Title == "" || listed != "" && strings.HasSuffix(told.Title, " : "+listed) {
		return listed
	}
	return told.Title
}
