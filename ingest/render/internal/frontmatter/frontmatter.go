// Package frontmatter reads the settings at the head of a document: YAML
// between "---" lines, TOML between "+++" lines, a JSON object, or the title block
// of Pandoc.
package frontmatter

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	regexp "finpages/sources/lazyregexp"
	"finpages/sources/limits"
)

// Fields are the settings by their keys in lower case. A value is a string (a
// scalar, as it is written), nil, Fields, a list of such values ([]any), or
// something else that is none of these.
type Fields map[string]any

// Text returns a scalar as it is written, "" if there is none.
func (f Fields) Text(key string) string {
	s, _ := f[key].(string)
	return s
}

// bounds are more than anybody writes.
var bounds = limits.Limits{Bytes: 64 << 10, Items: 2000, Depth: 32, Aliases: 100}

var keyLine = regexp.MustCompile(`^["']?[A-Za-z_][\w.-]*["']?\s*:(\s|$)`)

// Split takes the front matter off a document whose lines end in "\n". The
// body starts on the line after it. Without front matter it returns the whole
// text; a thematic break at the top is none.
//
// Below blank lines it counts only if it may say that the document is to be
// kept out: elsewhere in the text the same lines are a break and a heading.
func Split(text string) (Fields, string, error) {
	head := belowBlankLines(text)
	fields, body, err := split(head)
	if len(head) < len(text) && !fields.mayWithhold() && (err == nil || !mentionsWithholding(head)) {
		return nil, text, nil
	}
	return fields, body, err
}

// SplitText takes the front matter off a plain text. What looks like it counts
// only if it has a key that means something, as lines between dashes may be
// part of the text; broken front matter that may keep the text out is an error.
func SplitText(text string) (Fields, string, error) {
	fields, body, err := Split(text)
	switch {
	case err != nil && mentionsWithholding(belowBlankLines(text)):
		return nil, "", err
	case err != nil:
		return nil, text, nil
	case fields.mayWithhold() || fields.hasOneOf("title", "id", "url"):
		return fields, body, nil
	}
	return nil, text, nil
}

// withholding are the keys that may keep a document out, of finpages and of
// documentation tools.
var withholding = []string{"draft", "published", "fin", "hidden", "unlisted", "publish", "build", "_build", "privacy",
	"password", "rbac", "if", "groups"}

var withholdingLine = regexp.MustCompile(
	`(?mi)^\s*\[?["']?(?:` + strings.Join(withholding, "|") + `)["']?\s*[:=.\]]`)

func (f Fields) mayWithhold() bool { return f.hasOneOf(withholding...) }

func (f Fields) hasOneOf(keys ...string) bool {
	for _, key := range keys {
		if _, ok := f[key]; ok {
			return true
		}
	}
	return false
}

// mentionsWithholding tells whether broken front matter at the head of a text may
// keep that out.
func mentionsWithholding(head string) bool {
	_, rest, _ := strings.Cut(head[:min(len(head), bounds.Bytes)], "\n")
	settings, _, _ := cutLine(rest, "---", "...", "+++")
	return withholdingLine.MatchString(settings)
}

// belowBlankLines is the text from its first line that is not blank.
func belowBlankLines(text string) string {
	for {
		line, rest, more := strings.Cut(text, "\n")
		if !more || strings.Trim(line, " \t") != "" {
			return text
		}
		text = rest
	}
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
	case strings.HasPrefix(first, "---"):
		return splitNamed(head, rest, strings.TrimSpace(first[3:]))
	case strings.HasPrefix(first, "% "):
		fields, body := splitTitleBlock(head)
		return fields, body, nil
	}
	return nil, head, nil
}

// splitNamed takes off front matter that names its language after the first dashes,
// as Eleventy has it (https://www.11ty.dev/docs/data-frontmatter/).
func splitNamed(text, rest, language string) (Fields, string, error) {
	head, body, closed := cutLine(rest, "---")
	switch {
	case !closed:
	case language == "yaml", language == "yml":
		return splitYAML(text, rest)
	case language == "toml":
		return splitTOML(text, head+"+++\n"+body)
	case language == "json":
		if fields, after, err := splitJSON(strings.TrimSpace(head) + "\n"); fields != nil && after == "" {
			return fields, body, err
		}
		return nil, "", errors.New("line 2: the front matter is not JSON")
	}
	return nil, text, nil
}

// splitTitleBlock takes off what Pandoc has at the top: a title, authors and a date,
// each on a line that begins with a percent sign
// (https://pandoc.org/MANUAL.html#extension-pandoc_title_block).
func splitTitleBlock(text string) (Fields, string) {
	var parts []string
	for {
		line, rest, more := strings.Cut(text, "\n")
		part, isPart := strings.CutPrefix(line, "%")
		switch {
		case isPart && len(parts) < 3:
			parts = append(parts, strings.TrimSpace(part))
		case strings.HasPrefix(line, " ") && strings.TrimSpace(line) != "":
			parts[len(parts)-1] += " " + strings.TrimSpace(line)
		default:
			return Fields{"title": parts[0]}, text
		}
		if text = rest; !more {
			return Fields{"title": parts[0]}, ""
		}
	}
}

// splitJSON takes off an object that is followed by the end of its line, as
// Hugo has it (https://gohugo.io/content-management/front-matter/).
func splitJSON(text string) (Fields, string, error) {
	head := text[:min(len(text), bounds.Bytes)]
	if bounds.JSON(head) != nil {
		return nil, text, nil
	}
	d := json.NewDecoder(strings.NewReader(head))
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
	if err := bounds.YAML(head); err != nil {
		return nil, "", err
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
	if err := bounds.TOML(head); err != nil {
		return nil, "", err
	}
	fields, err := parseTOML(head)
	fields.spell(head)
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
