package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"finpages/sources"
	"finpages/state"
)

// Explanation says why a document is, or is not, in Fin.
type Explanation struct {
	Source     string     `json:"source"`
	Ref        string     `json:"ref"`
	InFin      bool       `json:"in_fin"`
	Reasons    []string   `json:"reasons"` // sentences for people
	Entry      string     `json:"entry,omitempty"`
	ExternalID string     `json:"external_id,omitempty"`
	IntercomID string     `json:"intercom_id,omitempty"`
	Title      string     `json:"title,omitempty"`
	URL        string     `json:"url,omitempty"`
	Revision   string     `json:"revision,omitempty"`
	Hash       string     `json:"hash,omitempty"`
	AIAgent    bool       `json:"ai_agent"`
	AICopilot  bool       `json:"ai_copilot"`
	Pushed     *time.Time `json:"pushed,omitempty"`
	Hold       string     `json:"hold,omitempty"`
	Error      string     `json:"error,omitempty"`
	Refused    bool       `json:"refused"` // in quarantine: not tried again until it or the settings change
	Withheld   string     `json:"withheld,omitempty"`
	Retracted  bool       `json:"retracted"`
}

func (x *Explanation) because(format string, args ...any) {
	x.Reasons = append(x.Reasons, fmt.Sprintf(format, args...))
}

// Explain says why the document with the ID, path or web address is, or is
// not, in Fin. It asks the source too, where that can be reached.
func (s *Service) Explain(ctx context.Context, name, ref string) (Explanation, error) {
	x, err := s.Recall(name, ref)
	if err != nil {
		return x, err
	}
	m, err := s.source(name)
	if err != nil {
		return x, err
	}
	select {
	case <-m.busy:
		defer m.leave()
		s.askSource(ctx, m.src, &x)
	default:
		x.because("a sync is under way, so the source was not asked")
	}
	return x, nil
}

// Recall is Explain by what the state knows, without asking the source.
func (s *Service) Recall(name, ref string) (Explanation, error) {
	m, err := s.source(name)
	if err != nil {
		return Explanation{}, err
	}
	x := Explanation{Source: name, Ref: ref, Reasons: []string{}}
	return x, s.view(m, func(tx *state.Tx) error { return x.recall(tx, m.src.locate(ref)) })
}

// locate returns what a reference may be called in the source.
func (s *Source) locate(ref string) string {
	if l, ok := s.Adapter.(sources.Locator); ok && !isAddress(ref) {
		if id, ok := l.Locate(ref); ok {
			return id
		}
	}
	return strings.TrimPrefix(ref, "./")
}

// recall tells what the state knows.
func (x *Explanation) recall(tx *state.Tx, located string) error {
	page, err := x.findPage(tx, located)
	if err != nil {
		return err
	}
	rec, _, err := tx.Entry(x.Entry)
	if err != nil {
		return err
	}
	x.Revision, x.Error, x.Refused, x.Withheld = rec.Revision, trouble(rec), rec.Refused != "", rec.Withheld
	x.InFin = page.ID != ""
	if x.InFin {
		x.because("in Fin as Intercom's page %s since %s", page.ID, utc(page.Pushed))
	}
	if rec.Withheld != "" {
		x.because("kept out: %s", rec.Withheld)
	}
	switch {
	case rec.Refused != "":
		x.because("in quarantine since %s, until it or the settings change: %s", utc(rec.Since), x.Error)
	case rec.Error != "":
		x.because("failed since %s, and will be tried again: %s", utc(rec.Since), rec.Error)
	}
	if page.Restored {
		x.because("brought back by undo; it stays until the source lists it again")
	}
	return x.recallRest(tx)
}

