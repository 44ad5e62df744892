package state_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"finpages/state"
)

// What a first sync writes for each page, and what opening a file of the schema
// before the index costs once.
func BenchmarkWriteAndIndex(b *testing.B) {
	for _, c := range []struct {
		name  string
		entry state.Entry
	}{{"all well", state.Entry{Revision: "r", Pages: []string{"p"}}}, {"all left out", state.Entry{Revision: "r", Withheld: "draft"}}} {
		b.Run(c.name, func(b *testing.B) {
			var size int64
			for b.Loop() {
				path := filepath.Join(b.TempDir(), "state.db")
				db, err := state.Open(path, state.Options{})
				if err != nil {
					b.Fatal(err)
				}
				for batch := range 20 {
					err := db.Update("docs", func(tx *state.Tx) error {
						for i := range 1000 {
							if err := tx.PutEntry(fmt.Sprintf("guide/page-%06d.md", batch*1000+i), c.entry); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						b.Fatal(err)
					}
				}
				size = db.Size()
				db.Close()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20_000, "ns/entry")
			b.ReportMetric(float64(size)/20_000, "bytes/entry")
		})
	}
}
