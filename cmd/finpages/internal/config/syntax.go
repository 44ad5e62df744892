package config

import (
	"errors"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
)

// syntax reports that the file is not YAML: the slip that is the cause, as far
// as it shows.
func (d *decoder) syntax(err error) {
	var y yaml.Error
	if !errors.As(err, &y) || y.GetToken() == nil {
		d.fault(position{line: 1}, "this is not YAML: write sections such as intercom: with their keys below them")
		return
	}
	at := position{y.GetToken().Position.Line, y.GetToken().Position.Column, 1}
	message := unveiler.Replace(y.GetMessage())
	for _, slip := range d.slips() {
		if where, text := slip(at, message); text != "" {
			d.fault(where, "%s", text)
			return
		}
	}
	d.fault(at, "this cannot be read: want KEY: VALUE, with the keys of a section one below the other")
}

// line returns a line of the file; "" beyond its end.
func (d *decoder) lineText(n int) string {
	if n < 1 || n > len(d.text) {
		return ""
	}
	return strings.TrimRight(d.text[n-1], "\r")
}

// near lists the line of a position, those around it, and what is not blank.
func (d *decoder) near(at position) (lines []int) {
	for _, n := range []int{at.line, at.line - 1, at.line + 1} {
		if strings.TrimSpace(d.lineText(n)) != "" {
			lines = append(lines, n)
		}
	}
	return lines
}

// isKey reports whether a word is a key of the config, wherever.
func (d *decoder) isKey(word string) bool {
	keys := map[string]bool{}
	collectKeys(reflect.TypeFor[file](), keys)
	for _, kind := range d.adapters.Kinds() {
		keys[kind] = true
		adapter, _ := d.adapters.Lookup(kind)
		collectKeys(reflect.TypeOf(adapter.Options()), keys)
	}
	return keys[word]
}

func collectKeys(t reflect.Type, keys map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		name, rest, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			keys[name] = true
		}
		if name != "" || strings.Contains(rest, "inline") {
			collectKeys(t.Field(i).Type, keys)
		}
	}
}
