package jsx

import (
	"math"
	"slices"
	"strings"
)

type listMethod func(r *Run, list []any, args []any) (any, error)

// listMember is a method of a list, or its length.
func listMember(list []any, key string) (any, error) {
	if key == "length" {
		return float64(len(list)), nil
	}
	f, ok := listMethods(key)
	if !ok {
		return nil, errNoValue
	}
	return native(func(r *Run, args []any) (any, error) {
		if err := r.step(1 + len(list)/64); err != nil {
			return nil, err
		}
		return f(r, list, args)
	}), nil
}

// listMethods finds a method by its name: a table would refer to itself.
func listMethods(key string) (listMethod, bool) {
	switch key {
	case "map", "flatMap":
		return func(r *Run, list, args []any) (any, error) { return mapList(r, list, args, key == "flatMap") }, true
	case "filter":
		return filter, true
	case "find":
		return func(r *Run, list, args []any) (any, error) {
			found, err := filter(r, list, args)
			all, _ := found.([]any)
			return at(all, 0), err
		}, true
	case "some", "every":
		return func(r *Run, list, args []any) (any, error) {
			found, err := filter(r, list, args)
			all, _ := found.([]any)
			return key == "some" && len(all) > 0 || key == "every" && len(all) == len(list), err
		}, true
	case "reduce":
		return reduce, true
	case "sort", "toSorted":
		return sorted, true
	case "join":
		return join, true
	case "slice":
		return func(r *Run, list, args []any) (any, error) {
			from, to := bounds(args, len(list))
			return r.list(slices.Clone(list[from:to]))
		}, true
	case "concat":
		return func(r *Run, list, args []any) (any, error) { return flat(r, append([]any{list}, args...)) }, true
	case "flat":
		return func(r *Run, list, _ []any) (any, error) { return flat(r, list) }, true
	case "reverse", "toReversed":
		return func(r *Run, list, _ []any) (any, error) {
			out := slices.Clone(list)
			slices.Reverse(out)
			return r.list(out)
		}, true
	case "includes":
		return func(_ *Run, list, args []any) (any, error) { return has(list, arg(args, 0)), nil }, true
	case "indexOf":
		return func(_ *Run, list, args []any) (any, error) {
			return float64(slices.IndexFunc(list, func(v any) bool { return same(v, arg(args, 0)) })), nil
		}, true
	case "at":
		return func(_ *Run, list, args []any) (any, error) {
			n, _ := number(arg(args, 0))
			if n < 0 {
				n += float64(len(list))
			}
			return at(list, n), nil
		}, true
	}
	return nil, false
}

func mapList(r *Run, list, args []any, isFlat bool) (any, error) {
	out := make([]any, 0, len(list))
	for i, item := range list {
		v, err := r.call(arg(args, 0), item, float64(i), list)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	if isFlat {
		return flat(r, out)
	}
	return r.list(out)
}

func filter(r *Run, list, args []any) (any, error) {
	var out []any
	for i, item := range list {
		v, err := r.call(arg(args, 0), item, float64(i), list)
		if err != nil {
			return nil, err
		}
		if truthy(v) {
			out = append(out, item)
		}
	}
	return r.list(out)
}

func reduce(r *Run, list, args []any) (any, error) {
	var v any
	if v = arg(args, 1); len(args) < 2 && len(list) > 0 {
		v, list = list[0], list[1:]
	}
	for i, item := range list {
		var err error
		if v, err = r.call(arg(args, 0), v, item, float64(i)); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func sorted(r *Run, list, args []any) (any, error) {
	out := slices.Clone(list)
	var failed error
	slices.SortStableFunc(out, func(a, b any) int {
		if failed != nil {
			return 0
		}
		if len(args) == 0 {
			failed = r.step(1)
			return strings.Compare(r.show(a), r.show(b))
		}
		v, err := r.call(args[0], a, b)
		n, ok := number(v)
		if failed = err; err == nil && !ok {
			failed = errNoValue
		}
		switch {
		case n < 0:
			return -1
		case n > 0:
			return 1
		}
		return 0
	})
	if failed != nil {
		return nil, failed
	}
	return r.list(out)
}

func join(r *Run, list, args []any) (any, error) {
	mark := ","
	if len(args) > 0 {
		mark = r.show(args[0])
	}
	size := 0
	parts := make([]string, len(list))
	for i, item := range list {
		parts[i] = r.show(item)
		size += len(parts[i]) + len(mark)
	}
	if !r.allows(float64(size)) {
		return nil, errTooMuch
	}
	return r.text(strings.Join(parts, mark))
}

func flat(r *Run, list []any) (any, error) {
	var out []any
	for _, item := range list {
		inner, ok := item.([]any)
		if !ok {
			inner = []any{item}
		}
		if err := r.step(1 + len(inner)); err != nil {
			return nil, err
		}
		out = append(out, inner...)
	}
	return out, nil
}

func object(entries ...any) *Object {
	o := &Object{}
	for i := 0; i+1 < len(entries); i += 2 {
		key, _ := entries[i].(string)
		o.Set(key, entries[i+1])
	}
	return o
}

// ofObject makes a function of what an object has under its keys.
func ofObject(f func(key string, v any) any) *function {
	return native(func(r *Run, args []any) (any, error) {
		o, ok := arg(args, 0).(*Object)
		if !ok {
			return nil, errNoValue
		}
		out := make([]any, len(o.keys))
		for i, key := range o.keys {
			out[i] = f(key, o.values[key])
		}
		return r.list(out)
	})
}

func ofNumber(f func(float64) float64) *function {
	return native(func(_ *Run, args []any) (any, error) {
		n, ok := number(arg(args, 0))
		if !ok {
			return nil, errNoValue
		}
		return f(n), nil
	})
}

// globals are what every document knows.
var globals = map[string]any{
	"Object": object(
		"keys", ofObject(func(key string, _ any) any { return key }),
		"values", ofObject(func(_ string, v any) any { return v }),
		"entries", ofObject(func(key string, v any) any { return []any{key, v} })),
	"Math": object("round", ofNumber(math.Round), "floor", ofNumber(math.Floor), "ceil", ofNumber(math.Ceil), "abs", ofNumber(math.Abs)),
	"Array": object("isArray", native(func(_ *Run, args []any) (any, error) {
		_, ok := arg(args, 0).([]any)
		return ok, nil
	})),
	"String": native(func(r *Run, args []any) (any, error) { return r.text(r.show(arg(args, 0))) }),
	"Number": native(func(_ *Run, args []any) (any, error) {
		n, ok := number(arg(args, 0))
		if !ok {
			return nil, errNoValue
		}
		return n, nil
	}),
	"JSON": object("stringify", native(stringify)),
}
