package liquid

import (
	"fmt"
	"slices"
	"strings"
)

// loop is "for", or "tablerow".
type loop struct {
	raw, name           string
	list                expr
	source              string // as it is written
	reversed            bool
	goesOn              bool   // from where the last one like it ended
	group               string // of loops that go on from each other
	limit, offset, cols expr
	isTable             bool
	body, otherwise     []node
}

func parseFor(p *parser, t *token) (node, bool) {
	n := loop{raw: t.raw, isTable: t.name == "tablerow"}
	if !n.header(t.args) {
		return nil, false
	}
	body, stop := p.body("end" + t.name)
	n.body = body
	if stop != nil && stop.name == "else" {
		n.otherwise, stop = p.body("end" + t.name)
	}
	return n, stop != nil && stop.name == "end"+t.name
}

// header reads "item in list reversed limit:2 offset:1".
func (n *loop) header(s string) bool {
	list, ok := words(s)
	if !ok || len(list) < 3 || list[0].kind != 'a' || list[1].text != "in" {
		return false
	}
	p := &reader{list: list[2:]}
	value, err := p.value()
	if err != nil {
		return false
	}
	n.name, n.list, n.source = list[0].text, value, p.path
	var group strings.Builder
	for _, w := range list[:len(list)-len(p.list)] {
		group.WriteString(" " + w.text)
	}
	n.group = group.String()
	for len(p.list) > 0 {
		key := p.next()
		if key.text == "," {
			continue
		}
		if key.text == "reversed" {
			n.reversed = true
			continue
		}
		if !p.take(":") {
			return false
		}
		if key.text == "offset" && p.take("continue") {
			n.goesOn = true
			continue
		}
		if value, err = p.value(); err != nil {
			return false
		}
		switch key.text {
		case "limit":
			n.limit = value
		case "offset":
			n.offset = value
		case "cols":
			n.cols = value
		}
	}
	return true
}

// items are the values that a loop goes through; false where nobody knows them.
func (n loop) items(r *run) (list []any, known bool, err error) {
	v, err := n.list(r)
	if err != nil {
		return nil, false, err
	}
	switch v := v.(type) {
	case Unknown:
		r.warn("list left out: " + v.Name)
		return nil, false, nil
	case *Map:
		if list, err = r.asList(v); err != nil {
			return nil, false, err
		}
	case Object:
		r.warn("list left out: " + n.source)
		return nil, false, nil
	case missing:
		r.warn("list left out: " + v.name)
	case string:
		if v != "" {
			list = []any{v}
		}
	default:
		if list, err = r.asList(v); err != nil {
			return nil, false, err
		}
	}
	if list, err = n.cut(r, list); n.reversed {
		list = slices.Clone(list)
		slices.Reverse(list)
	}
	return list, true, err
}

// cut takes the part of a list that "offset" and "limit" name.
func (n loop) cut(r *run, list []any) ([]any, error) {
	bound := func(e expr, otherwise int) (int, error) {
		if e == nil {
			return otherwise, nil
		}
		v, err := e(r)
		if n, isNumber := v.(int64); isNumber {
			return int(max(0, min(n, int64(otherwise)))), err
		}
		return otherwise, err
	}
	from := 0
	if n.goesOn {
		from = min(r.ends[n.group], len(list))
	} else if n.offset != nil {
		var err error
		if from, err = bound(n.offset, len(list)); err != nil {
			return nil, err
		}
	}
	list = list[from:]
	to, err := bound(n.limit, len(list))
	r.ends[n.group] = from + to
	return list[:to], err
}

// turn is what a loop tells of the place it is at.
type turn struct {
	at, length int
	outer      any
}

func (t turn) Get(key string) any {
	switch key {
	case "index":
		return int64(t.at + 1)
	case "index0":
		return int64(t.at)
	case "rindex":
		return int64(t.length - t.at)
	case "rindex0":
		return int64(t.length - t.at - 1)
	case "first":
		return t.at == 0
	case "last":
		return t.at == t.length-1
	case "length":
		return int64(t.length)
	case "parentloop":
		return t.outer
	}
	return nil
}

func (n loop) render(r *run) error {
	list, known, err := n.items(r)
	if err != nil || !known {
		return err
	}
	if len(list) == 0 {
		return r.nodes(n.otherwise)
	}
	if n.isTable {
		return n.table(r, list)
	}
	outer, _ := r.lookup("forloop")
	if _, isMissing := outer.(missing); isMissing {
		outer = nil
	}
	scope := map[string]any{}
	r.push(scope)
	defer r.pop()
	for i, item := range list {
		if err := r.step(1); err != nil {
			return err
		}
		scope[n.name], scope["forloop"] = item, turn{i, len(list), outer}
		if err := r.nodes(n.body); err != nil {
			return err
		}
		if r.left() == "break" {
			break
		}
	}
	return nil
}

// left tells how the loop's turn was left, and ends that.
func (r *run) left() string {
	how := r.leave
	r.leave = ""
	return how
}

// table writes the rows of a table, "cols" cells in each.
func (n loop) table(r *run, list []any) error {
	cols := len(list)
	if n.cols != nil {
		v, err := n.cols(r)
		if err != nil {
			return err
		}
		cols = max(1, min(toInt(v), len(list)))
	}
	scope := map[string]any{}
	r.push(scope)
	defer r.pop()
	for row := range slices.Chunk(list, cols) {
		if err := r.write("<tr>"); err != nil {
			return err
		}
		for i, item := range row {
			scope[n.name], scope["tablerowloop"] = item, turn{i, len(list), nil}
			if err := r.write("<td>"); err != nil {
				return err
			}
			if err := r.nodes(n.body); err != nil {
				return err
			}
			if err := r.write("</td>"); err != nil {
				return err
			}
			if r.left() == "break" {
				return r.write("</tr>\n")
			}
		}
		if err := r.write("</tr>\n"); err != nil {
			return err
		}
	}
	return nil
}

// asList is a value as the items that it holds.
func (r *run) asList(v any) ([]any, error) {
	switch v := v.(type) {
	case []any:
		return v, r.step(len(v) / 16)
	case *Map:
		pairs := make([]any, 0, len(v.keys))
		for _, key := range v.keys {
			pairs = append(pairs, []any{key, v.values[key]})
		}
		return pairs, r.step(len(pairs))
	case span:
		n := v.to - v.from + 1
		if n <= 0 {
			return nil, nil
		}
		if n > maxSteps {
			return nil, ErrTooMuch
		}
		list := make([]any, 0, n)
		for i := v.from; i <= v.to; i++ {
			list = append(list, int64(i))
		}
		return list, r.step(n)
	case nil, missing, hollow:
		return nil, nil
	}
	return []any{v}, nil
}

// span is a range of numbers.
type span struct{ from, to int }

func (s span) String() string { return fmt.Sprintf("%d..%d", s.from, s.to) }
