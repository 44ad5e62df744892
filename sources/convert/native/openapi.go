package native

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"finpages/sources"

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
	out := apiWriter{apiDescription: api}
	if doc.Title == "" {
		doc.Title = object(api.root["info"]).text("title")
	}
	out.api()
	if out.full() {
		return doc, nil, fmt.Errorf("read OpenAPI: the page would be larger than %d MiB: split the file, or exclude it",
			sources.MaxDocument>>20)
	}
	return markdown(doc, out.String()), api.notes(), nil
}

func readAPI(data []byte) (*apiDescription, error) {
	kind := kindOfAPI(data)
	if kind == "" {
		return nil, fmt.Errorf("%w: no description of an API by OpenAPI or Swagger", sources.ErrNoDocument)
	}
	if err := boundAPI(data); err != nil {
		return nil, fmt.Errorf("read OpenAPI: %w: split the file, or exclude it", err)
	}
	api := &apiDescription{isSwagger: strings.HasPrefix(kind, "2"), missing: map[string]bool{}}
	if _, err := yaml.Unmarshal(data, &api.root, yaml.DecodeOpts{DisableTimestamps: true}); err != nil {
		return nil, fmt.Errorf("read OpenAPI: %w", err)
	}
	withoutInternal(map[string]any(api.root))
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

type apiWriter struct {
	*apiDescription
	strings.Builder
}

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

func (w *apiWriter) api() {
	if info := object(w.root["info"]); info != nil {
		w.heading(1, info.text("title")+" "+info.text("version"))
		w.paragraph(info.text("description"))
	}
	for _, server := range w.servers() {
		w.paragraph("Server: `" + server.text("url") + "` " + server.text("description"))
	}
	paths := object(w.root["paths"])
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := w.resolve(paths[path])
		for _, method := range methods {
			if op := object(item[method]); op != nil && !w.full() {
				w.operation(strings.ToUpper(method), path, item, op)
			}
		}
	}
}

// methods of https://spec.openapis.org/oas/latest.html#path-item-object.
var methods = []string{"delete", "get", "head", "options", "patch", "post", "put", "query", "trace"}

func (w *apiWriter) operation(method, path string, item, op node) {
	title := "`" + method + " " + path + "`"
	if summary := op.text("summary"); summary != "" {
		title = summary + ": " + title
	}
	w.heading(2, title)
	if op["deprecated"] == true {
		w.paragraph("**Deprecated.**")
	}
	w.paragraph(op.text("description"))
	parameters, body := w.parameters(op, slices.Concat(list(item["parameters"]), list(op["parameters"])))
	w.parameterTable(parameters)
	if body == nil {
		body = w.resolve(op["requestBody"])
	}
	if body != nil {
		w.heading(3, "Request body")
		w.paragraph(body.text("description"))
		w.content(object(body["content"]))
	}
	answers := object(op["responses"])
	for _, status := range slices.Sorted(maps.Keys(answers)) {
		if answer := w.resolve(answers[status]); answer != nil && !strings.HasPrefix(status, "x-") {
			w.heading(3, "Response "+status)
			w.paragraph(answer.text("description"))
			w.content(w.contentOf(op, answer))
		}
	}
}

func (w *apiWriter) parameterTable(parameters []node) {
	rows := [][]string{{"Parameter", "In", "Type", "Required", "Description"}}
	for _, p := range parameters {
		schema := w.schemaOf(p)
		rows = append(rows, []string{"`" + p.text("name") + "`", p.text("in"), w.typeOf(schema, 0),
			yesNo(p["required"] == true), p.text("description") + w.limitsOf(schema)})
	}
	if len(rows) > 1 {
		w.heading(3, "Parameters")
		w.table(rows)
	}
}

func (w *apiWriter) content(content node) {
	for _, kind := range slices.Sorted(maps.Keys(content)) {
		schema := object(content[kind])["schema"]
		w.paragraph("`" + kind + "`: " + w.typeOf(schema, 0))
		fields := fieldList{apiDescription: w.apiDescription,
			rows: [][]string{{"Field", "Type", "Required", "Description"}}}
		if fields.add("", schema, 0); len(fields.rows) > 1 && !w.full() {
			w.table(fields.rows)
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
