package confluence_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
)

func withRestricted(o *confluence.Options) { o.Restricted = confluence.Include }

func TestRestrictedPagesAreWithheld(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("5", "Below", "4", "")
		w.put("4", "Shut", "3", "")
		w.put("3", "Top", "", "")
		w.Restrict("4", "hr")
		entries := w.complete()
		wantPushed(t, entries, "3")
		wantWithheld(t, entries["4"], "view restricted to group hr")
		wantWithheld(t, entries["5"], "inherited from page 4")
		wantPushed(t, w.complete(withRestricted), "3", "4", "5")
		w.Restrict("4")
		wantPushed(t, w.complete(), "3", "4", "5")
	})
}

func TestMovedBelowARestrictedPage(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Shut", "", "")
		w.put("2", "Free", "", "")
		w.Restrict("1", "hr")
		wantPushed(t, w.complete(), "2")
		w.Move("2", "1")
		wantWithheld(t, w.complete()["2"], "inherited from page 1")
	})
}

// What the wiki refuses to tell counts as restricted.
func TestUnreadableRestrictions(t *testing.T) {
	for _, status := range []int{403, 404, 410} {
		flavors(t, func(t *testing.T, w *wiki) {
			w.put("1", "Top", "", "")
			w.SetTraps(emulator.Traps{NoRestriction: status, NoSearch: true})
			wantWithheld(t, w.complete()["1"], "cannot be read")
			wantPushed(t, w.complete(withRestricted), "1")
		})
	}
}

// An outage is no answer: pages stay as they are, and none is added.
func TestOutageOfRestrictions(t *testing.T) {
	for _, status := range []int{401, 429, 500, 503} {
		flavors(t, func(t *testing.T, w *wiki) {
			w.put("1", "Top", "", "")
			w.put("2", "Low", "1", "")
			w.SetTraps(emulator.Traps{NoRestriction: status, NoSearch: true})
			entries, listing := w.list()
			for id, e := range entries {
				if e.Err == nil || e.Withheld != "" {
					t.Errorf("status %d: entry %q has the error %v and is withheld because %q", status, id, e.Err, e.Withheld)
				}
			}
			if len(entries) != 2 {
				t.Errorf("status %d: %d entries, want 2", status, len(entries))
			}
			wantIncomplete(t, listing, "OPS", "restrictions")
		})
	}
}

// An outage is not asked about for every page.
func TestOutageCostsFewRequests(t *testing.T) {
	w := newWiki(t, emulator.Config{Cloud: true, Prefix: "/wiki", Token: token})
	for i := range 200 {
		w.put(strconv.Itoa(i+1), fmt.Sprint("Page ", i), "", "")
	}
	w.SetTraps(emulator.Traps{NoRestriction: 503, NoSearch: true})
	entries, l := w.list()
	wantIncomplete(t, l, "OPS", "restrictions")
	if n := len(w.Requests()); n > 60 || len(entries) != 200 {
		t.Errorf("%d requests for %d entries, want at most 60 for 200", n, len(entries))
	}
}

// Pages that the search has not indexed yet are asked for one by one; where
// there is no search, all are.
func TestSearchIsNotTrusted(t *testing.T) {
	w := newWiki(t, emulator.Config{Cloud: true, Prefix: "/wiki", Token: token})
	w.put("1", "Top", "", "")
	w.put("2", "New", "1", "", "no-fin")
	w.put("3", "Shut", "1", "")
	w.Restrict("3", "hr")
	exclude := func(o *confluence.Options) { o.Labels.Exclude = []string{"no-fin"} }
	for _, prepare := range []func(){
		func() {},
		func() { w.Unindex("2") },
		func() { w.Unindex("3") },
		func() { w.SetTraps(emulator.Traps{NoSearch: true}) },
		func() { w.SetTraps(emulator.Traps{NoSearch: true, NoOperation: true}) },
		func() { w.SetTraps(emulator.Traps{NoSearch: true, V1Content: true}) },
	} {
		prepare()
		w.Requests()
		entries := w.complete(exclude)
		wantPushed(t, entries, "1")
		wantWithheld(t, entries["3"], "hr")
	}
	if n := len(w.Requests()); n != 6 { // login, space, listing, search, v1's listing, login
		t.Errorf("%d requests with v1's listing, want 6", n)
	}
}

