package confluence_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
	"finpages/sources/sourcestest"
)

// withFiles turns attachments on.
func withFiles(o *confluence.Options) { o.Attachments.On = true }

// attach saves a file of a page under the number of its id.
func (w *wiki) attach(id, page, name, body string) {
	media := map[bool]string{true: "application/pdf", false: "text/plain"}[strings.HasSuffix(name, ".pdf")]
	w.PutFile(emulator.File{ID: id, Page: page, Name: name, Media: media, Body: []byte(body)})
}

// everything lists all entries, also those that rules leave out.
func (w *wiki) everything(edit ...func(*confluence.Options)) map[string]sources.Entry {
	w.t.Helper()
	snap, err := w.source(edit...).Open(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	defer snap.Close()
	entries := map[string]sources.Entry{}
	listing, err := snap.List(w.t.Context(), func(e sources.Entry) error { entries[e.ID] = e; return nil })
	if err != nil || len(listing.Incomplete) > 0 {
		w.t.Fatalf("%+v, %v", listing, err)
	}
	return entries
}

// fileFixture lets the contract suite edit the files of a page.
type fileFixture struct {
	w   *wiki
	src sources.Source
	ids map[string]string
}

func (f *fileFixture) Source() sources.Source { return f.src }

func (f *fileFixture) Put(name, body string) string {
	f.ids[name] = f.w.PutFile(emulator.File{ID: f.ids[name], Page: "1", Name: strings.ReplaceAll(name, "/", " ") + ".md",
		Body: []byte(body)})
	return "att" + f.ids[name]
}

func (f *fileFixture) Remove(name string) { f.w.DeleteFile(f.ids[name]) }
func (f *fileFixture) Break()             { f.w.http.Close() }

func TestContractOfAttachments(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		config := w.config
		sourcestest.Run(t, func(t *testing.T) sourcestest.Fixture {
			w := newWiki(t, config)
			w.put("1", "Home", "", "<p>Hi</p>")
			// The page itself is left out, its files are not.
			src := w.source(withFiles)
			return &fileFixture{w: w, src: onlyFiles{src}, ids: map[string]string{}}
		})
	})
}

// onlyFiles is a source without the pages.
type onlyFiles struct{ sources.Source }

type onlyFilesSnapshot struct{ sources.Snapshot }

func (o onlyFiles) Open(ctx context.Context) (sources.Snapshot, error) {
	s, err := o.Source.Open(ctx)
	if err != nil {
		return nil, err
	}
	return onlyFilesSnapshot{s}, nil
}

func (s onlyFilesSnapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	return s.Snapshot.List(ctx, func(e sources.Entry) error {
		if strings.HasPrefix(e.ID, "att") {
			return yield(e)
		}
		return nil
	})
}

func TestAttachments(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Pumps", "", "<p>Hi</p>")
		w.attach("70", "1", "rules & more.md", "# Rules\n\nKnock first.")
		w.attach("71", "1", "photo.png", "png")
		w.attach("72", "1", "old.docx", "docx")
		wantPushed(t, w.complete(), "1")
		entries, listing := w.list(withFiles)
		wantPushed(t, entries, "1", "att70")
		e, page := entries["att70"], entries["1"]
		if e.URL != page.URL || e.Scope != "OPS/attachments" || e.Revision == "" || e.Modified.Year() != 2024 {
			t.Errorf("%+v", e)
		}
		if listing.Excluded != 2 || len(listing.Incomplete) > 0 {
			t.Errorf("%+v", listing)
		}
		doc := w.load("att70", withFiles)
		if doc.Format != sources.Markdown || string(doc.Body) != "# Rules\n\nKnock first." ||
			doc.Title != "Pumps: rules & more.md" || doc.Path != "" || doc.Parent != "1" {
			t.Errorf("%+v", doc)
		}

		revisions := map[string]bool{e.Revision: true}
		for what, change := range map[string]func(){
			"a new version":        func() { w.attach("70", "1", "rules & more.md", "# Rules\n\nRing first.") },
			"another name":         func() { w.attach("70", "1", "rules.md", "# Rules") },
			"its page has a title": func() { w.put("1", "Pumps and hoses", "", "<p>Hi</p>") },
			"another page":         func() { w.put("2", "Hoses", "", ""); w.MoveFile("70", "2") },
		} {
			change()
			now := w.complete(withFiles)["att70"].Revision
			if revisions[now] || now == "" {
				t.Errorf("%s: revision %q", what, now)
			}
			revisions[now] = true
		}
		if again := w.complete(withFiles)["att70"].Revision; !revisions[again] {
			t.Errorf("nothing changed, and the revision is %q", again)
		}
	})
}

