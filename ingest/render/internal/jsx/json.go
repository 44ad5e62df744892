package jsx

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// JSON reads a value that is written as JSON.
func JSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	v, err := readJSON(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, ErrSyntax
	}
	return v, nil
}

func readJSON(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil || depth > maxDepth {
		return nil, errors.Join(err, ErrSyntax)
	}
	switch t {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := readJSON(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	case json.Delim('{'):
		o := &Object{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := readJSON(d, depth+1)
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			o.Set(name, v)
		}
		_, err = d.Token()
		return o, err
	}
	return t, nil
}

// stringify writes a value as JSON, as JSON.stringify does.
func stringify(r *Run, args []any) (any, error) {
	tab := ""
	switch v := arg(args, 2).(type) {
	case float64:
		tab = strings.Repeat(" ", wholeNumber(v, 10))
	case string:
		tab = v[:min(len(v), 10)]
	}
	var out strings.Builder
	if err := r.writeJSON(&out, arg(args, 0), "", tab, 0); err != nil {
		return nil, err
	}
	return r.text(out.String())
}

func (r *Run) writeJSON(out *strings.Builder, v any, indent, tab string, depth int) error {
	if depth > maxDepth || r.step(1+len(indent)/64) != nil {
		return errTooMuch
	}
	open, end := "[", "]"
	var keys []string
	var list []any
	switch v := v.(type) {
	case string:
		out.WriteString(quoted(v))
		return r.step(len(v) / textStep)
	case nil:
		out.WriteString("null")
		return nil
	case bool, float64:
		out.WriteString(r.show(v))
		return nil
	case *Element, Markup:
		out.WriteString(quoted(r.plain(v)))
		return nil
	case []any:
		list = v
	case *Object:
		open, end, keys = "{", "}", v.keys
		for _, key := range keys {
			list = append(list, v.values[key])
		}
	default:
		return errNoValue
	}
	out.WriteString(open)
	inner := indent + tab
	for i, item := range list {
		if i > 0 {
			out.WriteString(",")
		}
		if tab != "" {
			out.WriteString("\n" + inner)
		}
		if keys != nil {
			out.WriteString(quoted(keys[i]) + ":")
			if tab != "" {
				out.WriteString(" ")
			}
		}
		if err := r.writeJSON(out, item, inner, tab, depth+1); err != nil {
			return err
		}
	}
	if tab != "" && len(list) > 0 {
		out.WriteString("\n" + indent)
	}
	out.WriteString(end)
	return nil
}

func quoted(s string) string {
	var out strings.Builder
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	return strings.TrimSuffix(out.String(), "\n")
}

// plain is what an element shows, without its markup.
func (r *Run) plain(v any) string {
	markup, err := r.Source(v)
	if err != nil {
		return ""
	}
	var out strings.Builder
	for markup != "" {
		before, rest, _ := strings.Cut(markup, "<")
		out.WriteString(before)
		_, markup, _ = strings.Cut(rest, ">")
	}
	return unescapeHTML(out.String())
}
