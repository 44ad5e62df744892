package jsx

import "strings"

// pattern is what a value is bound to: a name, or names for parts of it.
type pattern struct {
	name      string
	keys      []property // of an object
	list      []pattern  // of a list
	otherwise Expr       // where there is no value
	isRest    bool
}

type property struct {
	key string
	pattern
}

// bind gives the names of a pattern their values.
func (p pattern) bind(r *Run, s *Scope, v any) error {
	if v == nil && p.otherwise != nil {
		var err error
		if v, err = p.otherwise(r, s); err != nil {
			return err
		}
	}
	switch {
	case p.name != "":
		s.Set(p.name, v)
		return nil
	case p.list != nil:
		list, ok := v.([]any)
		if !ok {
			return errNoValue
		}
		for i, item := range p.list {
			var part any
			if i < len(list) {
				part = list[i]
			}
			if item.isRest {
				part = append([]any{}, list[min(i, len(list)):]...)
			}
			if err := item.bind(r, s, part); err != nil {
				return err
			}
		}
		return nil
	}
	return p.bindKeys(r, s, v)
}

func (p pattern) bindKeys(r *Run, s *Scope, v any) error {
	object, ok := v.(*Object)
	if !ok {
		return errNoValue
	}
	taken := map[string]bool{}
	for _, k := range p.keys {
		part := object.Get(k.key)
		if k.isRest {
			rest := &Object{}
			for _, key := range object.keys {
				if !taken[key] {
					rest.Set(key, object.values[key])
				}
			}
			part = rest
		}
		taken[k.key] = true
		if err := k.bind(r, s, part); err != nil {
			return err
		}
	}
	return r.step(1 + len(object.keys))
}

// pattern reads what a value is bound to.
func (p *reader) pattern() (out pattern) {
	defer p.enter()()
	switch {
	case p.take("..."):
		out.isRest, out.name = true, p.name()
	case p.take("{"):
		for !p.take("}") {
			out.keys = append(out.keys, p.patternKey())
			if !p.take(",") {
				p.want("}")
				break
			}
		}
	case p.take("["):
		out.list = []pattern{}
		for !p.take("]") {
			out.list = append(out.list, p.pattern())
			if !p.take(",") {
				p.want("]")
				break
			}
		}
	default:
		out.name = p.name()
	}
	p.annotation()
	if p.peek("=") && !p.peek("==") && !p.peek("=>") {
		p.want("=")
		out.otherwise = p.expr()
	}
	return out
}

func (p *reader) patternKey() (k property) {
	if p.peek("...") {
		k.pattern = p.pattern()
		return k
	}
	p.space()
	start := p.i
	if k.key = p.name(); p.take(":") {
		k.pattern = p.pattern()
		return k
	}
	p.i = start
	k.pattern = p.pattern()
	return k
}

// annotation passes over the type of TypeScript behind a name.
func (p *reader) annotation() {
	p.take("?")
	if p.take(":") {
		p.typeName()
	}
}

// typeName passes over a type, up to what may follow one.
func (p *reader) typeName() {
	p.space()
	depth := 0
	for start := p.i; p.i < len(p.s); p.i++ {
		switch c := p.s[p.i]; {
		case depth == 0 && (strings.IndexByte(",;)=}]", c) >= 0 || c == '{' && p.i > start || c == '\n'):
			return
		case strings.IndexByte("<([{", c) >= 0:
			depth++
		case strings.IndexByte(">)]}", c) >= 0 && p.s[p.i-1] != '=':
			depth--
		}
	}
}

// arrow reads a function "a => b", "(a, {b}) => c"; false if there is none.
func (p *reader) arrow() (Expr, bool) {
	p.space()
	start := p.i
	if n := nameAt(p.s[p.i:]); n > 0 {
		name := p.name()
		if p.take("=>") {
			return p.body([]pattern{{name: name}}), true
		}
		p.i = start
		return nil, false
	}
	if !p.peek("(") || !p.isArrow() {
		return nil, false
	}
	params := p.params()
	p.annotation()
	p.want("=>")
	return p.body(params), true
}

