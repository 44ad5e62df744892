package inspect_test

import (
	"strings"
	"testing"
	"time"
)

func TestTheLastDeletedPagesOfAPage(t *testing.T) {
	w := newWorld(t)
	for _, text := range []string{"one", "two"} {
		w.Put("a.md", "# A "+text, "b.md", "# B")
		w.Sync()
		w.Remove("a.md")
		w.Sync()
	}
	list, err := w.Service().Deletions("docs", "a.md", 9)
	if err != nil || len(list) != 2 || list[0].Title != "A two" || list[1].Title != "A one" || list[0].Run <= list[1].Run {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err = w.Service().Deleted("docs", 9); len(list) != 1 || err != nil || list[0].Title != "A two" ||
		time.Since(list[0].Time) > time.Hour {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestWhatCanBeBroughtBack(t *testing.T) {
	w := newWorld(t)
	deleted := func(n int) string {
		t.Helper()
		list, err := w.Service().Deleted("docs", n)
		if err != nil {
			t.Fatal(err)
		}
		words := []string{}
		for _, d := range list {
			words = append(words, strings.TrimSpace(d.ID+" "+d.Kept))
		}
		return strings.Join(words, ", ")
	}
	want := func(n int, want string) {
		t.Helper()
		if got := deleted(n); got != want {
			t.Errorf("%d of the deleted: %q, want %q", n, got, want)
		}
	}
	want(9, "")
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		w.Put(id+".md", "# "+id, "stays.md", "# Stays")
		w.Sync()
		w.Remove(id + ".md")
		w.Sync()
	}
	want(9, "e.md, d.md, c.md, b.md, a.md")
	want(2, "e.md, d.md")
	for _, id := range []string{"d.md", "e.md"} {
		if _, err := w.Service().Undo(t.Context(), "docs", id); err != nil {
			t.Fatal(err)
		}
	}
	want(9, "c.md, b.md, a.md")
	want(2, "c.md, b.md") // the newest two of the journal are back
	if list, err := w.Service().Deletions("docs", "e.md", 9); len(list) != 1 || err != nil {
		t.Errorf("what happened to e.md: %+v, %v", list, err)
	}
	w.Put("c.md", "---\ndraft: true\n---\n# c")
	w.Sync()
	if _, err := w.Service().Retract(t.Context(), "docs", "d.md"); err != nil {
		t.Fatal(err)
	}
	want(2, "d.md retracted, c.md draft: true in the front matter")
	if _, err := w.Service().Undo(t.Context(), "docs", "c.md"); err == nil {
		t.Error("a draft was brought back")
	}
}