// rewrite answers listings with a part of their text replaced.
func rewrite(w *wiki, from, to string) {
	w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
		if !listing(r) && !strings.HasSuffix(r.URL.Path, "/search") {
			return false
		}
		rec := httptest.NewRecorder()
		w.Unhooked(rec, r)
		text := strings.ReplaceAll(rec.Body.String(), from, to)
		_, _ = rw.Write([]byte(text))
		return true
	})
}

// What a listing leaves out is asked for page by page.
func TestListingLeavesOut(t *testing.T) {
	for what, traps := range map[string]emulator.Traps{
		`"restrictions":`: {}, `"read":`: {}, `"group":`: {}, `"ancestors":`: {}, `"metadata":`: {}, `"user":`: {NoOperation: true},
	} {
		flavors(t, func(t *testing.T, w *wiki) {
			w.put("1", "Top", "", "", "docs")
			w.put("2", "Shut", "1", "", "docs")
			w.put("3", "Below", "2", "", "docs")
			w.Restrict("2", "hr")
			w.SetTraps(traps)
			rewrite(w, what, `"omitted":`)
			entries := w.complete(func(o *confluence.Options) { o.Labels.Include = []string{"docs"} })
			wantPushed(t, entries, "1")
			wantWithheld(t, entries["2"], "hr")
			wantWithheld(t, entries["3"], "inherited from page 2")
		})
	}
}

// What the search finds and the listing lacks is not gone.
func TestListingLacksAPage(t *testing.T) {
	w := newWiki(t, emulator.Config{Cloud: true, Prefix: "/wiki", Token: token})
	w.put("1", "Top", "", "")
	w.put("2", "Low", "1", "")
	w.edit(listing, func(answer map[string]any) { answer["results"] = answer["results"].([]any)[:1] })
	_, l := w.list()
	wantIncomplete(t, l, "OPS", "lacks page 2")
}

// An edit between the two forms of a page must not bring in unchecked text.
func TestEditedBetweenForms(t *testing.T) {
	w := newWiki(t, emulator.Config{Cloud: true, Prefix: "/wiki", Token: token})
	w.put("1", "Top", "", "<p>x</p>")
	w.Unindex("1") // so that it is read in two requests
	snap, err := w.source().Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	w.SetHook(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("body-format") == "view" {
			w.PutPage(emulator.Page{ID: "1", Space: "OPS", Title: "Top", Storage: include("Secret"), View: secret})
		}
		return false
	})
	_, err = snap.List(t.Context(), func(e sources.Entry) error {
		if doc, err := e.Load(t.Context()); err == nil {
			t.Errorf("loaded %q", doc.Body)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSearchOutage(t *testing.T) {
	w := newWiki(t, emulator.Config{Cloud: true, Prefix: "/wiki", Token: token})
	w.put("1", "Top", "", "")
	w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/content/search") {
			http.Error(rw, "down", http.StatusServiceUnavailable)
			return true
		}
		return false
	})
	entries, listing := w.list()
	if entries["1"].Err == nil {
		t.Errorf("entry is %+v, want an error", entries["1"])
	}
	wantIncomplete(t, listing, "OPS", "503")
}

// secret is text that only group hr may read.
const secret = "salaries rise"

