package confluenceexport_test

import (
	"errors"
	"testing"

	"finpages/sources"
	"finpages/sources/confluenceexport"
	"finpages/sources/sourcestest"

	"github.com/google/go-cmp/cmp"
)

// Pages that a pattern leaves out are told by their page ids, in their names or
// in their markup; those of which another file has the id, by path.
func TestExcludedPagesAreTold(t *testing.T) {
	f := files{
		"OPS/index.html": "<html></html>", "OPS/Home_1.html": pageHTML("S", "Home", "x"), "OPS/note.txt": "x",
		"OLD/Home_1.html": pageHTML("S", "Home", "x"), "OLD/Gone_2.html": pageHTML("S", "Gone", "x"),
		"OLD/named.html":        `<html><head><meta name="ajs-page-id" content="3"></head></html>` + pageHTML("S", "Named", "x"),
		"OLD/plain.html":        "no page",
		"attachments/1/a.html":  "no page",
		"OLD/attachments/2.htm": "no page",
	}
	bothKinds(t, f, func(t *testing.T, path string) {
		src := source(t, confluenceexport.Options{Path: path, Selection: sources.Selection{Exclude: []string{"OLD/**"}}})
		got := sourcestest.Excluded(t, src)
		for id, why := range got {
			if why != `excluded by the pattern "OLD/**"` {
				t.Errorf("%s is left out for %q", id, why)
			}
		}
		if got["2"] == "" || got["OLD/plain.html"] == "" || len(got) != 4 {
			t.Errorf("left out: %q", got)
		}
		entries, _ := sourcestest.List(t, src)
		if diff := cmp.Diff([]string{"1 in OPS"}, described(entries)); diff != "" {
			t.Error(diff)
		}
		all := source(t, confluenceexport.Options{Path: path, Selection: sources.Selection{Exclude: []string{"**"}}})
		lines, err := all.(sources.Checker).Check(t.Context())
		if !errors.Is(err, sources.ErrNothingFound) ||
			err.Error() != "no document found: all 5 pages are left out by rule: correct include and exclude" {
			t.Errorf("check: %q, %v", lines, err)
		}
	})
}
