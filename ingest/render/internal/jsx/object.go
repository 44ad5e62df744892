package jsx

import "strings"

// entry is one of an object; without a key it is all that another has.
type entry struct{ key, value Expr }

// object reads {key: value, name, "key": value, [key]: value, ...other}.
func (p *reader) object() Expr {
	p.want("{")
	var list []entry
	for !p.take("}") {
		e := entry{}
		switch {
		case p.take("..."):
			e.value = p.expr()
		case p.take("["):
			e.key = p.expr()
			p.want("]")
			p.want(":")
			e.value = p.expr()
		default:
			e.key, e.value = p.property()
		}
		list = append(list, e)
		if !p.take(",") {
			p.want("}")
			break
		}
	}
	return func(r *Run, s *Scope) (any, error) {
		out := &Object{}
		for _, e := range list {
			if err := e.put(r, s, out); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}

// property reads a name, or a string, with the value that it has.
func (p *reader) property() (key, value Expr) {
	p.space()
	isName := nameAt(p.s[p.i:]) > 0
	var name string
	if isName {
		name = p.name()
		key = constant(name)
	} else {
		key = p.primary()
	}
	switch {
	case p.take(":"):
		return key, p.expr()
	case p.peek("("): // a method
		return key, p.function()
	case !isName:
		p.fail()
	}
	return key, func(_ *Run, s *Scope) (any, error) { return s.find(name) }
}

// put sets what the entry says. What has no value is none, as a function or a picture
// that nobody reads.
func (e entry) put(r *Run, s *Scope, out *Object) error {
	v, err := e.value(r, s)
	if err != nil && r.step(1) != nil {
		return err
	}
	if e.key == nil {
		return out.putAll(r, v)
	}
	k, keyErr := e.key(r, s)
	if keyErr != nil {
		return keyErr
	}
	if err == nil {
		out.Set(r.show(k), v)
	}
	return r.step(1)
}

// template reads a text between backticks with expressions in it.
func (p *reader) template() Expr {
	p.want("`")
	var parts []Expr
	start := p.i
	flush := func() { parts = append(parts, constant(unescaped(p.s[start:p.i]))) }
	for ; ; p.i++ {
		if p.i >= len(p.s) {
			p.fail()
		}
		switch {
		case p.s[p.i] == '\\':
			p.i++
		case p.s[p.i] == '`':
			flush()
			p.i++
			return joined(parts)
		case strings.HasPrefix(p.s[p.i:], "${"):
			flush()
			p.i += 2
			parts = append(parts, p.expr())
			p.space()
			if !strings.HasPrefix(p.s[p.i:], "}") {
				p.fail()
			}
			start = p.i + 1
		}
	}
}

func joined(parts []Expr) Expr {
	return func(r *Run, s *Scope) (any, error) {
		var out strings.Builder
		for _, part := range parts {
			v, err := part(r, s)
			if err != nil {
				return nil, err
			}
			t, err := r.text(r.show(v))
			if err != nil {
				return nil, err
			}
			out.WriteString(t.(string))
		}
		return r.text(out.String())
	}
}