// isArrow tells whether "=>" follows the parentheses that come next.
func (p *reader) isArrow() bool {
	depth := 0
	for i := p.i; i < len(p.s); i++ {
		switch p.s[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth > 0 {
				continue
			}
			rest := strings.TrimLeft(p.s[i+1:], " \t\n")
			if after, isTyped := strings.CutPrefix(rest, ":"); isTyped && p.s[p.i] == '(' {
				line, _, _ := strings.Cut(after, "\n")
				before, _, isArrow := strings.Cut(line, "=>")
				return isArrow && !strings.ContainsAny(before, "'\"`(){}?")
			}
			return strings.HasPrefix(rest, "=>")
		case '"', '\'', '`':
			i += max(StringLength(p.s[i:])-1, 0)
		}
	}
	return false
}

func (p *reader) params() (list []pattern) {
	p.want("(")
	for !p.take(")") {
		list = append(list, p.pattern())
		if !p.take(",") {
			p.want(")")
			break
		}
	}
	return list
}

// function reads the parameters and the body of one.
func (p *reader) function() Expr {
	params := p.params()
	p.annotation()
	if !p.peek("{") {
		p.fail()
	}
	return p.body(params)
}

// body reads that of a function: an expression, or statements that return one.
func (p *reader) body(params []pattern) Expr {
	body := Expr(nil)
	if p.peek("{") {
		block := p.block()
		body = func(r *Run, s *Scope) (any, error) {
			v, _, err := block(r, s)
			return v, err
		}
	} else {
		body = p.expr()
	}
	return func(_ *Run, s *Scope) (any, error) {
		return &function{params: params, body: body, scope: s}, nil
	}
}

// statement returns a value, or goes on.
type statement func(r *Run, s *Scope) (v any, returns bool, err error)

// block reads statements in braces.
func (p *reader) block() statement {
	defer p.enter()()
	p.want("{")
	var list []statement
	for !p.take("}") {
		if p.take(";") {
			continue
		}
		list = append(list, p.statement())
	}
	return func(r *Run, s *Scope) (any, bool, error) {
		for _, st := range list {
			if v, returns, err := st(r, s); returns || err != nil {
				return v, returns, err
			}
		}
		return nil, false, nil
	}
}

func (p *reader) statement() statement {
	switch {
	case p.peek("{"):
		return p.block()
	case p.word("return"):
		value := constant(nil)
		if !p.peek(";") && !p.peek("}") {
			value = p.expr()
		}
		return func(r *Run, s *Scope) (any, bool, error) {
			v, err := value(r, s)
			return v, true, err
		}
	case p.word("if"):
		return p.condition()
	case p.word("const"), p.word("let"), p.word("var"):
		return p.declaration()
	}
	p.fail()
	return nil
}

func (p *reader) condition() statement {
	p.want("(")
	test := p.expr()
	p.want(")")
	then := p.statement()
	p.take(";")
	var otherwise statement
	if p.word("else") {
		otherwise = p.statement()
	}
	return func(r *Run, s *Scope) (any, bool, error) {
		v, err := test(r, s)
		switch {
		case err != nil:
			return nil, false, err
		case truthy(v):
			return then(r, s)
		case otherwise != nil:
			return otherwise(r, s)
		}
		return nil, false, nil
	}
}

// declaration reads "a = 1, {b} = c".
func (p *reader) declaration() statement {
	var list []pattern
	for {
		target := p.pattern() // its value is what it has otherwise
		if target.otherwise == nil {
			p.fail()
		}
		list = append(list, target)
		if !p.take(",") {
			break
		}
	}
	return func(r *Run, s *Scope) (any, bool, error) {
		for _, target := range list {
			if err := target.bind(r, s, nil); err != nil {
				return nil, false, err
			}
		}
		return nil, false, nil
	}
}