func TestAttachmentsByTypeAndSize(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Pumps", "", "<p>Hi</p>")
		w.attach("70", "1", "short.md", "short")
		w.attach("71", "1", "long.md", strings.Repeat("long ", 100))
		w.PutFile(emulator.File{ID: "72", Page: "1", Name: "page.html", Media: "text/html; charset=utf-8",
			Body: []byte("<p>x")})
		for _, c := range map[string]struct {
			edit func(*confluence.Attachments)
			want []string
		}{
			"type":      {func(a *confluence.Attachments) { a.MediaTypes = []string{"text/html"} }, []string{"1", "att72"}},
			"types":     {func(a *confluence.Attachments) { a.MediaTypes = []string{"text/*"} }, []string{"1", "att70", "att71", "att72"}},
			"size":      {func(a *confluence.Attachments) { a.MaxBytes = 100 }, []string{"1", "att70", "att72"}},
			"no switch": {func(a *confluence.Attachments) { a.On = false }, []string{"1"}},
		} {
			entries := w.complete(withFiles, func(o *confluence.Options) { c.edit(&o.Attachments) })
			wantPushed(t, entries, c.want...)
		}
		e := w.everything(withFiles, func(o *confluence.Options) { o.Attachments.MaxBytes = 100 })["att71"]
		if !strings.Contains(e.Excluded, "it has 500 bytes, more than the 100") {
			t.Errorf("%q", e.Excluded)
		}
	})
}

// What becomes of a page becomes of its files.
func TestAttachmentsFollowTheirPage(t *testing.T) {
	restricted := func(o *confluence.Options) { o.Restricted = confluence.Include }
	for name, c := range map[string]struct {
		change             func(*wiki)
		withheld, excluded string
		edit               func(*confluence.Options)
	}{
		"restricted":           {change: func(w *wiki) { w.Restrict("2", "hr") }, withheld: "its page 2: view restricted to group hr"},
		"restricted, included": {change: func(w *wiki) { w.Restrict("2", "hr") }, edit: restricted},
		"inherited":            {change: func(w *wiki) { w.Restrict("1", "hr") }, withheld: "inherited from page 1"},
		"a label":              {change: func(w *wiki) { w.Label("2", "no-fin") }, excluded: `its page 2: excluded by its label "no-fin"`},
		"a label of its own":   {change: func(w *wiki) { w.LabelFile("70", "no-fin") }, excluded: `excluded by its label "no-fin"`},
		"another label":        {change: func(w *wiki) { w.LabelFile("70", "draft") }},
		"outside of root":      {change: func(w *wiki) { w.Move("2", "") }, excluded: "root", edit: func(o *confluence.Options) { o.Root = []string{"1"} }},
		"archived space":       {change: func(w *wiki) { w.ArchiveSpace("OPS") }},
	} {
		t.Run(name, func(t *testing.T) {
			flavors(t, func(t *testing.T, w *wiki) {
				w.put("1", "Top", "", "")
				w.put("2", "Low", "1", "")
				w.attach("70", "2", "rules.md", "# Rules")
				c.change(w)
				e, listed := w.everything(withFiles, func(o *confluence.Options) {
					o.Labels.Exclude = []string{"no-fin"}
					if c.edit != nil {
						c.edit(o)
					}
				})["att70"]
				if name == "archived space" {
					if listed {
						t.Errorf("%+v", e)
					}
					return
				}
				if !listed || !strings.Contains(e.Withheld, c.withheld) || (e.Withheld == "") != (c.withheld == "") {
					t.Errorf("withheld: %q", e.Withheld)
				}
				if !strings.Contains(e.Excluded, c.excluded) || (e.Excluded == "") != (c.excluded == "") {
					t.Errorf("excluded: %q", e.Excluded)
				}
			})
		})
	}
}

// Files are listed with few requests, however many pages there are.
func TestAttachmentsAreListedInBatches(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		for i := range 150 {
			id := fmt.Sprint(i + 1)
			w.put(id, "Page "+id, "", "")
			for j := range 2 {
				w.attach(fmt.Sprint(1000+2*i+j), id, fmt.Sprintf("%d.txt", j), "text")
			}
		}
		src := w.source(withFiles)
		sourcestest.List(t, src)
		w.Requests()
		if n := len(w.complete(withFiles)); n != 450 {
			t.Errorf("%d entries", n)
		}
		if n := len(w.Requests()); n > 12 {
			t.Errorf("%d requests", n)
		}
	})
}

