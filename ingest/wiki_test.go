package ingest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"finpages/ingest"
	"finpages/ingest/ingesttest"
	"finpages/ingest/render"
	"finpages/intercomapi/emulator"
	"finpages/sources"
	"finpages/sources/confluence"
	wikiemulator "finpages/sources/confluence/emulator"
	"finpages/sources/confluenceexport"
)

// wikiWorld is a world whose source is a wiki with the spaces OPS and HR, of
// thirty pages each: ids 1000 to 1029 and 2000 to 2029.
type wikiWorld struct {
	*world
	wiki    *wikiemulator.Server
	options confluence.Options
	cache   string
}

func wikiFlavors() map[string]wikiemulator.Config {
	return map[string]wikiemulator.Config{
		"cloud":      {Cloud: true, Prefix: "/wiki", Email: "reader@example.com", Token: "wiki-token"},
		"datacenter": {Prefix: "/confluence", Token: "wiki-token"},
	}
}

// eachWiki runs a test with each kind of wiki.
func eachWiki(t *testing.T, test func(t *testing.T, w *wikiWorld)) {
	t.Helper()
	for name, c := range wikiFlavors() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newWikiWorld(t, c))
		})
	}
}

func newWikiWorld(t *testing.T, c wikiemulator.Config) *wikiWorld {
	t.Helper()
	w := newWikiWorldOf(t, c)
	for i := range 30 {
		w.write(1000+i, "OPS", "operations")
		w.write(2000+i, "HR", "people")
	}
	return w
}

// newWikiWorldOf is a world whose source is a wiki without pages.
func newWikiWorldOf(t *testing.T, c wikiemulator.Config, edit ...func(*confluence.Options)) *wikiWorld {
	t.Helper()
	w := &wikiWorld{world: newWorld(t), wiki: wikiemulator.New(c), cache: t.TempDir()}
	server := httptest.NewServer(w.wiki)
	t.Cleanup(server.Close)
	o := confluence.NewOptions()
	o.BaseURL, o.Flavor, o.Email, o.Token = server.URL+c.Prefix, confluence.DataCenter, c.Email, "wiki-token"
	o.Spaces, o.MaxRPS = []string{"OPS", "HR"}, 1000
	if c.Cloud {
		o.Flavor = confluence.Cloud
	}
	w.Src.Kind, w.Src.PageURL, w.Src.PageURLText, w.options = "confluence", render.URLTemplate{}, "", *o
	w.configure(edit...)
	return w
}

// configure changes the options of the wiki's source.
func (w *wikiWorld) configure(edit ...func(*confluence.Options)) {
	w.T.Helper()
	for _, e := range edit {
		e(&w.options)
	}
	for _, f := range w.options.Validate() {
		w.T.Fatalf("%s: %s", f.Field, f.Message)
	}
	adapter, err := w.options.Build(sources.Env{Name: "docs", CacheDir: w.cache, RetryPause: time.Millisecond})
	if err != nil {
		w.T.Fatal(err)
	}
	w.Src.Adapter, w.Src.Settings = adapter, fmt.Sprint(w.options.Spaces, w.options.Labels)
}

func (w *wikiWorld) write(id int, space, text string) {
	w.wiki.PutPage(wikiemulator.Page{ID: fmt.Sprint(id), Space: space, Title: fmt.Sprintf("Page %d", id),
		Storage: "<p>About " + text + ".</p>"})
}

// bodies returns the requests since the last call that read bodies.
func (w *wikiWorld) bodies() (n int) {
	for _, r := range w.wiki.Requests() {
		if r.Query.Has("body-format") || strings.Contains(r.Query.Get("expand"), "body") {
			n++
		}
	}
	return n
}

// status is all that a source's status says in words.
func (w *wikiWorld) status() string {
	w.T.Helper()
	st, err := w.Service().Status("docs")
	if err != nil {
		w.T.Fatal(err)
	}
	text := strings.Join(st.Incomplete, "\n")
	if st.LastRun != nil {
		text += "\n" + st.LastRun.Error
	}
	return text
}

