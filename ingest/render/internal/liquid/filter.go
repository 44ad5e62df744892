package liquid

import (
	"html"
	"math"
	"net/url"
	"strings"
	"unicode"

	regexp "finpages/sources/lazyregexp"
)

// filter is what a name behind a bar makes of a value.
type filter func(r *run, in any, args []any) (any, error)

// filter finds the value and the arguments, and what the filter makes of them.
func (r *run) filter(name string, input expr, args []expr) (any, error) {
	in, err := input(r)
	if err != nil {
		return nil, err
	}
	values := make([]any, 0, len(args))
	if err := r.step(1 + size(in)/perStep); err != nil {
		return nil, err
	}
	for _, arg := range args {
		v, err := arg(r)
		if err != nil {
			return nil, err
		}
		if u, ok := unknownOf(v); ok {
			return u, nil
		}
		values = append(values, v)
		if err := r.step(size(v) / perStep); err != nil {
			return nil, err
		}
	}
	switch in := in.(type) {
	case Unknown:
		if name == "default" && in.MayBeNone {
			return arg(values, 0), nil
		}
		return in, nil
	case missing:
		if name != "default" {
			return in, nil
		}
	case *Map:
	case Object:
		return Unknown{Name: name}, nil
	}
	f := filterOf(name)
	if f == nil {
		r.warn("filter not known: " + name)
		return in, nil
	}
	out, err := f(r, in, values)
	if s, isString := out.(string); isString && err == nil {
		return s, r.text(s)
	}
	return out, err
}

// arg is an argument, nil if there is none.
func arg(args []any, i int) any {
	if i < len(args) {
		return args[i]
	}
	return nil
}

// onText makes a filter of a function that changes text.
func onText(f func(string) string) filter {
	return func(_ *run, in any, _ []any) (any, error) { return f(text(in)), nil }
}

func onNumber(ints func(a int64) int64, floats func(a float64) any) filter {
	return func(_ *run, in any, _ []any) (any, error) {
		switch n := toNumber(in).(type) {
		case int64:
			return ints(n), nil
		case float64:
			return floats(n), nil
		}
		return in, nil
	}
}

func calculate(ints func(a, b int64) any, floats func(a, b float64) any) filter {
	return func(_ *run, in any, args []any) (any, error) {
		a, b := toNumber(in), toNumber(arg(args, 0))
		x, isInt := a.(int64)
		y, isOther := b.(int64)
		if isInt && isOther {
			return ints(x, y), nil
		}
		f, _ := numeric(a)
		g, _ := numeric(b)
		return floats(f, g), nil
	}
}

func bounded(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) || math.Abs(f) > 1<<53 {
		return nil
	}
	return int64(f)
}

var (
	entity  = regexp.MustCompile(`&amp;((?:[a-zA-Z][a-zA-Z0-9]*|#\d+|#x[0-9a-fA-F]+);)`)
	notWord = regexp.MustCompile(`[^\p{L}\p{M}\p{Nd}]+`)
)

// filterOf finds one of the filters of Liquid and of Jekyll by its name.
func filterOf(name string) filter {
	if change := texts[name]; change != nil {
		return onText(change)
	}
	for _, some := range []map[string]filter{numbers, changes, lists, dates} {
		if f := some[name]; f != nil {
			return f
		}
	}
	return nil
}

func escapeHTML(s string) string { return strings.ReplaceAll(html.EscapeString(s), "&#34;", "&quot;") }

func capitalize(s string) string {
	first, rest := []rune(s), ""
	if len(first) > 1 {
		rest = string(first[1:])
	}
	if len(first) == 0 {
		return ""
	}
	return string(unicode.ToUpper(first[0])) + strings.ToLower(rest)
}

func slugify(s string) string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(s), "-"), "-")
}

// siteURL is a path from the site's root: the site's own address stands before all.
func siteURL(s string) string {
	if s == "" || strings.Contains(s, "://") || s[0] == '/' || s[0] == '#' {
		return s
	}
	return "/" + s
}

func same(s string) string { return s }

var texts = map[string]func(string) string{
	"upcase": strings.ToUpper, "downcase": strings.ToLower, "capitalize": capitalize, "strip": strings.TrimSpace,
	"lstrip": func(s string) string { return strings.TrimLeft(s, " \t\n\r") },
	"rstrip": func(s string) string { return strings.TrimRight(s, " \t\n\r") },
	"escape": escapeHTML, "xml_escape": escapeHTML, "h": escapeHTML,
	"escape_once":          func(s string) string { return entity.ReplaceAllString(escapeHTML(s), "&$1") },
	"strip_html":           stripHTML,
	"strip_newlines":       func(s string) string { return strings.NewReplacer("\r\n", "", "\n", "").Replace(s) },
	"newline_to_br":        func(s string) string { return strings.ReplaceAll(s, "\n", "<br />\n") },
	"normalize_whitespace": func(s string) string { return strings.Join(strings.Fields(s), " ") },
	"url_encode":           url.QueryEscape, "cgi_escape": url.QueryEscape,
	"url_decode": func(s string) string {
		if d, err := url.QueryUnescape(s); err == nil {
			return d
		}
		return s
	},
	"uri_escape": func(s string) string { return (&url.URL{Path: s}).EscapedPath() },
	"slugify":    slugify, "relative_url": siteURL, "absolute_url": siteURL, "smartify": same,
	"strip_index": func(s string) string { return strings.TrimSuffix(s, "index.html") },
}

var numbers = map[string]filter{
	"plus":  calculate(func(a, b int64) any { return a + b }, func(a, b float64) any { return a + b }),
	"minus": calculate(func(a, b int64) any { return a - b }, func(a, b float64) any { return a - b }),
	"times": calculate(func(a, b int64) any { return a * b }, func(a, b float64) any { return a * b }),
	"divided_by": calculate(func(a, b int64) any {
		if b == 0 {
			return nil
		}
		return int64(math.Floor(float64(a) / float64(b)))
	}, func(a, b float64) any {
		if b == 0 {
			return nil
		}
		return a / b
	}),
	"modulo": calculate(func(a, b int64) any {
		if b == 0 {
			return nil
		}
		return ((a % b) + b) % b
	}, func(a, b float64) any {
		if b == 0 {
			return nil
		}
		return math.Mod(a, b)
	}),
	"at_least":   calculate(func(a, b int64) any { return max(a, b) }, func(a, b float64) any { return max(a, b) }),
	"at_most":    calculate(func(a, b int64) any { return min(a, b) }, func(a, b float64) any { return min(a, b) }),
	"abs":        onNumber(func(a int64) int64 { return max(a, -a) }, func(a float64) any { return math.Abs(a) }),
	"ceil":       onNumber(func(a int64) int64 { return a }, func(a float64) any { return bounded(math.Ceil(a)) }),
	"floor":      onNumber(func(a int64) int64 { return a }, func(a float64) any { return bounded(math.Floor(a)) }),
	"to_integer": onNumber(func(a int64) int64 { return a }, func(a float64) any { return bounded(math.Trunc(a)) }),
	"round": func(_ *run, in any, args []any) (any, error) {
		f, isFloat := toNumber(in).(float64)
		if !isFloat {
			return toNumber(in), nil
		}
		if places := toInt(arg(args, 0)); places > 0 && places < 15 {
			scale := math.Pow10(places)
			return math.Round(f*scale) / scale, nil
		}
		return bounded(math.Round(f)), nil
	},
}
