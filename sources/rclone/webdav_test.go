package rclone_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"finpages/sources"
)

// webdav is a storage behind a WebDAV server, with somebody in between.
type webdav struct {
	*storage
	mu   sync.Mutex
	hook func(w http.ResponseWriter, r *http.Request) bool // true: it has answered
	seen map[string]int                                    // requests by method

	loading bool // the listing is through
}

func newWebDAV(t *testing.T) *webdav {
	d := &webdav{storage: newStorage(t), seen: map[string]int{}}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: d.serve("webdav")})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d.mu.Lock()
		d.seen[r.Method]++
		hook := d.hook
		d.mu.Unlock()
		if hook == nil || !hook(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	d.config("[dav]\ntype = webdav\nvendor = other\nurl = " + server.URL + "\n")
	d.opts.Remote = "dav:"
	return d
}

// intervene has the hook answer in the server's place from now on.
func (d *webdav) intervene(hook func(w http.ResponseWriter, r *http.Request) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hook = hook
}

// loadAll lists and loads, and returns what was asked for to load.
func (d *webdav) loadAll(want int) map[string]int {
	d.t.Helper()
	snap, err := d.Source().Open(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	defer snap.Close()
	d.mu.Lock()
	d.loading = false
	d.mu.Unlock()
	var entries []sources.Entry
	if _, err := snap.List(d.t.Context(), func(e sources.Entry) error {
		if e.Excluded == "" {
			entries = append(entries, e)
		}
		return nil
	}); err != nil || len(entries) != want {
		d.t.Fatalf("%d entries, %v", len(entries), err)
	}
	d.mu.Lock()
	d.loading = true
	clear(d.seen)
	d.mu.Unlock()
	if err := snap.(sources.Prefetcher).Prefetch(d.t.Context(), entries); err != nil {
		d.t.Fatal(err)
	}
	for _, e := range entries {
		if doc, err := e.Load(d.t.Context()); err != nil || string(doc.Body) != "# "+e.ID {
			d.t.Errorf("%s: %q, %v", e.ID, doc.Body, err)
		}
	}
	return d.seen
}

// To load many documents of few folders takes a request each, and one for each
// folder; to load few takes no listing of what else their folder holds.
func TestRequestsToLoad(t *testing.T) {
	d := newWebDAV(t)
	const folders, files = 3, 30
	for i := range folders * files {
		name := fmt.Sprintf("d%d/%d.md", i%folders, i)
		d.Put(name, "# "+name)
	}
	seen := d.loadAll(folders * files)
	if seen["GET"] != folders*files || seen["PROPFIND"] > files {
		t.Errorf("%d documents in %d folders took %v", folders*files, folders, seen)
	}
	d.opts.Include = []string{"d0/0.md"}
	d.intervene(func(_ http.ResponseWriter, r *http.Request) bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.loading && r.Method == "PROPFIND" && strings.HasSuffix(r.URL.Path, "/") { // a folder
			t.Errorf("%s was listed to load one document", r.URL)
		}
		return false
	})
	if seen := d.loadAll(1); seen["GET"] != 1 {
		t.Errorf("one document took %v", seen)
	}
}

func TestFaultsAmidAListingOverWebDAV(t *testing.T) {
	d := newWebDAV(t)
	for i := range 9 {
		d.Put(fmt.Sprintf("d%d/%d.md", i%3, i), "# text")
	}
	for name, fault := range map[string]func(http.ResponseWriter){
		"500":   func(w http.ResponseWriter) { w.WriteHeader(500) },
		"403":   func(w http.ResponseWriter) { w.WriteHeader(403) },
		"404":   func(w http.ResponseWriter) { w.WriteHeader(404) },
		"a cut": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"half of it": func(w http.ResponseWriter) {
			w.WriteHeader(207)
			fmt.Fprint(w, `<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d.intervene(func(w http.ResponseWriter, r *http.Request) bool {
				amid := r.Method == "PROPFIND" && strings.HasPrefix(r.URL.Path, "/d1")
				if amid {
					fault(w)
				}
				return amid
			})
			snap, err := d.Source().Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			l, err := snap.List(t.Context(), func(sources.Entry) error { return nil })
			if err == nil && len(l.Incomplete) == 0 {
				t.Error("the listing claims to be complete")
			}
			if gone, err := snap.(sources.Confirmer).Gone(t.Context(), "d1/1.md"); gone || err == nil {
				t.Errorf("gone: %v, %v", gone, err)
			}
		})
	}
}

// rclone takes a page of HTML for an empty folder.
func TestAWebPageForAFolderDeletesNothing(t *testing.T) {
	page := func(w http.ResponseWriter) bool {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html><body>Log in</body></html>")
		return true
	}
	for name, answers := range map[string]func(w http.ResponseWriter, path string) (answered bool){
		"for one folder": func(w http.ResponseWriter, path string) bool { return path == "/d/" && page(w) },
		"for what lies in it, too": func(w http.ResponseWriter, path string) bool {
			return strings.HasPrefix(path, "/d") && page(w)
		},
		"and a refusal for what lies in it": func(w http.ResponseWriter, path string) bool {
			if path != "/d/" && strings.HasPrefix(path, "/d") {
				w.WriteHeader(403)
				return true
			}
			return path == "/d/" && page(w)
		},
		"for everything": func(w http.ResponseWriter, _ string) bool { return page(w) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newWebDAV(t)
			for _, at := range []string{"d/1.md", "d/sub/2.md", "e/3.md", "top.md"} {
				d.Put(at, "# text")
			}
			d.intervene(func(w http.ResponseWriter, r *http.Request) bool { return answers(w, r.URL.Path) })
			for _, at := range []string{"d/1.md", "d/sub/2.md"} {
				if gone, err := d.gone(at); gone {
					t.Errorf("%s is gone: %v", at, err)
				}
			}
		})
	}
}

func TestDeletedDocumentsAreGoneOverWebDAV(t *testing.T) {
	d := newWebDAV(t)
	d.Put("last/1.md", "# the last of a folder that stays")
	d.Put("tree/a/2.md", "# of a tree that goes")
	d.Put("some/3.md", "# one of two")
	d.Put("some/4.md", "# two of two")
	d.Put("é %/ü.md", "# the last of names that are escaped")
	for _, at := range []string{"last/1.md", "tree/a/2.md", "some/3.md", "é %/ü.md"} {
		d.Remove(at)
	}
	d.Remove("tree/a")
	d.Remove("tree")
	for _, at := range []string{"last/1.md", "tree/a/2.md", "some/3.md", "é %/ü.md"} {
		if gone, err := d.gone(at); !gone || err != nil {
			t.Errorf("%s is gone: %v, %v", at, gone, err)
		}
	}
	d.Remove("some/4.md") // now all folders are empty
	if gone, err := d.gone("some/4.md"); !gone || err != nil {
		t.Errorf("the last of all is gone: %v, %v", gone, err)
	}
	for _, at := range []string{"last", "some", "é %"} {
		d.Remove(at)
	}
	if gone, err := d.gone("some/4.md"); !gone || err != nil {
		t.Errorf("the last of an empty storage is gone: %v, %v", gone, err)
	}
}

// gone asks a new run, after its listing, for a document.
func (d *webdav) gone(at string) (bool, error) {
	d.t.Helper()
	snap, err := d.Source().Open(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	defer snap.Close()
	if _, err := snap.List(d.t.Context(), func(sources.Entry) error { return nil }); err != nil {
		d.t.Fatal(err)
	}
	return snap.(sources.Confirmer).Gone(d.t.Context(), at)
}
