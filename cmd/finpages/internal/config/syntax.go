package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	regexp "finpages/sources/lazyregexp"

	"github.com/goccy/go-yaml"
)

// syntax reports that the file is not YAML: the usual slips in our words,
// others in the parser's.
func (d *decoder) syntax(err error) {
	var y yaml.Error
	if !errors.As(err, &y) || y.GetToken() == nil {
		d.fault(position{line: 1}, "not valid YAML: %s", unveiler.Replace(err.Error()))
		return
	}
	at := position{y.GetToken().Position.Line, y.GetToken().Position.Column, 1}
	message := unveiler.Replace(y.GetMessage())
	for _, slip := range []func(position, string) (position, string){
		d.tab, d.missingColon, d.twice, d.unclosed, d.reserved, d.twoColons, d.indentation,
	} {
		if where, text := slip(at, message); text != "" {
			d.fault(where, "%s", text)
			return
		}
	}
	d.fault(at, "not valid YAML: %s", message)
}

// line returns a line of the file; "" beyond its end.
func (d *decoder) lineText(n int) string {
	if n < 1 || n > len(d.text) {
		return ""
	}
	return strings.TrimRight(d.text[n-1], "\r")
}

// near lists the line of a position, those around it, and what is not blank.
func (d *decoder) near(at position) (lines []int) {
	for _, n := range []int{at.line, at.line - 1, at.line + 1} {
		if strings.TrimSpace(d.lineText(n)) != "" {
			lines = append(lines, n)
		}
	}
	return lines
}

func (d *decoder) tab(at position, _ string) (position, string) {
	for _, n := range d.near(at) {
		line := d.lineText(n)
		indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
		if i := strings.IndexByte(indent, '\t'); i >= 0 {
			return position{n, i + 1, 1}, "a tab cannot indent YAML: use spaces"
		}
	}
	return at, ""
}

var noColon = regexp.MustCompile(`^\s*(?:- +)?(["']?[a-z_]+["']?)(?:\s+([^:]*))?$`)

func (d *decoder) missingColon(at position, message string) (position, string) {
	if strings.Contains(message, "must be specified") || strings.Contains(message, "quoted") {
		return at, ""
	}
	for _, n := range d.near(at) {
		m := noColon.FindStringSubmatch(d.lineText(n))
		if m != nil && d.isKey(strings.Trim(m[1], `"'`)) {
			return position{n, strings.Index(d.lineText(n), m[1]) + 1, len(m[1])},
				fmt.Sprintf("there is no colon after %[1]s: write %[1]s: and then the value", m[1])
		}
	}
	return at, ""
}

var alreadyDefined = regexp.MustCompile(`mapping key "(.*)" already defined at \[(\d+):`)

func (d *decoder) twice(at position, message string) (position, string) {
	m := alreadyDefined.FindStringSubmatch(message)
	if m == nil {
		return at, ""
	}
	at.width = len(m[1])
	return at, fmt.Sprintf("%s is already set on line %s: keep one of them", m[1], m[2])
}

func (d *decoder) unclosed(at position, message string) (position, string) {
	switch {
	case strings.Contains(message, "-quoted text"):
		return at, "the quote is not closed: put another at the end of the value"
	case strings.Contains(message, "']'"):
		return d.opener(at, '[', ']'), "the list is not closed: put ] at its end"
	case strings.Contains(message, "'}'"):
		return d.opener(at, '{', '}'), "the mapping is not closed: put } at its end"
	}
	return at, ""
}

// opener returns the last bracket before a position that is not closed.
func (d *decoder) opener(at position, open, closing byte) position {
	closed := 0
	for n := min(at.line, len(d.text)); n > 0; n-- {
		line := d.lineText(n)
		for i := len(line) - 1; i >= 0; i-- {
			switch {
			case line[i] == closing:
				closed++
			case line[i] == open && closed > 0:
				closed--
			case line[i] == open:
				return position{n, len([]rune(line[:i])) + 1, 1}
			}
		}
	}
	return at
}

func (d *decoder) reserved(at position, message string) (position, string) {
	line := d.lineText(at.line)
	_, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	if value == "" || !strings.Contains("@`%", value[:1]) {
		return at, ""
	}
	at.column, at.width = len([]rune(line[:strings.Index(line, value)]))+1, 1
	return at, fmt.Sprintf("a value cannot begin with %s: put it in quotes", value[:1])
}

var secondColon = regexp.MustCompile(`^[^"'#]*?:\s+[^"'#{\[]*?(:)(\s|$)`)

func (d *decoder) twoColons(at position, _ string) (position, string) {
	line := d.lineText(at.line)
	m := secondColon.FindStringSubmatchIndex(line)
	if m == nil {
		return at, ""
	}
	return position{at.line, len([]rune(line[:m[2]])) + 1, 1}, "a value with a colon and a space needs quotes"
}

func (d *decoder) indentation(at position, message string) (position, string) {
	if !strings.Contains(message, "not allowed in this context") && !strings.Contains(message, "unexpected key name") {
		return at, ""
	}
	// The parser stops at a line whose next one is indented too far.
	if next := indentOf(d.lineText(at.line + 1)); next > indentOf(d.lineText(at.line)) {
		at.line++
	}
	indent := indentOf(d.lineText(at.line))
	for n := at.line - 1; n > 0; n-- {
		line := d.lineText(n)
		if strings.TrimSpace(line) == "" || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		above := indentOf(line)
		if item, ok := strings.CutPrefix(strings.TrimLeft(line, " "), "- "); ok {
			above += 2 + indentOf(item)
		}
		if above != indent {
			return position{at.line, indent + 1, 1}, fmt.Sprintf(
				"wrong indentation: %d spaces, but line %d has its keys at %d", indent, n, above)
		}
		break
	}
	return at, ""
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// isKey reports whether a word is a key of the config, wherever.
func (d *decoder) isKey(word string) bool {
	keys := map[string]bool{}
	collectKeys(reflect.TypeFor[file](), keys)
	for _, kind := range d.adapters.Kinds() {
		keys[kind] = true
		adapter, _ := d.adapters.Lookup(kind)
		collectKeys(reflect.TypeOf(adapter.Options()), keys)
	}
	return keys[word]
}

func collectKeys(t reflect.Type, keys map[string]bool) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		name, rest, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			keys[name] = true
		}
		if name != "" || strings.Contains(rest, "inline") {
			collectKeys(t.Field(i).Type, keys)
		}
	}
}
