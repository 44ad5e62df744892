package ingest

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"finpages/state"
)

func BenchmarkInv(b *testing.B) {
	db, err := state.Open(filepath.Join(b.TempDir(), "s.db"), state.Options{})
	if err != nil {
		b.Fatal(err)
	}
	err = db.Update("big", func(tx *state.Tx) error {
		for i := range 100_000 {
			id := fmt.Sprintf("guide/section-%03d/page-%06d.md", i%500, i)
			if err := tx.PutPage(id, state.Page{Entry: id, ID: fmt.Sprint(i), Title: fmt.Sprintf("How to do thing %d", i), URL: "https://docs.example.com/" + id, Locale: "en", Pushed: time.Now()}); err != nil {
				return err
			}
			if err := tx.PutEntry(id, state.Entry{Revision: "abc" + id, Pages: []string{id}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	s := NewService(&Engine{State: db})
	s.Configure([]*Source{{Name: "big"}})
	b.Run("status", func(b *testing.B) {
		for b.Loop() {
			s.Status("big")
		}
	})
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			s.Inventory(context.Background(), "big", InventoryQuery{Limit: 50})
		}
	})
	b.Run("fin-nomatch", func(b *testing.B) {
		for b.Loop() {
			s.Inventory(context.Background(), "big", InventoryQuery{Limit: 50, Show: "fin", Text: "zzz"})
		}
	})
	b.Run("nomatch", func(b *testing.B) {
		for b.Loop() {
			s.Inventory(context.Background(), "big", InventoryQuery{Limit: 50, Text: "zzz"})
		}
	})
	b.Run("problems", func(b *testing.B) {
		for b.Loop() {
			s.Inventory(context.Background(), "big", InventoryQuery{Limit: 50, Show: "problems"})
		}
	})
	b.Run("count", func(b *testing.B) {
		for b.Loop() {
			db.View("big", func(tx *state.Tx) error { tx.CountPages(); return nil })
		}
	})
}