func TestRestrictedIncludeIsNeverCarried(t *testing.T) {
	includes := map[string]string{
		"include":         include("Secret"),
		"excerpt-include": strings.Replace(include("Secret"), `"include"`, `"excerpt-include"`, 1),
		"other case":      include("SECRET"),
		"by id":           `<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ri:content-entity ri:content-id="2" /></ac:parameter></ac:structured-macro>`,
		"indirect":        include("Middle"),
		"indirect report": include("Report"),
		"with space":      strings.Replace(include("Secret"), "ri:content-title", `ri:space-key="OPS" ri:content-title`, 1),
		"plain text":      `<ac:structured-macro ac:name="excerpt-include"><ac:parameter ac:name="">Secret</ac:parameter></ac:structured-macro>`,
		"old macro":       `<ac:macro ac:name="include"><ac:default-parameter>OPS:Secret</ac:default-parameter></ac:macro>`,
		"add-on":          `<ac:structured-macro ac:name="multiexcerpt-include-macro"><ac:parameter ac:name="PageWithExcerpt"><ac:link><ri:page ri:content-title="Secret"/></ac:link></ac:parameter></ac:structured-macro>`,
		"unnamed":         `<ac:structured-macro ac:name="include"></ac:structured-macro>`,
		"report":          `<ac:structured-macro ac:name="detailssummary"><ac:parameter ac:name="label">x</ac:parameter></ac:structured-macro>`,
		"unknown lookup":  `<ac:structured-macro ac:name="fancy-list"><ac:parameter ac:name="cql">type=page</ac:parameter></ac:structured-macro>`,
		"wiki markup":     `<ac:structured-macro ac:name="unmigrated-wiki-markup"><ac:plain-text-body><![CDATA[Before {include:Secret} after]]></ac:plain-text-body></ac:structured-macro>`,
		"inline markup":   `<ac:structured-macro ac:name="unmigrated-inline-wiki-markup"><ac:plain-text-body><![CDATA[{our-secrets:OPS}]]></ac:plain-text-body></ac:structured-macro>`,
		"user's markup":   `<ac:structured-macro ac:name="our-box"><ac:plain-text-body><![CDATA[h1. Title {Include:Secret}]]></ac:plain-text-body></ac:structured-macro>`,
		"malformed":       `<ac:structured-macro ac:name="include" <<`,
		"any parameter":   `<ac:structured-macro ac:name="gadget"><ac:parameter ac:name="target"><ri:page ri:content-title="Secret"/></ac:parameter></ac:structured-macro>`,
		"text":            `<ac:structured-macro ac:name="gadget"><ac:parameter ac:name="target">secret</ac:parameter></ac:structured-macro>`,
		"text with space": `<ac:structured-macro ac:name="gadget"><ac:parameter ac:name="x">OPS: Secret</ac:parameter></ac:structured-macro>`,
		"text indirect":   `<ac:structured-macro ac:name="gadget"><ac:parameter ac:name="x">Middle</ac:parameter></ac:structured-macro>`,
		"text address":    `<ac:structured-macro ac:name="gadget"><ac:parameter ac:name="x"><ri:url ri:value="/wiki/spaces/OPS/pages/2/Secret"/></ac:parameter></ac:structured-macro>`,
		"unclosed":        `<ac:structured-macro ac:name="fancy">`,
		"synced block":    `<ac:adf-extension><ac:adf-node type="sync-block"></ac:adf-node></ac:adf-extension>`,
	}
	shut := map[string]func(w *wiki){
		"restricted": func(w *wiki) { w.Restrict("2", "hr") },
		"inherited":  func(w *wiki) { w.Restrict("4", "hr") },
		"labelled":   func(w *wiki) { w.Label("2", "no-fin") },
		"archived":   func(w *wiki) { w.SetStatus("2", "archived") },
	}
	exclude := func(o *confluence.Options) { o.Labels.Exclude = []string{"no-fin"} }
	for how, shut := range shut {
		t.Run(how, func(t *testing.T) {
			flavors(t, func(t *testing.T, w *wiki) {
				w.put("4", "Above", "", "<p>x</p>")
				w.put("2", "Secret", "4", "<p>"+secret+"</p>")
				w.put("3", "Middle", "", include("Secret"))
				w.put("5", "Report", "", `<ac:structured-macro ac:name="children"/>`)
				shut(w)
				for name, macro := range includes {
					if how == "archived" && strings.HasPrefix(name, "text") {
						continue // it is not listed, so nobody knows that the text is its title
					}
					// View stands for what the wiki renders with the token's rights.
					w.PutPage(emulator.Page{ID: "1", Space: "OPS", Title: "Page", Storage: "<p>mine</p>" + macro,
						View: "<p>mine</p><p>" + secret + "</p>"})
					doc := w.load("1", exclude)
					if strings.Contains(string(doc.Body), secret) || doc.Format != sources.ConfluenceStorage {
						t.Errorf("%s: %s carries %q", name, doc.Format, doc.Body)
					}
					if !strings.Contains(string(doc.Body), "mine") {
						t.Errorf("%s: the page's own text is missing", name)
					}
				}
				w.PutPage(emulator.Page{ID: "1", Space: "OPS", Title: "Page", Storage: include("Secret"), View: "<p>shown</p>"})
				if doc := w.load("1", withRestricted, exclude); how == "restricted" && doc.Format != sources.ConfluenceView {
					t.Errorf("restricted: include loads %s", doc.Format)
				}
			})
		})
	}
}

