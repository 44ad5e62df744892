package config

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/goccy/go-yaml/ast"
)

// freeform decodes a value of any shape, as JSON has it.
func (d *decoder) freeform(path string, node ast.Node) any {
	if d.depth++; d.depth > maxDepth {
		d.at(path, "nested too deeply")
	}
	defer func() { d.depth-- }()
	if node = d.resolve(path, node); node == nil || d.depth > maxDepth {
		return nil
	}
	if list, ok := d.pairs(path, node); ok {
		object := make(map[string]any, len(list))
		for _, p := range list {
			at := join(path, p.key)
			d.places[at] = positionOf(p.node)
			object[p.key] = d.freeform(at, p.value)
		}
		return object
	}
	switch n := node.(type) {
	case *ast.SequenceNode:
		list := make([]any, len(n.Values))
		for i, v := range n.Values {
			list[i] = d.freeform(fmt.Sprintf("%s[%d]", path, i), v)
		}
		return list
	case *ast.NullNode:
		return nil
	}
	text, _ := d.expanded(path, node)
	switch node.(type) {
	case *ast.BoolNode:
		if v, err := strconv.ParseBool(text); err == nil {
			return v
		}
	case *ast.IntegerNode, *ast.FloatNode:
		if json.Valid([]byte(text)) {
			return json.Number(text)
		}
	}
	return text
}
