package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/ingest/documents"
	"finpages/ingest/operate"
	"finpages/ingest/verify"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3gen"
)

var update = flag.Bool("update", false, "write openapi.json")

// operation describes a route.
type operation struct {
	summary      string
	query        []parameter
	body, answer any // nil if there is none
}

type parameter struct {
	name, doc string
	required  bool
	schema    *openapi3.Schema
}

var (
	sourcesQuery = parameter{"source", "Name of a source; may be repeated. Without it, all sources.", false,
		openapi3.NewArraySchema().WithItems(openapi3.NewStringSchema())}
	refQuery = parameter{"ref", "The page: its ID, path or address.", true, openapi3.NewStringSchema()}
	limit    = openapi3.NewIntegerSchema().WithMin(1).WithMax(1000)
)

var operations = map[string]operation{
	"GET /api/v1/openapi.json": {summary: "This description.", answer: map[string]any{}},
	"GET /api/v1/status":       {summary: "How the sources stand.", query: []parameter{sourcesQuery}, answer: Statuses{}},
	"GET /api/v1/leaks":        {summary: "Secrets found in documents: never the secret itself.", query: []parameter{sourcesQuery}, answer: Leaks{}},
	"GET /api/v1/loss": {summary: "What pages lack of their documents, and what else is wrong with them.",
		query: []parameter{sourcesQuery}, answer: Losses{}},
	"GET /api/v1/audit": {summary: "Who did what, the newest first.",
		query: []parameter{{"limit", "How many, 100 by default.", false, limit}}, answer: Audit{}},
	"GET /api/v1/config":  {summary: "Whether the config file was accepted when it was last read.", answer: ConfigState{}},
	"POST /api/v1/reload": {summary: "Reads the config file again, as SIGHUP does, and waits.", answer: ConfigState{}},
	"POST /api/v1/sync":   {summary: "Syncs or plans sources, and waits for the reports.", body: SyncRequest{}, answer: Reports{}},
	"POST /api/v1/sources/{source}/sync": {summary: "Has the source sync soon, and does not wait.",
		answer: Triggered{}},
	"GET /api/v1/sources/{source}/history": {summary: "Reports of the last runs, the newest first.",
		query: []parameter{{"limit", "How many, 100 by default.", false, limit}}, answer: Reports{}},
	"GET /api/v1/search": {summary: "Documents by title, ID or address, and by words of what Fin gets.", query: []parameter{
		sourcesQuery, {"text", "What to look for.", false, openapi3.NewStringSchema()},
		{"limit", "How many of each source, 10 by default.", false, limit}}, answer: Found{}},
	"GET /api/v1/sources/{source}/history/{run}": {summary: "The report of one run.", answer: ingest.Report{}},
	"GET /api/v1/sources/{source}/inventory": {summary: "The documents of the source, a part at a time.", query: []parameter{
		{"text", "Part of the title, ID or address, or words of what Fin gets.", false, openapi3.NewStringSchema()},
		{"show", "Only those in Fin, left out, with problems, or held.", false, openapi3.NewStringSchema().WithEnum("", "fin", "out", "problems", "held",
			"retracted", "restored", "drifted", "empty", "lossy")},
		{"after", "Where to go on: next of the part before.", false, openapi3.NewStringSchema()},
		{"limit", "How many, 50 by default.", false, limit}}, answer: documents.Inventory{}},
	"GET /api/v1/sources/{source}/deleted":  {summary: "Deleted pages that undo can restore.", answer: Deleted{}},
	"GET /api/v1/sources/{source}/explain":  {summary: "Why a page is, or is not, in Fin.", query: []parameter{refQuery}, answer: documents.Explanation{}},
	"GET /api/v1/sources/{source}/preview":  {summary: "The title and HTML that Fin would get.", query: []parameter{refQuery}, answer: documents.Preview{}},
	"POST /api/v1/sources/{source}/approve": {summary: "Releases held deletes, and syncs.", body: ApproveRequest{}, answer: ingest.Report{}},
	"POST /api/v1/sources/{source}/retract": {summary: "Deletes a page from Fin now and keeps it out; with undo, allows it again.", body: PageRequest{}, answer: Pages{}},
	"POST /api/v1/sources/{source}/undo":    {summary: "Restores a deleted page, or all that a run deleted.", body: PageRequest{}, answer: Pages{}},
	"POST /api/v1/sources/{source}/verify":  {summary: "Compares Intercom with the state.", body: VerifyOptions{}, answer: verify.Verification{}},
	"POST /api/v1/sources/{source}/forget":  {summary: "Drops a source from the state.", body: ForgetRequest{}, answer: operate.Forgotten{}},
}

// VerifyOptions is what the API calls them.
type VerifyOptions verify.Options

