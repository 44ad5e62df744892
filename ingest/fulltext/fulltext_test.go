package fulltext_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finpages/ingest/fulltext"
)

// world is an index in a file.
type world struct {
	*testing.T
	*fulltext.Index
	path string
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, path: filepath.Join(t.TempDir(), "cache", "words.db")}
	w.open()
	return w
}

func (w *world) open() {
	w.Helper()
	x, err := fulltext.Open(w.path, fulltext.Options{})
	if err != nil {
		w.Fatal(err)
	}
	w.Index = x
	w.Cleanup(func() { x.Close() })
}

func (w *world) put(id, title, html string) {
	w.Helper()
	if err := w.Put("docs", fulltext.Page{ID: id, Hash: [16]byte{1}, Title: title, HTML: html}); err != nil {
		w.Fatal(err)
	}
}

func (w *world) search(query string) fulltext.Hits {
	w.Helper()
	hits, err := w.Search("docs", query, 0)
	if err != nil {
		w.Fatal(err)
	}
	return hits
}

// found lists the IDs of the pages that have all words of a query, the best first.
func (w *world) found(query string) string {
	w.Helper()
	hits := w.search(query)
	if hits.Partly {
		return ""
	}
	return ids(hits.Pages)
}

func ids(pages []fulltext.Hit) string {
	var all []string
	for _, p := range pages {
		all = append(all, p.ID)
	}
	return strings.Join(all, " ")
}

func TestWords(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ html, query, not string }{
		{"<p>We <b>re</b>fund within 30 days.</p>", "refund 30", "we re fundx"},
		{"<p>alpha</p><p>beta</p>", "alpha", "alphabeta"},
		{"<li>one<br>two</li>", "two", "onetwo"},
		{`<a href="https://h/hidden" title="x > y">shown</a>`, "SHOWN", "hidden"},
		{"<!-- secret > --><p>plain", "plain", "secret"},
		{"AT&amp;T &Auml;rger &#x110;&nbsp;end&bogus; R&D", "ärger end", "amp"},
		{"Die Straße nach Zürich", "strasse zurich", "strasze"},
		{"e\u0301clair", "éclair", "ecclair"},
		{"ΑΘΗΝΑ İstanbul", "αθηνα istanbul", "αθηναι"},
		{"返金は三十日以内です", "返金", "金返"},
		{"返金", "金", "銀"},
		{"ราคาสินค้า", "สินค้า", "สินข้า"},
		{"환불은 30일 이내", "환불", "불은"},
		{"Код возврата: ERR-1234_x", "возврат err-1234", "err-4321"},
		{"การดื่มน้ำ ๑", "น้ำ", "น้ม"},
		{"Ａ\u0301ｂ ﬁn", "áb fin", "ab1"},
		{"ﾊﾞｽ \u1112\u1161\u11ab", "バス 한", "ハス"},
		{"docu\u00admentation", "documentation", "docu mentation x"},
		{strings.Repeat("x", 200), strings.Repeat("x", 50), strings.Repeat("x", 30) + "y"},
		{"a<", "a", "b"},
		{"a<b c='", "a", "c"},
		{"5 is not 50", "5", "500"},
		{"a\xffb", "b", "ab"},
	} {
		w.put("page", "Title", c.html)
		if got := w.found(c.query); got != "page" {
			t.Errorf("%q is not found by %q", c.html, c.query)
		}
		if got := w.found(c.not); got != "" {
			t.Errorf("%q is found by %q", c.html, c.not)
		}
	}
	if got := w.found("title"); got != "page" {
		t.Errorf("found by its title: %q", got)
	}
	if got := w.found("  ,;"); got != "" {
		t.Errorf("found by no word: %q", got)
	}
}

func TestTheBestComesFirst(t *testing.T) {
	w := newWorld(t)
	w.put("a-prefix", "Other", "<p>refunds</p>")
	w.put("b-once", "Other", "<p>refund</p>")
	w.put("c-often", "Other", "<p>refund refund refund</p>")
	w.put("d-title", "Refund", "<p>refund and so on</p>")
	w.put("e-none", "Other", "<p>shipping of what was bought</p>")
	if got := w.found("refund"); got != "d-title c-often b-once a-prefix" {
		t.Errorf("found %s", got)
	}
	hits := w.search("which page is about shipping and so on?")
	if !hits.Partly || !strings.HasPrefix(ids(hits.Pages), "d-title") {
		t.Errorf("of some words: %+v", hits)
	}
	if hits, err := w.Search("docs", "refund", 2); err != nil || len(hits.Pages) != 2 {
		t.Errorf("two of them: %+v, %v", hits, err)
	}
	if hits, err := w.Search("other", "refund", 0); err != nil || len(hits.Pages) != 0 {
		t.Errorf("in another source: %+v, %v", hits, err)
	}
}