func TestWikiCostsWhatChanged(t *testing.T) {
	eachWiki(t, func(t *testing.T, w *wikiWorld) {
		w.WantCounts(w.Sync(), "ok listed=60 created=60")
		w.bodies()
		w.WantCounts(w.Sync(), "ok listed=60 unchanged=60")
		if n := w.bodies(); n != 0 {
			t.Errorf("a run without changes read %d bodies", n)
		}
		w.write(1007, "OPS", "new operations")
		w.WantCounts(w.Sync(), "ok listed=60 unchanged=59 updated=1")
		w.WantWrites("POST 1007")
		if n := w.bodies(); n != 1 {
			t.Errorf("one edited page cost %d bodies", n)
		}
	})
}

func TestWikiRestrictionsLeaveAtOnce(t *testing.T) {
	eachWiki(t, func(t *testing.T, w *wikiWorld) {
		w.wiki.PutPage(wikiemulator.Page{ID: "1100", Space: "OPS", Title: "Below", Parent: "1001", Storage: "<p>Below.</p>"})
		w.Sync()
		w.wiki.Restrict("1001", "admins")
		w.WantCounts(w.Sync(), "ok listed=59 excluded=2 unchanged=59 deleted=2")
		if slices.Contains(w.InFin(), "1001") || slices.Contains(w.InFin(), "1100") {
			t.Errorf("in Fin: %q, want neither 1001 nor 1100 below it", w.InFin())
		}
		st, err := w.Service().Status("docs")
		if err != nil || len(st.Withheld) != 1 || st.Withheld[0].Count != 2 ||
			st.Withheld[0].Reason != "view restricted to group admins" {
			t.Errorf("status tells of %+v withheld, %v", st.Withheld, err)
		}
		w.wiki.Restrict("1001")
		w.WantCounts(w.Sync(), "ok listed=61 unchanged=59 created=2")
	})
}

// include shows the page of a title.
func include(title string) string {
	return `<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link><ri:page ri:content-title="` +
		title + `" /></ac:link></ac:parameter></ac:structured-macro>`
}

// What a page shows of another one leaves with that, at once, even where the
// page itself cannot be brought up to date.
func TestWikiIncludedTextLeavesAtOnce(t *testing.T) {
	t.Parallel()
	wikiFails := func(status int) func(w *wikiWorld) {
		return func(w *wikiWorld) {
			w.wiki.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
				body := r.URL.Query().Has("body-format") || strings.Contains(r.URL.Query().Get("expand"), "body")
				if !body || !strings.Contains(r.URL.String(), "1003") {
					return false
				}
				rw.WriteHeader(status)
				return true
			})
		}
	}
	for name, c := range map[string]struct {
		storage string
		spoil   func(w *wikiWorld)
		failed  int
	}{
		"as ever":                 {"<p>Own.</p>" + include("Page 1004"), func(*wikiWorld) {}, 0},
		"nothing of its own":      {include("Page 1004"), func(*wikiWorld) {}, 0},
		"body fails":              {"<p>Own.</p>" + include("Page 1004"), wikiFails(500), 1},
		"body is refused":         {"<p>Own.</p>" + include("Page 1004"), wikiFails(403), 1},
		"body is gone":            {"<p>Own.</p>" + include("Page 1004"), wikiFails(404), 1},
		"Intercom refuses":        {"<p>Own.</p>" + include("Page 1004"), func(w *wikiWorld) { w.FailWrites("1003", 422, "{}") }, 1},
		"Intercom fails":          {"<p>Own.</p>" + include("Page 1004"), func(w *wikiWorld) { w.FailWrites("1003", 500, "{}") }, 1},
		"labels cannot be told":   {"<p>Own.</p>" + include("Page 1004"), func(w *wikiWorld) { w.wiki.Unindex("1003") }, 0},
		"the restriction is late": {"<p>Own.</p>" + include("Page 1004"), func(w *wikiWorld) { w.wiki.Unindex("1004") }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			eachWiki(t, func(t *testing.T, w *wikiWorld) {
				w.write(1004, "OPS", "the secret")
				w.wiki.PutPage(wikiemulator.Page{ID: "1003", Space: "OPS", Title: "Page 1003", Storage: c.storage})
				w.Sync()
				if html := w.Page("1003").HTML; !strings.Contains(html, "the secret") {
					t.Fatalf("the page shows %q", html)
				}
				w.wiki.Restrict("1004", "admins")
				c.spoil(w)
				for i := range 2 {
					r := w.Run(ingest.RunOptions{})
					if r.Failed != c.failed {
						t.Errorf("run %d: %s, want %d failed; %v", i, ingesttest.Counts(r), c.failed, r.Errors)
					}
					if i == 0 && c.failed > 0 {
						st, err := w.Service().Status("docs")
						if err != nil || len(st.Problems) != 1 ||
							!strings.Contains(st.Problems[0].Error, "it shows page 1004: view restricted to group admins") {
							t.Errorf("status tells of %+v, %v", st.Problems, err)
						}
					}
					for _, p := range w.Emu.Pages() {
						if strings.Contains(p.HTML, "the secret") {
							t.Errorf("run %d: page %s says %q", i, p.ExternalID, p.HTML)
						}
					}
				}
				if c.failed == 0 {
					return
				}
				w.wiki.SetHook(nil)
				w.Emu.Fail(nil)
				w.wiki.PutPage(wikiemulator.Page{ID: "1003", Space: "OPS", Title: "Page 1003", Storage: "<p>Own, and new.</p>" +
					include("Page 1004")})
				w.WantCounts(w.Sync(), "ok listed=59 excluded=1 unchanged=58 created=1")
			})
		})
	}
}

