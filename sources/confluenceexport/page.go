package confluenceexport

import (
	"context"
	"errors"
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
	space *space
	name  string // of the space, from the options
	find  func(from *space, r sources.Reference) string
}

// rank orders pages that claim one page id: one that cannot be read comes last.
func (p page) rank() int {
	if p.err != nil {
		return 1
	}
	return 0
}

// readHead reads what the beginning of the page's file tells; false if it cannot
// be read.
func (p page) readHead() (markup.Page, bool) {
	if p.head == nil {
		return markup.Page{}, false
	}
	head, err := p.head()
	return markup.ReadHead(head), err == nil
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
	return fmt.Errorf("page %q: %w", p.path, mend(p.err))
}

// placeRevision changes with what load takes from elsewhere than the file.
func (p page) placeRevision() string {
	hash := fnv.New64a()
	fmt.Fprintf(hash, "%q %q %q", p.path, p.space.index.Space, p.space.index.Title(p.path))
	return fmt.Sprintf("%016x", hash.Sum64())
}

func (p page) load(ctx context.Context) (sources.Document, error) {
	doc, err := p.document(ctx)
	if err != nil {
		return sources.Document{}, fmt.Errorf("read page %q: %w", p.path, mend(err))
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
		return sources.Document{}, p.noPage(len(body))
	}
	title, err := p.title(told)
	find := func(r sources.Reference) string { return p.find(p.space, r) }
	return sources.Document{Format: sources.ConfluenceExport, Body: body, Path: p.path, Title: title, Find: find}, err
}

func (p page) noPage(size int) error {
	if size == 0 {
		return fmt.Errorf("the file is empty: copy the export again, or leave it out with exclude: [%q]", p.path)
	}
	return fmt.Errorf("no page of Confluence: leave it out with exclude: [%q]", p.path)
}

// titleMark stands between the space's name and a page's title.
const titleMark = " : "

var errTitle = errors.New("the title begins with the space's name, or does not: its index, which tells, is broken")

// title returns the page's title without the space's name, which exports put
// before it once.
func (p page) title(told markup.Page) (string, error) {
	index := p.space.index
	for _, space := range []string{p.name, told.Space, index.Space} {
		if title, ok := strings.CutPrefix(told.Title, space+titleMark); ok && space != "" {
			return title, nil
		}
	}
	listed := index.Title(p.path)
	if told.Title == "" || listed != "" && strings.HasSuffix(told.Title, titleMark+listed) {
		return listed, nil
	}
	if p.space.err != nil && told.Space == "" && strings.Contains(told.Title, titleMark) {
		return "", errTitle
	}
	return told.Title, nil
}
