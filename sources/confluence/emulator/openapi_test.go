package emulator_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"
	"finpages/sources/sourcestest"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// spec is one of Atlassian's descriptions.
type spec struct {
	doc    *openapi3.T
	prefix string // of the paths that it describes
}

func loadSpec(t *testing.T, name, prefix string) spec {
	t.Helper()
	f, err := os.Open(filepath.Join("../../../../shared/api", name))
	if err != nil {
		t.Skipf("Atlassian's description is not at hand: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"PageBulk", "PageSingle",
		"FolderSingle"} { // "or null if there is no parent page", say the descriptions themselves
		if schema := doc.Components.Schemas[name]; schema != nil {
			schema.Value.Properties["parentId"].Value.Nullable = true
			schema.Value.Properties["parentType"].Value.Nullable = true
		}
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			op.Parameters = once(op.Parameters)
			for _, p := range op.Parameters {
				if strings.Contains(p.Value.Description, "comma-separated list") { // which the schema leaves out
					p.Value.Explode = new(bool)
				}
			}
		}
	}
	return spec{doc, prefix}
}

// once drops parameters that are described a second time, as Data Center's
// description does, and keeps the description that has the stricter type.
func once(params openapi3.Parameters) (kept openapi3.Parameters) {
	for _, p := range slices.Backward(params) {
		if !slices.ContainsFunc(kept, func(k *openapi3.ParameterRef) bool {
			return k.Value.Name == p.Value.Name &&
				k.Value.In == p.Value.In
		}) {
			kept = append(kept, p)
		}
	}
	return kept
}

// route finds what the description says of a request.
func (s spec) route(r *http.Request) (*routers.Route, map[string]string) {
	path, ok := strings.CutPrefix(r.URL.Path, s.prefix)
	if !ok {
		return nil, nil
	}
	for _, template := range s.doc.Paths.InMatchingOrder() {
		params, ok := match(template, path)
		if item := s.doc.Paths.Value(template); ok && item.Get != nil {
			return &routers.Route{Spec: s.doc, Path: template, PathItem: item, Method: r.Method, Operation: item.Get}, params
		}
	}
	return nil, nil
}

func match(template, path string) (map[string]string, bool) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	params := map[string]string{}
	for i, part := range want {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			params[strings.TrimSuffix(name, "}")] = got[i]
		} else if part != got[i] {
			return nil, false
		}
	}
	return params, true
}

// judge checks the client's requests and the server's answers.
type judge struct {
	t      *testing.T
	server http.Handler
	specs  []spec
	mu     sync.Mutex // the client asks concurrently, the descriptions are not made for that
	seen   map[string]bool
}

func (j *judge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := httptest.NewRecorder()
	j.server.ServeHTTP(rec, r)
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, s := range j.specs {
		if route, params := s.route(r); route != nil {
			j.seen[route.Path] = true
			if err := check(r, rec, route, params); err != nil {
				reason, _, _ := strings.Cut(err.Error(), "\n") // what follows is the whole schema
				j.t.Errorf("%s: %s", r.URL, reason)
			}
			break
		}
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

func check(r *http.Request, rec *httptest.ResponseRecorder, route *routers.Route, params map[string]string) error {
	for name := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil {
			return fmt.Errorf("the parameter %s is not described", name)
		}
	}
	in := &openapi3filter.RequestValidationInput{
		Request: r, Route: route, PathParams: params,
		Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true,
		},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
		return err
	}
	if rec.Code != http.StatusOK {
		return nil
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: rec.Code, Header: rec.Header()}
	out.SetBodyBytes(bytes.Clone(rec.Body.Bytes()))
	return openapi3filter.ValidateResponse(r.Context(), out)
}

