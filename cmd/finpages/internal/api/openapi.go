package api

import _ "embed"

// OpenAPI is the OpenAPI description of the API. A test writes it from the
// routes and the types of Go, and compares it with what the handlers answer.
//
//go:embed openapi.json
var OpenAPI []byte
