package native

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"finpages/sources"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxDepth is how deep fields of fields are told; schemas may hold themselves.
const maxDepth = 4

// fieldList are the rows of a table of fields.
type fieldList struct {
	rows  [][]string
	bytes int // of the rows
	seen  int // schemas and their properties: few rows may lie in many
}

func (l *fieldList) full() bool {
	return len(l.rows) > 300 || l.bytes > sources.MaxDocument || l.seen > 10_000
}

func (l *fieldList) add(prefix string, ref *openapi3.SchemaRef, depth int) {
	if ref == nil || ref.Value == nil || depth > maxDepth || l.full() {
		return
	}
	s := ref.Value
	l.seen += 1 + len(s.AllOf) + len(s.OneOf) + len(s.AnyOf) + len(s.Properties)
	if s.Items != nil {
		l.add(prefix, s.Items, depth+1)
	}
	for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
		l.add(prefix, part, depth+1)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		if p == nil || p.Value == nil || l.bytes > sources.MaxDocument {
			continue
		}
		about := p.Value.Description + limitsOf(p)
		l.bytes += len(prefix) + len(name) + len(about)
		required := yesNo(slices.Contains(s.Required, name))
		l.rows = append(l.rows, []string{"`" + prefix + name + "`", typeOf(p, 0), required, about})
		l.add(prefix+name+".", p, depth+1)
	}
}

func typeOf(ref *openapi3.SchemaRef, depth int) string {
	if ref == nil || ref.Value == nil || depth > maxDepth {
		return ""
	}
	s := ref.Value
	switch {
	case s.Items != nil:
		return "list of " + typeOf(s.Items, depth+1)
	case s.Type != nil && len(s.Type.Slice()) > 0 && s.Format != "":
		return strings.Join(s.Type.Slice(), " or ") + " (" + s.Format + ")"
	case s.Type != nil && len(s.Type.Slice()) > 0:
		return strings.Join(s.Type.Slice(), " or ")
	case len(s.Properties)+len(s.AllOf) > 0:
		return "object"
	}
	return ""
}

// limitsOf tells the values that a field may have, and its default.
func limitsOf(ref *openapi3.SchemaRef) string {
	if ref == nil || ref.Value == nil {
		return ""
	}
	var out string
	if values := ref.Value.Enum; len(values) > 0 {
		out += fmt.Sprintf(" One of: %s.", strings.Trim(fmt.Sprintf("%v", values), "[]"))
	}
	if ref.Value.Default != nil {
		out += fmt.Sprintf(" Default: %v.", ref.Value.Default)
	}
	return out
}
