package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"strings"
	"time"

	"finpages/ingest/render"
	"finpages/sources"
	"finpages/state"
)

// Source is a configured source: where its documents come from, and how they
// reach Fin.
type Source struct {
	Name         string
	Kind         string // of the adapter, such as "filesystem"
	Adapter      sources.Source
	Settings     string // the adapter's configuration; a change of it makes the next run list anew
	ImportSource ImportSource
	PageURL      render.URLTemplate
	PageURLText  string // PageURL as configured
	Availability Availability
	FrontMatter  FrontMatter
	Locale       string
	Deletes      Budget
	Updates      UpdateBudget
	Leaks        Leaks
	Converter    Converter     // nil converts nothing
	Journal      time.Duration // how long deleted pages can be brought back; 0 keeps none
	Timeout      time.Duration // of one run; 0 means none

	RenderTimeout time.Duration // of one document; 0 means none
	RenderPool    *RenderPool   // that all sources share; nil gives each run its own
}

// ImportSource is the Content Import Source that a source's pages belong to.
type ImportSource struct {
	URL           string
	AudienceIDs   []int64 // nil leaves the audiences alone
	ApplyAudience bool    // give changed audiences to the pages that exist, too
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
	Convert(ctx context.Context, doc sources.Document) (out sources.Document, notes []string, err error)
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
func (s *Source) convert(ctx context.Context, doc sources.Document) (conversion, error) {
	if s.Converter == nil || !doc.Format.IsConverted() {
		return conversion{doc: doc}, nil
	}
	by := s.Converter.Describe(ctx, "document"+string(doc.Format))
	out, notes, err := s.Converter.Convert(ctx, doc)
	for i := range notes {
		notes[i] = s.Leaks.covered(ctx, notes[i], out)
	}
	return conversion{out, by, notes}, err
}

// conversions covers all that decides what documents are turned into.
func (s *Source) conversions(ctx context.Context) string {
	if s.Converter == nil {
		return ""
	}
	return s.Converter.Fingerprint(ctx)
}

// ConvertedBy says what converts documents at the path; "" if nothing does.
func (s *Source) ConvertedBy(ctx context.Context, path string) string {
	if s.Converter == nil {
		return ""
	}
	return s.Converter.Describe(ctx, path)
}

// fingerprint covers everything besides a document's revision that decides
// what is pushed for it.
func (s *Source) fingerprint(ctx context.Context, importSource int64, apiVersion string, vars map[string]string) state.Hash {
	return hashJSON(render.Version, importSource, apiVersion, s.PageURLText, s.PageURL.Expand("i", "d/p.md", vars),
		s.Availability, s.FrontMatter, s.Locale, s.Leaks.fingerprint(), s.conversions(ctx))
}

// listingFingerprint covers everything besides the source's own revision that
// decides what a whole run does.
func (s *Source) listingFingerprint(settings state.Hash) state.Hash {
	return hashJSON(settings[:], s.Kind, s.Settings, s.Deletes, s.Updates)
}

// rules covers all that decides which of its documents a source yields.
func (s *Source) rules() state.Hash { return hashJSON(s.Kind, s.Settings, partOfOthers) }

func hashJSON(values ...any) state.Hash {
	enc, err := json.Marshal(values)
	if err != nil {
		panic(err) // plain values only
	}
	return sha256.Sum256(enc)
}

// address returns the web address of the document at the path.
func (s *Source) address(id, path string, vars map[string]string) string {
	if s.PageURLText == "" {
		return ""
	}
	if path == "" {
		path = id
	}
	return s.PageURL.Expand(id, path, vars)
}

// Locate returns the ID of the document that people call by a reference: a
// path, or an ID already. An address stays as it is.
func (s *Source) Locate(ref string) string {
	if l, ok := s.Adapter.(sources.Locator); ok && !IsAddress(ref) {
		if id, ok := l.Locate(ref); ok {
			return id
		}
	}
	return strings.TrimPrefix(ref, "./")
}
