package state_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"finpages/state"
)

// The audit trail is no source, and goes along when the state is copied.
func TestAudit(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "a.db"), filepath.Join(dir, "b.db")
	db, err := state.Open(from, state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		pages := make([]string, 500*i)
		if err := db.AddAudit(state.Audited{Who: fmt.Sprint("user ", i), Action: "approve", Source: "docs",
			Pages: pages}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.AddAudit(state.Audited{Who: "last", Pages: make([]string, 1200)}); err != nil {
		t.Fatal(err)
	}
	if names, err := db.Sources(); err != nil || len(names) > 0 {
		t.Errorf("sources: %v %v", names, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := state.Copy(t.Context(), from, to); err != nil {
		t.Fatal(err)
	}
	if db, err = state.Open(to, state.Options{ReadOnly: true}); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	list, err := db.Audit(3)
	if err != nil || len(list) != 3 || list[0].Who != "last" || list[0].ID != 4 || list[2].Who != "user 1" {
		t.Fatalf("%v %v", list, err)
	}
	if len(list[0].Pages) != 1000 || list[0].More != 200 {
		t.Errorf("%d pages, %d more", len(list[0].Pages), list[0].More)
	}
}