// openapi.json says what the routes and their types are. After a change:
//
//	go test ./cmd/finpages/internal/api -run TestOpenAPI -update
func TestOpenAPI(t *testing.T) {
	var want bytes.Buffer
	e := json.NewEncoder(&want)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(describe(t)); err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(want.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.json", want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(OpenAPI, want.Bytes()) {
		t.Error("openapi.json is not what the routes are: go test ./cmd/finpages/internal/api -run TestOpenAPI -update")
	}
}

func describe(t *testing.T) *openapi3.T {
	doc := &openapi3.T{OpenAPI: "3.0.3", Info: &openapi3.Info{Title: "finpages", Version: "1",
		Description: "The API of the finpages daemon. On loopback, without server.token_file, server.users and server.trusted_header, it needs no login; else send a token as a bearer token."},
		Paths: openapi3.NewPaths(), Components: &openapi3.Components{Schemas: openapi3.Schemas{},
			SecuritySchemes: openapi3.SecuritySchemes{"token": {Value: openapi3.NewSecurityScheme().WithType("http").WithScheme("bearer")}}},
		Security: openapi3.SecurityRequirements{{"token": {}}, {}}}
	routes := handlers{}.routes()
	for _, r := range routes {
		op, ok := operations[r.pattern]
		if !ok {
			t.Errorf("%s is not described: add it to operations", r.pattern)
			continue
		}
		method, path, _ := strings.Cut(r.pattern, " ")
		doc.AddOperation(path, method, op.describe(t, method, path, doc.Components.Schemas))
	}
	fault := doc.Components.Schemas["ConfigState"].Value.Properties // null if there is none
	fault["fault"] = openapi3.NewSchemaRef("", &openapi3.Schema{Nullable: true, AllOf: openapi3.SchemaRefs{fault["fault"]}})
	if len(routes) != len(operations) {
		t.Errorf("%d routes, but %d are described", len(routes), len(operations))
	}
	return doc
}

func (op operation) describe(t *testing.T, method, path string, schemas openapi3.Schemas) *openapi3.Operation {
	o := openapi3.NewOperation()
	o.Summary = op.summary
	if strings.Contains(path, "{source}") {
		o.AddParameter(openapi3.NewPathParameter("source").WithDescription("Name of the source.").WithSchema(openapi3.NewStringSchema()))
	}
	if strings.Contains(path, "{run}") {
		o.AddParameter(openapi3.NewPathParameter("run").WithDescription("Number of the run.").WithSchema(openapi3.NewIntegerSchema()))
	}
	for _, q := range op.query {
		o.AddParameter(openapi3.NewQueryParameter(q.name).WithDescription(q.doc).WithRequired(q.required).WithSchema(q.schema))
	}
	if op.body != nil {
		o.RequestBody = &openapi3.RequestBodyRef{Value: openapi3.NewRequestBody().WithRequired(true).
			WithJSONSchemaRef(schemaOf(t, op.body, schemas))}
	}
	answers := map[int]string{http.StatusOK: "Done.", http.StatusUnauthorized: "The token is missing or wrong."}
	if strings.Contains(path, "{source}") || op.body != nil || op.query != nil {
		answers[http.StatusBadRequest], answers[http.StatusNotFound] = "The request is wrong.", "There is no such source."
		answers[http.StatusConflict] = "It cannot be done now; the error says why."
	}
	if method == http.MethodPost {
		answers[http.StatusForbidden] = "Your role is read."
		answers[http.StatusConflict] = "It cannot be done now; the error says why."
	}
	for status, doc := range answers {
		r := openapi3.NewResponse().WithDescription(doc)
		switch status {
		case http.StatusOK:
			r.WithJSONSchemaRef(schemaOf(t, op.answer, schemas))
		case http.StatusUnauthorized:
		default:
			r.WithJSONSchemaRef(schemaOf(t, failure{}, schemas))
		}
		o.AddResponse(status, r)
	}
	return o
}

// shared describes each type once.
var shared = openapi3gen.CreateComponentSchemas(
	openapi3gen.ExportComponentSchemasOptions{ExportComponentSchemas: true, ExportTopLevelSchema: true})

// schemaOf describes a type. Lists and what may be absent can be null.
func schemaOf(t *testing.T, v any, schemas openapi3.Schemas) *openapi3.SchemaRef {
	t.Helper()
	s, err := openapi3gen.NewSchemaRefForValue(v, schemas, shared, openapi3gen.SchemaCustomizer(
		func(_ string, t reflect.Type, _ reflect.StructTag, s *openapi3.Schema) error {
			if t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
				s.Nullable = true
			}
			if t.Kind() == reflect.Struct && len(s.Properties) > 0 {
				s.Required = requiredOf(t)
			}
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// requiredOf are the fields that an answer always has. Those of a request may
// be left out.
func requiredOf(t reflect.Type) (names []string) {
	if strings.HasSuffix(t.Name(), "Request") || strings.HasSuffix(t.Name(), "Options") {
		return nil
	}
	for i := range t.NumField() {
		name, rest, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" && rest == "" {
			names = append(names, name)
		}
	}
	return names
}
