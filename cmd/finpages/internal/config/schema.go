package config

import (
	"encoding/json"
	"reflect"
	"strings"

	"finpages/sources"
)

// Schema returns the JSON Schema (2020-12) of the config file, for editors.
func Schema(adapters sources.Registry) []byte {
	root := object{"type": "object", "properties": object{}, "additionalProperties": false,
		"patternProperties": object{"^x-": object{}}}
	for _, k := range Keys(adapters) {
		root.place(strings.Split(k.Path, "."), schemaOf(k))
	}
	root["$schema"], root["title"] = "https://json-schema.org/draft/2020-12/schema", "finpages.yaml"
	root["required"] = []string{"intercom", "sources"}
	out, _ := json.MarshalIndent(root, "", "  ") // plain values only
	return append(out, '\n')
}

type object map[string]any

// place puts the schema of a key where its path leads to.
func (o object) place(path []string, schema object) {
	name, isList := strings.CutSuffix(path[0], "[]")
	properties := o["properties"].(object)
	if len(path) == 1 {
		properties[name] = schema
		return
	}
	next := properties[name].(object)
	if isList {
		next = next["items"].(object)
	}
	next.place(path[1:], schema)
}

func schemaOf(k Key) object {
	s := shape(k.typ)
	s["description"] = k.Doc
	if k.Default != "" {
		s["default"] = k.Default
	}
	if k.Example != "" {
		s["examples"] = []string{k.Example}
	}
	return s
}

// shape is the schema of a type. A number or flag may be a variable, too.
func shape(t reflect.Type) object {
	text := object{"type": "string"}
	if _, ok := reflect.New(t).Interface().(scalar); ok || typeName(t) == "duration" {
		return object{"type": []string{"string", "number"}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return shape(t.Elem())
	case reflect.Struct:
		if _, ok := reflect.New(t).Interface().(switched); ok {
			return object{"type": []string{"boolean", "string", "object", "null"}, "properties": object{},
				"additionalProperties": false}
		}
		return object{"type": []string{"object", "null"}, "properties": object{}, "additionalProperties": false}
	case reflect.Slice:
		return object{"type": []string{"array", "null"}, "items": shape(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": shape(t.Elem())}
	case reflect.Interface:
		return object{}
	case reflect.Bool:
		return object{"type": []string{"boolean", "string"}}
	case reflect.String:
		return object{"type": []string{"string", "number", "boolean", "null"}}
	case reflect.Int, reflect.Int64, reflect.Float64:
		return object{"type": []string{"number", "string"}}
	}
	return text
}
