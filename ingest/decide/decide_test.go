package decide

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
	rec := func(change func(*state.Entry)) Prior {
		k := Prior{Found: true, Record: state.Entry{Revision: "r1", Settings: settings, Pages: []string{"a"}}}
		if change != nil {
			change(&k.Record)
		}
		return k
	}
	with := func(k Prior, intent bool) Prior { k.Intent = intent; return k }
	unknownRevision, withheld, broken := entry, entry, entry
	unknownRevision.Revision, withheld.Withheld, broken.Err = "", "restricted", errors.New("unreadable")
	tests := []struct {
		name string
		e    sources.Entry
		k    Prior
		full bool
		want Action
	}{
		{"unreadable, new", broken, Prior{}, false, Unreadable},
		{"unreadable, known, full", broken, rec(nil), true, Unreadable},
		{"withheld, new", withheld, Prior{}, false, Withdraw},
		{"withheld, has pages", withheld, rec(func(e *state.Entry) { e.Withheld = "restricted" }), false, Withdraw},
		{"withheld, other reason", withheld, rec(func(e *state.Entry) { e.Withheld, e.Pages = "label", nil }), false, Withdraw},
		{"withheld, as before", withheld, rec(func(e *state.Entry) { e.Withheld, e.Pages = "restricted", nil }), false, Unchanged},
		{"withheld, as before, full", withheld, rec(func(e *state.Entry) { e.Withheld, e.Pages = "restricted", nil }), true, Unchanged},
		{"withheld, as before, intent", withheld, with(rec(func(e *state.Entry) { e.Withheld, e.Pages = "restricted", nil }), true), false, Withdraw},
		{"new", entry, Prior{}, false, Load},
		{"intent", entry, with(rec(nil), true), false, Load},
		{"full", entry, rec(nil), true, Load},
		{"other settings", entry, rec(func(e *state.Entry) { e.Settings = other }), false, Load},
		{"other revision", entry, rec(func(e *state.Entry) { e.Revision = "r0" }), false, Load},
		{"unknown revision", unknownRevision, rec(func(e *state.Entry) { e.Revision = "" }), false, Load},
		{"failed before", entry, rec(func(e *state.Entry) { e.Error = "unreadable" }), false, Load},
		{"not told of before", entry, rec(func(e *state.Entry) { e.Error, e.ListingError = "503", true }), false, Recovered},
		{"not told of before, other revision", entry, rec(func(e *state.Entry) { e.Error, e.ListingError, e.Revision = "503", true, "r0" }), false, Load},
		{"not told of before, other settings", entry, rec(func(e *state.Entry) { e.Error, e.ListingError, e.Settings = "503", true, other }), false, Load},
		{"not told of before, full", entry, rec(func(e *state.Entry) { e.Error, e.ListingError = "503", true }), true, Load},
		{"not told of before, intent", entry, with(rec(func(e *state.Entry) { e.Error, e.ListingError = "503", true }), true), false, Load},
		{"not told of before, refused", entry, rec(func(e *state.Entry) { e.Error, e.ListingError, e.Refused = "503", true, "422" }), false, Load},
		{"refused before", entry, rec(func(e *state.Entry) { e.Refused = "422" }), false, Quarantined},
		{"refused before, intent", entry, with(rec(func(e *state.Entry) { e.Refused = "422" }), true), false, Load},
		{"refused before, other settings", entry, rec(func(e *state.Entry) { e.Refused, e.Settings = "422", other }), false, Load},
		{"refused before, full", entry, rec(func(e *state.Entry) { e.Refused = "422" }), true, Load},
		{"out by front matter before", entry, rec(func(e *state.Entry) { e.Withheld, e.Pages = "draft", nil }), false, Unchanged},
		{"as before", entry, rec(nil), false, Unchanged},
	}
	for _, tt := range tests {
		if got := Entry(tt.e, tt.k, settings, tt.full); got != tt.want {
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
		k := Prior{Found: coin(), Intent: coin(), Record: state.Entry{Revision: pick("", "r1", "r2"),
			Settings: state.Hash{byte(rnd.IntN(2))},
			Withheld: pick("", "", "x", "y"), Refused: pick("", "", "no"), Error: pick("", "", "no")}}
		if coin() {
			k.Record.Pages = []string{"a"}
		}
		full := coin()
		got := Entry(e, k, settings, full)
		switch {
		case (e.Err != nil || e.Withheld != "") && got == Load,
			e.Err != nil && got == Withdraw,
			e.Withheld != "" && e.Err == nil && len(k.Record.Pages) > 0 && got != Withdraw,
			got == Unchanged && e.Withheld == "" && (!k.Found || k.Intent || full || e.Revision == "" ||
				e.Revision != k.Record.Revision || settings != k.Record.Settings):
			t.Fatalf("Entry(%+v, %+v, full %v) = %d", e, k, full, got)
		}
	}
}

func TestDecidePush(t *testing.T) {
	hash, other := state.ShortHash{1}, state.ShortHash{2}
	refused := Prior{Record: state.Entry{Refused: "422", RefusedHash: hash}}
	intent := Prior{Intent: true}
	tests := []struct {
		name  string
		page  state.Page
		found bool
		k     Prior
		full  bool
		want  PushAction
	}{
		{"new", state.Page{}, false, Prior{}, false, Create},
		{"same hash", state.Page{Hash: hash}, true, Prior{}, false, Same},
		{"other hash", state.Page{Hash: other}, true, Prior{}, false, Update},
		{"same hash, intent", state.Page{Hash: hash}, true, intent, false, Update},
		{"same hash, full", state.Page{Hash: hash}, true, Prior{}, true, Update},
		{"refused as it is", state.Page{Hash: other}, true, refused, false, KeepRefused},
		{"refused as it is, new", state.Page{}, false, refused, false, KeepRefused},
		{"refused as it is, full", state.Page{}, false, refused, true, Create},
	}
	for _, tt := range tests {
		if got := Push(tt.page, tt.found, hash, tt.k, tt.full); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

func TestBudget(t *testing.T) {
	b := Deletes{MaxPercent: 20, MaxCount: 500, AlwaysAllow: 10}
	tests := []struct {
		deletes, owned, listed int
		held                   bool
	}{
		{0, 100, 100, false}, {0, 0, 0, false}, {1, 1, 0, true}, {10, 11, 1, false}, {11, 54, 43, true}, {11, 55, 44, false},
		{20, 100, 80, false}, {21, 100, 79, true}, {100, 100, 100, true}, {500, 40000, 39500, false}, {501, 40000, 39499, true}, {5, 5, 0, true},
	}
	for _, tt := range tests {
		if got := b.Exceeded(tt.deletes, tt.owned, tt.listed); (got != "") != tt.held {
			t.Errorf("%+v: %q", tt, got)
		}
	}
	updates := []state.HeldUpdate{{Page: "b", Request: state.ShortHash{1}}}
	holds := []state.Hold{
		{Pages: []string{"a", "b"}}, {Pages: []string{"a", "b", "c"}}, {Pages: []string{"ab"}}, {Pages: []string{"a"}},
		{Pages: []string{"a"}, Updates: updates}, {Updates: updates}, {Updates: []state.HeldUpdate{{Page: "b"}}},
	}
	met := map[string]state.Hold{}
	for _, h := range holds {
		if other, twice := met[HoldID(h)]; twice {
			t.Errorf("%+v and %+v have one ID", h, other)
		}
		met[HoldID(h)] = h
	}
}
