package native

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// apiDescription is a description of an API as it was decoded. What is not as the
// standard has it is left out, and the rest is read all the same.
type apiDescription struct {
	root      node
	isSwagger bool            // version 2
	missing   map[string]bool // what is referred to and is not there
}

// node is an object of a description.
type node map[string]any

func object(value any) node {
	fields, _ := value.(map[string]any)
	return fields
}

func list(value any) []any {
	values, _ := value.([]any)
	return values
}

func (n node) text(key string) string {
	if n[key] == nil {
		return ""
	}
	return valueText(n[key])
}

// valueText writes numbers as people do.
func valueText(value any) string {
	if number, ok := value.(float64); ok {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

// maxReferences is how many references may lead from one to the next.
const maxReferences = 16

// resolve returns an object, or the one that it refers to.
func (d *apiDescription) resolve(value any) node {
	for range maxReferences {
		n := object(value)
		ref, isRef := n["$ref"].(string)
		if !isRef {
			return n
		}
		if value = d.at(ref); value == nil {
			d.missing[ref] = true
		}
	}
	return nil
}

// at returns what lies at a reference, which is a JSON pointer
// (https://www.rfc-editor.org/rfc/rfc6901); nil if that is nothing, or in another file.
func (d *apiDescription) at(ref string) any {
	pointer, isHere := strings.CutPrefix(ref, "#/")
	if !isHere {
		return nil
	}
	var value any = map[string]any(d.root)
	for part := range strings.SplitSeq(pointer, "/") {
		if unescaped, err := url.PathUnescape(part); err == nil {
			part = unescaped
		}
		part = strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
		switch at := value.(type) {
		case map[string]any:
			value = at[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(at) {
				return nil
			}
			value = at[i]
		default:
			return nil
		}
	}
	return value
}

// notes name what is referred to and is not there.
func (d *apiDescription) notes() (notes []string) {
	for _, ref := range slices.Sorted(maps.Keys(d.missing)) {
		if strings.HasPrefix(ref, "#") {
			notes = append(notes, fmt.Sprintf("%q refers to nothing", ref))
		} else {
			notes = append(notes, fmt.Sprintf("%q lies in another file, which is not read", ref))
		}
	}
	return notes[:min(len(notes), maxNotes)]
}

const maxNotes = 20

// servers are where the API can be called.
func (d *apiDescription) servers() (servers []node) {
	for _, value := range list(d.root["servers"]) {
		if server := object(value); server.text("url") != "" {
			servers = append(servers, server)
		}
	}
	host, base := d.root.text("host"), d.root.text("basePath")
	if !d.isSwagger || host == "" {
		return servers
	}
	schemes := list(d.root["schemes"])
	if len(schemes) == 0 {
		schemes = []any{"https"}
	}
	for _, scheme := range schemes {
		servers = append(servers, node{"url": valueText(scheme) + "://" + host + base})
	}
	return servers
}

// parameters parts the parameters of an operation from its body, which Swagger counts
// among them.
func (d *apiDescription) parameters(op node, all []any) (parameters []node, body node) {
	fields := map[string]any{}
	var required []any
	hasFile := false
	for _, value := range all {
		p := d.resolve(value)
		switch in := p.text("in"); {
		case p == nil:
		case d.isSwagger && in == "body":
			body = node{"description": p.text("description"),
				"content": d.contents(op, "consumes", "application/json", p["schema"])}
		case d.isSwagger && in == "formData":
			fields[p.text("name")], hasFile = map[string]any(p), hasFile || p.text("type") == "file"
			if p["required"] == true {
				required = append(required, p.text("name"))
			}
		default:
			parameters = append(parameters, p)
		}
	}
	if len(fields) > 0 {
		kind := "application/x-www-form-urlencoded"
		if hasFile {
			kind = "multipart/form-data"
		}
		body = node{"content": d.contents(op, "consumes", kind,
			map[string]any{"type": "object", "properties": fields, "required": required})}
	}
	return parameters, body
}

// contentOf returns the content of an answer by its kinds.
func (d *apiDescription) contentOf(op, answer node) node {
	if d.isSwagger && answer["schema"] != nil {
		return object(d.contents(op, "produces", "application/json", answer["schema"]))
	}
	return object(answer["content"])
}

// contents has one schema for each of the kinds of content that a Swagger operation,
// or else the whole description, names.
func (d *apiDescription) contents(op node, key, otherwise string, schema any) map[string]any {
	kinds := list(op[key])
	if len(kinds) == 0 {
		kinds = list(d.root[key])
	}
	if len(kinds) == 0 {
		kinds = []any{otherwise}
	}
	all := map[string]any{}
	for _, kind := range kinds {
		all[valueText(kind)] = map[string]any{"schema": schema}
	}
	return all
}

// schemaOf returns the schema of a parameter, which in Swagger is the parameter itself.
func (d *apiDescription) schemaOf(parameter node) any {
	if d.isSwagger {
		return map[string]any(parameter)
	}
	return parameter["schema"]
}
