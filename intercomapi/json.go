package intercomapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"sync"
	"time"
)

// into decodes an answer into v, which starts empty on every try.
func into[T any](v *T) func(io.Reader) error {
	return func(r io.Reader) error {
		buffer := buffers.Get().(*bytes.Buffer)
		defer keep(buffer)
		if _, err := buffer.ReadFrom(r); err != nil {
			return err
		}
		body := bytes.TrimSpace(buffer.Bytes())
		if len(body) == 0 {
			return errEmpty
		}
		var fresh T
		if err := decode(body, &fresh); err != nil {
			return err
		}
		*v = fresh
		return nil
	}
}

// decode is [json.Unmarshal], which reads what decodes itself once more before.
func decode(body []byte, v any) error {
	if u, ok := v.(json.Unmarshaler); ok && body[0] == '{' {
		return u.UnmarshalJSON(body)
	}
	return json.Unmarshal(body, v)
}

// buffers are those that answers are read into. What is decoded is a copy.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const maxKept = 256 << 10 // bytes of a buffer that is used again

func keep(b *bytes.Buffer) {
	if b.Cap() <= maxKept {
		b.Reset()
		buffers.Put(b)
	}
}

var errEmpty = errors.New("it is empty")

// readObject reads a JSON value that has to be an object and nothing behind
// it. field reads the value of each of its names.
func readObject(dec *json.Decoder, field func(name string) error) error {
	switch start, err := dec.Token(); {
	case errors.Is(err, io.EOF):
		return errEmpty
	case err != nil:
		return err
	case start != json.Delim('{'):
		return errors.New("it is not a JSON object")
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		if err := field(name.(string)); err != nil { // a name is a string, or no token
			return err
		}
	}
	if _, err := dec.Token(); err != nil { // the closing brace
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something behind the JSON object")
	}
	return nil
}

// readArray calls item before each item of an array, and reports false for null.
func readArray(dec *json.Decoder, item func() error) (bool, error) {
	switch start, err := dec.Token(); {
	case err != nil:
		return false, err
	case start == nil:
		return false, nil
	case start != json.Delim('['):
		return false, errors.New("not a list: data is not an array")
	}
	for dec.More() {
		if err := item(); err != nil {
			return true, err
		}
	}
	_, err := dec.Token() // the closing bracket
	return true, err
}

// decodeNonNull reports false, and leaves v as it is, for null.
func decodeNonNull[T any](dec *json.Decoder, v *T) (bool, error) {
	var value *T
	if err := dec.Decode(&value); err != nil || value == nil {
		return false, err
	}
	*v = *value
	return true, nil
}

// text is a string that an answer may give as a number: Intercom's page ids
// are strings, its source ids numbers.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	if n, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		*t = text(strconv.FormatInt(n, 10))
		return nil
	}
	return json.Unmarshal(b, (*string)(t))
}

// integer is an id that an answer may give as a string.
type integer int64

func (i *integer) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	if err != nil {
		return json.Unmarshal(b, (*int64)(i))
	}
	*i = integer(n)
	return nil
}

// instant is a time in Unix seconds; anything else is no time.
type instant struct{ time.Time }

func (t *instant) UnmarshalJSON(b []byte) error {
	if n, err := strconv.ParseInt(string(b), 10, 64); err == nil && n > 0 && n < 1<<37 {
		t.Time = time.Unix(n, 0).UTC()
	}
	return nil
}
