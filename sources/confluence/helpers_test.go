package confluence_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
	"finpages/sources/sourcestest"
)

const token = "s3cr3t-t0k3n"

// wiki is an emulated wiki with a source that reads it.
type wiki struct {
	*emulator.Server
	t      *testing.T
	http   *httptest.Server
	config emulator.Config
	cache  string
}

// flavors runs a test against both kinds of Confluence.
func flavors(t *testing.T, test func(t *testing.T, w *wiki)) {
	for name, c := range map[string]emulator.Config{
		"cloud":      {Cloud: true, Prefix: "/wiki", Email: "reader@example.com", Token: token},
		"datacenter": {Prefix: "/confluence", Token: token},
	} {
		t.Run(name, func(t *testing.T) { test(t, newWiki(t, c)) })
	}
}

func newWiki(t *testing.T, c emulator.Config) *wiki {
	s := emulator.New(c)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return &wiki{Server: s, t: t, http: h, config: c, cache: t.TempDir()}
}

func (w *wiki) options(edit ...func(*confluence.Options)) *confluence.Options {
	o := confluence.NewOptions()
	o.BaseURL, o.Flavor, o.Spaces = w.http.URL+w.config.Prefix, confluence.DataCenter, []string{"OPS"}
	if w.config.Cloud {
		o.Flavor = confluence.Cloud
	}
	o.Email, o.Token, o.MaxRPS, o.Timeout = w.config.Email, token, 1000, time.Minute
	for _, e := range edit {
		e(o)
	}
	return o
}

func (w *wiki) source(edit ...func(*confluence.Options)) sources.Source {
	w.t.Helper()
	o := w.options(edit...)
	for _, f := range o.Validate() {
		w.t.Fatalf("%s: %s", f.Field, f.Message)
	}
	src, err := o.Build(sources.Env{Name: "wiki", CacheDir: w.cache, RetryPause: time.Millisecond})
	if err != nil {
		w.t.Fatal(err)
	}
	return src
}

// put creates or saves a page of OPS with the id.
func (w *wiki) put(id, title, parent, storage string, labels ...string) {
	w.PutPage(emulator.Page{ID: id, Space: "OPS", Title: title, Parent: parent, Storage: storage, Labels: labels})
}

func (w *wiki) list(edit ...func(*confluence.Options)) (map[string]sources.Entry, sources.Listing) {
	w.t.Helper()
	return sourcestest.List(w.t, w.source(edit...))
}

// complete lists and fails the test if a scope is incomplete.
func (w *wiki) complete(edit ...func(*confluence.Options)) map[string]sources.Entry {
	w.t.Helper()
	entries, listing := w.list(edit...)
	for _, in := range listing.Incomplete {
		w.t.Fatalf("scope %q incomplete: %v", in.Scope, in.Err)
	}
	return entries
}

func (w *wiki) load(id string, edit ...func(*confluence.Options)) sources.Document {
	w.t.Helper()
	doc, err := sourcestest.Load(w.t, w.source(edit...), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return doc
}

// pushed returns the ids of the entries that may be loaded, sorted.
func pushed(entries map[string]sources.Entry) (ids []string) {
	for id, e := range entries {
		if e.Withheld == "" && e.Err == nil {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func wantPushed(t *testing.T, entries map[string]sources.Entry, want ...string) {
	t.Helper()
	if got := pushed(entries); !slices.Equal(got, want) {
		t.Errorf("pages for Fin are %q, want %q", got, want)
	}
}

func wantWithheld(t *testing.T, e sources.Entry, part string) {
	t.Helper()
	if e.Withheld == "" || !strings.Contains(e.Withheld, part) {
		t.Errorf("entry %q is withheld because %q, want a reason with %q (its error: %v)", e.ID, e.Withheld, part, e.Err)
	}
}

func incompleteScopes(l sources.Listing) (scopes []string) {
	for _, in := range l.Incomplete {
		scopes = append(scopes, in.Scope)
	}
	return scopes
}

func wantIncomplete(t *testing.T, l sources.Listing, scope, part string) {
	t.Helper()
	for _, in := range l.Incomplete {
		if in.Scope == scope {
			if !strings.Contains(in.Err.Error(), part) {
				t.Errorf("scope %q is incomplete with %q, want %q in it", scope, in.Err, part)
			}
			if strings.Contains(in.Err.Error(), token) {
				t.Errorf("the token stands in %q", in.Err)
			}
			return
		}
	}
	t.Errorf("scope %q is complete, want %q; incomplete: %q", scope, part, incompleteScopes(l))
}

// include is a macro that shows another page of the same space.
func include(title string) string {
	return fmt.Sprintf(`<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link><ri:page ri:content-title="%s" /></ac:link></ac:parameter></ac:structured-macro>`, title)
}

// edit changes the wiki's good answers to some requests.
func (w *wiki) edit(which func(*http.Request) bool, change func(answer map[string]any)) {
	w.SetHook(func(rw http.ResponseWriter, r *http.Request) bool {
		if !which(r) {
			return false
		}
		rec := httptest.NewRecorder()
		w.Unhooked(rec, r)
		if rec.Code != http.StatusOK {
			return false // and is given again
		}
		var answer map[string]any
		if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
			w.t.Error(err)
		}
		change(answer)
		if err := json.NewEncoder(rw).Encode(answer); err != nil {
			w.t.Error(err)
		}
		return true
	})
}
