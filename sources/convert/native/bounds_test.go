package native_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/convert/native"
)

// TestBounded holds that small files cannot take the memory of many documents,
// and that whoever is refused reads where and why.
func TestBounded(t *testing.T) {
	r := strings.Repeat
	const v2, v3 = "swagger: \"2.0\"\n", "openapi: 3.0.0\ninfo: {title: a, version: b}\npaths: {}\n"
	for name, c := range map[string]struct{ reader, body, want string }{
		"Swagger, open lists":   {"openapi", v2 + "a: " + r("[", 26_000), "line 2: too complex"},
		"Swagger, closed lists": {"openapi", v2 + "a: " + r("[", 13_000) + r("]", 13_000), "line 2: too complex"},
		"Swagger, dashes":       {"openapi", v2 + "a:\n " + r("- ", 13_000) + "x", "line 3: too complex"},
		"Swagger, JSON":         {"openapi", "{\"swagger\": \"2.0\",\n\"a\": " + r("[", 13_000), "line 2: too complex"},
		"OpenAPI, open lists":   {"openapi", v3 + "a: " + r("[", 26_000), "line 4: too complex"},
		"OpenAPI, many values":  {"openapi", v3 + "a: [" + r("a,", 2_000_000) + "a]", "more than 500000"},
		"aliases of aliases":    {"openapi", v2 + aliases("x", 9, 8), "alias"},
		"aliases of long text":  {"openapi", v3 + aliases(r("x", 20_000), 60, 2), "aliases written out"},
		"anchor within itself":  {"openapi", v3 + "a: &a [*a]", "read OpenAPI"},
		"notebook, deep":        {"notebook", `{"nbformat":4,"cells":[{"source":` + r("[", 13_000), "line 1: too complex"},
		"notebook, cells":       {"notebook", `{"nbformat":4,"cells":[` + r("{},", 1_400_000) + "{}]}", "more than 500000"},
		"book, list of parts":   {"epub", zipped(t, "META-INF/container.xml", r("<a>", 4_000_000)), "longer than 1024 KiB"},
		"answers of operations": {"openapi", operations(3000, r("x", 100_000)), "larger than 16 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			body := []byte(c.body)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _, err := native.Readers()[c.reader](sources.Document{Body: body})
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > 200<<20 {
				t.Errorf("%d kB take %d MB", len(body)>>10, got>>20)
			}
		})
	}
}

// aliases builds lists of lists, each of so many aliases of the one before.
func aliases(text string, each, levels int) string {
	var out strings.Builder
	out.WriteString("x-a: &a " + text + "\n")
	for level := range levels {
		name, next := string(rune('a'+level)), string(rune('b'+level))
		out.WriteString("x-" + next + ": &" + next + " [" + strings.Repeat("*"+name+",", each) + "]\n")
	}
	return out.String()
}

// operations builds a description in which many operations name one answer.
func operations(n int, about string) string {
	var out strings.Builder
	out.WriteString(`{"openapi": "3.0.0",
"info": {"title": "a", "version": "b"},
"components": {"responses": {"r": {"description": "` + about + `"}}},
"paths": {"/": {}`)
	for i := range n {
		fmt.Fprintf(&out, ",\n\"/%d\": {\"get\": {\"responses\": {\"200\": {\"$ref\": \"#/components/responses/r\"}}}}", i)
	}
	return out.String() + "}}"
}

// TestSchemasOfSchemas counts in rows and steps what takes 100 to the fourth
// steps otherwise.
func TestSchemasOfSchemas(t *testing.T) {
	var out strings.Builder
	for i := range 4 {
		ref := fmt.Sprintf(`{"$ref": "#/components/schemas/s%d"},`, i+1)
		fmt.Fprintf(&out, `"s%d": {"allOf": [%s]},`, i, strings.TrimSuffix(strings.Repeat(ref, 100), ","))
	}
	body := `{"openapi": "3.0.0",
"info": {"title": "a", "version": "b"}, "components": {"schemas": {` + out.String() + `"s4": {"type": "string"}}},
"paths": {"/": {"get": {"responses": {"200": {"description": "d", "content": {"a/b":
{"schema": {"$ref": "#/components/schemas/s0"}}}}}}}}}`
	allocations := testing.AllocsPerRun(1, func() { read(t, "openapi", body) })
	if allocations > 100_000 {
		t.Errorf("%v allocations for %d bytes", allocations, len(body))
	}
}

// TestWithinBounds reads what people write.
func TestWithinBounds(t *testing.T) {
	doc, _ := read(t, "openapi", `openapi: 3.0.0
info: {title: Pumps, version: "1"}
x-page: &page {name: page, in: query, description: "Which & how many *pages*", schema: {type: integer}}
paths:
  /a: {get: {summary: List, parameters: [*page], responses: {"200": {description: "[[[["}}}}
  /b: {get: {summary: Find, parameters: [*page], responses: {"200": {description: fine}}}}
`)
	wantParts(t, doc, sources.Markdown, "List: `GET /a`", "| `page` | query | integer |", "Find: `GET /b`",
		"| `page` | query |")
	doc, _ = read(t, "openapi", "swagger: '2.0'\ninfo: {title: Old, version: 2020-01-02}\npaths:\n"+
		"  /a:\n    get:\n      summary: Get a\n      responses:\n        200: {description: fine}\n")
	wantParts(t, doc, sources.Markdown, "# Old 2020-01-02", "Get a: `GET /a`", "### Response 200", "fine")
}

// TestRepeatedStyles holds that what a style says is not written at its full length
// for each paragraph.
func TestRepeatedStyles(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	doc, _ := read(t, "odt", `<a><text:outline-style><l text:level="1" style:num-format="1" style:num-prefix="`+long+`"/></text:outline-style>`+
		strings.Repeat(`<text:h text:outline-level="1">Pumps<text:s text:c="999999999"/></text:h>`, 100)+`</a>`)
	if n := len(doc.Body); n > 100_000 {
		t.Errorf("%d bytes", n)
	}
	wantParts(t, doc, sources.Content, "x1 Pumps", "x100 Pumps")
}
