package intercomapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

// into decodes an answer into v, which starts empty on every try.
func into[T any](v *T) func([]byte) error {
	return func(body []byte) error {
		var fresh T
		if err := decodeJSON(body, &fresh); err != nil {
			return err
		}
		*v = fresh
		return nil
	}
}

func decodeJSON(body []byte, v any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("it is empty")
	}
	return json.Unmarshal(body, v)
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
