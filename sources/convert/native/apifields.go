package native

import (
	"maps"
	"slices"
	"strings"

	"finpages/sources"
)

// maxDepth is how deep fields of fields are told; schemas may hold themselves.
const maxDepth = 4

// fieldList are the rows of a table of fields.
type fieldList struct {
	*apiDescription
	rows  [][]string
	bytes int // of the rows
	seen  int // schemas and their properties: few rows may lie in many
}

func (l *fieldList) full() bool {
	return len(l.rows) > 300 || l.bytes > sources.MaxDocument || l.seen > 10_000
}

func (l *fieldList) add(prefix string, schema any, depth int) {
	s := l.resolve(schema)
	if s == nil || depth > maxDepth || l.full() {
		return
	}
	parts, properties := slices.Concat(list(s["allOf"]), list(s["oneOf"]), list(s["anyOf"])), object(s["properties"])
	l.seen += 1 + len(parts) + len(properties)
	if s["items"] != nil {
		l.add(prefix, s["items"], depth+1)
	}
	for _, part := range parts {
		l.add(prefix, part, depth+1)
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		p := l.resolve(properties[name])
		if p == nil || l.bytes > sources.MaxDocument {
			continue
		}
		about := p.text("description") + l.limitsOf(properties[name])
		l.bytes += len(prefix) + len(name) + len(about)
		required := yesNo(slices.Contains(list(s["required"]), any(name)))
		l.rows = append(l.rows, []string{"`" + prefix + name + "`", l.typeOf(properties[name], 0), required, about})
		l.add(prefix+name+".", properties[name], depth+1)
	}
}

func (d *apiDescription) typeOf(schema any, depth int) string {
	s := d.resolve(schema)
	if s == nil || depth > maxDepth {
		return ""
	}
	var kinds []string
	switch kind := s["type"].(type) {
	case string:
		kinds = []string{kind}
	case []any:
		for _, one := range kind {
			kinds = append(kinds, valueText(one))
		}
	}
	text := strings.Join(kinds, " or ")
	switch {
	case s["items"] != nil:
		return "list of " + d.typeOf(s["items"], depth+1)
	case text != "" && s.text("format") != "":
		return text + " (" + s.text("format") + ")"
	case text == "" && len(object(s["properties"]))+len(list(s["allOf"])) > 0:
		return "object"
	}
	return text
}

// limitsOf tells the values that a field may have, and its default.
func (d *apiDescription) limitsOf(schema any) string {
	s := d.resolve(schema)
	var out string
	if values := list(s["enum"]); len(values) > 0 {
		texts := make([]string, len(values))
		for i, value := range values {
			texts[i] = valueText(value)
		}
		out += " One of: " + strings.Join(texts, " ") + "."
	}
	if s["default"] != nil {
		out += " Default: " + s.text("default") + "."
	}
	return out
}
