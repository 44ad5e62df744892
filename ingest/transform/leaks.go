package transform

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"finpages/ingest/leaks"
	"finpages/ingest/render"
	"finpages/intercomapi"
	"finpages/sources"
	"finpages/state"

	"github.com/bmatcuk/doublestar/v4"
)

// Leaks says what to do about secrets that people wrote into documents. Its
// zero value looks for none.
type Leaks struct {
	Mode     LeakMode
	Detector *leaks.Detector // nil looks for none
	Allow    []AllowedLeak
}

// LeakMode is what is done about a page that holds a secret.
type LeakMode string

// The modes.
const (
	HoldLeaks   LeakMode = "hold"   // the page stays out of Fin
	RedactLeaks LeakMode = "redact" // the rule's name takes the secret's place
	LeaksOff    LeakMode = "off"    // nobody looks
)

// AllowedLeak is what is no secret, or a known one. What is empty fits all.
type AllowedLeak struct {
	Page        string `yaml:"page"` // external_id or path; may be a pattern
	Rule        string `yaml:"rule"`
	Fingerprint string `yaml:"fingerprint"`
}

func (a AllowedLeak) allows(page string, f leaks.Finding) bool {
	return (a.Page == "" || a.Page == page || doublestar.MatchUnvalidated(a.Page, page)) &&
		(a.Rule == "" || a.Rule == f.Rule) && (a.Fingerprint == "" || a.Fingerprint == f.Fingerprint)
}

// fingerprint covers all that decides what is found, and what follows.
func (l Leaks) fingerprint() string {
	if !l.on() {
		return ""
	}
	return fmt.Sprint(l.Mode, l.Detector.Rules(), l.Allow)
}

func (l Leaks) on() bool { return l.Detector != nil && l.Mode != LeaksOff }

// Made is a page as it would go to Fin.
type Made struct {
	Page       render.Page // without its secrets
	Request    intercomapi.PageRequest
	Parts      []Part          // what is pushed: the page, or what it is cut into
	Conversion []string        // what was told about the document as it was converted
	Leaks      []leaks.Finding // that its document holds
	Withheld   string          // why it must not be in Fin; "" if it may
	Hollow     error           // why it must not take the place of what Fin has; nil if it may

	Included     []string   // paths that the document includes, or would if they were there
	IncludedHash state.Hash // of these and their revisions; zero if these are not known
	ByNames      bool       // the hash is what the names of the source that [Maker.See] fixed make of it
}

// heldFor begins the reason for which a page that holds a secret is kept out.
const heldFor = "it seems to hold a secret: "

// IsLeak reports whether a reason to be kept out is that of a page which holds
// a secret.
func IsLeak(reason string) bool { return strings.HasPrefix(reason, heldFor) }

// search looks for secrets in the page and its document, takes them out, and
// withholds the page unless its source wants it without them.
func (l Leaks) search(ctx context.Context, id string, doc sources.Document, m *Made) error {
	if !l.on() || m.Withheld != "" {
		return nil
	}
	ids := strings.TrimSpace(id + "\n" + m.Page.Meta.ID)
	for _, part := range m.Page.Parts {
		ids = strings.TrimSpace(ids + "\n" + part.ID)
	}
	p := leaks.Page{ID: ids, Title: m.Request.Title, URL: m.Request.URL, HTML: m.Request.HTML, Source: sourceText(doc)}
	found, err := l.Detector.Page(ctx, p)
	if err != nil {
		return fmt.Errorf("look for secrets: %w", err)
	}
	allowed := func(f leaks.Finding) bool {
		return slices.ContainsFunc(l.Allow, func(a AllowedLeak) bool {
			return a.allows(id, f) || f.Place == leaks.PlaceID && a.Page == l.Shown(id) && a.allows(l.Shown(id), f)
		})
	}
	m.Leaks = slices.DeleteFunc(found, allowed)
	if len(m.Leaks) == 0 {
		return nil
	}
	if p, err = l.Detector.Redact(ctx, p, allowed); err != nil {
		return fmt.Errorf("take secrets out: %w", err)
	}
	m.Page.Title, m.Page.HTML = p.Title, p.HTML
	m.Request.Title, m.Request.URL, m.Request.HTML = p.Title, p.URL, p.HTML
	if m.Page.Parts, err = l.redactParts(ctx, m.Page.Parts, allowed); err != nil {
		return fmt.Errorf("take secrets out: %w", err)
	}
	m.Page.Loss.Unnamed() // which would be a place to read them
	inID := slices.ContainsFunc(m.Leaks, func(f leaks.Finding) bool { return f.Place == leaks.PlaceID })
	if l.Mode == HoldLeaks || inID { // an id without its secret would be another page's
		m.Withheld = heldFor + strings.Join(rulesOf(m.Leaks), ", ")
	} else {
		m.Page.Warnings = append(m.Page.Warnings, "secrets were taken out: "+strings.Join(rulesOf(m.Leaks), ", "))
	}
	return nil
}

// redactParts takes the secrets out of the parts of a page.
func (l Leaks) redactParts(
	ctx context.Context, parts []render.Part, allowed func(leaks.Finding) bool,
) ([]render.Part, error) {
	for i := range parts {
		p, err := l.Detector.Redact(ctx, leaks.Page{Title: parts[i].Title, HTML: parts[i].HTML}, allowed)
		if err != nil {
			return nil, err
		}
		parts[i].Title, parts[i].HTML = p.Title, p.HTML
	}
	return parts, nil
}

// unquoted returns an error about a document without the secrets that it quotes.
func (l Leaks) unquoted(ctx context.Context, err error, doc sources.Document) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if covered := l.covered(ctx, text, doc); covered != text {
		return &quotingError{covered, err}
	}
	return err
}

// covered returns a text about a document without the secrets that it quotes.
func (l Leaks) covered(ctx context.Context, text string, doc sources.Document) string {
	if !l.on() {
		return text
	}
	return l.Detector.Quoted(ctx, text, sourceText(doc))
}

// quotingError is an error that quotes a secret, which its text does not.
type quotingError struct {
	text string
	err  error
}

func (e *quotingError) Error() string { return e.text }
func (e *quotingError) Unwrap() error { return e.err }

// sourceText is the document as people wrote it, where that is text: secrets in
// front matter, or in marks that rendering takes for its own, count too.
func sourceText(doc sources.Document) string {
	switch doc.Format {
	case sources.Markdown, sources.MDX, sources.Text:
		return strings.ToValidUTF8(string(doc.Body), "\uFFFD")
	}
	return ""
}

func rulesOf(found []leaks.Finding) (rules []string) {
	for _, f := range found {
		rules = append(rules, f.Rule)
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}