func TestIncludeFromAnotherSpace(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.PutPage(emulator.Page{ID: "2", Space: "HR", Title: "Shared", Storage: "<p>" + secret + "</p>"})
		w.put("1", "Page", "", strings.Replace(include("Shared"), "ri:content-title", `ri:space-key="HR" ri:content-title`,
			1))
		if doc := w.load("1"); strings.Contains(string(doc.Body), secret) {
			t.Errorf("text of a space that is not configured is carried: %q", doc.Body)
		}
		both := func(o *confluence.Options) { o.Spaces = []string{"OPS", "HR"} }
		if doc := w.load("1", both); !strings.Contains(string(doc.Body), secret) {
			t.Errorf("text of a configured space is missing: %q", doc.Body)
		}
		w.HideSpace("HR", true) // whether its page has become restricted is not known
		src := w.source(both)
		snap, err := src.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		_, err = snap.List(t.Context(), func(e sources.Entry) error {
			if e.Revision != "" {
				t.Errorf("revision is %q, want none", e.Revision)
			}
			if doc, err := e.Load(t.Context()); err == nil {
				t.Errorf("loaded %q although the included page is not known", doc.Body)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Folders are in no listing. Who may view them is asked for many at once, and
// one by one where the search does not tell.
func TestManyFolders(t *testing.T) {
	for name, spoil := range map[string]func(w *wiki){
		"found":          func(*wiki) {},
		"not found":      func(w *wiki) { w.Unindex("102") },
		"without search": func(w *wiki) { w.SetTraps(emulator.Traps{NoSearch: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWiki(t, emulator.Config{Cloud: true, Prefix: "/wiki", Email: "reader@example.com", Token: token})
			folder := func(id, parent string) {
				w.PutPage(emulator.Page{ID: id, Space: "OPS", Title: "Folder " + id, Kind: "folder", Parent: parent})
			}
			folder("101", "")
			folder("102", "101")
			folder("103", "102")
			folder("104", "")
			w.put("1", "One", "101", "<p>one</p>")
			w.put("2", "Two", "102", "<p>two</p>")
			w.put("3", "Three", "103", "<p>three</p>")
			w.put("4", "Four", "104", "<p>four</p>")
			w.Restrict("102", "hr")
			spoil(w)
			w.Requests()
			entries := w.complete()
			wantPushed(t, entries, "1", "4")
			wantWithheld(t, entries["2"], "inherited from folder 102")
			wantWithheld(t, entries["3"], "inherited from folder 102")
			asked := 0
			for _, r := range w.Requests() {
				if strings.Contains(r.Path, "/restriction/") {
					asked++
				}
			}
			if want := map[string]int{"not found": 1, "without search": 8}[name]; asked != want { // of the pages as well
				t.Errorf("%d requests for the restrictions of a single page or folder, want %d", asked, want)
			}
		})
	}
}
