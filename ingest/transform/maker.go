// Package transform turns an entry of a source into the page that Fin gets of it,
// and the request that pushes that: it loads the document, has it converted and
// rendered, takes in what it includes, lets front matter narrow who sees it, and
// looks for secrets. It asks nobody but the snapshot, and knows no state.
package transform

import (
	"cmp"
	"context"
	"errors"
	"path"
	"slices"

	"finpages/ingest/address"
	"finpages/ingest/render"
	"finpages/intercomapi"
	"finpages/sources"
	"finpages/state"
)

// Maker makes the pages of a source's documents, and the requests that
// push them. It asks nobody but the snapshot.
type Maker struct {
	options      *Options
	snapshot     sources.Snapshot
	variables    map[string]string // for the web addresses
	importSource int64
	pool         *Pool
	names        *names
	labels       *labels
	tools        *tools
	files        *files
	seen         *seen

	isRetracted func(path string) bool // by a person; nil for nothing
}

// NewMaker returns a maker of pages for the Content Import Source with the
// id, 0 if that does not exist yet.
func NewMaker(o *Options, snap sources.Snapshot, importSource int64) Maker {
	pool := o.RenderPool
	if pool == nil {
		pool = NewPool(defaultRenderMemory)
	}
	return Maker{options: o, snapshot: snap, variables: variables(snap), importSource: importSource, pool: pool,
		names: &names{}, labels: &labels{}, tools: &tools{byID: map[string]foundTool{}},
		files: &files{there: map[string]bool{}}, seen: &seen{}}
}

// Without returns a maker that includes no document that a person keeps out of Fin.
func (m Maker) Without(isRetracted func(path string) bool) Maker {
	m.isRetracted = isRetracted
	return m
}

// variables are what a snapshot knows for page_url beside the path and the ID.
func variables(snap sources.Snapshot) map[string]string {
	if v, ok := snap.(sources.URLVariables); ok {
		return v.Variables()
	}
	return nil
}

// Address returns the web address of the document with the ID at the path; ""
// if the source is configured without.
func (m Maker) Address(id, path string) string { return m.options.address(id, path, m.variables) }

// Fingerprint covers everything besides a document's revision that decides
// what is pushed for it.
func (m Maker) Fingerprint(ctx context.Context, apiVersion string) state.Hash {
	o := m.options
	return state.HashOf(render.Version, m.importSource, apiVersion, o.PageURLText,
		o.PageURL.Expand("i", "d/p.md", m.variables),
		o.Availability, o.FrontMatter, o.Locale, o.Leaks.fingerprint(), o.conversions(ctx),
		o.Dialect, o.Split, o.MaxLoss)
}

// BudgetFingerprint covers the same and the budget of documents: those that went
// over it wait for a larger one, too.
func (m Maker) BudgetFingerprint(settings state.Hash) state.Hash {
	return state.HashOf(settings[:], m.options.RenderTimeout, m.pool.memory)
}

// Load reads an entry's document. A panic of the adapter is an error, and what
// does not end is left behind once ctx is done.
func (m Maker) Load(ctx context.Context, e sources.Entry) (sources.Document, error) {
	return apart(ctx, m.pool, e.Load)
}

// Make makes the page of an entry's document, and the request that pushes it.
// What costs the document its page, and no more than that, is an error that
// wraps [render.ErrBudget] or a [*render.PanicError].
func (m Maker) Make(ctx context.Context, e sources.Entry, doc sources.Document) (Made, error) {
	here, cancel := context.WithCancel(ctx) // work that is left behind includes no more
	defer cancel()
	includes := m.includes(here, doc)
	if why := render.Template(doc.Path, m.options.Dialect, includes.exists()); why != "" {
		made := Made{Page: render.Page{Title: path.Base(doc.Path)}, Withheld: why}
		return made, includes.done(&made, nil)
	}
	c, err := apart(ctx, m.pool, func(ctx context.Context) (conversion, error) {
		return m.options.convert(ctx, doc, includes.others())
	})
	if err != nil {
		var made Made
		err = includes.done(&made, err)
		return made, m.options.Leaks.unquoted(ctx, err, doc)
	}
	made, err := m.pool.render(ctx, render.Cost(c.doc), m.options.RenderTimeout, func(ctx context.Context) (Made, error) {
		return m.make(ctx, e, c, includes)
	})
	if errors.Is(err, render.ErrBudget) { // what it includes may have been too much
		_ = includes.done(&made, err)
	}
	return made, m.options.Leaks.unquoted(ctx, err, c.doc)
}

