package confluence_test

import (
	"net/http"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/confluence/emulator"
)

// On Cloud the search gives both forms of a page in one request; where it does
// not, the page costs two, and is the same.
func TestBodiesFromTheSearch(t *testing.T) {
	asksForBodies := func(r *http.Request) bool {
		return strings.HasSuffix(r.URL.Path, "/content/search") && strings.Contains(r.URL.Query().Get("expand"), "body")
	}
	for name, c := range map[string]struct {
		spoil    func(w *wiki)
		requests int
	}{
		"found":            {func(*wiki) {}, 1},
		"not in the index": {func(w *wiki) { w.Unindex("1") }, 3},
		"refused": {func(w *wiki) {
			w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
				if asksForBodies(r) {
					rw.WriteHeader(http.StatusGone)
				}
				return asksForBodies(r)
			})
		}, 3},
		"another page": {func(w *wiki) { w.editFirst(asksForBodies, func(page map[string]any) { page["id"] = "7" }) }, 3},
		"an older version": {func(w *wiki) {
			w.editFirst(asksForBodies, func(page map[string]any) { page["version"] = map[string]any{"number": 1} })
		}, 3},
		"without the rendered form": {func(w *wiki) {
			w.editFirst(asksForBodies, func(page map[string]any) { delete(page["body"].(map[string]any), "view") })
		}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWiki(t, emulator.Config{Cloud: true, Prefix: "/wiki", Email: "reader@example.com", Token: token})
			w.put("1", "Top", "", "<p>old</p>")
			w.put("1", "Top", "", "<p>new</p>")
			c.spoil(w)
			snap, err := w.source().Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			var top sources.Entry
			if _, err := snap.List(t.Context(), func(e sources.Entry) error { top = e; return nil }); err != nil {
				t.Fatal(err)
			}
			w.Requests()
			doc, err := top.Load(t.Context())
			if err != nil || string(doc.Body) != "<p>new</p>" || doc.Format != sources.ConfluenceView {
				t.Errorf("loaded %q as %s, %v", doc.Body, doc.Format, err)
			}
			if got := w.Requests(); len(got) != c.requests {
				t.Errorf("%d requests, want %d: %v", len(got), c.requests, got)
			}
		})
	}
}

// editFirst changes the first page of the answers to some requests.
func (w *wiki) editFirst(which func(*http.Request) bool, change func(page map[string]any)) {
	w.edit(which, func(answer map[string]any) { change(answer["results"].([]any)[0].(map[string]any)) })
}