func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func (x *Explanation) recallRest(tx *state.Tx) error {
	hold, _, err1 := tx.Hold()
	retracted, err2 := tx.Retracted()
	intents, err3 := tx.Intents()
	for _, id := range hold.Pages {
		if id == x.ExternalID {
			x.Hold = hold.ID
			x.because("gone from the source; its delete is held (%s): finpages approve %s %s", hold.Reason, x.Source, hold.ID)
		}
	}
	if _, x.Retracted = retracted[x.ExternalID]; x.Retracted {
		x.because("retracted: finpages retract --undo %s %s lets it in again", x.Source, x.ExternalID)
	}
	if _, ok := intents[x.ExternalID]; ok {
		x.because("a write of it is under way, or was cut short; a sync makes sure")
	}
	return errors.Join(err1, err2, err3)
}

// findPage finds the page by external_id, entry, address or Intercom's id.
func (x *Explanation) findPage(tx *state.Tx, located string) (page state.Page, err error) {
	x.Entry = located
	for _, id := range []string{x.Ref, located} {
		if page, found, err := tx.Page(id); found || err != nil {
			return page, x.fill(id, page, err)
		}
	}
	if rec, found, err := tx.Entry(located); found || err != nil {
		if err != nil || len(rec.Pages) == 0 {
			x.ExternalID = located
			return page, err
		}
		page, _, err = tx.Page(rec.Pages[0])
		return page, x.fill(rec.Pages[0], page, err)
	}
	isIt := refersTo(x.Ref)
	err = tx.EachGlimpse("", func(g state.Glimpse) error {
		if !isIt(g) {
			return nil
		}
		if page, err = g.Page(); err != nil {
			return err
		}
		return cmp.Or(x.fill(g.ID, page, nil), state.Stop)
	})
	if x.ExternalID == "" {
		x.ExternalID = located
	}
	return page, err
}

// refersTo tells whether a page has the Intercom id or the address. Addresses
// are compared as people copy them: with a fragment, a slash at the end, http
// or https.
func refersTo(ref string) func(state.Glimpse) bool {
	if !isAddress(ref) {
		return func(g state.Glimpse) bool { return string(g.IntercomID) == ref }
	}
	bare := bareAddress(ref)
	return func(g state.Glimpse) bool { return len(g.URL) > 0 && bareAddress(string(g.URL)) == bare }
}

func isAddress(ref string) bool { return strings.Contains(ref, "://") }

func bareAddress(s string) string {
	s, _, _ = strings.Cut(NormalURL(s), "#")
	_, rest, _ := strings.Cut(s, "://")
	return strings.TrimRight(rest, "/")
}

func (x *Explanation) fill(id string, p state.Page, err error) error {
	x.ExternalID, x.IntercomID, x.Title, x.URL = id, p.ID, p.Title, p.URL
	x.AIAgent, x.AICopilot, x.Pushed, x.Hash = p.AIAgent, p.Copilot, moment(p.Pushed), fmt.Sprintf("%x", p.Hash[:])
	if p.Entry != "" {
		x.Entry = p.Entry
	}
	return err
}

// askTime is how long a source may take to say what it has: whoever asked is
// waiting, and so is the next run.
const askTime = time.Minute

