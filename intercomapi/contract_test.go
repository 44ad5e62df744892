package intercomapi_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"finpages/intercomapi"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// description loads one of Intercom's OpenAPI descriptions, which users of
// the project do not have.
func description(t *testing.T, name string) routers.Router {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "api", name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("Intercom's description %s is not here", name)
	}
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Every request, and every answer that the tests use, is as Intercom describes it.
func TestContract(t *testing.T) {
	for _, name := range []string{"ai-content-2.16.yaml", "ai-content-2.16-prism.yaml"} {
		t.Run(name, func(t *testing.T) {
			router := description(t, name)
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				return validate(t, router, r), nil
			}), func(o *intercomapi.Options) { o.BaseURL = "https://api.eu.intercom.io" })
			for name, op := range operations {
				if err := op(t.Context(), c); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

// previewParameters of the list of pages are described for Preview only; the
// client goes on without them where they are ignored.
var previewParameters = []string{"page", "per_page", "source_id", "external_id"}

func validate(t *testing.T, router routers.Router, r *http.Request) *http.Response {
	route, params, err := router.FindRoute(r)
	if err != nil {
		t.Errorf("%s %s: %v", r.Method, r.URL, err)
		return reply(500, "")
	}
	in := &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil {
		t.Errorf("%s %s: %v", r.Method, r.URL, err)
	}
	for name := range r.URL.Query() {
		if route.Path == "/ai/external_pages" && slices.Contains(previewParameters, name) {
			continue
		}
		t.Errorf("%s %s: undocumented parameter %s", r.Method, r.URL, name)
	}
	body := []byte(anyAnswer(r))
	res := reply(200, string(body), "Content-Type", "application/json")
	err = openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: 200, Header: res.Header, Body: io.NopCloser(bytes.NewReader(body)),
	})
	if err != nil {
		t.Errorf("answer to %s %s: %v", r.Method, r.URL, err)
	}
	return res
}
