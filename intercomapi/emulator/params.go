package emulator

import (
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// params are the fields of a request's body. The first fault found stays in
// err, and is to be looked at once all fields are read.
type params struct {
	fields map[string]json.RawMessage
	err    *apiError
}

func parseParams(body []byte) params {
	if !utf8.Valid(body) {
		return params{err: errMalformed}
	}
	var p params
	var wrongType *json.UnmarshalTypeError
	err := json.Unmarshal(body, &p.fields)
	switch {
	case errors.As(err, &wrongType), err == nil && p.fields == nil:
		return params{err: errNotAnObject}
	case err != nil:
		return params{err: errMalformed}
	}
	return p
}

func (p *params) fail(err *apiError) {
	if p.err == nil {
		p.err = err
	}
}

// optional returns nil where the field is absent or of the wrong type.
func optional[T string | int64 | bool](p *params, name string) *T {
	raw, present := p.fields[name]
	if !present {
		return nil
	}
	var value *T
	if json.Unmarshal(raw, &value) != nil || value == nil {
		p.fail(mismatch(name, typeName[T]()))
		return nil
	}
	return value
}

func required[T string | int64 | bool](p *params, name string) T {
	value := optional[T](p, name)
	if value == nil {
		p.fail(missing(name))
		return *new(T)
	}
	return *value
}

func typeName[T any]() string {
	switch any(*new(T)).(type) {
	case string:
		return "a string"
	case int64:
		return "an integer"
	default:
		return "a boolean"
	}
}

// requiredText is a required string with something in it.
func (p *params) requiredText(name string) string {
	text := required[string](p, name)
	if strings.TrimSpace(text) == "" {
		p.fail(invalid(name, "is empty"))
	}
	return text
}

// oneOf is nil where the field is absent.
func (p *params) oneOf(name string, values ...string) *string {
	value := optional[string](p, name)
	if value != nil && !slices.Contains(values, *value) {
		p.fail(invalid(name, "must be one of: "+strings.Join(values, ", ")))
	}
	return value
}

// audiences reads an integer, an array of integers, or null. said is false
// where the field is absent.
func (p *params) audiences() (ids []int64, said bool) {
	raw, said := p.fields["audience_ids"]
	if !said {
		return nil, false
	}
	var one *int64
	if json.Unmarshal(raw, &one) == nil {
		if one == nil {
			return []int64{}, true
		}
		return []int64{*one}, true
	}
	var many []*int64
	if json.Unmarshal(raw, &many) != nil || slices.Contains(many, nil) {
		p.fail(mismatch("audience_ids", "an integer, an array of integers, or null"))
		return nil, true
	}
	ids = make([]int64, len(many))
	for i, id := range many {
		ids[i] = *id
	}
	return ids, true
}

// languageTag is the shape of "en", "pt-BR" and "zh-CN". Which languages a
// workspace supports is its own choice, so here it is all of them.
var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

func (p *params) locale(v version) string {
	locale := required[string](p, "locale")
	if !v.isNew() && locale != "en" {
		p.fail(invalid("locale", "must be en"))
	}
	if !languageTag.MatchString(locale) {
		p.fail(invalid("locale", "is not a language"))
	}
	return locale
}

// checkURL refuses what is no absolute web address.
func (p *params) checkURL(name, raw string) *url.URL {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		p.fail(invalid(name, "is not a web address"))
		return &url.URL{}
	}
	return u
}