// askSource tells what the source has now.
func (s *Service) askSource(ctx context.Context, src *Source, x *Explanation) {
	ctx, cancel := context.WithTimeoutCause(ctx, askTime, fmt.Errorf("it gave no answer within %v", askTime))
	defer cancel()
	entry, snap, err := src.find(ctx, x.Entry)
	if snap != nil {
		defer snap.Close()
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	switch {
	case err != nil:
		x.because("the source cannot be asked: %v", err)
	case entry == nil:
		x.because("%s", src.whyNot(ctx, x.Entry))
	case entry.Withheld != "":
		x.because("the source says: %s", entry.Withheld)
	case entry.Err != nil:
		x.because("the source cannot read it: %v", entry.Err)
	case x.InFin && entry.Revision != "" && entry.Revision == x.Revision:
		x.because("the source has it unchanged (revision %s)", entry.Revision)
	case x.InFin:
		x.because("the source may have changed it since (revision %q)", entry.Revision)
	case len(x.Reasons) == 0:
		x.because("the source has it, and the next run pushes it")
	}
}

func (s *Source) whyNot(ctx context.Context, id string) string {
	if e, ok := s.Adapter.(sources.Explainer); ok {
		if why, err := e.Explain(ctx, id); err == nil && why != "" {
			return "not taken from the source: " + why
		}
	}
	return "the source does not have it"
}

// find lists the source and returns the entry with the ID or address; nil if
// there is none. The caller closes the snapshot, where one is returned.
func (s *Source) find(ctx context.Context, ref string) (*sources.Entry, sources.Snapshot, error) {
	snap, err := s.Adapter.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	var vars map[string]string
	if v, ok := snap.(sources.Variabled); ok {
		vars = v.Variables()
	}
	bare := bareAddress(ref)
	isAt := func(url string) bool { return url != "" && bareAddress(url) == bare }
	var found *sources.Entry
	_, err = snap.List(ctx, func(e sources.Entry) error {
		if e.ID == ref || isAddress(ref) && (isAt(e.URL) || isAt(s.address(e.ID, e.ID, vars))) {
			found = &e
			return state.Stop
		}
		return nil
	})
	if errors.Is(err, state.Stop) {
		err = nil
	}
	return found, snap, err
}

// Preview is what Fin would get of a document.
type Preview struct {
	ExternalID string   `json:"external_id"`
	Revision   string   `json:"revision,omitempty"` // that the source has now
	Title      string   `json:"title"`
	URL        string   `json:"url"`
	HTML       string   `json:"html"`
	Withheld   string   `json:"withheld,omitempty"` // why Fin does not get it
	Warnings   []string `json:"warnings"`
	AIAgent    bool     `json:"ai_agent"`
	AICopilot  bool     `json:"ai_copilot"`
	Body       []byte   `json:"-"` // the document as stored
}

// Preview renders the document with the ID, path or web address. One that
// cannot be rendered comes with the error and its Body.
func (s *Service) Preview(ctx context.Context, name, ref string) (Preview, error) {
	m, err := s.source(name)
	if err != nil {
		return Preview{}, err
	}
	id := m.src.locate(ref)
	err = s.view(m, func(tx *state.Tx) error {
		x := Explanation{Ref: ref}
		page, err := x.findPage(tx, id)
		if page.Entry != "" {
			id = page.Entry
		}
		return err
	})
	if err != nil {
		return Preview{}, err
	}
	if err := m.enter(ctx); err != nil {
		return Preview{}, err
	}
	defer m.leave()
	return m.src.preview(ctx, id)
}

func (s *Source) preview(ctx context.Context, id string) (Preview, error) {
	entry, snap, err := s.find(ctx, id)
	if snap != nil {
		defer snap.Close()
	}
	switch {
	case err != nil:
		return Preview{}, err
	case entry == nil:
		return Preview{}, fmt.Errorf("no document %q: %s", id, s.whyNot(ctx, id))
	case entry.Err != nil:
		return Preview{}, entry.Err
	case entry.Withheld != "":
		return Preview{ExternalID: entry.ID, Revision: entry.Revision, Withheld: entry.Withheld}, nil
	}
	r := &run{src: s, snap: snap}
	if v, ok := snap.(sources.Variabled); ok {
		r.vars = v.Variables()
	}
	doc, err := entry.Load(ctx)
	if err != nil {
		return Preview{}, err
	}
	p, err := r.render(&workItem{Entry: *entry}, doc)
	if err != nil {
		return Preview{ExternalID: entry.ID, Revision: entry.Revision, Body: doc.Body}, fmt.Errorf("render %q: %w", id, err)
	}
	return Preview{ExternalID: cmp.Or(p.page.Meta.ID, p.id), Revision: entry.Revision, Title: p.page.Title, URL: p.request.URL, HTML: p.page.HTML, Withheld: p.page.Withheld(),
		Warnings: append([]string{}, p.page.Warnings...), AIAgent: p.request.AIAgent, AICopilot: p.request.AICopilot, Body: doc.Body}, nil
}
