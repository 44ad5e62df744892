package jsx

import (
	"math"
	"strconv"
	"strings"
)

func truthy(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case float64:
		return v != 0 && !math.IsNaN(v)
	case string:
		return v != ""
	}
	return true
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case string:
		n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return n, err == nil
	}
	return 0, v == nil
}

// show is a value as a template shows it. Lists are counted, as they may hold one another
// over and over: what takes too much is "", and the next step fails.
func (r *Run) show(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return numeral(v)
	case string:
		return v
	case Markup:
		return unescapeHTML(string(v))
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = r.show(item)
			if r.step(1+len(parts[i])/textStep) != nil {
				return ""
			}
		}
		return strings.Join(parts, ",")
	}
	return ""
}

// numeral writes a number as JavaScript does.
func numeral(v float64) string {
	if abs := math.Abs(v); abs != 0 && (abs >= 1e21 || abs < 1e-6) || math.IsNaN(v) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// operate works an operator out that takes two values.
func (r *Run) operate(op string, a, b any) (any, error) {
	switch op {
	case "===", "==":
		return same(a, b), nil
	case "!==", "!=":
		return !same(a, b), nil
	}
	x, isText := a.(string)
	y, isOther := b.(string)
	if op == "+" && (isText || isOther) {
		return r.text(r.show(a) + r.show(b))
	}
	if isText && isOther && strings.Contains("<= >=", op) {
		return compared(op, strings.Compare(x, y)), nil
	}
	n, ok := number(a)
	m, isNumber := number(b)
	if !ok || !isNumber {
		return nil, errNoValue
	}
	switch op {
	case "+":
		return n + m, nil
	case "-":
		return n - m, nil
	case "*":
		return n * m, nil
	case "/":
		return n / m, nil
	case "%":
		return math.Mod(n, m), nil
	}
	switch {
	case n < m:
		return compared(op, -1), nil
	case n > m:
		return compared(op, 1), nil
	}
	return compared(op, 0), nil
}

func compared(op string, order int) bool {
	return order == 0 && strings.HasSuffix(op, "=") || order < 0 && op[0] == '<' || order > 0 && op[0] == '>'
}

func same(a, b any) bool {
	switch a.(type) {
	case nil, bool, float64, string:
		return a == b
	case *Object, *Element, *function:
		return a == b
	}
	return false
}

// member is what a value has under a key.
func (r *Run) member(v, key any) (any, error) {
	if err := r.step(1); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case *Object:
		return v.Get(r.show(key)), nil
	case []any:
		if n, ok := key.(float64); ok {
			return at(v, n), nil
		}
		return listMember(v, r.show(key))
	case string:
		if err := r.step(len(v) / textStep); err != nil {
			return nil, err
		}
		if n, ok := key.(float64); ok {
			return charAt(v, n), nil
		}
		return textMember(v, r.show(key))
	case float64:
		return numberMember(v, r.show(key))
	case nil:
		return nil, nil
	}
	return nil, errNoValue
}

func at(list []any, n float64) any {
	if n >= 0 && n < float64(len(list)) {
		return list[int(n)]
	}
	return nil
}

func charAt(s string, n float64) any {
	if runes := []rune(s); n >= 0 && n < float64(len(runes)) {
		return string(runes[int(n)])
	}
	return nil
}

func native(f func(r *Run, args []any) (any, error)) *function { return &function{native: f} }

// arg is the n-th of what a function is called with, nil if there are fewer.
func arg(args []any, n int) any {
	if n < len(args) {
		return args[n]
	}
	return nil
}

// bounds reads the two places between which a part is taken; those below zero count
// from the end.
func bounds(args []any, length int) (from, to int) {
	place := func(v any, otherwise int) int {
		n, ok := v.(float64)
		if !ok || math.IsNaN(n) {
			return otherwise
		}
		if n < 0 {
			n += float64(length)
		}
		return int(min(max(n, 0), float64(length)))
	}
	from, to = place(arg(args, 0), 0), place(arg(args, 1), length)
	return from, max(from, to)
}

func numberMember(v float64, key string) (any, error) {
	switch key {
	case "toString":
		return native(func(*Run, []any) (any, error) { return numeral(v), nil }), nil
	case "toLocaleString":
		return native(func(*Run, []any) (any, error) { return grouped(v), nil }), nil
	case "toFixed":
		return native(func(_ *Run, args []any) (any, error) {
			n, _ := number(arg(args, 0))
			return strconv.FormatFloat(v, 'f', wholeNumber(n, 20), 64), nil
		}), nil
	}
	return nil, errNoValue
}

// wholeNumber is a number without what is behind its point, from 0 to most.
func wholeNumber(v float64, most int) int {
	if v >= 0 { // which what is no number is not
		return int(min(v, float64(most)))
	}
	return 0
}

// grouped writes a number with commas between thousands.
func grouped(v float64) string {
	whole, rest, hasRest := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
	for at := len(whole) - 3; at > 0 && whole[at-1] != '-'; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if hasRest {
		whole += "." + rest[:min(len(rest), 3)]
	}
	return whole
}