// TestAgainstAtlassiansDescriptions runs the adapter on the server and holds
// both to what Atlassian has published.
func TestAgainstAtlassiansDescriptions(t *testing.T) {
	var dc []spec // large, and used twice
	dataCenter := func(t *testing.T) []spec {
		if dc == nil {
			dc = []spec{loadSpec(t, "confluence-dc-10.0.3-openapi.json.gz", "/confluence")}
		}
		return dc
	}
	tests := map[string]struct {
		config emulator.Config
		specs  func(t *testing.T) []spec
		paths  []string // that must have been asked for
	}{
		"cloud": {
			emulator.Config{Cloud: true, Prefix: "/wiki", Token: "t", Traps: emulator.Traps{MaxLimit: 2}},
			func(t *testing.T) []spec {
				return []spec{
					loadSpec(t, "confluence-cloud-v2-openapi.json.gz", "/wiki/api/v2"),
					loadSpec(t, "confluence-cloud-v1-openapi.yaml.gz", "/wiki"),
				}
			},
			[]string{
				"/rest/api/user/current", "/spaces", "/spaces/{id}/pages", "/spaces/{id}/blogposts", "/rest/api/content/search",
				"/rest/api/content/{id}/restriction/byOperation/{operationKey}", "/pages", "/blogposts", "/pages/{id}", "/folders/{id}", "/pages/{id}/labels",
				"/attachments/{id}", "/rest/api/content/{id}/child/attachment/{attachmentId}/download",
			},
		},
		"datacenter": {
			emulator.Config{Prefix: "/confluence", Token: "t", Traps: emulator.Traps{MaxLimit: 2}},
			dataCenter,
			[]string{"/rest/api/user/current", "/rest/api/space/{spaceKey}", "/rest/api/content/scan",
				"/rest/api/content/{id}", "/rest/api/search",
				"/rest/api/content/{id}/child/attachment"},
		},
		"datacenter before 7.18": {
			emulator.Config{Prefix: "/confluence", Token: "t", Traps: emulator.Traps{NoScan: true, MaxLimit: 2}},
			dataCenter,
			[]string{"/rest/api/content"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := emulator.New(test.config)
			j := &judge{t: t, server: s, specs: test.specs(t), seen: map[string]bool{}}
			h := httptest.NewServer(j)
			defer h.Close()
			fill(s)
			src := source(t, h.URL+test.config.Prefix, test.config.Cloud)
			entries, _ := sourcestest.List(t, src)
			for id, e := range entries {
				if e.Withheld == "" && e.Err == nil {
					if _, err := sourcestest.Load(t, src, id); err != nil {
						t.Error(err)
					}
				}
			}
			for _, id := range []string{"3", "att70"} {
				if _, err := src.(sources.Explainer).Explain(t.Context(), id); err != nil {
					t.Error(err)
				}
			}
			s.HideSpace("HR", true) // so that OPS is listed by itself
			s.HideSpace("VOID", true)
			sourcestest.List(t, src)
			for _, p := range test.paths {
				if !j.seen[p] {
					t.Errorf("%s was not asked for", p)
				}
			}
		})
	}
}

func fill(s *emulator.Server) {
	s.PutPage(emulator.Page{ID: "1", Space: "OPS", Title: "Top", Storage: "<p>Top</p>", Labels: []string{"docs"}})
	s.PutPage(emulator.Page{ID: "2", Space: "OPS", Title: "Low", Parent: "1", Storage: "<p>Low</p>"})
	s.PutPage(emulator.Page{ID: "3", Space: "OPS", Title: "Shut", Parent: "1"})
	s.PutPage(emulator.Page{ID: "4", Space: "OPS", Kind: "folder", Title: "Folder"})
	s.PutPage(emulator.Page{ID: "5", Space: "OPS", Title: "In folder", Parent: "4"})
	s.PutPage(emulator.Page{ID: "6", Space: "OPS", Kind: "blogpost", Title: "News"})
	s.PutPage(emulator.Page{ID: "7", Space: "HR", Title: "Other"})
	s.PutPage(emulator.Page{ID: "8", Space: "HR", Kind: "blogpost", Title: "Other news"})
	s.PutFile(emulator.File{ID: "70", Page: "2", Name: "rules.md", Media: "text/markdown", Body: []byte("# Rules")})
	for i := range 30 { // more than come with a page
		s.PutFile(emulator.File{Page: "1", Name: fmt.Sprintf("note %d.txt", i), Media: "text/plain", Body: []byte("Note")})
	}
	s.AddSpace("VOID", "Void")
	s.Restrict("3", "hr")
	s.Unindex("2")
}

func source(t *testing.T, base string, cloud bool) sources.Source {
	t.Helper()
	o := confluence.NewOptions()
	o.BaseURL, o.Spaces, o.Token, o.Blogposts, o.MaxRPS = base, []string{"OPS", "HR", "VOID"}, "t", true, 1000
	o.Attachments.On = true
	o.Flavor = map[bool]string{true: confluence.Cloud, false: confluence.DataCenter}[cloud]
	src, err := o.Build(sources.Env{CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return src
}
