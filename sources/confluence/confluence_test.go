package confluence_test

import (
	"fmt"
	"testing"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
	"finpages/sources/sourcestest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture lets the contract suite edit a wiki.
type fixture struct {
	w   *wiki
	src sources.Source
	ids map[string]string
}

func (f *fixture) Source() sources.Source { return f.src }

func (f *fixture) Put(name, body string) string {
	f.ids[name] = f.w.PutPage(emulator.Page{ID: f.ids[name], Space: "OPS", Title: name, Storage: "<p>" + body + "</p>"})
	return f.ids[name]
}

func (f *fixture) Remove(name string) { f.w.DeletePage(f.ids[name]) }
func (f *fixture) Break()             { f.w.http.Close() }

func TestContract(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		config := w.config
		sourcestest.Run(t, func(t *testing.T) sourcestest.Fixture {
			w := newWiki(t, config)
			w.AddSpace("OPS", "Operations")
			return &fixture{w: w, src: w.source(), ids: map[string]string{}}
		})
	})
}

func TestEntries(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Home page", "", "<p>Hi</p>")
		e := w.complete()["1"]
		want := map[bool]string{true: "/spaces/OPS/pages/1/Home+page", false: "/pages/viewpage.action?pageId=1"}[w.config.Cloud]
		if e.URL != w.http.URL+w.config.Prefix+want {
			t.Errorf("URL is %q, want it to end in %q", e.URL, want)
		}
		if e.Scope != "OPS" || e.Revision == "" || e.Modified.Year() != 2024 {
			t.Errorf("entry is %+v", e)
		}
		doc := w.load("1")
		if doc.Format != sources.ConfluenceView || string(doc.Body) != "<p>Hi</p>" || doc.Title != "Home page" ||
			doc.Path != "" {
			t.Errorf("document is %+v", doc)
		}
	})
}

func TestSelection(t *testing.T) {
	tests := map[string]struct {
		edit func(*confluence.Options)
		want []string
	}{
		"pages":       {func(*confluence.Options) {}, []string{"1", "2", "3", "4"}},
		"posts":       {func(o *confluence.Options) { o.Pages, o.Blogposts = false, true }, []string{"9"}},
		"both":        {func(o *confluence.Options) { o.Blogposts = true }, []string{"1", "2", "3", "4", "9"}},
		"root":        {func(o *confluence.Options) { o.Root = []string{"2"} }, []string{"2", "3"}},
		"label":       {func(o *confluence.Options) { o.Labels.Include = []string{"Public"} }, []string{"3", "4"}},
		"not a label": {func(o *confluence.Options) { o.Labels.Exclude = []string{"no-fin"} }, []string{"1", "2", "3"}},
		"both labels": {func(o *confluence.Options) {
			o.Labels = confluence.Labels{Include: []string{"public"}, Exclude: []string{"no-fin"}}
		}, []string{"3"}},
	}
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Top", "", "")
		w.put("2", "Mid", "1", "")
		w.put("3", "Low", "2", "", "public")
		w.put("4", "Other", "1", "", "no-fin", "public")
		w.put("5", "Old", "1", "")
		w.put("6", "Bin", "1", "")
		w.SetStatus("5", "archived")
		w.SetStatus("6", "trashed")
		w.PutPage(emulator.Page{ID: "9", Space: "OPS", Kind: "blogpost", Title: "News"})
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				w.t = t
				wantPushed(t, w.complete(test.edit), test.want...)
			})
		}
	})
}

func TestFolders(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		if !w.config.Cloud {
			return // Data Center has no folders
		}
		w.put("1", "Top", "", "")
		w.PutPage(emulator.Page{ID: "2", Space: "OPS", Kind: "folder", Title: "Folder", Parent: "1"})
		w.put("3", "In it", "2", "")
		wantPushed(t, w.complete(func(o *confluence.Options) { o.Root = []string{"1"} }), "1", "3")
		wantPushed(t, w.complete(func(o *confluence.Options) { o.Root = []string{"2"} }), "3")
		w.Restrict("2", "hr")
		wantWithheld(t, w.complete()["3"], "inherited from folder 2")
	})
}

// A change that leaves the version number alone is noticed all the same.
func TestRevision(t *testing.T) {
	changes := map[string]func(w *wiki){
		"edit":  func(w *wiki) { w.put("2", "Low", "1", "<p>two</p>") },
		"label": func(w *wiki) { w.Label("2", "new") },
		"move":  func(w *wiki) { w.Move("2", "") },
		"restriction": func(w *wiki) {
			w.Restrict("2", "hr")
		},
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			flavors(t, func(t *testing.T, w *wiki) {
				w.put("1", "Top", "", "<p>1</p>")
				w.put("2", "Low", "1", "<p>2</p>")
				include := func(o *confluence.Options) { o.Restricted = confluence.Include }
				before := w.complete(include)
				change(w)
				after := w.complete(include)
				if before["1"].Revision != after["1"].Revision {
					t.Errorf("revision of the page left alone went from %q to %q", before["1"].Revision, after["1"].Revision)
				}
				if before["2"].Revision == after["2"].Revision {
					t.Errorf("revision %q stayed", after["2"].Revision)
				}
			})
		})
	}
}

// A run without changes costs the listing and nothing else.
func TestRequestsOfAnUnchangedWiki(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		var keys []string
		pages := 0
		for s := range 6 {
			keys = append(keys, fmt.Sprintf("S%d", s))
			for range 260 {
				w.PutPage(emulator.Page{Space: keys[s], Title: fmt.Sprint("Page ", pages), Storage: "<p>x</p>"})
				pages++
			}
		}
		spaces := func(o *confluence.Options) { o.Spaces = keys }
		if got := len(w.complete(spaces)); got != pages {
			t.Fatalf("%d pages listed, want %d", got, pages)
		}
		w.Requests()
		w.complete(spaces)
		perPage := map[bool]int{true: 250, false: 200}[w.config.Cloud]
		if got, most := len(w.Requests()), pages/perPage+3*len(keys); got > most {
			t.Errorf("%d requests for %d pages in %d spaces, want at most %d", got, pages, len(keys), most)
		}
	})
}
