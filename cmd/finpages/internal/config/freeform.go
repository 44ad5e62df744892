package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	"github.com/goccy/go-yaml/ast"
)

// mapOf decodes keys of the user's choice.
func (d *decoder) mapOf(path string, node ast.Node, into reflect.Value) {
	values, ok := pairs(node)
	if !ok {
		d.at(path, "want keys with values, not %s", describe(node))
		return
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(values)))
	for _, v := range values {
		key := keyText(v)
		value := reflect.New(into.Type().Elem()).Elem()
		d.value(join(path, key), v.Value, value)
		into.SetMapIndex(reflect.ValueOf(key), value)
	}
}

func keyText(v *ast.MappingValueNode) string {
	if s, ok := v.Key.(*ast.StringNode); ok {
		return unveiler.Replace(s.Value)
	}
	return unveiler.Replace(v.Key.String())
}

// freeform decodes a value of any shape, as JSON has it.
func (d *decoder) freeform(path string, node ast.Node) any {
	if values, ok := pairs(node); ok {
		object := make(map[string]any, len(values))
		for _, v := range values {
			at := join(path, keyText(v))
			d.lines[at] = v.Key.GetToken().Position.Line
			object[keyText(v)] = d.freeform(at, v.Value)
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
