package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Each operation of the description that the server gives is asked, and
// answers as it is described, also when it refuses.
func TestAnswersAreAsDescribed(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "a.md", "# Apples\n\nRed.", "b.md", "# Pears\n\nGreen.", "c.md", "# Plums\n\nBlue.", "d.md",
		"---\ndraft: true\n---\n# D")
	w.sync("docs")
	w.remove("docs", "c.md")
	w.sync("docs")
	served := w.get("/api/v1/openapi.json")
	w.want(served, http.StatusOK, `"openapi": "3.0.3"`)
	doc, err := openapi3.NewLoader().LoadFromData([]byte(served.text))
	if err != nil {
		t.Fatal(err)
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	left := operationsOf(doc)
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "/api/v1/openapi.json", "", 200},
		{"GET", "/api/v1/status", "", 200},
		{"GET", "/api/v1/status?source=nosuch", "", 404},
		{"GET", "/api/v1/leaks?source=docs", "", 200},
		{"GET", "/api/v1/loss?source=docs", "", 200},
		{"GET", "/api/v1/config", "", 200},
		{"GET", "/api/v1/audit", "", 200},
		{"POST", "/api/v1/sync", `{"sources": ["docs"], "plan": true, "diff": true}`, 200},
		{"POST", "/api/v1/sync", `{"fast": true}`, 400},
		{"POST", "/api/v1/reload", "", 409},
		{"POST", "/api/v1/sources/docs/sync", "", 200},
		{"GET", "/api/v1/sources/docs/history?limit=2", "", 200},
		{"GET", "/api/v1/sources/docs/history?limit=none", "", 400},
		{"GET", "/api/v1/sources/docs/history/1", "", 200},
		{"GET", "/api/v1/sources/docs/history/99", "", 404},
		{"GET", "/api/v1/search?text=d&limit=3", "", 200},
		{"GET", "/api/v1/sources/docs/inventory", "", 200},
		{"GET", "/api/v1/sources/docs/inventory?show=out&text=d", "", 200},
		{"GET", "/api/v1/sources/docs/deleted", "", 200},
		{"GET", "/api/v1/sources/docs/explain?ref=a.md", "", 200},
		{"GET", "/api/v1/sources/docs/explain?ref=nosuch.md", "", 200},
		{"GET", "/api/v1/sources/docs/preview?ref=a.md", "", 200},
		{"POST", "/api/v1/sources/docs/undo", `{"page": "c.md"}`, 200},
		{"POST", "/api/v1/sources/docs/retract", `{"page": "b.md"}`, 200},
		{"POST", "/api/v1/sources/docs/retract", `{"page": "b.md", "undo": true}`, 200},
		{"POST", "/api/v1/sources/docs/approve", `{"hold": ""}`, 409},
		{"POST", "/api/v1/sources/docs/verify", `{"source": true}`, 200},
		{"POST", "/api/v1/sources/docs/forget", `{"delete_pages": true}`, 200},
		{"POST", "/api/v1/sources/nosuch/forget", `{"delete_pages": true}`, 404},
	} {
		a := w.send(c.method, c.path, c.body, "Content-Type", "application/json")
		w.want(a, c.status)
		operation := checkDescribed(t, router, c.body, a)
		left = slices.DeleteFunc(left, func(o string) bool { return o == operation })
	}
	if len(left) > 0 {
		t.Errorf("never asked: %v", left)
	}
}

func operationsOf(doc *openapi3.T) (list []string) {
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			list = append(list, method+" "+path)
		}
	}
	return list
}

// checkDescribed compares a request and its answer with the description.
func checkDescribed(t *testing.T, router routers.Router, body string, a answer) (operation string) {
	t.Helper()
	req := a.Request.Clone(t.Context())
	req.Body = http.NoBody
	if body != "" {
		req.Body = readCloser{strings.NewReader(body)}
	}
	route, params, err := router.FindRoute(req)
	if err != nil {
		t.Errorf("%s %s: %v", req.Method, req.URL, err)
		return ""
	}
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil && a.StatusCode < 400 {
		t.Errorf("%s %s: the request: %v", req.Method, req.URL, err)
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: a.StatusCode, Header: a.Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true}}
	if err := openapi3filter.ValidateResponse(t.Context(), out.SetBodyBytes([]byte(a.text))); err != nil {
		t.Errorf("%s %s: the answer: %v", req.Method, req.URL, err)
	}
	return req.Method + " " + route.Path
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
