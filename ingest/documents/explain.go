package documents

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"finpages/ingest"
	"finpages/ingest/inspect"
	"finpages/ingest/transform"
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
	HeldUpdate bool       `json:"held_update"` // the hold is that of an update, not of a delete
	Error      string     `json:"error,omitempty"`
	Refused    bool       `json:"refused"` // in quarantine: not tried again until it or the settings change
	Withheld   string     `json:"withheld,omitempty"`
	Retracted  bool       `json:"retracted"`
	Parts      []string   `json:"parts,omitempty"` // external_ids of the pages that the document is cut into

	Drift state.DriftKind `json:"drift,omitempty"` // as verify found it
	drift string          // the same in a sentence
}

func (x *Explanation) because(format string, args ...any) {
	x.Reasons = append(x.Reasons, fmt.Sprintf(format, args...))
}

// Explain says why the document with the ID, path or web address is, or is
// not, in Fin. It asks the source too, where that can be reached. Secrets in
// paths are not shown.
func (f *Finder) Explain(ctx context.Context, name, ref string) (Explanation, error) {
	c, err := f.Lookup(name)
	if err != nil {
		return Explanation{}, err
	}
	x, err := f.Recall(name, ref)
	if err != nil {
		return Explanation{}, c.Leaks.ShownError(err)
	}
	if c.TryEnter() {
		defer c.Leave()
		if !x.askSource(ctx, c.Source) && !x.InFin {
			f.suggest(ctx, &x)
		}
	} else {
		x.because("a sync is under way, so the source was not asked")
	}
	x.hideSecrets(c.Leaks)
	return x, nil
}

// hideSecrets puts the name of a rule in place of each secret that a path holds.
func (x *Explanation) hideSecrets(l transform.Leaks) {
	for _, text := range []*string{&x.Ref, &x.Entry, &x.ExternalID, &x.Title, &x.URL, &x.Revision, &x.Error, &x.Withheld} {
		*text = l.Shown(*text)
	}
	for i := range x.Reasons {
		x.Reasons[i] = l.Shown(x.Reasons[i])
	}
	for i := range x.Parts {
		x.Parts[i] = l.Shown(x.Parts[i])
	}
}

// Recall is Explain by what the state knows, without asking the source, and
// with paths and ids as they are.
func (f *Finder) Recall(name, ref string) (Explanation, error) {
	c, err := f.Lookup(name)
	if err != nil {
		return Explanation{}, err
	}
	x := Explanation{Source: name, Ref: ref, Reasons: []string{}}
	err = f.State.View(name, func(tx *state.Tx) error {
		found, err := Find(tx, c.Source, ref)
		if err != nil {
			return err
		}
		return x.recall(tx, found)
	})
	return x, err
}

