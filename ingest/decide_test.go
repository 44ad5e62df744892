package ingest

import (
	"errors"
	"math/rand/v2"
	"testing"

	"finpages/sources"
	"finpages/state"
)

func TestDecide(t *testing.T) {
	settings, other := state.Hash{1}, state.Hash{2}
	entry := sources.Entry{ID: "a", Revision: "r1"}
	rec := func(change func(*state.Entry)) priorEntry {
		k := priorEntry{found: true, record: state.Entry{Revision: "r1", Settings: settings, Pages: []string{"a"}}}
		if change != nil {
			change(&k.record)
		}
		return k
	}
	with := func(k priorEntry, intent bool) priorEntry { k.intent = intent; return k }
	unknownRevision, withheld, broken := entry, entry, entry
	unknownRevision.Revision, withheld.Withheld, broken.Err = "", "restricted", errors.New("unreadable")
	tests := []struct {
		name string
		e    sources.Entry
		k    priorEntry
		full bool
		want action
	}{
		{"unreadable, new", broken, priorEntry{}, false, unreadable},
		{"unreadable, known, full", broken, rec(nil), true, unreadable},
		{"withheld, new", withheld, priorEntry{}, false, withdraw},
		{"withheld, has pages", withheld, rec(func(e *state.Entry) { e.Withheld = "restricted" }), false, withdraw},
		{"withheld, other reason", withheld, rec(func(e *state.Entry) { e.Withheld, e.Pages = "label", nil }), false, withdraw},
		{"withheld, as before", withheld, rec(func(e *state.Entry) { e.Withheld, e.Pages = "restricted", nil }), false, unchanged},
		{"withheld, as before, full", withheld, rec(func(e *state.Entry) { e.Withheld, e.Pages = "restricted", nil }), true, unchanged},
		{"withheld, as before, intent", withheld, with(rec(func(e *state.Entry) { e.Withheld, e.Pages = "restricted", nil }), true), false, withdraw},
		{"new", entry, priorEntry{}, false, load},
		{"intent", entry, with(rec(nil), true), false, load},
		{"full", entry, rec(nil), true, load},
		{"other settings", entry, rec(func(e *state.Entry) { e.Settings = other }), false, load},
		{"other revision", entry, rec(func(e *state.Entry) { e.Revision = "r0" }), false, load},
		{"unknown revision", unknownRevision, rec(func(e *state.Entry) { e.Revision = "" }), false, load},
		{"failed before", entry, rec(func(e *state.Entry) { e.Error = "unreadable" }), false, load},
		{"not told of before", entry, rec(func(e *state.Entry) { e.Error, e.ListingError = "503", true }), false, recovered},
		{"not told of before, other revision", entry, rec(func(e *state.Entry) { e.Error, e.ListingError, e.Revision = "503", true, "r0" }), false, load},
		{"not told of before, other settings", entry, rec(func(e *state.Entry) { e.Error, e.ListingError, e.Settings = "503", true, other }), false, load},
		{"not told of before, full", entry, rec(func(e *state.Entry) { e.Error, e.ListingError = "503", true }), true, load},
		{"not told of before, intent", entry, with(rec(func(e *state.Entry) { e.Error, e.ListingError = "503", true }), true), false, load},
		{"not told of before, refused", entry, rec(func(e *state.Entry) { e.Error, e.ListingError, e.Refused = "503", true, "422" }), false, load},
		{"refused before", entry, rec(func(e *state.Entry) { e.Refused = "422" }), false, quarantined},
		{"refused before, intent", entry, with(rec(func(e *state.Entry) { e.Refused = "422" }), true), false, load},
		{"refused before, other settings", entry, rec(func(e *state.Entry) { e.Refused, e.Settings = "422", other }), false, load},
		{"refused before, full", entry, rec(func(e *state.Entry) { e.Refused = "422" }), true, load},
		{"out by front matter before", entry, rec(func(e *state.Entry) { e.Withheld, e.Pages = "draft", nil }), false, unchanged},
		{"as before", entry, rec(nil), false, unchanged},
	}
	for _, tt := range tests {
		if got := decide(tt.e, tt.k, settings, tt.full); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

// Whatever is met, an entry that cannot be read or is withheld is never
// loaded, and nothing counts as unchanged that may have changed.
func TestDecideProperties(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	coin := func() bool { return rnd.IntN(2) == 0 }
	pick := func(values ...string) string { return values[rnd.IntN(len(values))] }
	for range 50_000 {
		settings := state.Hash{byte(rnd.IntN(2))}
		e := sources.Entry{ID: "a", Revision: pick("", "r1", "r2"), Withheld: pick("", "", "x", "y")}
		if rnd.IntN(4) == 0 {
			e.Err = errors.New("unreadable")
		}
		k := priorEntry{found: coin(), intent: coin(), record: state.Entry{Revision: pick("", "r1", "r2"), Settings: state.Hash{byte(rnd.IntN(2))},
			Withheld: pick("", "", "x", "y"), Refused: pick("", "", "no"), Error: pick("", "", "no")}}
		if coin() {
			k.record.Pages = []string{"a"}
		}
		full := coin()
		got := decide(e, k, settings, full)
		switch {
		case (e.Err != nil || e.Withheld != "") && got == load,
			e.Err != nil && got == withdraw,
			e.Withheld != "" && e.Err == nil && len(k.record.Pages) > 0 && got != withdraw,
			got == unchanged && e.Withheld == "" && (!k.found || k.intent || full || e.Revision == "" || e.Revision != k.record.Revision || settings != k.record.Settings):
			t.Fatalf("decide(%+v, %+v, full %v) = %d", e, k, full, got)
		}
	}
}

func TestDecidePush(t *testing.T) {
	hash, other := state.Hash{1}, state.Hash{2}
	refused := priorEntry{record: state.Entry{Refused: "422", RefusedHash: hash}}
	intent := priorEntry{intent: true}
	tests := []struct {
		name  string
		page  state.Page
		found bool
		k     priorEntry
		full  bool
		want  pushAction
	}{
		{"new", state.Page{}, false, priorEntry{}, false, create},
		{"same hash", state.Page{Hash: hash}, true, priorEntry{}, false, same},
		{"other hash", state.Page{Hash: other}, true, priorEntry{}, false, update},
		{"same hash, intent", state.Page{Hash: hash}, true, intent, false, update},
		{"same hash, full", state.Page{Hash: hash}, true, priorEntry{}, true, update},
		{"refused as it is", state.Page{Hash: other}, true, refused, false, keepRefused},
		{"refused as it is, new", state.Page{}, false, refused, false, keepRefused},
		{"refused as it is, full", state.Page{}, false, refused, true, create},
	}
	for _, tt := range tests {
		if got := decidePush(tt.page, tt.found, hash, tt.k, tt.full); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestBudget(t *testing.T) {
	b := Budget{MaxPercent: 20, MaxCount: 500, AlwaysAllow: 10}
	tests := []struct {
		deletes, owned, listed int
		held                   bool
	}{
		{0, 100, 100, false}, {0, 0, 0, false}, {1, 1, 0, true}, {10, 11, 1, false}, {11, 54, 43, true}, {11, 55, 44, false},
		{20, 100, 80, false}, {21, 100, 79, true}, {100, 100, 100, true}, {500, 40000, 39500, false}, {501, 40000, 39499, true}, {5, 5, 0, true},
	}
	for _, tt := range tests {
		if got := b.exceeded(tt.deletes, tt.owned, tt.listed); (got != "") != tt.held {
			t.Errorf("%+v: %q", tt, got)
		}
	}
	update := []state.HeldUpdate{{Page: "b", Request: state.ShortHash{1}}}
	holds := []state.Hold{
		{Pages: []string{"a", "b"}}, {Pages: []string{"a", "b", "c"}}, {Pages: []string{"ab"}}, {Pages: []string{"a"}},
		{Pages: []string{"a"}, Updates: update}, {Updates: update}, {Updates: []state.HeldUpdate{{Page: "b"}}},
	}
	met := map[string]state.Hold{}
	for _, h := range holds {
		if other, twice := met[holdID(h)]; twice {
			t.Errorf("%+v and %+v have one ID", h, other)
		}
		met[holdID(h)] = h
	}
}
