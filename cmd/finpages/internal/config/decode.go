package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"finpages/sources"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// decoder fills structs from YAML and goes on after a fault, so that all of
// them can be told at once.
type decoder struct {
	path     string
	adapters sources.Registry
	env      func(string) (string, bool)

	defaults *Settings // what sources start from

	faults  []Fault
	lines   map[string]int  // by the path of keys
	faulty  map[string]bool // paths with a fault
	decoded bool            // from here on values are judged, not read

	literalSecret string // the key of a secret that is written out
}

// document decodes a YAML document; false if it is none that could be looked
// at any further.
func (d *decoder) document(data []byte, into *file) bool {
	d.lines, d.faulty = map[string]int{"": 1}, map[string]bool{}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		d.fault(1, "not UTF-8 text: save the file as UTF-8")
		return false
	}
	doc, err := parser.ParseBytes(veil(data), 0)
	if err != nil {
		d.syntax(err)
		return false
	}
	if len(doc.Docs) > 1 {
		d.fault(doc.Docs[1].GetToken().Position.Line, "more than one document: put everything into one")
		return false
	}
	if len(doc.Docs) == 0 || doc.Docs[0].Body == nil {
		return true
	}
	if _, ok := pairs(doc.Docs[0].Body); !ok {
		d.fault(1, "want keys with values, such as intercom: and sources:, not %s", describe(doc.Docs[0].Body))
		return false
	}
	d.value("", doc.Docs[0].Body, reflect.ValueOf(into).Elem())
	return true
}

// In YAML, the braces of an unquoted ${VAR} begin a mapping inside of another
// one. So they are taken out of the parser's sight, and put back into what it
// found.
var (
	variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)
	unveiler = strings.NewReplacer("\ue000", "{", "\ue001", "}")
)

func veil(data []byte) []byte { return variable.ReplaceAll(data, []byte("$$\ue000$1\ue001")) }

func (d *decoder) syntax(err error) {
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil {
		d.fault(y.GetToken().Position.Line, "not valid YAML: %s", unveiler.Replace(y.GetMessage()))
		return
	}
	d.fault(1, "not valid YAML: %s", unveiler.Replace(err.Error()))
}

// value decodes a node into a struct, slice, pointer or scalar.
func (d *decoder) value(path string, node ast.Node, into reflect.Value) {
	d.lines[path] = node.GetToken().Position.Line
	if _, null := node.(*ast.NullNode); null {
		return
	}
	if s, ok := into.Addr().Interface().(scalar); ok {
		d.custom(path, node, s)
		return
	}
	switch into.Kind() {
	case reflect.Struct:
		d.mapping(path, node, into)
	case reflect.Slice:
		d.sequence(path, node, into)
	case reflect.Map:
		d.mapOf(path, node, into)
	case reflect.Interface:
		into.Set(reflect.ValueOf(d.freeform(path, node)))
	case reflect.Pointer:
		if into.IsNil() {
			into.Set(reflect.New(into.Type().Elem()))
		}
		d.value(path, node, into.Elem())
	default:
		d.plain(path, node, into)
	}
}

// pairs returns the keys and values of a mapping.
func pairs(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func (d *decoder) mapping(path string, node ast.Node, into reflect.Value) {
	values, ok := pairs(node)
	if !ok {
		d.at(path, "want keys with values, not %s", describe(node))
		return
	}
	fields := fieldsOf(into)
	source, isSource := into.Addr().Interface().(*Source)
	for _, v := range lastly("sources", values) {
		key := unveiler.Replace(v.Key.String())
		at := join(path, key)
		d.lines[at] = v.Key.GetToken().Position.Line
		switch field, known := fields[key]; {
		case known:
			d.value(at, v.Value, field)
			d.lines[at] = v.Key.GetToken().Position.Line
		case isSource && d.isAdapter(key):
			d.adapter(at, key, v.Value, source)
		default:
			d.unknown(at, key, fields, isSource)
		}
	}
}

// lastly puts the value of a key behind the others: sources start from the
// defaults, wherever these stand.
func lastly(key string, values []*ast.MappingValueNode) []*ast.MappingValueNode {
	return slices.SortedStableFunc(slices.Values(values), func(a, b *ast.MappingValueNode) int {
		return cmp.Compare(isKey(a, key), isKey(b, key))
	})
}

func isKey(v *ast.MappingValueNode, key string) int {
	if v.Key.String() == key {
		return 1
	}
	return 0
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (d *decoder) unknown(at, key string, fields map[string]reflect.Value, isSource bool) {
	var known []string
	for k := range fields {
		known = append(known, k)
	}
	if isSource {
		known = append(known, d.adapters.Kinds()...)
	}
	slices.Sort(known)
	if near := nearest(key, known); near != "" {
		d.at(at, "unknown key; did you mean %q?", near)
		return
	}
	d.at(at, "unknown key; known keys here: %s", strings.Join(known, ", "))
}

// fieldsOf returns the settable fields of a struct by their YAML keys, inlined
// structs' among them.
func fieldsOf(v reflect.Value) map[string]reflect.Value {
	fields := map[string]reflect.Value{}
	for i := range v.NumField() {
		name, rest, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		switch {
		case name != "" && name != "-":
			fields[name] = v.Field(i)
		case strings.Contains(rest, "inline"):
			for k, f := range fieldsOf(v.Field(i)) {
				fields[k] = f
			}
		}
	}
	return fields
}

func (d *decoder) sequence(path string, node ast.Node, into reflect.Value) {
	seq, ok := node.(*ast.SequenceNode)
	if !ok {
		d.at(path, "want a list, not %s", describe(node))
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(seq.Values), len(seq.Values)))
	for i, v := range seq.Values {
		if s, ok := into.Index(i).Addr().Interface().(*Source); ok {
			s.Settings = d.defaults.clone()
		}
		d.value(fmt.Sprintf("%s[%d]", path, i), v, into.Index(i))
	}
}

func (d *decoder) isAdapter(key string) bool {
	_, err := d.adapters.Lookup(key)
	return err == nil
}

// adapter decodes the options of a source's adapter.
func (d *decoder) adapter(path, kind string, node ast.Node, into *Source) {
	if into.Kind != "" {
		d.at(path, "this source already has %s: use two sources", into.Kind)
		return
	}
	adapter, _ := d.adapters.Lookup(kind)
	into.Kind, into.Options = kind, adapter.Options()
	d.value(path, node, reflect.ValueOf(into.Options).Elem())
}

func describe(node ast.Node) string {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys with values"
	case *ast.SequenceNode:
		return "a list"
	}
	return shown(text(node))
}

// shown quotes a value for a message. A long one may be a token in the wrong
// place: only its beginning is shown.
func shown(s string) string {
	if r := []rune(s); len(r) > 20 {
		return fmt.Sprintf("%q and %d characters more", string(r[:4]), len(r)-4)
	}
	return fmt.Sprintf("%q", s)
}

// text is a scalar as it is written, without quotes.
func text(node ast.Node) string { return unveiler.Replace(veiledText(node)) }

func veiledText(node ast.Node) string {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	}
	return node.GetToken().Value
}