func (m Maker) make(ctx context.Context, e sources.Entry, c conversion, includes *inclusion) (Made, error) {
	doc := c.doc
	url := m.Address(cmp.Or(doc.Parent, e.ID), doc.Path)
	if url == "" {
		url = address.Clean(e.URL)
	}
	doc.Address, doc.Find = inTime(ctx, doc.Address), inTime(ctx, doc.Find)
	input := render.Input{Document: doc, URL: url, Link: inTime(ctx, func(path string) string { return m.link(ctx, path) }), Dialect: m.options.Dialect,
		Split: m.options.Split}
	if includes != nil {
		input.Include = includes.include
		input.Named = func(name string) string { return includes.named(doc.Path, name) }
		input.Tool = func() string { return includes.tool(doc.Path) }
		input.Exists = includes.exists()
	}
	made, err := m.rendered(ctx, e, input, c)
	err = includes.done(&made, err)
	return made, err
}

func (m Maker) rendered(ctx context.Context, e sources.Entry, in render.Input, c conversion) (Made, error) {
	doc, url := in.Document, in.URL
	page, err := render.RenderContext(ctx, in)
	if err != nil {
		return Made{Page: page}, err
	}
	if c.by != "" {
		page.Warnings = slices.Concat([]string{c.by}, c.notes, page.Warnings)
	}
	request := m.request(e.ID, &page, url)
	made := Made{Page: page, Request: request, Conversion: c.notes, Withheld: page.Withheld()}
	err = m.options.Leaks.search(ctx, e.ID, doc, &made)
	made.Parts = parts(&made)
	if limit := m.options.MaxLoss; limit != nil && made.Page.Loss.Exceeds(*limit) {
		made.Hollow = m.options.Leaks.unquoted(ctx, &LossError{Loss: made.Page.Loss, Max: *limit}, doc)
	}
	return made, err
}

// inTime keeps work that was left behind from what the run has closed since.
func inTime[T any](ctx context.Context, look func(T) string) func(T) string {
	if look == nil {
		return nil
	}
	return func(what T) string {
		if ctx.Err() != nil {
			return ""
		}
		return look(what)
	}
}

// link returns the web address of a document by its path; "" if a source that
// knows its paths has none there.
func (m Maker) link(ctx context.Context, path string) string {
	if l, ok := m.snapshot.(sources.Linker); ok {
		id, ok := l.Link(path)
		if !ok {
			return ""
		}
		return m.Address(id, path)
	}
	if _, isDocument := sources.FormatOf(path); !isDocument && m.options.PageURLText != "" && m.options.ConvertedBy(ctx, path) == "" {
		return m.options.PageURL.ExpandFile(path, m.variables)
	}
	return m.Address(path, path)
}

func (m Maker) request(id string, page *render.Page, url string) intercomapi.PageRequest {
	a := m.options.Availability
	req := intercomapi.PageRequest{
		SourceID: max(m.importSource, 1), ExternalID: id, // a plan may have no import source yet
		Title: page.Title, HTML: page.HTML, URL: url, Locale: m.options.Locale,
		AIAgent: a.AIAgent, AICopilot: a.AICopilot, AISalesAgent: a.AISalesAgent,
	}
	m.options.FrontMatter.narrow(&req, page)
	return req
}
