package native

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"finpages/sources"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/yaml"
)

// openAPI turns the description of an API into a page that people can read:
// each operation with its parameters, bodies and answers. JSON and YAML of
// other kinds are no documents.
func openAPI(doc sources.Document) (sources.Document, []string, error) {
	api, err := readAPI(doc.Body)
	if err != nil {
		return doc, nil, err
	}
	var out apiWriter
	if doc.Title == "" && api.Info != nil {
		doc.Title = api.Info.Title
	}
	out.api(api)
	if out.full() {
		return doc, nil, fmt.Errorf("read OpenAPI: the page would be larger than %d MiB: split the file, or exclude it",
			sources.MaxDocument>>20)
	}
	return markdown(doc, out.String()), nil, nil
}

func readAPI(data []byte) (*openapi3.T, error) {
	kind := kindOfAPI(data)
	if kind == "" {
		return nil, fmt.Errorf("%w: no description of an API by OpenAPI or Swagger", sources.ErrNoDocument)
	}
	if err := boundAPI(data); err != nil {
		return nil, fmt.Errorf("read OpenAPI: %w: split the file, or exclude it", err)
	}
	if strings.HasPrefix(kind, "2") {
		var old openapi2.T
		if _, err := yaml.Unmarshal(data, &old, yaml.DecodeOpts{DisableTimestamps: true}); err != nil {
			return nil, fmt.Errorf("read Swagger: %w", err)
		}
		api, err := openapi2conv.ToV3(&old)
		if err != nil {
			return nil, fmt.Errorf("read Swagger: %w", err)
		}
		return api, nil
	}
	loader := openapi3.NewLoader() // reads no other files
	loader.Context = context.Background()
	api, err := loader.LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("read OpenAPI: %w", err)
	}
	return api, nil
}

// kindOfAPI returns the version that a description says it is of; "" if it is none.
func kindOfAPI(data []byte) string {
	for line := range strings.Lines(string(data[:min(len(data), 64<<10)])) {
		key, value, ok := strings.Cut(strings.Trim(line, " \t\r\n{,\ufeff"), ":")
		key, value = strings.Trim(key, `"' `), strings.Trim(value, `"', `)
		if ok && (key == "openapi" && strings.HasPrefix(value, "3") || key == "swagger" && strings.HasPrefix(value, "2")) {
			return value
		}
	}
	return ""
}

type apiWriter struct{ strings.Builder }

// full tells that the rest need not be written: what many operations name is
// written once for each.
func (w *apiWriter) full() bool { return w.Len() > sources.MaxDocument }

func (w *apiWriter) paragraph(text string) {
	if text = strings.TrimSpace(text); text != "" {
		w.WriteString(text + "\n\n")
	}
}

func (w *apiWriter) heading(level int, text string) {
	w.WriteString(strings.Repeat("#", level) + " " + strings.Join(strings.Fields(text), " ") + "\n\n")
}

func (w *apiWriter) api(api *openapi3.T) {
	if api.Info != nil {
		w.heading(1, api.Info.Title+" "+api.Info.Version)
		w.paragraph(api.Info.Description)
	}
	for _, s := range api.Servers {
		w.paragraph("Server: `" + s.URL + "` " + s.Description)
	}
	if api.Paths == nil {
		return
	}
	paths := api.Paths.Map()
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths[path]
		operations := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			if !w.full() {
				w.operation(method, path, item, operations[method])
			}
		}
	}
}

func (w *apiWriter) operation(method, path string, item *openapi3.PathItem, op *openapi3.Operation) {
	title := "`" + method + " " + path + "`"
	if op.Summary != "" {
		title = op.Summary + ": " + title
	}
	w.heading(2, title)
	if op.Deprecated {
		w.paragraph("**Deprecated.**")
	}
	w.paragraph(op.Description)
	w.parameters(append(slices.Clone(item.Parameters), op.Parameters...))
	if op.RequestBody != nil && op.RequestBody.Value != nil {
		w.heading(3, "Request body")
		w.paragraph(op.RequestBody.Value.Description)
		w.content(op.RequestBody.Value.Content)
	}
	if op.Responses == nil {
		return
	}
	answers := op.Responses.Map()
	for _, status := range slices.Sorted(maps.Keys(answers)) {
		if r := answers[status].Value; r != nil {
			w.heading(3, "Response "+status)
			if r.Description != nil {
				w.paragraph(*r.Description)
			}
			w.content(r.Content)
		}
	}
}

func (w *apiWriter) parameters(list openapi3.Parameters) {
	rows := [][]string{{"Parameter", "In", "Type", "Required", "Description"}}
	for _, ref := range list {
		if p := ref.Value; p != nil {
			rows = append(rows, []string{"`" + p.Name + "`", p.In, typeOf(p.Schema, 0), yesNo(p.Required),
				p.Description + limitsOf(p.Schema)})
		}
	}
	if len(rows) > 1 {
		w.heading(3, "Parameters")
		w.table(rows)
	}
}

func (w *apiWriter) content(content openapi3.Content) {
	for _, kind := range slices.Sorted(maps.Keys(content)) {
		media := content[kind]
		w.paragraph("`" + kind + "`: " + typeOf(media.Schema, 0))
		list := fieldList{rows: [][]string{{"Field", "Type", "Required", "Description"}}}
		if list.add("", media.Schema, 0); len(list.rows) > 1 && !w.full() {
			w.table(list.rows)
		}
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (w *apiWriter) table(rows [][]string) {
	for i, row := range rows {
		if w.full() {
			return
		}
		for j, cell := range row {
			row[j] = strings.ReplaceAll(strings.Join(strings.Fields(cell), " "), "|", `\|`)
		}
		w.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			w.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	w.WriteString("\n")
}
