package jsx

import (
	"strconv"
	"strings"
)

// expr reads an expression.
func (p *reader) expr() Expr {
	defer p.enter()()
	if f, ok := p.arrow(); ok {
		return f
	}
	test := p.binary(0)
	if !p.peek("?") || p.peek("??") || p.peek("?.") {
		return test
	}
	p.want("?")
	then := p.expr()
	p.want(":")
	otherwise := p.expr()
	return func(r *Run, s *Scope) (any, error) {
		v, err := test(r, s)
		if err != nil {
			return nil, err
		}
		if truthy(v) {
			return then(r, s)
		}
		return otherwise(r, s)
	}
}

// operators between two values, by how closely they bind.
var operators = [][]string{
	{"??", "||"}, {"&&"}, {"===", "!==", "==", "!="}, {"<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"},
}

func (p *reader) binary(level int) Expr {
	if level == len(operators) {
		return p.unary()
	}
	left := p.binary(level + 1)
	for range 2000 {
		op := p.operator(level)
		if op == "" {
			return left
		}
		left = operation(op, left, p.binary(level+1))
	}
	p.fail()
	return nil
}

func (p *reader) operator(level int) string {
	for _, op := range operators[level] {
		if p.peek(op) && !(op == "*" && p.peek("**")) && !(op == "<" && p.peek("</")) {
			p.i += len(op)
			return op
		}
	}
	return ""
}

func operation(op string, left, right Expr) Expr {
	return func(r *Run, s *Scope) (any, error) {
		a, err := left(r, s)
		if err != nil {
			return nil, err
		}
		switch {
		case op == "&&" && !truthy(a), op == "||" && truthy(a), op == "??" && a != nil:
			return a, nil
		}
		b, err := right(r, s)
		if err != nil || op == "&&" || op == "||" || op == "??" {
			return b, err
		}
		return r.operate(op, a, b)
	}
}

func (p *reader) unary() Expr {
	defer p.enter()()
	for _, op := range []string{"!", "-", "+"} {
		if p.take(op) {
			inner := p.unary()
			return func(r *Run, s *Scope) (any, error) {
				v, err := inner(r, s)
				if err != nil {
					return nil, err
				}
				if op == "!" {
					return !truthy(v), nil
				}
				n, ok := number(v)
				if op == "-" {
					n = -n
				}
				if !ok {
					return nil, errNoValue
				}
				return n, nil
			}
		}
	}
	return p.members(p.primary())
}

// members reads what is taken of a value: its members, by name or by what an
// expression says, and what it returns.
func (p *reader) members(e Expr) Expr {
	for range 500 {
		switch {
		case p.peek("?.("):
			return p.called(e)
		case p.take("?.["), p.take("["):
			e = member(e, p.expr())
			p.want("]")
		case p.take("?."), p.peek(".") && !p.peek("..") && p.take("."), p.peek("!.") && p.take("!."):
			e = member(e, constant(p.name()))
		case p.take("("):
			e = p.called(e)
		case p.word("as"), p.word("satisfies"):
			p.typeName()
		default:
			return e
		}
	}
	p.fail()
	return nil
}

func (p *reader) called(of Expr) Expr {
	args := p.items(")")
	return func(r *Run, s *Scope) (any, error) {
		f, err := of(r, s)
		if err != nil {
			return nil, err
		}
		values, err := args(r, s)
		if err != nil {
			return nil, err
		}
		return r.call(f, values...)
	}
}

func constant(v any) Expr { return func(*Run, *Scope) (any, error) { return v, nil } }

func member(of, key Expr) Expr {
	return func(r *Run, s *Scope) (any, error) {
		v, err := of(r, s)
		if err != nil {
			return nil, err
		}
		k, err := key(r, s)
		if err != nil {
			return nil, err
		}
		return r.member(v, k)
	}
}

// items reads values up to an end mark.
func (p *reader) items(end string) func(r *Run, s *Scope) ([]any, error) {
	type item struct {
		value    Expr
		isSpread bool
	}
	var list []item
	for !p.take(end) {
		list = append(list, item{isSpread: p.take("..."), value: p.expr()})
		if !p.take(",") {
			p.want(end)
			break
		}
	}
	return func(r *Run, s *Scope) ([]any, error) {
		var out []any
		for _, it := range list {
			v, err := it.value(r, s)
			if err != nil {
				return nil, err
			}
			all, ok := v.([]any)
			if !ok || !it.isSpread {
				all = []any{v}
			}
			if err := r.step(len(all)); err != nil {
				return nil, err
			}
			out = append(out, all...)
		}
		return out, nil
	}
}

func (p *reader) primary() Expr {
	p.space()
	if p.i >= len(p.s) {
		p.fail()
	}
	switch c := p.s[p.i]; {
	case c == '(':
		p.i++
		e := p.expr()
		p.want(")")
		return e
	case c == '[':
		p.i++
		items := p.items("]")
		return func(r *Run, s *Scope) (any, error) {
			list, err := items(r, s)
			return list, err
		}
	case c == '{':
		return p.object()
	case c == '<':
		return p.element()
	case c == '"' || c == '\'':
		n := StringLength(p.s[p.i:])
		if n == 0 {
			p.fail()
		}
		p.i += n
		return constant(unescaped(p.s[p.i-n+1 : p.i-1]))
	case c == '`':
		return p.template()
	case c == '/':
		return p.regex()
	case c >= '0' && c <= '9' || c == '.':
		return constant(p.number())
	}
	return p.named()
}

func (p *reader) number() float64 {
	n := 0
	for rest := p.s[p.i:]; n < len(rest) && strings.IndexByte("0123456789._eExXabcdefABCDEF", rest[n]) >= 0; {
		n++
	}
	text := strings.ReplaceAll(p.s[p.i:p.i+n], "_", "")
	p.i += n
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return v
	}
	v, err := strconv.ParseInt(text, 0, 64)
	if err != nil {
		p.fail()
	}
	return float64(v)
}

func (p *reader) named() Expr {
	switch name := p.name(); name {
	case "true", "false":
		return constant(name == "true")
	case "null", "undefined":
		return constant(nil)
	case "function":
		if !p.peek("(") {
			p.name()
		}
		return p.function()
	case "new", "await", "async", "typeof", "class", "delete", "void", "yield", "import", "this":
		p.fail()
		return nil
	default:
		return func(_ *Run, s *Scope) (any, error) { return s.find(name) }
	}
}
