package config

import (
	"fmt"
	"maps"
	"reflect"
	"strings"

	"finpages/sources"

	"github.com/goccy/go-yaml/ast"
)

// decoder fills structs from YAML and goes on after a fault, so that all of
// them can be reported at once. The library's own decoder stops at the first,
// and knows neither variables nor options that belong to an adapter.
type decoder struct {
	path     string
	adapters sources.Registry
	env      func(string) (string, bool)

	defaults *Settings // what sources start from

	text    []string // the lines of the file
	anchors map[string]ast.Node
	aliases int // resolved so far
	depth   int // of the value that is decoded

	faults   []Fault
	warnings []Fault
	places   map[string]position // of keys, by their path
	values   map[string]position // of their values
	faulty   map[string]bool     // paths with a fault
	broken   map[string]bool     // paths that could not be read
	empty    map[string]bool     // paths of keys without a value
	unsure   map[string]bool     // paths with a key that may stand for any other
	sections map[string][]string // keys that a path knows
	decoded  bool                // from here on values are validated, not read

	literalSecret string // the key of a secret that is written out
}

// document decodes a YAML document; false if it is none that could be looked
// at any further.
func (d *decoder) document(data []byte, into *file) bool {
	d.places = map[string]position{"": {line: 1}}
	d.values, d.faulty, d.broken = map[string]position{}, map[string]bool{}, map[string]bool{}
	d.empty, d.unsure, d.sections = map[string]bool{}, map[string]bool{}, map[string][]string{}
	body := d.parse(data)
	if body == nil {
		return len(d.faults) == 0
	}
	if body = d.resolve("", body); body == nil {
		return false
	}
	d.places[""] = positionOf(body)
	if _, ok := d.pairs("", body); !ok {
		d.at("", "want keys with values, such as intercom: and sources:, not %s", describe(body))
		return false
	}
	d.value("", body, reflect.ValueOf(into).Elem())
	return true
}

// value decodes a node into a struct, slice, pointer or scalar.
func (d *decoder) value(path string, node ast.Node, into reflect.Value) {
	if d.depth++; d.depth > maxDepth {
		d.at(path, "nested too deeply")
	}
	defer func() { d.depth-- }()
	if node = d.resolve(path, node); node == nil || d.depth > maxDepth {
		return
	}
	d.values[path] = positionOf(node)
	if _, known := d.places[path]; !known {
		d.places[path] = d.values[path]
	}
	if nothing(node) {
		d.empty[path] = true
		return
	}
	if s, ok := into.Addr().Interface().(scalar); ok {
		d.custom(path, node, s)
		return
	}
	if words, ok := into.Addr().Interface().(*Words); ok && !isSequence(node) {
		if one, ok := d.expanded(path, node); ok {
			*words = Words{one}
		}
		return
	}
	if s, ok := into.Addr().Interface().(switched); ok && d.turn(path, node, s) {
		return
	}
	switch into.Kind() {
	case reflect.Struct:
		d.mapping(path, node, into)
	case reflect.Map:
		d.dictionary(path, node, into)
	case reflect.Slice:
		d.sequence(path, node, into)
	case reflect.Interface:
		if v := d.freeform(path, node); v != nil {
			into.Set(reflect.ValueOf(v))
		}
	case reflect.Pointer:
		if into.IsNil() {
			into.Set(reflect.New(into.Type().Elem()))
		}
		d.value(path, node, into.Elem())
	default:
		d.plain(path, node, into)
	}
}

func (d *decoder) mapping(path string, node ast.Node, into reflect.Value) {
	fields := fieldsOf(into)
	list, ok := d.pairs(path, node)
	if !ok {
		d.notMapping(path, node, fields)
		return
	}
	source, isSource := into.Addr().Interface().(*Source)
	d.sections[path] = d.keysOf(fields, isSource)
	for _, p := range lastly("sources", list) {
		at := join(path, p.key)
		d.places[at] = positionOf(p.node)
		switch field, known := fields[p.key]; {
		case known:
			d.value(at, p.value, field)
		case isSource && d.isAdapter(p.key):
			d.adapter(at, p.key, p.value, source)
		case path == "" && strings.HasPrefix(p.key, "x-"): // for anchors
		default:
			d.unknown(path, p, fields)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// sectionOf returns the section beside a key that knows the key, if there is
// only one: the key stands there, not indented.
func (d *decoder) sectionOf(path, key string, fields map[string]reflect.Value) (section string) {
	for name, field := range fields {
		if _, present := d.places[join(path, name)]; !present || field.Kind() != reflect.Struct {
			continue
		}
		if _, knows := fieldsOf(field)[key]; knows {
			if section != "" {
				return ""
			}
			section = name
		}
	}
	return section
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
			maps.Copy(fields, fieldsOf(v.Field(i)))
		}
	}
	return fields
}

// dictionary decodes a mapping whose keys are the user's.
func (d *decoder) dictionary(path string, node ast.Node, into reflect.Value) {
	list, ok := d.pairs(path, node)
	if !ok {
		d.notMapping(path, node, nil)
		return
	}
	into.Set(reflect.MakeMap(into.Type()))
	for _, p := range list {
		at := join(path, p.key)
		d.places[at] = positionOf(p.node)
		v := reflect.New(into.Type().Elem()).Elem()
		d.value(at, p.value, v)
		into.SetMapIndex(reflect.ValueOf(p.key), v)
	}
}

func (d *decoder) sequence(path string, node ast.Node, into reflect.Value) {
	seq, ok := node.(*ast.SequenceNode)
	if !ok {
		d.notSequence(path, node)
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

// shown quotes a value for a message. A long one may be a token in the wrong
// place: only its beginning is shown.
func shown(s string) string {
	if r := []rune(s); len(r) > 20 {
		return fmt.Sprintf("%q and %d characters more", string(r[:4]), len(r)-4)
	}
	return fmt.Sprintf("%q", s)
}
