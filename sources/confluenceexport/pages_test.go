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
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

func TestWhichFilesArePages(t *testing.T) {
	export := files{}
	for _, name := range []string{
		"OPS/index.html", "OPS/Home_11.html", "OPS/.bookmarks_12.html", "OPS/13.html", "OPS/Runbook-1.2_14.HTM",
		"OPS/{plugin-info}_15.html", "OPS/Managing Images.html", "OPS/日本語_16.html", "OPS/index_17.html",
		"OPS/attachments/11/page_98.html", "OPS/images/icons/x.html", "OPS/styles/site.css", "OPS/download/a_97.html",
		"HR/Home_21.html", "HR/nested.zip", "HR/._Home_21.html", "__MACOSX/HR/Home_96.html", ".snapshot/HR/Home_95.html",
		"Top_31.html", "archive/HR/Home_21.html",
	} {
		export[name] = pageHTML("Operations", name, "text")
	}
	export["OPS/index.html"] = listing("OPS", "Operations", "Home_11.html")
	bothKinds(t, export, func(t *testing.T, path string) {
		got, listing := entries(t, path)
		want := []string{"11 in OPS", "12 in OPS", "13 in OPS", "14 in OPS", "15 in OPS", "16 in OPS", "17 in OPS",
			"21 in HR", "31", "OPS/Managing Images.html in OPS", "archive/HR/Home_21.html in archive/HR"}
		if diff := cmp.Diff(want, described(got)); diff != "" {
			t.Error(diff)
		}
		if len(listing.Incomplete) != 0 || listing.Excluded != 2 {
			t.Errorf("listing = %+v, want complete with two left out", listing)
		}
	})
}

func TestSelection(t *testing.T) {
	export := files{"OPS/Home_1.html": "x", "OPS/Draft_2.html": "x", "HR/Home_3.html": "x",
		"OPS/attachments/9/a.html": "x"}
	bothKinds(t, export, func(t *testing.T, path string) {
		src := source(t, confluenceexport.Options{Path: path,
			Selection: sources.Selection{Include: []string{"OPS/**"}, Exclude: []string{"**/Draft*"}}})
		got, listing := sourcestest.List(t, src)
		if diff := cmp.Diff([]string{"1"}, ids(got)); diff != "" {
			t.Error(diff)
		}
		if listing.Excluded != 2 {
			t.Errorf("excluded %d, want 2", listing.Excluded)
		}
		for id, want := range map[string]string{
			"OPS/Home_1.html":          "",
			"1":                        "",
			"OPS/Draft_2.html":         `excluded by the pattern "**/Draft*"`,
			"2":                        `excluded by the pattern "**/Draft*"`,
			"HR/Home_3.html":           "matched by no include pattern",
			"OPS/index.html":           "not a page: the list of a space's pages",
			"OPS/attachments/9/a.html": `not a page: an export keeps none in the folder "attachments"`,
			"OPS/a.png":                "not a page: the name ends in neither .html nor .htm",
			"OPS/Gone_9.html":          "the export has no such file, or only a link",
			"999":                      "",
		} {
			why, err := src.(sources.Explainer).Explain(t.Context(), id)
			if err != nil || why != want {
				t.Errorf("Explain(%q) = %q, %v, want %q", id, why, err, want)
			}
		}
	})
}

func TestExplainKnowsTheIndex(t *testing.T) {
	export := files{"OPS/index.html": indexHTML, "OPS/Home.html": "x"}
	bothKinds(t, export, func(t *testing.T, path string) {
		for id, want := range map[string]string{
			"5":              `the space's index lists it as "Home > Managing : Images > 日本", but the export has no such file`,
			"OPS/日_5.html":   `the space's index lists it as "Home > Managing : Images > 日本", but the export has no such file`,
			"OPS/Home.html":  "",
			"6":              "",
			"OPS/Never.html": "the export has no such file, or only a link",
		} {
			why, err := at(t, path).(sources.Explainer).Explain(t.Context(), id)
			if err != nil || why != want {
				t.Errorf("Explain(%q) = %q, %v, want %q", id, why, err, want)
			}
		}
	})
}

