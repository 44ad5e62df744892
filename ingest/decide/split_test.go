package decide

import (
	"slices"
	"strings"
	"testing"

	"finpages/state"
)

// Each row of the table of Split, beside one page whose delete is of no account.
func TestSplit(t *testing.T) {
	plain := func(change func(*Deletion)) Deletion {
		d := Deletion{ID: "a", Page: state.Page{Entry: "a"}}
		if change != nil {
			change(&d)
		}
		return d
	}
	held := state.Hold{ID: "h", Pages: []string{"a"}, Reason: "too many"}
	approved := held
	approved.Approved = true
	small, none := Deletes{MaxPercent: 100, MaxCount: 10}, Deletes{}
	tests := []struct {
		name   string
		d      Deletion
		budget Deletes
		hold   state.Hold
		over   bool // it was emptied by a run that changes too much
		held   bool
		reason string
	}{
		{"within the budget", plain(nil), small, state.Hold{}, false, false, ""},
		{"over the budget", plain(nil), none, state.Hold{}, false, true, "more than max_count 0"},
		{"moved", plain(func(d *Deletion) { d.MovedTo = "b" }), none, state.Hold{}, false, false, ""},
		{"must be out", plain(func(d *Deletion) { d.MustRemove = true }), none, held, false, false, ""},
		{"cut otherwise", plain(func(d *Deletion) { d.Recut = true }), none, state.Hold{}, false, false, ""},
		{"held and approved", plain(nil), none, approved, false, false, ""},
		{"held, would fit by now", plain(nil), small, held, false, true, "too many"},
		{"emptied", plain(nil), small, state.Hold{}, true, true, "1 document was emptied"},
		{"emptied, but moved", plain(func(d *Deletion) { d.MovedTo = "b" }), small, state.Hold{}, true, false, ""},
		{"foreign", plain(func(d *Deletion) { d.Page.Entry = "" }), small, state.Hold{}, false, true, "was not pushed from this state"},
		{"foreign, approved", plain(func(d *Deletion) { d.Page.Entry = "" }), small, approved, false, false, ""},
		{"ruled out", plain(func(d *Deletion) { d.RuledOut = true }), small, state.Hold{}, false, false, ""},
		{"ruled out, over the budget", plain(func(d *Deletion) { d.RuledOut = true }), none, state.Hold{}, false, true, "more than max_count 0"},
		{"ruled out, held", plain(func(d *Deletion) { d.RuledOut = true }), small, held, false, true, "too many"},
	}
	for _, tt := range tests {
		facts := DeleteFacts{Budget: tt.budget, Hold: tt.hold, Owned: 10, Shown: 9, EmptiedOver: map[string]bool{"a": tt.over}}
		remove, kept, reason := facts.Split([]Deletion{tt.d}, nil)
		if len(kept) != 1 == tt.held || len(remove)+len(kept) != 1 || !strings.Contains(reason, tt.reason) || (reason == "") != (tt.reason == "") {
			t.Errorf("%s: removed %d, held %d, %q", tt.name, len(remove), len(kept), reason)
		}
	}
	unseen := plain(func(d *Deletion) { d.ID = "unseen" })
	if _, kept, _ := (DeleteFacts{Budget: small, Owned: 10, Shown: 9}).Split([]Deletion{plain(nil)}, []Deletion{unseen}); !slices.Equal(ids(kept), []string{"unseen"}) {
		t.Errorf("held: %q", ids(kept))
	}
}

// Documents that a new rule leaves out go within the budget, also where others are
// held; they do not count with these.
func TestSplitRuledOutApart(t *testing.T) {
	var gone []Deletion
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		gone = append(gone, Deletion{ID: id, Page: state.Page{Entry: id}, RuledOut: id < "c"})
	}
	remove, held, _ := DeleteFacts{Budget: Deletes{MaxPercent: 100, MaxCount: 2}, Owned: 10, Shown: 5}.Split(gone, nil)
	if !slices.Equal(ids(remove), []string{"a", "b"}) || !slices.Equal(ids(held), []string{"c", "d", "e"}) {
		t.Errorf("removed %q, held %q", ids(remove), ids(held))
	}
}

func ids(list []Deletion) (ids []string) {
	for _, d := range list {
		ids = append(ids, d.ID)
	}
	return ids
}
