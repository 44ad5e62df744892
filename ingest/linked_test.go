package ingest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/decide"
	"finpages/ingest/ingesttest"
	"finpages/intercomapi/emulator"
	"finpages/state"
)

// Whatever becomes of files, and however runs end, pages are in the end as a first sync
// would make them, with links to what is there by then.
func TestPagesFollowNamesWhateverHappens(t *testing.T) {
	names := []string{"a.md", "b.md", "d/c.md", "d/index.md", "d/e/f.md", "img.png", "d/x.pdf", ".h/h.md", "d/.obsidian/app.json", "v1/README.md"}
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 1))
			w := newWorld(t)
			w.Src.Deletes = decide.Deletes{MaxPercent: 100, MaxCount: 1000, AlwaysAllow: 100}
			w.Fill(2)
			for range 9 {
				changeFiles(w, rnd, names)
				w.Emu.Fail(nil)
				ctx, cancel := context.WithCancel(t.Context())
				if rnd.IntN(3) == 0 {
					w.Emu.Fail(badDay(rnd, cancel))
				}
				w.Engine.Run(ctx, w.Source(), ingest.RunOptions{})
				cancel()
			}
			w.Emu.Fail(nil)
			w.Sync()
			fresh := newWorld(t)
			fresh.Dir = w.Dir
			fresh.Sync()
			for _, p := range fresh.Emu.Pages() {
				if got := w.Page(p.ExternalID); got.HTML != p.HTML {
					t.Errorf("%s: %s\n  want: %s", p.ExternalID, got.HTML, p.HTML)
				}
			}
			if looked := lookedAt(w); looked != 0 {
				t.Errorf("an unchanged run took up %d documents", looked)
			}
		})
	}
}

// changeFiles writes, renames or removes some files.
func changeFiles(w *world, rnd *rand.Rand, names []string) {
	name := func() string { return names[rnd.IntN(len(names))] }
	for range 1 + rnd.IntN(2) {
		switch at := name(); rnd.IntN(4) {
		case 0:
			w.Remove(at)
		case 1:
			if _, err := os.Stat(filepath.Join(w.Dir, at)); err == nil {
				w.Rename(at, name())
			}
		default:
			var text strings.Builder
			fmt.Fprintf(&text, "# Page %d\n\nWrite ==a== here.\n\n", rnd.IntN(100))
			for range rnd.IntN(4) {
				to, _ := filepath.Rel(filepath.Dir(at), name())
				fmt.Fprintf(&text, "See [it](%s), [[%s]] and ![a picture](%s).\n\n", to,
					strings.TrimSuffix(filepath.Base(name()), ".md"), strings.TrimSuffix(to, ".md"))
			}
			w.Put(at, text.String())
		}
	}
}

// badDay fails some writes, or ends the run by them.
func badDay(rnd *rand.Rand, stop context.CancelFunc) func(*http.Request) *emulator.Fault {
	after, what := rnd.IntN(3), rnd.IntN(3)
	return func(r *http.Request) *emulator.Fault {
		if r.Method != http.MethodPost {
			return nil
		}
		if after--; after >= 0 {
			return nil
		}
		switch what {
		case 0:
			stop()
			return nil
		case 1:
			return &emulator.Fault{Status: http.StatusUnauthorized, Body: `{"type":"error.list","errors":[]}`}
		}
		return &emulator.Fault{Cut: true, Effect: true}
	}
}

// lookedAt returns how many documents a run takes up.
func lookedAt(w *world) int64 {
	p := &ingest.Progress{}
	w.Run(ingest.RunOptions{Progress: p})
	return p.Total.Load()
}

// A document that looks for very many files is left alone like others while all of
// them stay.
func TestVeryManyLinks(t *testing.T) {
	w := newWorld(t)
	var text strings.Builder
	for i := range 1100 {
		fmt.Fprintf(&text, "- [page %d](d/%d.md)\n", i, i)
	}
	w.Put("a.md", "# A\n\n"+text.String(), "b.md", "# B\n\nText.")
	w.Sync()
	if looked := lookedAt(w); looked != 0 {
		t.Errorf("an unchanged run took up %d documents", looked)
	}
	w.Put("d/1099.md", "# Last\n\nText.")
	w.WantCounts(w.Sync(), "ok listed=3 unchanged=1 created=1 updated=1")
	if html := w.Page("a.md").HTML; !strings.Contains(html, ingesttest.Root+"/d/1099.md") {
		t.Errorf("without the link: %.200s", html)
	}
}

// A link that cannot be followed does not keep a page from following its others.
func TestLinkThroughWhatCannotBeLookedAt(t *testing.T) {
	for name, target := range map[string]string{"out": "/usr", "loop": "loop"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Put("a.md", "# A\n\nSee [x]("+name+"/x.md) and [b](b.md).")
			if err := os.Symlink(target, filepath.Join(w.Dir, name)); err != nil {
				t.Fatal(err)
			}
			w.Sync()
			w.Put("b.md", "# B\n\nText.")
			w.Sync()
			if html := w.Page("a.md").HTML; !strings.Contains(html, ingesttest.Root+"/b.md") {
				t.Errorf("without the link: %s", html)
			}
		})
	}
}

// Names are known to records only once all of these follow from them.
func TestNamesAreForgottenMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# A\n\nSee [b](b.md).", "c.md", "# C\n\nText.")
	known := func() (known bool) {
		err := w.DB.View("docs", func(tx *state.Tx) error {
			info, err := tx.Info()
			known = info.Names != state.Hash{}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return known
	}
	w.Sync()
	if !known() {
		t.Error("not known after a run that has done all")
	}
	w.Put("b.md", "# B\n\nText.")
	w.FailWrites("a.md", http.StatusUnauthorized, `{"type":"error.list","errors":[]}`)
	w.Run(ingest.RunOptions{})
	w.Emu.Fail(nil)
	if known() {
		t.Error("known after a run that was stopped")
	}
	w.Remove("b.md") // as it was when they were known last
	w.Sync()
	if html := w.Page("a.md").HTML; !known() || strings.Contains(html, "href") {
		t.Errorf("known: %t; a.md: %s", known(), html)
	}
}