// A page with more files than come along with it has all of them.
func TestManyAttachmentsOfOnePage(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Pumps", "", "")
		for i := range 260 {
			w.attach(fmt.Sprint(1000+i), "1", fmt.Sprintf("%d.txt", i), "text")
		}
		if n := len(w.complete(withFiles)); n != 261 {
			t.Errorf("%d entries", n)
		}
	})
}

// Where the search is refused, the site's attachments are listed, and their
// labels asked for.
func TestAttachmentsWithoutTheSearch(t *testing.T) {
	w := newWiki(t, emulator.Config{Cloud: true, Prefix: "/wiki", Email: "reader@example.com", Token: token})
	w.put("1", "Pumps", "", "")
	w.PutPage(emulator.Page{ID: "9", Space: "HR", Title: "Other"})
	w.attach("70", "1", "a.md", "a")
	w.attach("71", "1", "b.md", "b")
	w.attach("72", "9", "c.md", "c")
	w.LabelFile("71", "no-fin")
	w.SetTraps(emulator.Traps{NoSearch: true, MaxLimit: 1})
	entries := w.everything(withFiles, func(o *confluence.Options) { o.Labels.Exclude = []string{"no-fin"} })
	if len(entries) != 3 || entries["att70"].Excluded != "" || entries["att71"].Excluded == "" {
		t.Errorf("%+v", entries)
	}
}

// isFileRequest tells the requests for attachments from the others.
func isFileRequest(r *http.Request) bool {
	return strings.Contains(r.URL.Path, "/attachment") || strings.Contains(r.URL.Query().Get("cql"), "type=attachment") ||
		strings.Contains(r.URL.Path, "/content/att")
}

// What cannot be listed is not gone, and takes no page along.
func TestUnlistedAttachmentsStay(t *testing.T) {
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound, http.StatusBadGateway} {
		flavors(t, func(t *testing.T, w *wiki) {
			w.put("1", "Pumps", "", "")
			for i := range 30 { // more than come along with the page
				w.attach(fmt.Sprint(70+i), "1", fmt.Sprintf("%d.md", i), "text")
			}
			w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
				if !isFileRequest(r) {
					return false
				}
				rw.WriteHeader(status)
				return true
			})
			src := w.source(withFiles)
			snap, err := src.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			var ids []string
			listing, err := snap.List(t.Context(), func(e sources.Entry) error { ids = append(ids, e.ID); return nil })
			if err != nil || fmt.Sprint(ids) != "[1]" {
				t.Errorf("%q, %v", ids, err)
			}
			if scopes := incompleteScopes(listing); fmt.Sprint(scopes) != "[OPS/attachments]" {
				t.Errorf("%d: incomplete: %q", status, scopes)
			}
			gone, err := snap.(sources.Confirmer).Gone(t.Context(), "att70")
			if gone {
				t.Errorf("%d: att70 is gone, %v", status, err)
			}
		})
	}
}

func TestGoneAttachments(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Pumps", "", "")
		w.put("2", "Shut", "", "")
		w.put("3", "To be deleted", "", "")
		for id, page := range map[string]string{"70": "1", "71": "1", "72": "1", "73": "2", "74": "3", "75": "1", "76": "1"} {
			w.attach(id, page, id+".md", "text")
			w.UnindexFile(id)
		}
		w.Restrict("2", "hr")
		w.DeletePage("3")
		w.DeleteFile("71")
		w.TrashFile("72")
		w.attach("75", "1", "75.png", "text") // renamed
		w.UnindexFile("75")
		w.LabelFile("76", "no-fin")
		exclude := func(o *confluence.Options) { o.Labels.Exclude = []string{"no-fin"} }
		snap, err := w.source(withFiles, exclude).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		if _, err := snap.List(t.Context(), func(sources.Entry) error { return nil }); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]bool{"70": false, "71": true, "72": true, "73": true, "74": true, "75": true, "76": true} {
			if id == "70" && !w.config.Cloud || id == "76" && !w.config.Cloud {
				want = true // the listing had it
			}
			gone, err := snap.(sources.Confirmer).Gone(t.Context(), "att"+id)
			if err != nil || gone != want {
				t.Errorf("att%s is gone: %v, %v", id, gone, err)
			}
		}
	})
}

