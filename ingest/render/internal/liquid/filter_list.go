package liquid

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// lists are the filters that look at lists.
var lists = map[string]filter{
	"size": func(_ *run, in any, _ []any) (any, error) {
		switch in.(type) {
		case string, []any, *Map:
			return part(in, "size"), nil
		}
		return int64(0), nil
	},
	"first": func(_ *run, in any, _ []any) (any, error) { return part(in, "first"), nil },
	"last":  func(_ *run, in any, _ []any) (any, error) { return part(in, "last"), nil },
	"join":  join, "concat": concat, "push": push, "unshift": unshift, "pop": pop, "shift": shift,
	"reverse": func(r *run, in any, _ []any) (any, error) {
		return r.changed(in, func(list []any) []any { slices.Reverse(list); return list })
	},
	"compact": func(r *run, in any, args []any) (any, error) {
		return r.kept(in, func(item any) bool { return !isNil(item) })
	},
	"sort": sortBy(false), "sort_natural": sortBy(true),
	"map": mapTo, "where": where, "find": find, "group_by": groupBy, "uniq": uniq, "sum": sum,
	"array_to_sentence_string": sentence,
}

func (r *run) changed(in any, change func([]any) []any) (any, error) {
	list, err := r.asList(in)
	if err != nil {
		return nil, err
	}
	return change(slices.Clone(list)), r.step(len(list) / 16)
}

func (r *run) kept(in any, keep func(any) bool) (any, error) {
	return r.changed(in, func(list []any) []any {
		return slices.DeleteFunc(list, func(item any) bool { return !keep(item) })
	})
}

func join(r *run, in any, args []any) (any, error) {
	by := " "
	if len(args) > 0 {
		by = text(args[0])
	}
	list, err := r.asList(in)
	if err != nil {
		return nil, err
	}
	if len(list)*len(by) > maxMade-r.made {
		return nil, ErrTooMuch
	}
	return strings.Join(textsOf(list), by), nil
}

func textsOf(list []any) []string {
	parts := make([]string, len(list))
	for i, item := range list {
		parts[i] = text(item)
	}
	return parts
}

func concat(r *run, in any, args []any) (any, error) {
	other, err := r.asList(arg(args, 0))
	if err != nil {
		return nil, err
	}
	if err := r.step(len(other)); err != nil {
		return nil, err
	}
	return r.changed(in, func(list []any) []any { return append(list, other...) })
}

func push(r *run, in any, args []any) (any, error) {
	return r.changed(in, func(list []any) []any { return append(list, arg(args, 0)) })
}

func unshift(r *run, in any, args []any) (any, error) {
	return r.changed(in, func(list []any) []any { return slices.Insert(list, 0, arg(args, 0)) })
}

func pop(r *run, in any, _ []any) (any, error) {
	return r.changed(in, func(list []any) []any { return list[:max(0, len(list)-1)] })
}

func shift(r *run, in any, _ []any) (any, error) {
	return r.changed(in, func(list []any) []any { return list[min(1, len(list)):] })
}

// sortBy sorts a list, by a part of its items if one is named; those without it
// come first, as Jekyll has them.
func sortBy(natural bool) filter {
	return func(r *run, in any, args []any) (any, error) {
		isLast := text(arg(args, 1)) == "last"
		list, by, err := r.listBy(in, args)
		if err != nil {
			return nil, err
		}
		rows := make([]row, len(list))
		for i, item := range list {
			rows[i] = row{item: item, key: by.of(item)}
			// each is compared about as often as the count of rows has bits
			if err := r.step((1 + size(rows[i].key)/perStep) * bits.Len(uint(len(list))) / 4); err != nil {
				return nil, err
			}
			if rows[i].text = text(rows[i].key); natural {
				rows[i].text = strings.ToLower(rows[i].text)
				rows[i].key = rows[i].text
			}
		}
		slices.SortStableFunc(rows, func(a, b row) int { return a.compare(b, isLast) })
		sorted := make([]any, len(rows))
		for i := range rows {
			sorted[i] = rows[i].item
		}
		return sorted, nil
	}
}

// row is an item that is sorted.
type row struct {
	item, key any
	text      string // of the key
}