// Whatever happens to pages, they are found by exactly the words that they have.
func TestRandomHistory(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	defer func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}()
	w := newWorld(t)
	word := func() string { return fmt.Sprintf("w%dz", min(rnd.IntN(3000), rnd.IntN(3000))) }
	pages := map[string]map[string]bool{} // words by page
	for step := range 500 {
		id := fmt.Sprintf("guide/page-%03d.md", rnd.IntN(150))
		switch n := rnd.IntN(100); {
		case n < 70:
			has := map[string]bool{}
			for range rnd.IntN(300) {
				has[word()] = true
			}
			pages[id] = has
			w.put(id, "", strings.Join(slices.Collect(maps.Keys(has)), " "))
		case n < 85:
			delete(pages, id)
			w.Drop("docs", id)
		case n < 90:
			if err := w.Flush("docs"); err != nil {
				t.Fatal(err)
			}
		case n < 92:
			if err := w.Tidy("docs"); err != nil {
				t.Fatal(err)
			}
		case n < 94:
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			w.open()
		default:
			one, other := word(), word()
			var want []string
			for id, has := range pages {
				if has[one] && has[other] {
					want = append(want, id)
				}
			}
			got := strings.Fields(w.found(one + " " + other))
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("step %d: %s %s: found %v, want %v", step, one, other, got, want)
			}
		}
	}
	if n, err := w.Count("docs"); err != nil || n != len(pages) {
		t.Errorf("%d pages, %v; want %d", n, err, len(pages))
	}
	has, err := w.Has("docs", "", 1000)
	if want := strings.Join(slices.Sorted(maps.Keys(pages)), " "); err != nil || ids(has) != want {
		t.Errorf("it has %s, %v; want %s", ids(has), err, want)
	}
	checkLacks(w, has)
}

func checkLacks(w *world, has []fulltext.Hit) {
	w.Helper()
	changed := has[0]
	changed.Hash = [16]byte{2}
	lacks, err := w.Lacks("docs", []fulltext.Hit{has[1], changed, {ID: "unknown"}})
	if err != nil || ids(lacks) != changed.ID+" unknown" {
		w.Errorf("it lacks %v, %v", lacks, err)
	}
	w.Drop("docs", has[1].ID)
	if lacks, err := w.Lacks("docs", has[:2]); err != nil || ids(lacks) != has[1].ID {
		w.Errorf("once one is dropped, it lacks %v, %v", lacks, err)
	}
	if err := w.Forget("docs"); err != nil {
		w.Error(err)
	}
	if names, err := w.Sources(); err != nil || len(names) != 0 {
		w.Errorf("once it is forgotten: %v, %v", names, err)
	}
}

func TestTheFile(t *testing.T) {
	w := newWorld(t)
	w.put("page", "Title", "text")
	if _, err := fulltext.Open(w.path, fulltext.Options{}); err == nil {
		t.Error("two have it open")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(w.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	x, err := fulltext.Open(w.path, fulltext.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if hits, err := x.Search("docs", "text", 0); err != nil || ids(hits.Pages) != "page" {
		t.Errorf("read only: %v, %v", hits, err)
	}
	x.Close()
	text, err := os.ReadFile(w.path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 2 * os.Getpagesize(); at < len(text); at++ {
		text[at] ^= 0xa5
	}
	for _, damaged := range [][]byte{text, []byte("no index at all"), {}} {
		if err := os.WriteFile(w.path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		w.open()
		if n, err := w.Count("docs"); err != nil || n != 0 {
			t.Errorf("a damaged file begins anew: %d, %v", n, err)
		}
		w.Close()
	}
	if _, err := fulltext.Open(filepath.Join(w.path, "below"), fulltext.Options{}); err == nil {
		t.Error("it is opened below a file")
	}
	var none *fulltext.Index
	if hits, err := none.Search("docs", "text", 0); err != nil || len(hits.Pages) != 0 || none.Close() != nil {
		t.Errorf("no index: %v, %v", hits, err)
	}
}
