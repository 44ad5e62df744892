package ingest

import (
	"context"
	"slices"

	"finpages/ingest/render"
	"finpages/intercomapi"
	"finpages/sources"
)

// PageMaker makes the pages of a source's documents, and the requests that
// push them. It asks nobody but the snapshot.
type PageMaker struct {
	source       *Source
	snapshot     sources.Snapshot
	variables    map[string]string // for the web addresses
	importSource int64
	pool         *RenderPool

	isRetracted func(path string) bool // by a person; nil for nothing
}

// NewPageMaker returns a maker of pages for the Content Import Source with the
// id, 0 if that does not exist yet.
func NewPageMaker(src *Source, snap sources.Snapshot, importSource int64) PageMaker {
	pool := src.RenderPool
	if pool == nil {
		pool = NewRenderPool(defaultRenderMemory)
	}
	return PageMaker{source: src, snapshot: snap, variables: variables(snap), importSource: importSource, pool: pool}
}

// Without returns a maker that includes no document that a person keeps out of Fin.
func (m PageMaker) Without(isRetracted func(path string) bool) PageMaker {
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
func (m PageMaker) Address(id, path string) string { return m.source.address(id, path, m.variables) }

// Load reads an entry's document. A panic of the adapter is an error, and what
// does not end is left behind once ctx is done.
func (m PageMaker) Load(ctx context.Context, e sources.Entry) (sources.Document, error) {
	return apart(ctx, m.pool, e.Load)
}

// Make makes the page of an entry's document, and the request that pushes it.
// What costs the document its page, and no more than that, is an error that
// wraps [render.ErrBudget] or a [*render.PanicError].
func (m PageMaker) Make(ctx context.Context, e sources.Entry, doc sources.Document) (Made, error) {
	c, err := apart(ctx, m.pool, func(ctx context.Context) (conversion, error) { return m.source.convert(ctx, doc) })
	if err != nil {
		return Made{}, m.source.Leaks.unquoted(ctx, err, doc)
	}
	made, err := m.pool.render(ctx, render.Cost(c.doc), m.source.RenderTimeout, func(ctx context.Context) (Made, error) {
		return m.make(ctx, e, c)
	})
	return made, m.source.Leaks.unquoted(ctx, err, c.doc)
}

func (m PageMaker) make(ctx context.Context, e sources.Entry, c conversion) (Made, error) {
	doc := c.doc
	url := m.Address(e.ID, doc.Path)
	if url == "" {
		url = cleanAddress(e.URL)
	}
	doc.Address, doc.Find = inTime(ctx, doc.Address), inTime(ctx, doc.Find)
	input := render.Input{Document: doc, URL: url, Link: inTime(ctx, m.link)}
	includes := m.includes(ctx)
	if includes != nil {
		input.Include = includes.include
	}
	made, err := m.rendered(ctx, e, input, c)
	if includes != nil {
		err = includes.done(&made, err)
	}
	return made, err
}

func (m PageMaker) rendered(ctx context.Context, e sources.Entry, in render.Input, c conversion) (Made, error) {
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
	err = m.source.Leaks.search(ctx, e.ID, doc, &made)
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
func (m PageMaker) link(path string) string {
	if l, ok := m.snapshot.(sources.Linker); ok {
		id, ok := l.Link(path)
		if !ok {
			return ""
		}
		return m.Address(id, path)
	}
	return m.Address(path, path)
}

func (m PageMaker) request(id string, page *render.Page, url string) intercomapi.PageRequest {
	a := m.source.Availability
	req := intercomapi.PageRequest{
		SourceID: max(m.importSource, 1), ExternalID: id, // a plan may have no import source yet
		Title: page.Title, HTML: page.HTML, URL: url, Locale: m.source.Locale,
		AIAgent: a.AIAgent, AICopilot: a.AICopilot, AISalesAgent: a.AISalesAgent,
	}
	m.source.FrontMatter.narrow(&req, page)
	return req
}
