// Package frontmatter reads the settings at the head of a document: YAML
// between "---" lines, TOML between "+++" lines, or a JSON object.
package frontmatter

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Fields are the settings by their keys in lower case. A value is a string (a
// scalar, as it is written), nil, Fields, or something else that is none of
// these.
type Fields map[string]any

// Text returns a scalar as it is written, "" if there is none.
func (f Fields) Text(key string) string {
	s, _ := f[key].(string)
	return s
}

// maxSize bounds the depth to which a parser may have to go.
const maxSize = 64 << 10

var (
	errTooLong = errors.New("longer than 64 KiB")
	keyLine    = regexp.MustCompile(`^["']?[A-Za-z_][\w.-]*["']?\s*:(\s|$)`)
)

// Split takes the front matter off a document whose lines end in "\n". The
// body starts on the line after it. Without front matter it returns the whole
// text; a thematic break at the top is none.
//
// Below blank lines it counts only if it may say that the document is to be
// kept out: elsewhere in the text the same lines are a break and a heading.
func Split(text string) (Fields, string, error) {
	head := strings.TrimLeft(text, "\n")
	fields, body, err := split(head)
	if len(head) < len(text) && !fields.mayWithhold() {
		return nil, text, nil
	}
	return fields, body, err
}

func (f Fields) mayWithhold() bool {
	for _, key := range []string{"draft", "fin", "published"} {
		if _, ok := f[key]; ok {
			return true
		}
	}
	return false
}

func split(head string) (Fields, string, error) {
	first, rest, _ := strings.Cut(head, "\n")
	switch first = strings.TrimRight(first, " \t"); {
	case first == "---":
		return splitYAML(head, rest)
	case first == "+++":
		return splitTOML(head, rest)
	case strings.HasPrefix(first, "{"):
		return splitJSON(head)
	}
	return nil, head, nil
}

// splitJSON takes off an object that is followed by the end of its line, as
// Hugo has it (https://gohugo.io/content-management/front-matter/).
func splitJSON(text string) (Fields, string, error) {
	d := json.NewDecoder(strings.NewReader(text[:min(len(text), maxSize)]))
	d.UseNumber()
	var values map[string]any
	if err := d.Decode(&values); err != nil || len(values) == 0 {
		return nil, text, nil
	}
	body := text[d.InputOffset():]
	line, body, _ := strings.Cut(body, "\n")
	if strings.TrimSpace(line) != "" {
		return nil, text, nil
	}
	return plainFields(values), body, nil
}

func splitYAML(text, rest string) (Fields, string, error) {
	head, body, closed := cutLine(rest, "---", "...")
	if !closed {
		next, _, _ := strings.Cut(rest, "\n")
		if keyLine.MatchString(next) {
			return nil, "", errors.New("line 1: the front matter is never closed: put a line \"---\" after it")
		}
		return nil, text, nil
	}
	if len(head) > maxSize {
		return nil, "", errTooLong
	}
	fields, err := parseYAML(head)
	switch {
	case err != nil && looksLikeKeys(head):
		return nil, "", err
	case err != nil, fields == nil:
		return nil, text, nil
	}
	return fields, body, nil
}

func splitTOML(text, rest string) (Fields, string, error) {
	head, body, closed := cutLine(rest, "+++")
	if !closed {
		next, _, _ := strings.Cut(rest, "\n")
		if strings.Contains(next, "=") {
			return nil, "", errors.New("line 1: the front matter is never closed: put a line \"+++\" after it")
		}
		return nil, text, nil
	}
	if len(head) > maxSize {
		return nil, "", errTooLong
	}
	fields, err := parseTOML(head)
	return fields, body, err
}

// cutLine splits s around the first line that is one of marks.
func cutLine(s string, marks ...string) (before, after string, found bool) {
	for at := 0; at < len(s); {
		line, _, more := strings.Cut(s[at:], "\n")
		end := at + len(line)
		if more {
			end++
		}
		for _, mark := range marks {
			if strings.TrimRight(line, " \t") == mark {
				return s[:at], s[end:], true
			}
		}
		at = end
	}
	return s, "", false
}

func looksLikeKeys(head string) bool {
	for line := range strings.Lines(head) {
		if keyLine.MatchString(line) {
			return true
		}
	}
	return false
}

// lineError places an error in the document; line counts from 1 within the
// front matter, whose first line is the document's second.
func lineError(line int, message string) error {
	message, _, _ = strings.Cut(message, "\n")
	return fmt.Errorf("line %d: %s", line+1, message)
}
