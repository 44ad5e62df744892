// Package probe asks a workspace how its AI Content API behaves where
// Intercom's description says nothing, or says two things. It works in an
// import source of its own, on a handful of pages that nobody can see.
package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"finpages/intercomapi"
)

// Options say what to probe. Client, BaseURL, Token, Version and ImportSource
// are needed.
type Options struct {
	Client       *intercomapi.Client
	BaseURL      string
	Token        func() (string, error)
	Version      string // the Intercom-Version that the program speaks
	ImportSource string // url of an import source that is used for nothing else; it is created if there is none

	// Workspace, if set, is the id_code of the workspace that the token has to be of.
	Workspace string
	// MaxHTML is the largest page that is tried, in bytes; 0 means 4 MiB.
	MaxHTML int
	// ListTimeout is how long a change may take to show in the list; 0 means 30 seconds.
	ListTimeout time.Duration
	// Transport carries the requests; nil means [http.DefaultTransport].
	Transport http.RoundTripper
}

// prefix starts the external ids of all pages that a probe makes.
const prefix = "finpages-probe-"

// cleanupTime bounds the removal of the pages after an interrupt.
const cleanupTime = 30 * time.Second

// Run probes the workspace. It removes the pages that it made, also after an
// error; the import source stays, for a person to remove in Intercom. An error
// means that the report has only the findings until then.
func Run(ctx context.Context, o Options) (Report, error) {
	if err := o.check(); err != nil {
		return Report{}, err
	}
	p := &prober{Options: o.withDefaults(), pages: map[string]string{}, uncertain: map[string]bool{}}
	p.report.Version = o.Version
	err := errors.Join(p.run(ctx), p.cleanUp(ctx))
	p.report.clean(o.ImportSource, o.BaseURL)
	return p.report, err
}

func (o Options) check() error {
	u, err := url.Parse(o.ImportSource)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return errors.New("import source: use a full address that is used for nothing else, like https://probe.example.com")
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.MaxHTML == 0 {
		o.MaxHTML = 4 << 20
	}
	if o.ListTimeout == 0 {
		o.ListTimeout = 30 * time.Second
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	return o
}

// prober is a probe under way.
type prober struct {
	Options
	source    int64
	pages     map[string]string // Intercom's id by external id, of the pages that exist
	uncertain map[string]bool   // external ids of pages that may exist, as no answer came
	html      [32]byte          // SHA-256 of the page's html, as the latest push was answered
	lookup    bool              // whether the list takes source_id and external_id
	report    Report
}

func (p *prober) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		p.account, p.versions, p.importSource, p.create, p.update, p.lists, p.lag, p.size, p.remove, p.refusals,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// importSource finds or creates the import source, and refuses one that holds
// pages which no probe made.
func (p *prober) importSource(ctx context.Context) error {
	for s, err := range p.Client.ImportSources(ctx) {
		if err != nil {
			return fmt.Errorf("list the import sources: %w", err)
		}
		if strings.TrimRight(s.URL, "/") == strings.TrimRight(p.ImportSource, "/") {
			p.source = s.ID
		}
	}
	if p.source != 0 {
		return p.refuseUsedSource(ctx)
	}
	s, err := p.Client.CreateImportSource(ctx, intercomapi.ImportSourceRequest{URL: p.ImportSource})
	if err != nil {
		return fmt.Errorf("create the import source: %w", err)
	}
	p.source = s.ID
	p.add(Finding{
		Check: "import source", Expected: "behavior api, active", Found: "behavior " + s.SyncBehavior + ", " + s.Status,
		Consequence: "finpages cannot push pages to it",
	})
	return nil
}

func (p *prober) refuseUsedSource(ctx context.Context) error {
	for page, err := range p.Client.ListPages(ctx, noHash) {
		switch {
		case errors.As(err, new(*intercomapi.ListLimitError)):
			return errors.New("the import source exists, and whether it is empty cannot be seen: choose another address")
		case err != nil:
			return fmt.Errorf("list the pages: %w", err)
		case page.SourceID != p.source:
		case !strings.HasPrefix(page.ExternalID, prefix):
			return errors.New("the import source is in use: choose an address that is used for nothing else")
		default:
			p.pages[page.ExternalID] = page.ID // of a probe that was cut off
		}
	}
	return p.removePages(ctx)
}

func (p *prober) cleanUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	for externalID := range p.uncertain {
		page, err := p.find(ctx, externalID)
		if err != nil {
			return fmt.Errorf("look for the probe's page %s, which may exist: %w", externalID, err)
		}
		if page.ID != "" {
			p.pages[externalID] = page.ID
		}
	}
	return p.removePages(ctx)
}

func (p *prober) removePages(ctx context.Context) error {
	for externalID, id := range p.pages {
		if err := p.Client.DeletePage(ctx, id); err != nil {
			return fmt.Errorf("remove the probe's page %s: %w", externalID, err)
		}
		delete(p.pages, externalID)
	}
	return nil
}

func (p *prober) add(f Finding) { p.report.Findings = append(p.report.Findings, f.judged()) }
