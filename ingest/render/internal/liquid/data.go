package liquid

import (
	"encoding/csv"
	"encoding/json"
	"strconv"
	"strings"

	"finpages/sources/limits"

	"github.com/goccy/go-yaml/ast"
	yamlparser "github.com/goccy/go-yaml/parser"
	yamltoken "github.com/goccy/go-yaml/token"
)

// bounds are more than anybody has in a file of data by hand.
var bounds = limits.Limits{Bytes: 512 << 10, Items: 20_000, Depth: 24, Aliases: 100}

const maxValues = 100_000 // in one file, each as often as an alias shows it

// YAML reads a text in YAML as values.
func YAML(s string) (any, error) {
	if err := bounds.YAML(s); err != nil {
		return nil, err
	}
	file, err := yamlparser.ParseBytes([]byte(s), 0)
	if err != nil || len(file.Docs) == 0 {
		return nil, err
	}
	y := yamlReader{anchors: map[string]ast.Node{}}
	v := y.value(file.Docs[0].Body, 0)
	if y.count > maxValues {
		return nil, limits.ErrExceeded
	}
	return v, nil
}

type yamlReader struct {
	anchors map[string]ast.Node
	count   int
}

func (y *yamlReader) value(n ast.Node, depth int) any {
	if y.count++; y.count > maxValues || depth > bounds.Depth {
		return nil
	}
	switch n := n.(type) {
	case *ast.AnchorNode:
		y.anchors[n.Name.String()] = n.Value
		return y.value(n.Value, depth+1)
	case *ast.AliasNode:
		return y.value(y.anchors[n.Value.String()], depth+1)
	case *ast.TagNode:
		return y.value(n.Value, depth+1)
	case *ast.StringNode:
		if isPlain := n.Token.Type == yamltoken.StringType; isPlain && len(n.Value) >= 10 && n.Value[4] == '-' {
			if t, ok := ParseTime(n.Value); ok {
				return t
			}
		}
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.BoolNode:
		return n.Value
	case *ast.IntegerNode:
		if i, ok := toNumber(n.Token.Value).(int64); ok && (i != 0 || n.Token.Value == "0") {
			return i
		}
		return n.Token.Value
	case *ast.FloatNode:
		return n.Value
	case *ast.SequenceNode:
		list := make([]any, 0, len(n.Values))
		for _, item := range n.Values {
			list = append(list, y.value(item, depth+1))
		}
		return list
	case *ast.MappingValueNode:
		return y.mapping([]*ast.MappingValueNode{n}, depth)
	case *ast.MappingNode:
		return y.mapping(n.Values, depth)
	}
	return nil
}

func (y *yamlReader) mapping(values []*ast.MappingValueNode, depth int) *Map {
	m := &Map{}
	for _, v := range values {
		if _, isMerge := v.Key.(*ast.MergeKeyNode); isMerge {
			if other, ok := y.value(v.Value, depth+1).(*Map); ok {
				for _, key := range other.keys {
					m.Set(key, other.values[key])
				}
			}
			continue
		}
		key := v.Key.GetToken().Value
		if s, ok := v.Key.(*ast.StringNode); ok {
			key = s.Value
		}
		m.Set(key, y.value(v.Value, depth+1))
	}
	return m
}

// JSON reads a text in JSON as values.
func JSON(s string) (any, error) {
	limit := bounds
	limit.Items = 100_000
	if err := limit.JSON(s); err != nil {
		return nil, err
	}
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	return jsonValue(d)
}

func jsonValue(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Number:
		return toNumber(string(t)), nil
	case json.Delim:
		if t == '[' {
			list := []any{}
			for d.More() {
				v, err := jsonValue(d)
				if err != nil {
					return nil, err
				}
				list = append(list, v)
			}
			_, err := d.Token()
			return list, err
		}
		m := &Map{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := jsonValue(d)
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			m.Set(name, v)
		}
		_, err := d.Token()
		return m, err
	}
	return t, nil
}

// CSV reads a table, whose first row names its columns, as a list of maps.
func CSV(s string, comma rune) (any, error) {
	if len(s) > bounds.Bytes {
		return nil, limits.ErrExceeded
	}
	reader := csv.NewReader(strings.NewReader(s))
	reader.Comma, reader.FieldsPerRecord, reader.LazyQuotes = comma, -1, true
	rows, err := reader.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	list := make([]any, 0, len(rows))
	for _, row := range rows[1:] {
		m := &Map{}
		for i, cell := range row {
			name := strconv.Itoa(i)
			if i < len(rows[0]) {
				name = rows[0][i]
			}
			m.Set(name, cell)
		}
		list = append(list, m)
	}
	return list, nil
}