// Text that must leave is not forgotten when it cannot be deleted at once, and
// waits for no approval.
func TestWikiIncludedTextLeavesInTheEnd(t *testing.T) {
	const shown = 20
	prepare := func(w *wikiWorld, storage string) {
		for id := range shown {
			w.wiki.PutPage(wikiemulator.Page{ID: fmt.Sprint(1000 + id), Space: "OPS", Title: fmt.Sprintf("Page %d", 1000+id),
				Storage: storage, View: "<p>The secret.</p>"})
		}
		w.Sync()
		w.wiki.Restrict("1029", "admins")
	}
	eachWiki(t, func(t *testing.T, w *wikiWorld) { // and nothing else
		prepare(w, `<ac:structured-macro ac:name="our-quote"><ac:parameter ac:name="page">Page 1029</ac:parameter></ac:structured-macro>`)
		w.WantCounts(w.Sync(), "ok listed=39 excluded=21 unchanged=39 deleted=21")
	})
	eachWiki(t, func(t *testing.T, w *wikiWorld) {
		prepare(w, include("Page 1029"))
		for _, status := range []int{401, 422} { // which stop the run, or are of the page alone
			w.Emu.Fail(func(r *http.Request) *emulator.Fault {
				if r.Method == http.MethodDelete || r.Method == http.MethodPost && strings.Contains(r.URL.Path, "pages") {
					return &emulator.Fault{Status: status, Body: "{}"}
				}
				return nil
			})
			if r := w.Run(ingest.RunOptions{}); r.Deleted > 0 || r.Failed == 0 && r.Error == "" {
				t.Errorf("with %d: %s", status, ingesttest.Counts(r))
			}
		}
		w.Emu.Fail(nil)
		w.wiki.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
			if r.URL.Query().Has("body-format") || strings.Contains(r.URL.Query().Get("expand"), "body") {
				rw.WriteHeader(http.StatusForbidden)
				return true
			}
			return false
		})
		if r := w.Run(ingest.RunOptions{}); r.Held > 0 || len(w.InFin()) != 39 {
			t.Errorf("%s; %d in Fin: %q", ingesttest.Counts(r), len(w.InFin()), w.InFin())
		}
	})
}

