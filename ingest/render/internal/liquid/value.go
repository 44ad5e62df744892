package liquid

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// Map is a map that keeps its keys in the order of the file.
type Map struct {
	keys   []string
	values map[string]any
}

// Set sets the value of a key.
func (m *Map) Set(key string, value any) {
	if m.values == nil {
		m.values = map[string]any{}
	}
	if _, known := m.values[key]; !known {
		m.keys = append(m.keys, key)
	}
	m.values[key] = value
}

// Get returns the value of a key, nil if there is none.
func (m *Map) Get(key string) any {
	if m == nil {
		return nil
	}
	return m.values[key]
}

// Has tells whether there is a key. No key is in a nil map.
func (m *Map) Has(key string) bool {
	if m == nil {
		return false
	}
	_, ok := m.values[key]
	return ok
}

func (m *Map) find(key string) (any, bool) {
	v, ok := m.values[key]
	return v, ok
}

// part is what a value has at a key.
func part(v, key any) any {
	name, isName := key.(string)
	switch v := v.(type) {
	case *Map:
		if !isName {
			name = text(key)
		}
		if found, ok := v.find(name); ok || name != "size" {
			return found
		}
		return int64(len(v.keys))
	case []any:
		if i, ok := key.(int64); ok {
			return at(v, int(i))
		}
		switch name {
		case "size":
			return int64(len(v))
		case "first":
			return at(v, 0)
		case "last":
			return at(v, -1)
		}
		if i, err := strconv.Atoi(name); err == nil && isName {
			return at(v, i)
		}
	case Object:
		return v.Get(text(key))
	case string:
		if name == "size" {
			return int64(len([]rune(v)))
		}
	}
	return nil
}

func at(list []any, i int) any {
	if i < 0 {
		i += len(list)
	}
	if i < 0 || i >= len(list) {
		return nil
	}
	return list[i]
}

// text is a value as it is shown.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return floatText(v)
	case span:
		return v.String()
	case Time:
		return v.String()
	case []any:
		var out strings.Builder
		for _, item := range v {
			out.WriteString(text(item))
		}
		return out.String()
	case *Map:
		return inspect(v)
	}
	return ""
}

func floatText(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e16 {
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// inspect is a value as Ruby writes it.
func inspect(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case nil, missing:
		return "nil"
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, inspect(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *Map:
		var parts []string
		for _, key := range v.keys {
			parts = append(parts, strconv.Quote(key)+"=>"+inspect(v.values[key]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return text(v)
}

// size is about how much of a value is looked at where all of it is. Lists may lie
// in each other more often than can be counted.
func size(v any) (n int) {
	count(v, &n)
	return n
}

func count(v any, n *int) {
	*n++
	switch v := v.(type) {
	case string:
		*n += len(v)
	case []any:
		for _, item := range v {
			if *n <= perStep*maxSteps {
				count(item, n)
			}
		}
	case *Map:
		for _, key := range v.keys {
			if *n <= perStep*maxSteps {
				*n += len(key)
				count(v.values[key], n)
			}
		}
	}
}

func isNil(v any) bool {
	_, isMissing := v.(missing)
	return v == nil || isMissing
}

func isTrue(v any) bool { return !isNil(v) && v != false }

func isEmpty(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case *Map:
		return len(v.keys) == 0
	}
	return false
}

func equal(a, b any) bool {
	for _, pair := range [2][2]any{{a, b}, {b, a}} {
		switch pair[0] {
		case hollow("empty"):
			return isEmpty(pair[1])
		case hollow("blank"):
			s, isString := pair[1].(string)
			return !isTrue(pair[1]) || isEmpty(pair[1]) || isString && strings.TrimSpace(s) == ""
		}
	}
	if isNil(a) || isNil(b) {
		return isNil(a) && isNil(b)
	}
	switch a := a.(type) {
	case []any:
		other, ok := b.([]any)
		if !ok || len(a) != len(other) {
			return false
		}
		for i := range a {
			if !equal(a[i], other[i]) {
				return false
			}
		}
		return true
	case *Map:
		other, ok := b.(*Map)
		return ok && a == other
	case string, bool, span:
		return a == b
	}
	order, ok := ordered(a, b)
	return ok && order == 0
}

// ordered compares two numbers, or two strings.
func ordered(a, b any) (order int, ok bool) {
	if s, isString := a.(string); isString {
		other, ok := b.(string)
		return strings.Compare(s, other), ok
	}
	if t, isTime := a.(Time); isTime {
		other, ok := b.(Time)
		return t.Compare(other.Time), ok
	}
	x, isNumber := numeric(a)
	y, isOther := numeric(b)
	return cmp.Compare(x, y), isNumber && isOther
}

func numeric(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// toNumber is a value as a filter counts with it: int64 or float64.
func toNumber(v any) any {
	switch v := v.(type) {
	case int64, float64:
		return v
	case string:
		s := strings.TrimSpace(v)
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return n
		}
		if f, err := strconv.ParseFloat(s, 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return f
		}
	}
	return int64(0)
}

func toInt(v any) int {
	switch n := toNumber(v).(type) {
	case int64:
		return int(max(-1<<40, min(n, 1<<40)))
	case float64:
		return int(max(-1<<40, min(n, 1<<40)))
	}
	return 0
}
