package transform

import (
	"context"
	"time"

	"finpages/ingest/render"
	"finpages/sources"
)

// Options say how the documents of a source become pages.
type Options struct {
	PageURL      render.URLTemplate
	PageURLText  string // PageURL as configured
	Availability Availability
	FrontMatter  FrontMatter
	Locale       string
	Dialect      string // of its Markdown, one of [render.Dialects]; "" is found out
	Leaks        Leaks
	Converter    Converter    // nil converts nothing
	Split        render.Split // the zero value leaves pages whole
	MaxLoss      *float64     // share of a document's words that its page may lack, from 0 to 1; nil: any

	RenderTimeout time.Duration // of one document; 0 means none
	RenderPool    *Pool         // that all sources share; nil gives each run its own
}

// address returns the web address of the document at the path.
func (o *Options) address(id, path string, vars map[string]string) string {
	if o.PageURLText == "" {
		return ""
	}
	if path == "" {
		path = id
	}
	return o.PageURL.Expand(id, path, vars)
}

// Availability says who of Fin may answer from a page.
type Availability struct {
	AIAgent      bool
	AICopilot    bool
	AISalesAgent *bool // nil leaves it to Intercom
}

// Audience says who can see answers from the pages: "customers", "teammates",
// "customers and teammates" or "nobody". Front matter may narrow it for a page.
func (a Availability) Audience() string {
	switch {
	case a.ShowsCustomers() && a.AICopilot:
		return "customers and teammates"
	case a.ShowsCustomers():
		return "customers"
	case a.AICopilot:
		return "teammates"
	}
	return "nobody"
}

// ShowsCustomers reports whether anybody outside may get answers from the pages.
func (a Availability) ShowsCustomers() bool {
	return a.AIAgent || a.AISalesAgent != nil && *a.AISalesAgent
}

// Converter turns documents of other formats into those that are rendered.
type Converter interface {
	// Convert returns other documents as they are. Its notes are for people. Its
	// error wraps [sources.ErrNotConverted] where it is not the document's fault.
	Convert(ctx context.Context, doc sources.Document, others sources.Others) (
		out sources.Document, notes []string, err error)
	// Describe says what converts documents at the path; "" if nothing does.
	Describe(ctx context.Context, path string) string
	// Check returns what is there to convert with, a line each for people. Its
	// error names what is missing.
	Check(ctx context.Context) ([]string, error)
	// Fingerprint covers all that decides what documents are turned into.
	Fingerprint(ctx context.Context) string
}

// conversion is a document as it can be rendered.
type conversion struct {
	doc   sources.Document
	by    string   // what converted it; "" if nothing had to
	notes []string // what that had to tell
}

// convert turns a document into one that can be rendered.
func (o *Options) convert(ctx context.Context, doc sources.Document, others sources.Others) (conversion, error) {
	if o.Converter == nil || !doc.Format.IsConverted() {
		return conversion{doc: doc}, nil
	}
	by := o.Converter.Describe(ctx, "document"+string(doc.Format))
	out, notes, err := o.Converter.Convert(ctx, doc, others)
	for i := range notes {
		notes[i] = o.Leaks.covered(ctx, notes[i], out)
	}
	return conversion{out, by, notes}, err
}

// conversions covers all that decides what documents are turned into.
func (o *Options) conversions(ctx context.Context) string {
	if o.Converter == nil {
		return ""
	}
	return o.Converter.Fingerprint(ctx)
}

// ConvertedBy says what converts documents at the path; "" if nothing does.
func (o *Options) ConvertedBy(ctx context.Context, path string) string {
	if o.Converter == nil {
		return ""
	}
	return o.Converter.Describe(ctx, path)
}