// Whatever goes wrong with a space, nothing of it is deleted, the other space
// goes on, and the status says what to mend.
func TestWikiTrouble(t *testing.T) {
	t.Parallel()
	failOn := func(w *wikiWorld, id string) { w.wiki.SetTraps(wikiemulator.Traps{MaxLimit: 10, FailOn: id}) }
	for name, c := range map[string]struct {
		spoil func(w *wikiWorld)
		says  []string
		fails bool
	}{
		"a fault within a listing": {func(w *wikiWorld) { failOn(w, "2015") }, []string{"HR", "500"}, false},
		"a space withdrawn":        {func(w *wikiWorld) { w.wiki.HideSpace("HR", true) }, []string{"HR", "view rights"}, false},
		"a space with another key": {func(w *wikiWorld) { w.wiki.RekeySpace("HR", "PEOPLE") }, []string{"HR", "spaces"}, false},
		"an expired token":         {func(w *wikiWorld) { w.wiki.SetLogin("reader@example.com", "another") }, []string{"renew the token"}, true},
		"an expired token, and empty lists": {func(w *wikiWorld) {
			w.wiki.SetTraps(wikiemulator.Traps{Anonymous: true, Silent: true})
			w.wiki.SetLogin("reader@example.com", "another")
		}, []string{"renew the token"}, true},
		"a login page": {func(w *wikiWorld) {
			w.wiki.SetTraps(wikiemulator.Traps{LoginPage: true})
			w.wiki.SetLogin("reader@example.com", "another")
		}, []string{"renew the token"}, true},
		"answers that break off": {func(w *wikiWorld) {
			w.wiki.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
				if !strings.Contains(r.URL.Path, "/user/") {
					_, _ = rw.Write([]byte(`{"results": [{"id": "10`))
					return true
				}
				return false
			})
		}, []string{"broke off"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			eachWiki(t, func(t *testing.T, w *wikiWorld) {
				w.Sync()
				c.spoil(w)
				r := w.Run(ingest.RunOptions{})
				if (r.Result == ingest.Failed) != c.fails {
					t.Errorf("the run ended %s: %s", r.Result, r.Error)
				}
				if r.Complete || len(w.Writes()) > 0 || len(w.InFin()) != 60 {
					t.Errorf("complete: %v, writes: %q, pages in Fin: %d", r.Complete, w.Writes(), len(w.InFin()))
				}
				for _, part := range c.says {
					if got := w.status(); !strings.Contains(got, part) || strings.Contains(got, "wiki-token") {
						t.Errorf("status says %q, want %q in it and no token", got, part)
					}
				}
			})
		})
	}
}

// A page that moved into a space which cannot be listed is not gone. One that
// moved out of the spaces, or to where not everybody may read it, is.
func TestWikiPagesThatMovedAway(t *testing.T) {
	t.Parallel()
	eachWiki(t, func(t *testing.T, w *wikiWorld) {
		move := func(id int, space, parent string) {
			w.wiki.PutPage(wikiemulator.Page{ID: fmt.Sprint(id), Space: space, Parent: parent,
				Title: fmt.Sprintf("Page %d", id), Storage: "<p>About operations.</p>"})
		}
		w.wiki.AddSpace("ELSE", "Elsewhere")
		w.wiki.Restrict("2001", "admins")
		w.WantCounts(w.Sync(), "ok listed=59 excluded=1 created=59")
		w.wiki.SetTraps(wikiemulator.Traps{FailOn: "1005"})
		move(1005, "HR", "")
		move(1006, "HR", "2001")
		move(1007, "ELSE", "")
		w.wiki.SetStatus("1008", "trashed")
		w.wiki.DeletePage("1009") // nobody can tell whether it is where 1005 has gone
		for _, plan := range []bool{true, false} {
			r := w.Run(ingest.RunOptions{Plan: plan})
			if r.Deleted != 3 || r.Waiting < 2 || r.Held > 0 {
				t.Errorf("plan %v: %s", plan, ingesttest.Counts(r))
			}
		}
		if got := w.InFin(); len(got) != 56 || !slices.Contains(got, "1005") || !slices.Contains(got, "1009") {
			t.Errorf("%d pages in Fin: %q", len(got), got)
		}
		w.wiki.SetTraps(wikiemulator.Traps{})
		if r := w.Sync(); r.Result != ingest.OK || r.Unchanged+r.Updated != 55 || r.Deleted != 1 || r.Waiting > 0 {
			t.Errorf("when all can be listed again: %s", ingesttest.Counts(r))
		}
	})
}

