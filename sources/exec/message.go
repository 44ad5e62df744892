package exec

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// version is the major version of the protocol.
const version = 1

// maxLine is the length in bytes of the longest line, without its end.
const maxLine = 64 << 10

// greeting is the first line to the program.
type greeting struct {
	Version int            `json:"finpages"`
	Op      string         `json:"op"`
	Name    string         `json:"name"`
	Options map[string]any `json:"options"`
	Tmp     string         `json:"tmp"`
}

// request is any further line to the program.
type request struct {
	ID    int64  `json:"id,omitempty"`
	Op    string `json:"op"`
	Entry string `json:"entry,omitempty"`
}

// hello is the first line from the program.
type hello struct {
	Version  *float64 `json:"finpages"`
	Caps     []string `json:"caps"`
	Revision string   `json:"revision"`
	Error    *string  `json:"error"`
}

func (h hello) can(what string) bool { return slices.Contains(h.Caps, what) }

// message is any further line from the program. One with the id alone says
// that an answer is under way.
type message struct {
	ID         *int64      `json:"id"`
	Entry      *entry      `json:"entry"`
	Incomplete *incomplete `json:"incomplete"`
	End        *end        `json:"end"`
	Document   *document   `json:"document"`
	Absent     bool        `json:"absent"`
	Gone       *bool       `json:"gone"`
	Lines      *[]string   `json:"lines"`
	Why        *string     `json:"why"`
	Error      *string     `json:"error"`
}

// last reports whether the message completes the answer to its request.
func (m message) last() bool {
	return m.End != nil || m.Document != nil || m.Absent || m.Gone != nil || m.Lines != nil || m.Why != nil ||
		m.Error != nil
}

type entry struct {
	ID       string `json:"id"`
	Scope    string `json:"scope"`
	Revision string `json:"revision"`
	URL      string `json:"url"`
	Modified string `json:"modified"` // RFC 3339
	Title    string `json:"title"`
	Format   string `json:"format"`
	Withheld string `json:"withheld"`
	Unproven bool   `json:"unproven"`
	Excluded string `json:"excluded"`
	Revoked  string `json:"revoked"`
	Error    string `json:"error"`
}

type incomplete struct {
	Scope string `json:"scope"`
	Error string `json:"error"`
}

type end struct {
	Entries  *int `json:"entries"`
	Excluded int  `json:"excluded"`
}

type document struct {
	Format string  `json:"format"`
	Title  string  `json:"title"`
	Path   string  `json:"path"`
	Body   *string `json:"body"`
	File   string  `json:"file"`
}

// decode reads a line of the program.
func decode(line []byte, into any) error {
	if !utf8.Valid(line) {
		return errors.New("not UTF-8")
	}
	err := json.Unmarshal(line, into)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Errorf("%s is a %s", wrong.Field, wrong.Value)
	case err != nil:
		return errors.New("no JSON object")
	}
	return nil
}
