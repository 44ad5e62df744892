package state_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"finpages/state"
)

// What a run without changes does for each entry.
func BenchmarkLookUp(b *testing.B) {
	db, err := state.Open(filepath.Join(b.TempDir(), "state.db"), state.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var ids []string
	db.Update("docs", func(tx *state.Tx) error {
		for i := range 10_000 {
			id := fmt.Sprintf("guide/section-%03d/page-%05d.md", i%100, i)
			ids = append(ids, id)
			tx.PutEntry(id, state.Entry{Revision: "2bcd.dyx3k4j5l6.1a2b3c", Settings: state.Hash{1},
				BodyHash: state.ShortHash{2}, Scope: "guide/section", Pages: []string{id}})
		}
		return nil
	})
	b.ReportAllocs()
	for b.Loop() {
		db.View("docs", func(tx *state.Tx) error {
			for _, id := range ids {
				if _, found, err := tx.Entry(id); !found || err != nil {
					b.Fatal(id, err)
				}
			}
			return nil
		})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(ids)), "ns/entry")
}
