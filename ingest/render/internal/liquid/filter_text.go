package liquid

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// changes are the filters that change text by their arguments.
var changes = map[string]filter{
	"append":  func(_ *run, in any, args []any) (any, error) { return text(in) + text(arg(args, 0)), nil },
	"prepend": func(_ *run, in any, args []any) (any, error) { return text(arg(args, 0)) + text(in), nil },
	"remove": func(_ *run, in any, args []any) (any, error) {
		return strings.ReplaceAll(text(in), text(arg(args, 0)), ""), nil
	},
	"remove_first": func(_ *run, in any, args []any) (any, error) {
		return strings.Replace(text(in), text(arg(args, 0)), "", 1), nil
	},
	"replace_first": func(_ *run, in any, args []any) (any, error) {
		return strings.Replace(text(in), text(arg(args, 0)), text(arg(args, 1)), 1), nil
	},
	"replace":       replace,
	"split":         split,
	"truncate":      truncate,
	"truncatewords": truncateWords,
	"slice":         slice,
	"default":       otherwise,
	"jsonify":       jsonify,
	"inspect":       func(_ *run, in any, _ []any) (any, error) { return inspect(in), nil },
	"markdownify":   markdownify,
	"number_of_words": func(_ *run, in any, _ []any) (any, error) {
		return int64(len(strings.Fields(text(in)))), nil
	},
}

func replace(r *run, in any, args []any) (any, error) {
	s, old, to := text(in), text(arg(args, 0)), text(arg(args, 1))
	if strings.Count(s, old)*len(to) > maxMade-r.made {
		return nil, ErrTooMuch
	}
	return strings.ReplaceAll(s, old, to), nil
}

func split(r *run, in any, args []any) (any, error) {
	s, by := text(in), text(arg(args, 0))
	var parts []string
	if by == " " {
		parts = strings.Fields(s)
	} else if s != "" {
		parts = strings.Split(s, by)
	}
	for by != "" && len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	list := make([]any, len(parts))
	for i, part := range parts {
		list[i] = part
	}
	return list, r.step(len(list))
}

func truncate(_ *run, in any, args []any) (any, error) {
	length, dots := 50, "..."
	if len(args) > 0 {
		length = toInt(args[0])
	}
	if len(args) > 1 {
		dots = text(args[1])
	}
	s := []rune(text(in))
	if len(s) <= length {
		return string(s), nil
	}
	return string(s[:min(len(s), max(0, length-utf8.RuneCountInString(dots)))]) + dots, nil
}

func truncateWords(_ *run, in any, args []any) (any, error) {
	count, dots := 15, "..."
	if len(args) > 0 {
		count = max(1, toInt(args[0]))
	}
	if len(args) > 1 {
		dots = text(args[1])
	}
	words := strings.Fields(text(in))
	if len(words) <= count {
		return text(in), nil
	}
	return strings.Join(words[:count], " ") + dots, nil
}

func slice(_ *run, in any, args []any) (any, error) {
	from, n := toInt(arg(args, 0)), 1
	if len(args) > 1 {
		n = toInt(args[1])
	}
	list, isList := in.([]any)
	s := []rune(nil)
	length := len(list)
	if !isList {
		s = []rune(text(in))
		length = len(s)
	}
	if from < 0 {
		from += length
	}
	if from < 0 || from > length {
		from, n = 0, 0
	}
	to := min(length, from+max(0, n))
	if isList {
		return list[from:to:to], nil
	}
	return string(s[from:to]), nil
}

func otherwise(_ *run, in any, args []any) (any, error) {
	if !isTrue(in) || isEmpty(in) {
		return arg(args, 0), nil
	}
	return in, nil
}

func markdownify(r *run, in any, _ []any) (any, error) {
	s := text(in)
	if err := r.step(len(s) / 4); err != nil || r.Markdown == nil {
		return s, err
	}
	return strings.TrimSpace(r.Markdown(s)), nil
}

func jsonify(_ *run, in any, _ []any) (any, error) {
	var out strings.Builder
	writeJSON(&out, in)
	return out.String(), nil
}

func writeJSON(out *strings.Builder, v any) {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			out.WriteString([]string{"[", ","}[min(i, 1)])
			writeJSON(out, item)
		}
		if len(v) == 0 {
			out.WriteByte('[')
		}
		out.WriteByte(']')
	case *Map:
		for i, key := range v.keys {
			out.WriteString([]string{"{", ","}[min(i, 1)])
			writeJSON(out, key)
			out.WriteByte(':')
			writeJSON(out, v.values[key])
		}
		if len(v.keys) == 0 {
			out.WriteByte('{')
		}
		out.WriteByte('}')
	case string:
		var quoted strings.Builder
		encoder := json.NewEncoder(&quoted)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(v)
		out.WriteString(strings.TrimSuffix(quoted.String(), "\n"))
	case nil:
		out.WriteString("null")
	case int64, float64, bool:
		out.WriteString(text(v))
	default:
		writeJSON(out, text(v))
	}
}

// stripHTML takes tags out, and all of comments, scripts and style sheets. What
// nothing ends is looked for once.
func stripHTML(s string) string {
	var out strings.Builder
	lower := asciiLower(s)
	noEnd := map[string]bool{}
	for at := 0; ; {
		n := strings.IndexByte(s[at:], '<')
		if n < 0 {
			out.WriteString(s[at:])
			return out.String()
		}
		out.WriteString(s[at : at+n])
		at += n
		next := at
		for _, e := range stripped {
			if noEnd[e.end] || !strings.HasPrefix(lower[at:], e.start) {
				continue
			}
			if n := strings.Index(lower[at+len(e.start):], e.end); n >= 0 {
				next = at + len(e.start) + n + len(e.end)
				break
			}
			noEnd[e.end] = true
		}
		if next == at {
			out.WriteByte('<')
			next++
		}
		at = next
	}
}

var stripped = []struct{ start, end string }{
	{"<script", "</script>"}, {"<!--", "-->"}, {"<style", "</style>"}, {"<", ">"},
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}