// Cloud keeps files elsewhere: the login must not go there.
func TestDownloadsAreFollowedWithoutTheLogin(t *testing.T) {
	w := newWiki(t, emulator.Config{})
	media := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.Media(rw, r) }))
	defer media.Close()
	w = newWiki(t, emulator.Config{Cloud: true, Prefix: "/wiki", Email: "reader@example.com", Token: token,
		Media: media.URL})
	w.put("1", "Pumps", "", "")
	w.attach("70", "1", "a.md", "The text.")
	if doc := w.load("att70", withFiles); string(doc.Body) != "The text." {
		t.Errorf("%q", doc.Body)
	}
}

// A download that is not the file is no document.
func TestWrongDownloads(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a login page": func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, "<html><form>Log in</form></html>") },
		"a login elsewhere": func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "/login.action", http.StatusFound)
		},
		"another host": func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "http://127.0.0.2:1/download", 302)
		},
		"half of it":    func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, "The") },
		"too much":      func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, strings.Repeat("The text.", 100)) },
		"not found":     http.NotFound,
		"not permitted": func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(http.StatusForbidden) },
		"nobody's": func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("X-AUSERNAME", "anonymous")
			fmt.Fprint(rw, "The text.")
		},
	} {
		t.Run(name, func(t *testing.T) {
			flavors(t, func(t *testing.T, w *wiki) {
				w.put("1", "Pumps", "", "")
				w.attach("70", "1", "a.html", "The text.")
				src := w.source(withFiles)
				w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
					if !strings.Contains(r.URL.Path, "/download") && !strings.HasSuffix(r.URL.Path, "/login.action") {
						return false
					}
					answer(rw, r)
					return true
				})
				doc, err := sourcestest.Load(t, src, "att70")
				if err == nil || errors.Is(err, sources.ErrNoDocument) || len(doc.Body) > 0 {
					t.Errorf("%q, %v", doc.Body, err)
				}
				if err != nil && strings.Contains(err.Error(), token) {
					t.Error(err)
				}
			})
		})
	}
}

// A page that is shut after the listing keeps its files.
func TestAttachmentsOfPagesThatAreShutMeanwhile(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Pumps", "", "")
		w.attach("70", "1", "a.md", "The text.")
		snap, err := w.source(withFiles).Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer snap.Close()
		var file sources.Entry
		if _, err := snap.List(t.Context(), func(e sources.Entry) error {
			if e.ID == "att70" {
				file = e
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		w.Restrict("1", "hr")
		if _, err := file.Load(t.Context()); !errors.Is(err, sources.ErrNoDocument) {
			t.Error(err)
		}
	})
}

func TestExplainAttachments(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Pumps", "", "")
		w.put("2", "Shut", "", "")
		w.attach("70", "1", "a.md", "a")
		w.attach("71", "2", "b.md", "b")
		w.attach("72", "1", "c.png", "c")
		w.attach("73", "1", "d.md", strings.Repeat("d", 100))
		w.Restrict("2", "hr")
		src := w.source(withFiles, func(o *confluence.Options) { o.Attachments.MaxBytes = 50 }).(sources.Explainer)
		for id, want := range map[string]string{
			"att70": "", "att71": "its page 2: view restricted", "att72": "not a document", "att73": "more than the 50", "att99": "no such attachment",
		} {
			why, err := src.Explain(t.Context(), id)
			if err != nil || !strings.Contains(why, want) || (why == "") != (want == "") {
				t.Errorf("%s: %q, %v", id, why, err)
			}
		}
		why, err := w.source().(sources.Explainer).Explain(t.Context(), "att70")
		if err != nil || !strings.Contains(why, "set attachments to true") {
			t.Errorf("%q, %v", why, err)
		}
	})
}

func TestCheckCountsAttachments(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Pumps", "", "")
		w.attach("70", "1", "a.md", "a")
		w.attach("71", "1", "b.docx", "b")
		w.attach("72", "1", "c.png", "c")
		o := w.options(withFiles)
		src, err := o.Build(sources.Env{Name: "wiki", CacheDir: w.cache,
			Formats: sources.Formats{".docx": "no converter for .docx"}})
		if err != nil {
			t.Fatal(err)
		}
		lines, err := src.(sources.Checker).Check(t.Context())
		text := strings.Join(lines, "\n")
		if err != nil || !strings.Contains(text, "space OPS: 1 page, 1 attachment") ||
			!strings.Contains(text, "left out for want of a converter: 1 .docx (see convert") {
			t.Errorf("%s, %v", text, err)
		}
	})
}
