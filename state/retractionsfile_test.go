package state_test

import (
	"testing"

	"finpages/state"
)

func TestEachDatabaseHasItsRetractionsFile(t *testing.T) {
	same := state.RetractionsFile("postgres://finpages:hunter2@db.example.com:5433/docs?sslmode=disable")
	if same == "" || same != state.RetractionsFile("postgresql://admin@db.example.com:5433/docs?connect_timeout=3") {
		t.Errorf("another user has another file than %q", same)
	}
	for _, other := range []string{"postgres://db.example.com:5433/other", "postgres://db.example.com:5434/docs",
		"postgres://db2.example.com:5433/docs", "postgres://db.example.com:5433/docs?search_path=two"} {
		if name := state.RetractionsFile(other); name == same || name == "" {
			t.Errorf("%s has the file %q", other, name)
		}
	}
	for _, none := range []string{"/var/lib/finpages/state.db", "state.db", "postgres://%zz"} {
		if name := state.RetractionsFile(none); name != "" {
			t.Errorf("%s has the file %q", none, name)
		}
	}
}
