package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"finpages/sources"
)

// Key is a key of the config file.
type Key struct {
	Path    string // such as sources[].filesystem.root
	Type    string // text, number, true or false, duration, percent, size, list of …, keys, any
	Default string // "" if there is none
	Example string
	Since   string // the version that brought it
	Doc     string

	typ reflect.Type
}

// Keys lists all keys that the decoder knows, in the order in which they are
// declared: those of sections before what is in them. It takes what they are
// from the same structs as the decoder, and what they mean from keyDocs.
func Keys(adapters sources.Registry) (keys []Key) {
	f := defaults()
	keys = keysOf("", reflect.ValueOf(f))
	for _, kind := range adapters.Kinds() {
		adapter, _ := adapters.Lookup(kind)
		at := "sources[]." + kind
		keys = append(keys, newKey(at, reflect.ValueOf(adapter.Options()).Elem()))
		keys = append(keys, keysOf(at, reflect.ValueOf(adapter.Options()).Elem())...)
	}
	return keys
}

func keysOf(at string, v reflect.Value) (keys []Key) {
	for i := range v.NumField() {
		name, rest, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		switch {
		case name != "" && name != "-":
			keys = append(keys, newKey(join(at, name), v.Field(i)))
			keys = append(keys, below(join(at, name), v.Field(i))...)
		case strings.Contains(rest, "inline"):
			keys = append(keys, keysOf(at, v.Field(i))...)
		}
	}
	return keys
}

// below lists the keys inside of a value.
func below(at string, v reflect.Value) []Key {
	if _, ok := reflect.New(v.Type()).Interface().(scalar); ok {
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return keysOf(at, v)
	case reflect.Pointer:
		return below(at, reflect.Zero(v.Type().Elem()))
	case reflect.Slice:
		return below(at+"[]", reflect.Zero(v.Type().Elem()))
	}
	return nil
}

func newKey(path string, v reflect.Value) Key {
	k := Key{Path: path, Type: typeName(v.Type()), Default: defaultText(v), Since: firstVersion, typ: v.Type()}
	// What a source takes from the defaults is documented there.
	doc, ok := keyDocs[path]
	if inherited := strings.Replace(path, "sources[].", "defaults.", 1); !ok {
		doc, k.Default = keyDocs[inherited], ""
	}
	k.Doc, k.Example = doc.doc, doc.example
	if doc.since != "" {
		k.Since = doc.since
	}
	return k
}

func typeName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[Duration](), reflect.TypeFor[time.Duration]():
		return "duration"
	case reflect.TypeFor[Percent]():
		return "percent"
	case reflect.TypeFor[Size]():
		return "size"
	case reflect.TypeFor[Secret]():
		return "text (secret)"
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Struct:
		if _, ok := reflect.New(t).Interface().(switched); ok {
			return "true, false or keys"
		}
		return "keys"
	case reflect.Pointer:
		return typeName(t.Elem())
	case reflect.Slice:
		return "list of " + typeName(t.Elem())
	case reflect.Map:
		return "keys of your choice, " + typeName(t.Elem()) + " each"
	case reflect.Interface:
		return "anything"
	}
	if _, ok := reflect.New(t).Interface().(scalar); ok {
		return "text"
	}
	return "number"
}

// defaultText writes a default as the config has it; "" for none.
func defaultText(v reflect.Value) string {
	if v.IsZero() && v.Kind() != reflect.Bool {
		return ""
	}
	switch x := v.Interface().(type) {
	case Duration:
		return shortDuration(time.Duration(x))
	case time.Duration:
		return shortDuration(x)
	case Percent:
		return fmt.Sprintf("%g%%", float64(x))
	}
	switch v.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return fmt.Sprint(v.Interface())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.String {
			return "[" + strings.Join(v.Interface().([]string), ", ") + "]"
		}
	}
	return ""
}

func shortDuration(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
}
