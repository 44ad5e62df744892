package api

import (
	_ "embed"
	"encoding/json"
)

// OpenAPI is the OpenAPI description of the API. A test writes it from the
// routes and the types of Go, and compares it with what the handlers answer.
//
//go:embed openapi.json
var OpenAPI []byte

// describedAt is the description for clients that see the API below a path.
func describedAt(base string) []byte {
	var doc map[string]any
	if base == "" || json.Unmarshal(OpenAPI, &doc) != nil {
		return OpenAPI
	}
	doc["servers"] = []map[string]string{{"url": base}}
	text, _ := json.MarshalIndent(doc, "", "  ") // it was JSON
	return text
}