func TestLocate(t *testing.T) {
	export := files{"OPS/Home_1.html": "x", "HR/Home_1.html": "x", "HR/Old.html": "x"}
	bothKinds(t, export, func(t *testing.T, path string) {
		locator := at(t, path).(sources.Locator)
		for ref, want := range map[string]string{
			"HR/Home_1.html": "1", "OPS/Home_1.html": "OPS/Home_1.html", "./HR/Old.html": "HR/Old.html",
			filepath.Join(path, "HR", "Home_1.html"): "1", "HR/Gone_7.html": "7", "HR/Gone.html": "HR/Gone.html",
			"1": "", "https://wiki.example.com/x": "",
		} {
			id, ok := locator.Locate(ref)
			if id != want || ok != (want != "") {
				t.Errorf("Locate(%q) = %q, %v, want %q", ref, id, ok, want)
			}
		}
	})
}

// TestExplainGoneWhereAnotherHasItsID renames a page: its old file is gone,
// and the page with its id is another file.
func TestExplainGoneWhereAnotherHasItsID(t *testing.T) {
	bothKinds(t, files{"New_7.html": pageHTML("S", "New", "x")}, func(t *testing.T, path string) {
		src := at(t, path)
		id, ok := src.(sources.Locator).Locate("Old_7.html")
		if id != "Old_7.html" || !ok {
			t.Fatalf("Locate = %q, %v", id, ok)
		}
		got, err := src.(sources.Explainer).Explain(t.Context(), id)
		if want := `the export has no such file: the page with its id is "New_7.html"`; got != want || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

func TestValidate(t *testing.T) {
	opts := confluenceexport.NewOptions()
	opts.Include = []string{"["}
	var got []string
	for _, f := range opts.Validate() {
		got = append(got, f.Field)
	}
	if diff := cmp.Diff([]string{"include[0]", "path"}, got); diff != "" {
		t.Error(diff)
	}
}

const indexHTML = `<html><head><title>OPS (Operations (old))</title></head><body>
<p><a href="http://elsewhere/a.html">elsewhere</a></p>
<ul><li><a href="Home.html">Home</a> <img src="images/home.png">
  <ul><li><a href="Managing%20Images.html">Managing : Images</a>
    <ul><li><a href="%E6%97%A5_5.html">日本</a></li></ul></li></ul>
  <ul><li><a href="Other.html">Other</a></li></ul>
</li></ul>
<div id="footer"><p>Document generated by Confluence on Sep 29, 2021 15:50</p><div><a href="#">Atlassian</a></div></div></body></html>`

// old is a page as Confluence 3 and older export it.
func old(title string) string {
	return `<html><head><title>` + title + `</title></head><body><table class="pagecontent"><tr><td class="pagebody">
<div class="pageheader"><span class="pagetitle"> ` + title + `
 </span></div><div class="pagesubheading">last changed</div><p>text</p></td></tr></table></body></html>`
}

func TestTitles(t *testing.T) {
	sjis, err := japanese.ShiftJIS.NewEncoder().String(strings.Replace(
		pageHTML("運用", "はじめに", "本文"), "<head>", `<head><meta charset="Shift_JIS">`, 1))
	if err != nil {
		t.Fatal(err)
	}
	koi8, _ := charmap.KOI8R.NewEncoder().String(`<?xml version="1.0" encoding="koi8-r"?>` + pageHTML("S", "Привет", ""))
	jis, _ := japanese.ISO2022JP.NewEncoder().String(`<meta charset="ISO-2022-JP">` + pageHTML("S", "はじめに", ""))
	cp1252, _ := charmap.Windows1252.NewEncoder().String(`<meta charset="utf-8">` + pageHTML("S", "Über “Größe” €", ""))
	tests := map[string]struct {
		name, body, space, want string
		noIndex                 bool
	}{
		"the space's name goes once":       {body: pageHTML("Space", "Deprecated: Some Plugin", ""), want: "Deprecated: Some Plugin"},
		"only once":                        {body: pageHTML("Space", "Space : Space", ""), want: "Space : Space"},
		"a name with colons":               {body: pageHTML("A : B", "C : D", ""), want: "C : D"},
		"entities and white space":         {body: pageHTML("Sun's  Q&A", "a &lt; b", ""), want: "a &lt; b"},
		"dash":                             {body: pageHTML("Space", "-", ""), want: "-"},
		"braces":                           {body: pageHTML("Space", "{plugin-info:…}", ""), want: "{plugin-info:…}"},
		"Shift_JIS":                        {body: sjis, want: "はじめに"},
		"ISO-2022-JP":                      {body: jis, want: "はじめに"},
		"KOI8-R by the XML declaration":    {body: koi8, want: "Привет"},
		"Windows-1252 that claims UTF-8":   {body: cp1252, want: "Über “Größe” €"},
		"UTF-8 with a byte order mark":     {body: "\ufeff" + pageHTML("S", "Titel", ""), want: "Titel"},
		"old: space from the index":        {body: old("Operations (old) : Home"), name: "Home.html", want: "Home"},
		"old: title from the index":        {body: old("Renamed : Managing : Images"), name: "Managing Images.html", want: "Managing : Images"},
		"old: nothing known":               {body: old("Operations : Home"), name: "Home.html", noIndex: true, want: "Operations : Home"},
		"old: space from the options":      {body: old("Operations : Home"), name: "Home.html", noIndex: true, space: "Operations", want: "Home"},
		"no heading":                       {body: `<title>T</title><div class="wiki-content">x</div>`, want: "T"},
		"no title but in the index":        {body: `<div class="wiki-content">x</div>`, name: "日_5.html", want: "日本"},
		"no title at all":                  {body: `<div class="wiki-content">x</div>`, want: ""},
		"Apache's exporter":                {body: `<title>x</title><div class="pagetitle">ajax head</div><div id="ConfluenceContent">x</div>`, want: "ajax head"},
		"saved from a wiki":                {body: `<meta name="ajs-page-id" content="5"><title>T - S</title><p>x</p>`, want: "T - S"},
		"heading in the content is not it": {body: `<title>T</title><div id="main-content" class="wiki-content"><h1 class="pagetitle">No</h1></div>`, want: "T"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.name == "" {
				tt.name = "Page_7.html"
			}
			export := files{tt.name: tt.body}
			if !tt.noIndex {
				export["index.html"] = indexHTML
			}
			bothKinds(t, export, func(t *testing.T, path string) {
				src := source(t, confluenceexport.Options{Path: path, Space: tt.space})
				list, _ := sourcestest.List(t, src)
				doc, err := sourcestest.Load(t, src, ids(there(list))[0])
				if err != nil {
					t.Fatal(err)
				}
				want := sources.Document{Format: sources.ConfluenceExport, Body: []byte(tt.body), Path: tt.name, Title: tt.want}
				doc.Find = nil
				if diff := cmp.Diff(want, doc); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestWhatIsNoPageIsNotLoaded(t *testing.T) {
	export := files{
		"readme_1.html":     "<h1>Read me</h1>",
		"empty_2.html":      "",
		"other-list_3.html": `<h1 id="title-heading">Space Details:</h1><div id="main-content" class="pageSection"></div>`,
	}
	bothKinds(t, export, func(t *testing.T, path string) {
		for _, id := range []string{"1", "2", "3"} {
			_, err := sourcestest.Load(t, at(t, path), id)
			if err == nil || !strings.Contains(err.Error(), ".html") ||
				!strings.Contains(err.Error(), "leave it out with exclude: [") {
				t.Errorf("Load(%s) = %v", id, err)
			}
		}
	})
}

type linker interface {
	Link(path string) (id string, ok bool)
}

func TestLinks(t *testing.T) {
	page := pageHTML("S", "T", "x")
	export := files{"A/Home_1.html": page, "B/Home_1.html": page, "B/Other.html": page, "B/attachments/1/x_2.html": page,
		"C/Skip_3.html": page}
	bothKinds(t, export, func(t *testing.T, path string) {
		src := source(t, confluenceexport.Options{Path: path, Selection: sources.Selection{Exclude: []string{"C/**"}}})
		snap, err := src.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		if _, err := snap.List(t.Context(), func(sources.Entry) error { return nil }); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]string{
			"A/Home_1.html": "1", "B/Home_1.html": "B/Home_1.html", "B/Other.html": "B/Other.html",
			"B/Gone_9.html": "", "../A/Home_1.html": "", "": "", "A": "",
			"B/attachments/1/x_2.html": "", "C/Skip_3.html": "",
		} {
			id, ok := snap.(linker).Link(path)
			if id != want || ok != (want != "") {
				t.Errorf("Link(%q) = %q, %v, want %q", path, id, ok, want)
			}
		}
	})
}

func TestPlaceIsPartOfTheRevision(t *testing.T) {
	export := files{"index.html": indexHTML, "Home.html": old("Operations : Home"), "X_7.html": old("X")}
	before, _ := entries(t, export.zip(t))
	export["index.html"] = strings.Replace(indexHTML, "(old)", "(new)", 1)
	renamed, _ := entries(t, export.zip(t))
	if before["Home.html"].Revision == renamed["Home.html"].Revision {
		t.Error("the space's new name left the revision as it was")
	}
	before, _ = entries(t, files{"A/X_7.html": "x"}.zip(t))
	moved, _ := entries(t, files{"B/X_7.html": "x"}.zip(t))
	if before["7"].Revision == moved["7"].Revision {
		t.Error("a page in another place, where its links lead elsewhere, has the same revision")
	}
}

func TestIndexDateIsNoPartOfTheRevision(t *testing.T) {
	export := files{"index.html": indexHTML, "Home.html": old("Operations : Home")}
	before, _ := entries(t, export.zip(t))
	export["index.html"] = strings.Replace(indexHTML, "2021", "2022", 1)
	same, _ := entries(t, export.zip(t))
	if before["Home.html"].Revision != same["Home.html"].Revision {
		t.Error("a new date in the index changed the revision of a page")
	}
}

func TestCheck(t *testing.T) {
	export := files{
		"OPS/index.html": indexHTML, "OPS/Home_1.html": pageHTML("Operations", "Home", "x"), "OPS/日_5.html": old("日"),
		"HR/Home_3.html": `<meta name="ajs-version-number" content="7.19.1">` + pageHTML("People", "Home", "x", "Root", "Above"),
		"Loose_4.html":   old("Loose"), "OPS/attachments/x.zip": "x", "again.zip": "x",
		"HR/Old_3.html": pageHTML("People", "Home", "x"),
	}
	bothKinds(t, export, func(t *testing.T, path string) {
		got, err := at(t, path).(sources.Checker).Check(t.Context())
		if want := `the index "OPS/index.html" lists 3 pages that the export lacks, such as "OPS/Home.html": copy the export in full, or leave them out with exclude`; err == nil || err.Error() != want {
			t.Errorf("Check = %v, want %s", err, want)
		}
		kind := "zip archive"
		if info, _ := os.Stat(path); info.IsDir() {
			kind = "folder"
		}
		want := []string{
			kind + " " + path + ": 5 pages, 1 left out by rule",
			"a space without a name: 1 page",
			`space "People" in HR: 2 pages on 3 levels from Confluence 7.19.1`,
			`space "Operations (old)" (OPS) in OPS: 2 pages on 3 levels, 3 more in its index only, exported Sep 29, 2021 15:50`,
			`two files have the page id 3: "HR/Home_3.html" goes by it, and "HR/Old_3.html" by its path: delete the one that is out of date`,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCheckLooksAtEachPage(t *testing.T) {
	export := files{"A/empty_2.html": "", "A/nul_1.html": "\x00\x01", "Top_9.html": pageHTML("S", "T", "x")}
	for i := range 30 {
		export[fmt.Sprintf("B/P_%d.html", 100+i)] = pageHTML("S", "P", "x")
	}
	export["B/P_125.html"] = ""
	bothKinds(t, export, func(t *testing.T, path string) {
		_, err := at(t, path).(sources.Checker).Check(t.Context())
		for _, name := range []string{"A/empty_2.html", "A/nul_1.html", "B/P_125.html"} {
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("page %q: ", name)) ||
				strings.Contains(err.Error(), "Top_9") {
				t.Errorf("Check = %v, want a line for %s", err, name)
			}
		}
	})
}

func TestCheckNamesTheMend(t *testing.T) {
	for name, tt := range map[string]struct {
		export files
		want   string
	}{
		"only zips":              {files{"b.zip": "x", "a.zip": "x"}, `let confluence_export.path name "a.zip" itself`},
		"nothing":                {files{"readme.txt": "x"}, "no pages in the export"},
		"XML export":             {files{"entities.xml": "x"}, "this is an XML export: export the space again, as HTML"},
		"XML export in a folder": {files{"OPS/entities.xml": "x"}, "this is an XML export: export the space again, as HTML"},
	} {
		t.Run(name, func(t *testing.T) {
			bothKinds(t, tt.export, func(t *testing.T, path string) {
				_, err := at(t, path).(sources.Checker).Check(t.Context())
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("Check = %v, want %q", err, tt.want)
				}
			})
		})
	}
}

func TestAnExportThatLostItsPagesIsAnError(t *testing.T) {
	bothKinds(t, files{"notes.txt": "x"}, func(t *testing.T, path string) {
		snap, err := at(t, path).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		if _, err := snap.List(t.Context(), func(sources.Entry) error { return nil }); err == nil {
			t.Error("a folder with nothing of an export was listed as an empty export")
		}
	})
}

func TestCorpora(t *testing.T) {
	shared := filepath.Join("..", "..", "..", "shared", "corpora")
	tests := map[string]struct {
		dir   string
		pages int
		title map[string]string
	}{
		"a stock export": {"jenkins-space-SUN", 13, map[string]string{
			"37323040": ".bookmarks", "18350084": "JVM crash at memcpy+0x1c", "17465352": "Home",
			"34931073": "hudson.sfbay shuts down seemingly automatically"}},
		"Apache's exporter": {"struts-confluence-html", 63, map[string]string{
			"docs/ajax-head-template.html": "ajax head template", "docs/s2-005.html": "S2-005"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(shared, tt.dir)
			if _, err := os.Stat(dir); err != nil {
				t.Skipf("the corpus is not here: %v", err)
			}
			snap, err := at(t, dir).Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			list := map[string]sources.Entry{}
			listing, err := snap.List(t.Context(), func(e sources.Entry) error { list[e.ID] = e; return nil })
			if err != nil || len(list) != tt.pages || len(listing.Incomplete) > 0 {
				t.Errorf("listed %d pages, %+v, %v, want %d", len(list), listing, err, tt.pages)
			}
			for id, e := range list {
				doc, err := e.Load(t.Context())
				if err != nil {
					t.Error(err)
				}
				if title, ok := tt.title[id]; ok && doc.Title != title || doc.Title == "" {
					t.Errorf("title of %s = %q, want %q", id, doc.Title, title)
				}
				delete(tt.title, id)
			}
			if len(tt.title) > 0 {
				t.Errorf("not listed: %v", tt.title)
			}
		})
	}
}
