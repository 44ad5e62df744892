package liquid

import "strings"

// truth is what is known of a condition.
type truth int

const (
	no truth = iota
	maybe
	yes
)

// condition is what a branch hangs on.
type condition func(r *run) (truth, error)

var comparisons = map[string]bool{"==": true, "!=": true, "<>": true, "<": true, ">": true, "<=": true, ">=": true,
	"contains": true}

// parseCondition reads comparisons joined by "and" and "or", which bind to the right.
func parseCondition(s string) (condition, error) {
	list, ok := words(s)
	if !ok {
		return nil, errSyntax
	}
	p := &reader{list: list}
	c, err := p.condition(0)
	if err != nil || len(p.list) > 0 {
		return nil, errSyntax
	}
	return c, nil
}

func (p *reader) condition(depth int) (condition, error) {
	first, err := p.comparison()
	if err != nil || depth > maxNesting {
		return nil, errSyntax
	}
	isAnd := p.take("and")
	if !isAnd && !p.take("or") {
		return first, nil
	}
	second, err := p.condition(depth + 1)
	if err != nil {
		return nil, err
	}
	return func(r *run) (truth, error) {
		a, err := first(r)
		if err != nil || isAnd && a == no || !isAnd && a == yes {
			return a, err
		}
		b, err := second(r)
		if isAnd {
			return min(a, b), err
		}
		return max(a, b), err
	}, nil
}

func (p *reader) comparison() (condition, error) {
	value, err := p.value()
	if err != nil {
		return nil, err
	}
	if len(p.list) == 0 || !comparisons[p.list[0].text] || p.list[0].kind == '"' {
		return func(r *run) (truth, error) {
			v, err := value(r)
			if _, ok := unknownOf(v); ok {
				return maybe, err
			}
			return truthOf(isTrue(v)), err
		}, nil
	}
	operator := p.next().text
	other, err := p.value()
	if err != nil {
		return nil, err
	}
	return func(r *run) (truth, error) {
		if err := r.step(1); err != nil {
			return no, err
		}
		a, err := value(r)
		if err != nil {
			return no, err
		}
		b, err := other(r)
		if _, ok := unknownOf(a, b); ok {
			return maybe, err
		}
		if err := r.step((size(a) + size(b)) / perStep); err != nil {
			return no, err
		}
		return truthOf(compare(a, operator, b)), err
	}, nil
}

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func compare(a any, operator string, b any) bool {
	switch operator {
	case "==":
		return equal(a, b)
	case "!=", "<>":
		return !equal(a, b)
	case "contains":
		switch a := a.(type) {
		case string:
			return b != nil && strings.Contains(a, text(b))
		case []any:
			for _, item := range a {
				if equal(item, b) {
					return true
				}
			}
		case *Map:
			_, ok := a.find(text(b))
			return ok
		}
		return false
	}
	order, ok := ordered(a, b)
	if !ok {
		return false
	}
	switch operator {
	case "<":
		return order < 0
	case ">":
		return order > 0
	case "<=":
		return order <= 0
	}
	return order >= 0
}

type (
	branch struct {
		when   condition // nil for else
		values []expr    // of a case
		raw    string
		body   []node
	}
	choice struct {
		subject  expr // of a case
		branches []branch
	}
)

func parseIf(p *parser, t *token) (node, bool) {
	when, err := parseCondition(t.args)
	if err != nil {
		return nil, false
	}
	if t.name == "unless" {
		is := when
		when = func(r *run) (truth, error) { v, err := is(r); return yes - v, err }
	}
	n := choice{}
	for raw := t.args; ; {
		body, stop := p.body("end" + t.name)
		n.branches = append(n.branches, branch{when: when, body: body, raw: raw})
		if stop == nil || stop.name == "when" {
			return nil, false
		}
		switch raw = stop.args; stop.name {
		case "elsif":
			if when, err = parseCondition(raw); err != nil {
				return nil, false
			}
		case "else":
			when = nil
		default:
			return n, true
		}
	}
}

func parseCase(p *parser, t *token) (node, bool) {
	subject, _, err := parseExpr(t.args)
	if err != nil {
		return nil, false
	}
	n := choice{subject: subject}
	_, stop := p.body("endcase")
	for stop != nil && stop.name != "endcase" {
		b := branch{raw: t.args}
		if stop.name == "elsif" {
			return nil, false
		}
		if stop.name == "when" {
			if b.values, err = parseValues(stop.args); err != nil {
				return nil, false
			}
		}
		b.body, stop = p.body("endcase")
		n.branches = append(n.branches, b)
	}
	return n, stop != nil
}

// parseValues reads what "when" compares with: "a", "b" or "c".
func parseValues(s string) (list []expr, err error) {
	all, ok := words(s)
	p := &reader{list: all}
	for ok {
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		if list = append(list, value); !p.take(",") && !p.take("or") {
			break
		}
	}
	if !ok || len(p.list) > 0 {
		return nil, errSyntax
	}
	return list, nil
}

// render shows the first branch that holds, and those before it that may.
func (c choice) render(r *run) error {
	var subject any
	if c.subject != nil {
		v, err := c.subject(r)
		if err != nil {
			return err
		}
		subject = v
	}
	for _, b := range c.branches {
		is, err := c.holds(r, b, subject)
		if err != nil {
			return err
		}
		if is == maybe {
			r.warn("condition not known, all of its text is shown: " + b.raw)
		}
		if is != no {
			if err := r.nodes(b.body); err != nil {
				return err
			}
		}
		if is == yes {
			return nil
		}
	}
	return nil
}

func (c choice) holds(r *run, b branch, subject any) (truth, error) {
	switch {
	case b.when != nil:
		return b.when(r)
	case b.values == nil:
		return yes, nil
	}
	all := no
	for _, value := range b.values {
		v, err := value(r)
		if err != nil {
			return no, err
		}
		if err := r.step(1 + (size(subject)+size(v))/perStep); err != nil {
			return no, err
		}
		is := truthOf(equal(subject, v))
		if _, ok := unknownOf(subject, v); ok {
			is = maybe
		}
		all = max(all, is)
	}
	return all, nil
}