func (a row) compare(b row, nilIsLast bool) int {
	if isNil(a.key) != isNil(b.key) {
		if isNil(a.key) != nilIsLast {
			return -1
		}
		return 1
	}
	if order, ok := ordered(a.key, b.key); ok {
		return order
	}
	return cmp.Compare(a.text, b.text)
}

// deepPath are the keys of "a.b".
type deepPath []string

// listBy reads the list that a filter works on, and the path that it follows in each
// item: its first argument.
func (r *run) listBy(in any, args []any) ([]any, deepPath, error) {
	list, err := r.asList(in)
	s := text(arg(args, 0))
	if err != nil || s == "" {
		return list, nil, err
	}
	p := deepPath(strings.SplitN(s, ".", maxNesting))
	return list, p, r.step(len(list) * (len(p) + len(s)/perStep) / perStep)
}

func (p deepPath) of(item any) any {
	for _, key := range p {
		item = part(item, key)
	}
	return item
}

func mapTo(r *run, in any, args []any) (any, error) {
	list, by, err := r.listBy(in, args)
	if err != nil {
		return nil, err
	}
	return r.changed(list, func(list []any) []any {
		for i, item := range list {
			list[i] = by.of(item)
		}
		return list
	})
}

// listAndTest reads the list that a filter chooses from, and makes what tells whether an
// item has a value at a key, or in the list there.
func (r *run) listAndTest(in any, args []any) (list []any, holds func(item any) bool, err error) {
	list, by, err := r.listBy(in, args)
	if err != nil || len(args) < 2 {
		return list, func(item any) bool { return isTrue(by.of(item)) }, err
	}
	want, wanted := args[1], text(args[1])
	return list, func(item any) bool {
		v := by.of(item)
		if list, isList := v.([]any); isList {
			return slices.ContainsFunc(list, func(one any) bool { return text(one) == wanted })
		}
		return equal(v, want) || !isNil(v) && !isNil(want) && text(v) == wanted
	}, nil
}

func where(r *run, in any, args []any) (any, error) {
	if m, isMap := in.(*Map); isMap {
		var values []any
		for _, key := range m.keys {
			values = append(values, m.values[key])
		}
		in = values
	}
	list, holds, err := r.listAndTest(in, args)
	if err != nil {
		return nil, err
	}
	return r.kept(list, holds)
}

func find(r *run, in any, args []any) (any, error) {
	list, holds, err := r.listAndTest(in, args)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(list, holds); i >= 0 {
		return list[i], nil
	}
	return nil, nil
}

func groupBy(r *run, in any, args []any) (any, error) {
	list, by, err := r.listBy(in, args)
	if err != nil {
		return nil, err
	}
	groups := map[string]*Map{}
	var out []any
	for _, item := range list {
		name := text(by.of(item))
		g := groups[name]
		if g == nil {
			g = &Map{}
			g.Set("name", name)
			g.Set("items", []any(nil))
			groups[name] = g
			out = append(out, g)
		}
		items, _ := g.Get("items").([]any)
		g.Set("items", append(items, item))
		g.Set("size", int64(len(items)+1))
	}
	return out, r.step(len(list))
}

func uniq(r *run, in any, _ []any) (any, error) {
	seen := map[string]bool{}
	return r.kept(in, func(item any) bool {
		key := inspect(item)
		isNew := !seen[key]
		seen[key] = true
		return isNew
	})
}

func sum(r *run, in any, args []any) (any, error) {
	list, by, err := r.listBy(in, args)
	if err != nil {
		return nil, err
	}
	total := any(int64(0))
	for _, item := range list {
		item = by.of(item)
		total, _ = numbers["plus"](r, total, []any{item})
	}
	return total, nil
}

func sentence(r *run, in any, args []any) (any, error) {
	list, err := r.asList(in)
	connector := "and"
	if len(args) > 0 {
		connector = text(args[0])
	}
	switch parts := textsOf(list); len(parts) {
	case 0:
		return "", err
	case 1:
		return parts[0], err
	case 2:
		return parts[0] + " " + connector + " " + parts[1], err
	default:
		last := len(parts) - 1
		return strings.Join(parts[:last], ", ") + ", " + connector + " " + parts[last], err
	}
}
