package frontmatter

import (
	"errors"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// parseYAML returns nil fields where the text is no mapping. It walks the
// syntax tree instead of decoding, which keeps scalars as they are written
// (1.10 stays 1.10) and never expands aliases.
func parseYAML(head string) (Fields, error) {
	if strings.TrimSpace(head) == "" {
		return Fields{}, nil
	}
	file, err := parser.ParseBytes([]byte(head), 0)
	if err != nil {
		return nil, yamlError(err)
	}
	if len(file.Docs) == 0 {
		return Fields{}, nil
	}
	switch body := file.Docs[0].Body.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
		return Fields{}, nil
	case *ast.MappingNode, *ast.MappingValueNode:
		fields, _ := yamlValue(body, 0).(Fields)
		return asFrontMatter(fields), nil
	}
	return nil, nil
}

// asFrontMatter tells settings from prose between two thematic breaks, such
// as "Please note: …": some key must be a single word.
func asFrontMatter(fields Fields) Fields {
	for key := range fields {
		if !strings.ContainsAny(key, " \t") {
			return fields
		}
	}
	return nil
}

func yamlError(err error) error {
	var detailed yaml.Error
	if errors.As(err, &detailed) && detailed.GetToken() != nil {
		return lineError(detailed.GetToken().Position.Line, detailed.GetMessage())
	}
	return lineError(1, err.Error())
}

// maxDepth is deeper than any setting that is read.
const maxDepth = 6

func yamlValue(node ast.Node, depth int) any {
	if depth > maxDepth {
		return false
	}
	switch n := node.(type) {
	case nil, *ast.NullNode:
		return nil
	case *ast.TagNode:
		return yamlValue(n.Value, depth+1)
	case *ast.AnchorNode:
		return yamlValue(n.Value, depth+1)
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.MappingValueNode:
		return yamlFields([]*ast.MappingValueNode{n}, depth)
	case *ast.MappingNode:
		return yamlFields(n.Values, depth)
	case *ast.SequenceNode:
		list := make([]any, 0, len(n.Values))
		for _, value := range n.Values {
			list = append(list, yamlValue(value, depth+1))
		}
		return list
	case ast.ScalarNode:
		return n.GetToken().Value
	}
	return false
}

func yamlFields(values []*ast.MappingValueNode, depth int) Fields {
	fields := make(Fields, len(values))
	for _, v := range values {
		key := v.Key.GetToken().Value
		if s, ok := v.Key.(*ast.StringNode); ok {
			key = s.Value
		}
		if _, known := fields["title"]; known && key == "title" {
			continue // Hugo takes that with a capital letter
		}
		fields[strings.ToLower(key)] = yamlValue(v.Value, depth+1)
	}
	return fields
}
