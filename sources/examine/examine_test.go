package examine_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/examine"
)

// broken is a source of one document that breaks the contract in one way.
type broken struct {
	how  string
	runs int
}

func (b *broken) Open(context.Context) (sources.Snapshot, error) {
	b.runs++
	if b.how == "open" {
		return nil, errors.New("down")
	}
	return &snapshot{broken: b, run: b.runs}, nil
}

func (b *broken) Check(context.Context) ([]string, error) {
	if b.how == "check" {
		return nil, errors.New("not ready")
	}
	return nil, nil
}

func (b *broken) Explain(context.Context, string) (string, error) {
	if b.how == "explain" {
		return "a draft", nil
	}
	return "", nil
}

type snapshot struct {
	*broken
	run    int
	closed bool
}

func (s *snapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	if ctx.Err() != nil && s.how != "cancel" {
		return sources.Listing{}, ctx.Err()
	}
	if ctx.Err() != nil {
		return sources.Listing{}, nil
	}
	e := sources.Entry{ID: "a", Revision: "1", Load: s.load}
	switch s.how {
	case "id":
		e.ID = ""
	case "nfc":
		e.ID = "e\u0301"
	case "revision":
		e.Revision = strings.Repeat("x", s.run)
	case "flicker":
		e.ID = strings.Repeat("x", s.run)
	case "mute":
		e.Load = nil
	}
	err := yield(e)
	if err == nil && s.how == "twice" || err != nil && s.how == "taker" {
		err = yield(e)
	}
	return sources.Listing{}, err
}

func (s *snapshot) load(context.Context) (sources.Document, error) {
	switch {
	case s.closed && s.how != "closed":
		return sources.Document{}, errors.New("closed")
	case s.how == "load":
		return sources.Document{}, errors.New("500")
	case s.how == "format":
		return sources.Document{}, nil
	}
	return sources.Document{Format: sources.Text, Body: []byte("text")}, nil
}

func (s *snapshot) Close() error { s.closed = true; return nil }

func TestWhatBreaksTheContractIsFound(t *testing.T) {
	for how, want := range map[string]string{
		"": "", "open": "open: down", "id": "no ID", "nfc": "is not NFC", "twice": "listed twice", "mute": "can neither be loaded",
		"revision": "it should change with the document alone", "flicker": "is not listed a second time", "load": `load "a": 500`,
		"format": "has no format", "taker": "want one, and the taker's error", "cancel": "claims to be complete",
		"closed": `"a" was loaded`, "check": "not ready", "explain": "is said to be left out: a draft",
	} {
		var wrong []string
		examine.Source(t.Context(), &broken{how: how}, func(f examine.Finding) {
			if f.Err != nil {
				wrong = append(wrong, f.Part+": "+f.Err.Error())
			}
		})
		got := strings.Join(wrong, "\n")
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%q: found %q, want %q", how, got, want)
		}
	}
}
