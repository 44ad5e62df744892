package emulator

import (
	"crypto/rand"
	"fmt"
	"net/http"
)

// apiError is one refusal, with a code from
// https://developers.intercom.com/docs/references/rest-api/errors/error-codes
type apiError struct {
	status               int
	code, message, field string
}

var (
	errUnauthorized  = &apiError{http.StatusUnauthorized, "unauthorized", "Access Token Invalid", ""}
	errRateLimit     = &apiError{http.StatusTooManyRequests, "rate_limit_exceeded", "The rate limit for the App has been exceeded", ""}
	errVersion       = &apiError{http.StatusBadRequest, "intercom_version_invalid", "The requested version could not be found", ""}
	errNoPath        = &apiError{http.StatusNotFound, "not_found", "The requested path was not found", ""}
	errNoSource      = &apiError{http.StatusNotFound, "not_found", "Content import source not found", ""}
	errNoPage        = &apiError{http.StatusNotFound, "not_found", "External page not found", ""}
	errPageLimit     = &apiError{http.StatusBadRequest, "bad_request", "page limit reached, please use scroll API", ""}
	errNotAcceptable = &apiError{http.StatusNotAcceptable, "unsupported", "Answers come as application/json", ""}
	errMediaType     = &apiError{http.StatusUnsupportedMediaType, "unsupported", "The Content-Type must be application/json", ""}
	errBodyTooLarge  = &apiError{http.StatusRequestEntityTooLarge, "data_invalid", fmt.Sprintf("The body is larger than %d bytes", maxBody), ""}
	errBodyUnread    = &apiError{http.StatusBadRequest, "bad_request", "The body could not be read", ""}
	errMalformed     = &apiError{http.StatusBadRequest, "parameter_invalid", "The body is not valid JSON", ""}
	errNotAnObject   = &apiError{http.StatusBadRequest, "type_mismatch", "The body is not a JSON object", ""}
	errPageExists    = &apiError{http.StatusConflict, "conflict", "Another page has this source_id and external_id", "external_id"}
	// Intercom documents 404 for a method that a path does not have. A client
	// that asks for one is wrong in itself, and 405 tells its author so.
	errMethod = &apiError{http.StatusMethodNotAllowed, "unsupported", "The method is not supported for this path", ""}
	// A page's source that does not exist is a resource that does not exist,
	// and is told as such, 404: to a client that means that the source was
	// deleted, with all its pages, and not that this one page is at fault.
	errNoSourceForPage = &apiError{http.StatusNotFound, "not_found", "Content import source not found", "source_id"}
)

func missing(field string) *apiError {
	return &apiError{http.StatusBadRequest, "parameter_missing", field + " is required", field}
}

func mismatch(field, want string) *apiError {
	return &apiError{http.StatusBadRequest, "type_mismatch", field + " must be " + want, field}
}

func invalid(field, why string) *apiError {
	return &apiError{http.StatusBadRequest, "parameter_invalid", field + " " + why, field}
}

type errorList struct {
	Type      string      `json:"type"`
	RequestID string      `json:"request_id"`
	Errors    []errorBody `json:"errors"`
}

type errorBody struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Field   string `json:"field,omitempty"`
}

func (e *apiError) answer() answer {
	return jsonAnswer(e.status, errorList{
		Type:      "error.list",
		RequestID: newUUID(),
		Errors:    []errorBody{{e.code, e.message, e.field}},
	})
}

// newUUID returns a random UUID, version 4 of RFC 9562.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