// recall tells what the state knows.
func (x *Explanation) recall(tx *state.Tx, found Found) error {
	page, rec := found.Page, found.Record
	x.Entry, x.ExternalID = found.Entry, found.ID
	if page.IntercomID != "" {
		x.IntercomID, x.Title, x.URL = page.IntercomID, page.Title, page.URL
		x.AIAgent, x.AICopilot = page.AIAgent, page.AICopilot
		x.Pushed, x.Hash = &page.Pushed, fmt.Sprintf("%x", page.Hash[:])
	}
	x.Revision, x.Error, x.Refused, x.Withheld = rec.Revision, rec.Problem(), rec.Refused != "", rec.Withheld
	if err := x.readDrift(tx); err != nil {
		return err
	}
	x.InFin = page.IntercomID != "" && x.Drift != state.DriftMissing
	if x.InFin {
		x.because("in Fin as Intercom's page %s since %s", page.IntercomID, utc(page.Pushed))
	}
	if x.drift != "" {
		x.because("%s", x.drift)
	}
	if err := x.recallParts(tx, found); err != nil {
		return err
	}
	if rec.Withheld != "" {
		x.because("kept out: %s", rec.Withheld)
	}
	for _, note := range rec.Conversion {
		x.because("its converter warned: %s", note)
	}
	for _, l := range rec.Leaks {
		x.because("a secret, it seems: rule %s, %s, fingerprint %s; take it "+
			"out, or allow it under allow: in the config", l.Rule, l.Place, l.Fingerprint)
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
	if page.Undone != (state.ShortHash{}) {
		x.because("the version before an update, brought back by undo; it stays until the document changes")
	}
	return x.recallRest(tx, found)
}

// recallParts tells what the document is cut into, and what its pages lack.
func (x *Explanation) recallParts(tx *state.Tx, found Found) error {
	pages, err := found.Pages(tx)
	switch {
	case err != nil:
		return err
	case found.Part != "":
		x.because("a part of the document %s", found.Entry)
	case len(pages) > 1:
		x.Parts = pages
		x.because("its document is cut into %d pages: %s", len(pages), strings.Join(pages, ", "))
	}
	if l := found.Record.Loss; l.IsLossy() {
		x.because("%s: finpages preview says more", LossWords(*l))
	}
	return nil
}

// LossWords says what the pages of a document lack, for people.
func LossWords(l state.Loss) string {
	text := fmt.Sprintf("the page lacks %.1f %% of the document's words", float64(l.Lost)/100)
	if l.Leftovers > 0 {
		text += fmt.Sprintf(" and shows %d pieces of syntax", l.Leftovers)
	}
	return text
}

func utc(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func (x *Explanation) recallRest(tx *state.Tx, found Found) error {
	hold, _, err1 := tx.Hold()
	retracted, err2 := tx.Retractions()
	intents, err3 := tx.Intents()
	for _, id := range hold.Pages {
		if id == x.ExternalID {
			x.Hold = hold.ID
			x.because("gone from the source; its delete is held (%s): finpages approve %s %s",
				hold.Reason, x.Source, hold.ID)
		}
	}
	if _, x.HeldUpdate = hold.Update(x.ExternalID); x.HeldUpdate {
		x.Hold = hold.ID
		x.because("an update of it is held (%s): finpages approve %s %s", hold.UpdatesReason, x.Source, hold.ID)
	}
	for id, r := range retracted {
		if id == x.ExternalID || r.Entry == x.Entry && !r.Part {
			x.Retracted = true
			x.because("retracted: finpages retract --undo %s %s lets it in again", x.Source, id)
		} else if r.Entry == x.Entry && x.ExternalID == found.first() {
			x.because("its part %s is retracted: finpages retract --undo %s %s lets that in again", id, x.Source, id)
		}
	}
	if _, ok := intents[x.ExternalID]; ok {
		x.because("a write of it is under way, or was cut short; a sync makes sure")
	}
	return errors.Join(err1, err2, err3)
}

// askTime is how long a source may take to say what it has: whoever asked is
// waiting, and so is the next run.
const askTime = time.Minute

// askSource tells what the source has now. It reports false if that does not have it.
func (x *Explanation) askSource(ctx context.Context, src *ingest.Source) (has bool) {
	ctx, cancel := context.WithTimeoutCause(ctx, askTime, fmt.Errorf("it gave no answer within %v", askTime))
	defer cancel()
	entry, snap, err := findEntry(ctx, src, x.Entry)
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
		x.because("%s", whyNot(ctx, src, x.Entry))
	case entry.Withheld != "":
		x.because("the source says: %s", entry.Withheld)
	case entry.Err != nil:
		x.because("the source cannot read it: %v", entry.Err)
	case x.InFin && entry.Revision != "" && entry.Revision == x.Revision:
		x.because("the source has it unchanged (revision %s)", entry.Revision)
	case x.InFin:
		x.because("the source may have changed it since (revision %q)", entry.Revision)
		x.becauseHidden(ctx, src, snap, *entry)
	case len(x.Reasons) == 0 && !x.becauseHidden(ctx, src, snap, *entry):
		x.because("the source has it, and the next run pushes it")
	}
	if entry != nil && entry.Withheld == "" {
		if by := src.ConvertedBy(ctx, x.Entry); by != "" {
			x.because("%s", by)
		}
	}
	return err != nil || entry != nil
}

// becauseHidden tells why the next run keeps the document out, if it does.
func (x *Explanation) becauseHidden(
	ctx context.Context, src *ingest.Source, snap sources.Snapshot, e sources.Entry,
) bool {
	maker := transform.NewMaker(&src.Options, snap, 0)
	doc, err := maker.Load(ctx, e)
	if err != nil {
		return false
	}
	made, err := maker.Make(ctx, e, doc)
	if err != nil || made.Withheld == "" {
		return false
	}
	x.because("the next run keeps it out: %s", made.Withheld)
	return true
}

// suggest names the pages that may be meant by a title, or by words.
func (f *Finder) suggest(ctx context.Context, x *Explanation) {
	found, err := f.Search(ctx, []string{x.Source}, x.Ref, 5)
	if err == nil && len(found) > 0 {
		for _, d := range found[0].Documents {
			x.because("perhaps %s is meant: %q", d.ID, cmp.Or(d.Title, d.ID))
		}
	}
	_, isPath := sources.FormatOf(x.Ref)
	if !isPath && (len(found) == 0 || len(found[0].Documents) == 0) {
		x.because("give a path, an ID or an address; finpages search finds pages by their titles and words")
	}
}

const notThere = "the source does not have it"

func whyNot(ctx context.Context, src *ingest.Source, id string) string {
	if e, ok := src.Adapter.(sources.Explainer); ok {
		why, err := sources.Guarded(func() (string, error) { return e.Explain(ctx, id) })
		if err == nil && why != "" {
			return "not taken from the source: " + why
		}
	}
	if why := transform.LeftOut(sources.Entry{ID: id}); why != "" {
		return "not taken from the source: " + why
	}
	return notThere
}

// readDrift says how the page differs from what was pushed.
func (x *Explanation) readDrift(tx *state.Tx) error {
	d, found, err := tx.Drift(x.ExternalID)
	if err != nil || !found {
		return err
	}
	what := map[state.DriftKind]string{
		state.DriftMissing:    "it is missing in Intercom",
		state.DriftOrphaned:   "Intercom has it, and finpages did not push it",
		state.DriftDuplicated: "Intercom has it more than once",
		state.DriftChanged:    "it was changed in Intercom (" + strings.Join(d.Fields, ", ") + ")",
	}[d.Kind]
	x.Drift = d.Kind
	one := &inspect.Drift{Changed: 1}
	if d.BeyondRepair {
		one.BeyondRepair = 1
	}
	x.drift = fmt.Sprintf("verify found on %s that %s: %s", utc(d.Since), what, one.Mend(x.Source))
	return nil
}
