package confluenceexport_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/confluenceexport"
	"finpages/sources/sourcestest"

	"github.com/google/go-cmp/cmp"
)

// listing is the index of a space without levels.
func listing(key, name string, pages ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<title>%s (%s)</title><ul>", key, name)
	for _, p := range pages {
		fmt.Fprintf(&b, "<li><a href=%q>%s</a></li>", p, strings.TrimSuffix(p, ".html"))
	}
	return b.String() + "</ul>"
}

func TestPagesThatOnlyTheIndexHasAreHeld(t *testing.T) {
	page := pageHTML("S", "T", "x")
	export := files{
		"OPS/index.html":  listing("OPS", "Ops", "Home_1.html", "Gone_2.html", "Old-name_3.html", "Gone.html", "Draft_4.html", "attachments/1/x_5.html", "../../up_6.html", "index.html", "a.pdf"),
		"OPS/Home_1.html": page, "OPS/New-name_3.html": page,
		"DEV/index.html": listing("DEV", "Dev", "Alone_8.html"),
	}
	bothKinds(t, export, func(t *testing.T, path string) {
		src := source(t, confluenceexport.Options{Path: path, Selection: sources.Selection{Exclude: []string{"**/Draft*"}}})
		got, listing := sourcestest.List(t, src)
		const why = "the space's index lists it, but the export has no such file: copy the export in full, or leave " +
			"the page out with exclude"
		want := []string{"1 in OPS", `2 in OPS: page "OPS/Gone_2.html": ` + why, "3 in OPS", `8 in DEV: page "DEV/Alone_8.html": ` + why, `OPS/Gone.html in OPS: page "OPS/Gone.html": ` + why}
		if diff := cmp.Diff(want, described(got)); diff != "" {
			t.Error(diff)
		}
		if len(listing.Incomplete) > 0 {
			t.Errorf("incomplete = %v", listing.Incomplete)
		}
	})
}

func TestManyMissingPagesHoldTheSpace(t *testing.T) {
	var names []string
	for i := range 1500 {
		names = append(names, fmt.Sprintf("P_%d.html", i+10))
	}
	export := files{"OPS/index.html": listing("OPS", "Ops", names...), "OPS/P_10.html": pageHTML("S", "T", "x")}
	bothKinds(t, export, func(t *testing.T, path string) {
		got, listing := entries(t, path)
		if len(got) != 1 || len(listing.Incomplete) != 1 ||
			!strings.Contains(listing.Incomplete[0].Err.Error(), "lists 1499 pages that the export lacks") {
			t.Errorf("%d entries, %v", len(got), listing.Incomplete)
		}
	})
}

func TestTheListedFileHasThePageID(t *testing.T) {
	page := pageHTML("S", "T", "x")
	tests := map[string]struct {
		export files
		want   []string
	}{
		"a new export over an old one": {files{"OPS/A-old_7.html": page, "OPS/B-new_7.html": page, "OPS/index.html": listing("OPS", "Ops", "B-new_7.html")},
			[]string{"7 = OPS/B-new_7.html", "OPS/A-old_7.html = OPS/A-old_7.html"}},
		"two spaces": {files{"A/X_7.html": page, "A/index.html": listing("A", "A", "Y_8.html"), "A/Y_8.html": page, "B/X_7.html": page, "B/index.html": listing("B", "B", "X_7.html")},
			[]string{"7 = B/X_7.html", "8 = A/Y_8.html", "A/X_7.html = A/X_7.html"}},
		"a space without an index": {files{"A/X_7.html": page, "B/X_7.html": page, "B/index.html": listing("B", "B", "X_7.html")},
			[]string{"7 = B/X_7.html", "A/X_7.html = A/X_7.html"}},
		"both listed": {files{"A/X_7.html": page, "A/index.html": listing("A", "A", "X_7.html"), "B/X_7.html": page, "B/index.html": listing("B", "B", "X_7.html")},
			[]string{"7 = A/X_7.html", "B/X_7.html = B/X_7.html"}},
		"none listed": {files{"A/X_7.html": page, "B/X_7.html": page}, []string{"7 = A/X_7.html", "B/X_7.html = B/X_7.html"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			bothKinds(t, tt.export, func(t *testing.T, path string) {
				src := at(t, path)
				list, _ := sourcestest.List(t, src)
				var got []string
				for _, id := range ids(list) {
					doc, err := sourcestest.Load(t, src, id)
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, id+" = "+doc.Path)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
				lines, err := src.(sources.Checker).Check(t.Context())
				if all := strings.Join(lines, "\n"); err != nil || !strings.Contains(all, "two files have the page id 7: ") {
					t.Errorf("check tells nothing of the two: %v, %s", err, all)
				}
			})
		})
	}
}

// saved is a page as people save it from a wiki.
func saved(id, title string) string {
	return `<html><head><title>` + title + ` - S</title><meta name="ajs-page-id" content="` + id + `"></head><body><div id="main-content" class="wiki-content">x</div></body></html>`
}

func TestPageIDInTheMarkup(t *testing.T) {
	export := files{
		"OPS/One.html": saved("501", "One"), "OPS/Two.html": saved("502", "Two"), "OPS/Named_7.html": saved("503", "Named"),
		"OPS/Bad.html": saved("x1", "Bad"), "HR/Old.html": `<fieldset class="hidden"><input type="hidden" title="pageId" value="601"></fieldset>` + old("Old"),
		"HR/Content.html": `<div class="wiki-content"><meta name="ajs-page-id" content="9">`,
	}
	bothKinds(t, export, func(t *testing.T, path string) {
		src := at(t, path)
		snap, err := src.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		got := map[string]sources.Entry{}
		listing, err := snap.List(t.Context(), func(e sources.Entry) error { got[e.ID] = e; return nil })
		want := []string{"501 in OPS", "502 in OPS", "601 in HR", "7 in OPS", "HR/Content.html in HR", "OPS/Bad.html in OPS"}
		if diff := cmp.Diff(want, described(got)); err != nil || diff != "" || len(listing.Incomplete) > 0 {
			t.Errorf("%v, %v, %s", err, listing.Incomplete, diff)
		}
		if id, ok := snap.(linker).Link("OPS/One.html"); id != "501" || !ok {
			t.Errorf("Link = %q, %v", id, ok)
		}
		if id, ok := src.(sources.Locator).Locate("OPS/One.html"); id != "501" || !ok {
			t.Errorf("Locate = %q, %v", id, ok)
		}
	})
}

// A file that told its page id, and is cut off or a link now, must not look as
// if its page were gone.
func TestPageIDThatCannotBeReadHoldsTheSpace(t *testing.T) {
	for name, spoil := range map[string]func(name string) error{
		"empty": func(name string) error { return os.WriteFile(name, nil, 0o644) },
		"a link": func(name string) error {
			if err := os.Remove(name); err != nil {
				return err
			}
			return os.Symlink("One.html", name)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := files{"OPS/One.html": saved("501", "One"), "OPS/Two.html": saved("502", "Two"),
				"HR/x_1.html": old("x")}.folder(t)
			if name == "a link" { // the only page that told: nothing else tells that it did
				os.Remove(filepath.Join(dir, "OPS", "One.html"))
			}
			if err := spoil(filepath.Join(dir, "OPS", "Two.html")); err != nil {
				t.Skip(err)
			}
			_, listing := entries(t, dir)
			if diff := cmp.Diff([]string{"OPS"}, scopes(listing)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
