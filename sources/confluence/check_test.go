package confluence_test

import (
	"errors"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
)

func TestCheck(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Top", "", "")
		w.put("2", "Shut", "", "")
		w.put("3", "Out", "", "", "no-fin")
		w.Restrict("2", "hr")
		w.PutPage(emulator.Page{Space: "OPS", Kind: "blogpost", Title: "News"})
		w.AddSpace("VOID", "Void")
		edit := func(o *confluence.Options) {
			o.Spaces, o.Labels.Exclude, o.Blogposts = []string{"OPS", "HR", "VOID"}, []string{"no-fin"}, true
		}
		lines, err := w.source(edit).(sources.Checker).Check(t.Context())
		if err == nil || !strings.Contains(err.Error(), "space HR: there is none with this key") {
			t.Errorf("error is %v, want one that names HR", err)
		}
		flavor := map[bool]string{true: "Confluence Cloud at http", false: "Confluence Data Center at http"}[w.config.Cloud]
		text := strings.Join(lines, "\n")
		for _, want := range []string{flavor, "logged in as Reader",
			"space OPS: 1 page, 1 blog post; 1 withheld (view restricted to group hr); 1 left out by labels",
			"space VOID: the login sees no pages"} {
			if !strings.Contains(text, want) {
				t.Errorf("check says %q, want %q in it", text, want)
			}
		}
		w.SetLogin("", "other")
		if _, err := w.source().(sources.Checker).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "log in") {
			t.Errorf("Check = %v with a bad login", err)
		}
	})
}

func TestCheckWarnsOfAWikiWithoutPages(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Top", "", "")
		src := w.source(func(o *confluence.Options) { o.Labels.Include = []string{"docs"} })
		if lines, err := src.(sources.Checker).Check(t.Context()); !errors.Is(err, sources.ErrNothingFound) {
			t.Errorf("check says %q, %v", lines, err)
		}
	})
}

// A wiki that tells of no page who may view it is no wiki that is ready.
func TestCheckFailsWhereNothingCanBeTaken(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Top", "", "")
		w.put("2", "Low", "1", "")
		w.SetTraps(emulator.Traps{NoRestriction: 403, NoSearch: true})
		lines, err := w.source().(sources.Checker).Check(t.Context())
		if err == nil || !strings.Contains(err.Error(),
			"space OPS: nothing of it gets into Fin: 2 withheld (its view restrictions cannot be read") {
			t.Errorf("check says %q, %v", lines, err)
		}
	})
}

func TestExplain(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Root", "", "", "docs")
		w.put("2", "Taken", "1", "", "docs")
		w.put("3", "Shut", "1", "", "docs")
		w.put("4", "Below shut", "3", "", "docs")
		w.put("5", "Unlabelled", "1", "")
		w.put("6", "Barred", "1", "", "docs", "no-fin")
		w.put("7", "Beside", "", "", "docs")
		w.put("8", "Bin", "1", "", "docs")
		w.SetStatus("8", "trashed")
		w.Restrict("3", "hr")
		w.PutPage(emulator.Page{ID: "9", Space: "OPS", Kind: "blogpost", Title: "News"})
		w.PutPage(emulator.Page{ID: "10", Space: "HR", Title: "Other"})
		src := w.source(func(o *confluence.Options) {
			o.Root, o.Labels = []string{"1"}, confluence.Labels{Include: []string{"docs"}, Exclude: []string{"no-fin"}}
		}).(sources.Explainer)
		for id, want := range map[string]string{
			"2": "", "3": "view restricted to group hr", "4": "inherited from page 3", "5": "none of the labels docs",
			"6": `excluded by its label "no-fin"`, "7": "not below a page of root", "8": "status is trashed",
			"9": "set blogposts to true", "10": "its space HR is not among spaces", "77": "no such page",
			"guide/setup.md": "",
			w.http.URL + "/wiki/spaces/OPS/pages/6/Barred":            `its label "no-fin"`,
			w.http.URL + "/pages/viewpage.action?pageId=6&x=y":        `its label "no-fin"`,
			w.http.URL + "/wiki/spaces/OPS/blog/2024/01/02/9/News#xy": "set blogposts to true",
		} {
			got, err := src.Explain(t.Context(), id)
			if err != nil || !strings.Contains(got, want) || (want == "") != (got == "") {
				t.Errorf("Explain(%q) = %q, %v, want %q", id, got, err, want)
			}
		}
		w.ArchiveSpace("OPS")
		if got, err := src.Explain(t.Context(), "2"); err != nil || !strings.Contains(got, "archived") {
			t.Errorf("Explain = %q, %v in an archived space", got, err)
		}
	})
}