// A listing takes time. A page that in the meantime moves from a space which was
// not listed yet into one which was, is in neither.
func TestWikiPageThatMovesWhileListed(t *testing.T) {
	t.Parallel()
	w := newWikiWorld(t, wikiemulator.Config{Prefix: "/confluence", Token: "wiki-token"})
	w.Sync()
	w.wiki.SetHook(func(_ http.ResponseWriter, r *http.Request) bool {
		for listed, there := range map[string]string{"OPS": "HR", "HR": "OPS"} {
			if strings.Contains(r.URL.String(), listed) {
				w.write(1005, there, "operations")
			}
		}
		return false
	})
	r := w.Sync()
	w.WantCounts(r, "ok listed=59 unchanged=59 waiting=1")
	if !r.Complete {
		t.Errorf("incomplete: %+v", r.Incomplete)
	}
	w.WantWrites()
	w.wiki.SetHook(func(rw http.ResponseWriter, r *http.Request) bool { // cannot say
		if strings.HasSuffix(r.URL.Path, "/content/1005") {
			rw.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	})
	w.wiki.DeletePage("1005")
	w.WantCounts(w.Sync(), "ok listed=59 unchanged=59 waiting=1")
	w.wiki.SetHook(nil)
	w.WantCounts(w.Sync(), "ok listed=59 unchanged=59 deleted=1")
}

// A space that is emptied waits for an approval; an archived one leaves, since
// nobody reads it any more.
func TestWikiSpaceEmptiedOrArchived(t *testing.T) {
	eachWiki(t, func(t *testing.T, w *wikiWorld) {
		w.Sync()
		for i := range 30 {
			w.wiki.DeletePage(fmt.Sprint(2000 + i))
		}
		w.WantCounts(w.Sync(), "held listed=30 unchanged=30 held=30")
		w.WantWrites()
		w.wiki.ArchiveSpace("OPS")
		if r := w.Sync(); r.Deleted != 30 || len(w.InFin()) != 30 {
			t.Errorf("archiving a space: %s; %d pages in Fin", ingesttest.Counts(r), len(w.InFin()))
		}
	})
}

// Pages that are emptied leave as deleted ones do, within the budget: a wiki
// that fails may answer with empty pages. Those that never had text stay out.
func TestWikiPagesWithoutText(t *testing.T) {
	eachWiki(t, func(t *testing.T, w *wikiWorld) {
		empty := func(id int) {
			w.wiki.PutPage(wikiemulator.Page{ID: fmt.Sprint(id), Space: "OPS", Title: fmt.Sprintf("Page %d", id),
				Storage: "<p><br/></p>"})
		}
		empty(1500)
		w.WantCounts(w.Sync(), "ok listed=60 excluded=1 created=60")
		empty(1000)
		plan := w.Run(ingest.RunOptions{Plan: true})
		w.WantCounts(plan, "ok listed=59 excluded=2 unchanged=59 deleted=1")
		if c := plan.Changes; len(c) != 1 || c[0].Action != "delete" || !strings.Contains(c[0].Reason, "no text") {
			t.Errorf("planned %+v", c)
		}
		w.WantCounts(w.Sync(), "ok listed=59 excluded=2 unchanged=59 deleted=1")
		w.WantWrites("DELETE 1000")
		w.WantCounts(w.Sync(), "ok listed=59 excluded=2 unchanged=59")
		for id := 1001; id < 1025; id++ {
			empty(id)
		}
		w.WantCounts(w.Sync(), "held listed=35 excluded=26 unchanged=35 held=24")
		w.WantCounts(w.Sync(), "held listed=35 excluded=26 unchanged=35 held=24")
		w.WantWrites()
		for id := 1001; id < 1025; id++ {
			w.write(id, "OPS", "operations again")
		}
		w.WantCounts(w.Sync(), "ok listed=59 excluded=2 unchanged=35 updated=24")
		x, err := w.Service().Explain(t.Context(), "docs", "1500")
		if err != nil || x.InFin || !strings.Contains(strings.Join(x.Reasons, "; "), "no text") {
			t.Errorf("explained as %+v, %v", x, err)
		}
	})
}

// Links of an export lead to its pages' addresses, and nowhere else where no
// address is known.
func TestExportLinks(t *testing.T) {
	w := newWorld(t)
	page := func(id int, title, body string) {
		w.Put(fmt.Sprintf("%s_%d.html", title, id),
			fmt.Sprintf(`<!DOCTYPE html><html><head><title>Operations : %s</title></head><body class="theme-default aui-theme-default">
<div id="page"><div id="main"><div id="main-header"><div id="breadcrumb-section"><ol id="breadcrumbs"><li class="first"><span><a href="index.html">Operations</a></span></li></ol></div>
<h1 id="title-heading" class="pagetitle"><span id="title-text">Operations : %s</span></h1></div>
<div id="content" class="view"><div class="page-metadata">Created by Ann</div><div id="main-content" class="wiki-content group">%s</div></div></div></div></body></html>`, title, title, body))
	}
	page(11, "Start", `<p>See <a href="Next_12.html">the next</a>, <a href="Gone_13.html">a lost one</a>, <a href="/display/OPS/X">another</a>, <a href="https://other.example/x">other</a>.</p>`)
	page(12, "Next", `<p><a href="/display/OPS/Start">1</a>, <a href="/wiki/display/OPS/sTART+?focus=1#top">2</a>, `+
		`<a href="/pages/viewpage.action?pageId=11">3</a>, <a href="../pages/viewpage.action?spaceKey=OPS&amp;title=Start">4</a>, `+
		`<a href="/wiki/spaces/OPS/pages/11/Start">5</a>, <a href="/display/OTHER/Start">6</a>, <a href="/pages/viewpage.action?pageId=13">7</a>, `+
		`<a href="/display/OPS">8</a></p>`)
	w.Put("index.html", `<title>OPS (Operations)</title><ul><li><a href="Start_11.html">Start</a></li><li><a href="Next_12.html">Next</a></li></ul>`)
	w.Put("attachments/12/21.txt", "Water first.")
	o := &confluenceexport.Options{Path: w.Dir, Attachments: true}
	adapter, err := o.Build(sources.Env{})
	if err != nil {
		t.Fatal(err)
	}
	w.Src.Kind, w.Src.Adapter = "confluence_export", adapter
	if w.Src.PageURL, err = render.ParseURLTemplate("https://wiki.example.com/p/{id}"); err != nil {
		t.Fatal(err)
	}
	w.WantCounts(w.Sync(), "ok listed=3 created=3")
	want := `<p>See <a href="https://wiki.example.com/p/12">the next</a>, a lost one, another, <a href="https://other.example/x">other</a>.</p>`
	if got := w.Page("11").HTML; strings.TrimSpace(got) != want {
		t.Errorf("Fin has\n%s, want\n%s", got, want)
	}
	const start = `href="https://wiki.example.com/p/11`
	want = `<p><a ` + start + `">1</a>, <a ` + start + `#top">2</a>, <a ` + start + `">3</a>, <a ` + start +
		`">4</a>, <a ` + start + `">5</a>, 6, 7, 8</p>`
	if got := w.Page("12").HTML; strings.TrimSpace(got) != want {
		t.Errorf("Fin has\n%s, want\n%s", got, want)
	}
	if got := w.Page("att21"); got.Title != "Next: 21.txt" || got.URL != "https://wiki.example.com/p/12" {
		t.Errorf("the attachment is %q at %s", got.Title, got.URL)
	}
}
