package jsx

import "strings"

// prop is a setting of an element; without a name it is all that another value has.
type prop struct {
	name  string
	value Expr
}

// element reads one, or "<>…</>".
func (p *reader) element() Expr {
	defer p.enter()()
	p.want("<")
	name := p.tagName()
	var props []prop
	for !p.peek(">") && !p.peek("/>") {
		props = append(props, p.prop())
	}
	if p.take("/>") {
		return makeElement(name, props, nil)
	}
	p.want(">")
	children := p.children()
	if p.tagName() != name {
		p.fail()
	}
	p.want(">")
	return makeElement(name, props, children)
}

func (p *reader) tagName() string {
	if p.space(); p.peek(">") {
		return ""
	}
	n := 0
	for rest := p.s[p.i:]; n < len(rest); {
		k := nameAt(rest[n:])
		if k == 0 && strings.IndexByte("0123456789.:-", rest[n]) < 0 {
			break
		}
		n += max(k, 1)
	}
	if n == 0 {
		p.fail()
	}
	p.i += n
	return p.s[p.i-n : p.i]
}

func (p *reader) prop() prop {
	if p.take("{") {
		p.want("...")
		value := p.expr()
		p.want("}")
		return prop{value: value}
	}
	name := p.tagName()
	if !p.take("=") {
		return prop{name, constant(true)}
	}
	p.space()
	rest := p.s[p.i:]
	switch {
	case strings.HasPrefix(rest, "{"):
		p.i++
		value := p.expr()
		p.want("}")
		return prop{name, value}
	case rest != "" && (rest[0] == '"' || rest[0] == '\''):
		end := strings.IndexByte(rest[1:], rest[0])
		if end < 0 {
			p.fail()
		}
		p.i += end + 2
		return prop{name, constant(unescapeHTML(rest[1 : end+1]))}
	}
	return prop{name, p.element()}
}

// children reads what stands in an element, and its closing tag up to the name.
func (p *reader) children() (list []Expr) {
	for {
		rest := p.s[p.i:]
		at := strings.IndexAny(rest, "<{")
		if at < 0 {
			p.fail()
		}
		if text := jsxText(rest[:at]); text != "" {
			list = append(list, constant(Markup(text)))
		}
		p.i += at
		switch {
		case strings.HasPrefix(p.s[p.i:], "</"):
			p.i += 2
			return list
		case p.s[p.i] == '<':
			list = append(list, p.element())
		default:
			p.i++
			if p.take("}") { // a comment
				continue
			}
			list = append(list, p.expr())
			p.want("}")
		}
	}
}

// jsxText is a text in an element without what JSX drops of it: lines of nothing but
// white space, and the white space around breaks of lines.
func jsxText(s string) string {
	if !strings.Contains(s, "\n") {
		return s
	}
	lines := strings.Split(s, "\n")
	var out []string
	for i, line := range lines {
		if i > 0 {
			line = strings.TrimLeft(line, " \t\r")
		}
		if i < len(lines)-1 {
			line = strings.TrimRight(line, " \t\r")
		}
		if line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, " ")
}

func makeElement(name string, props []prop, children []Expr) Expr {
	return func(r *Run, s *Scope) (any, error) {
		e := &Element{name: name, props: &Object{}}
		if err := e.setProps(r, s, props); err != nil {
			return nil, err
		}
		for _, child := range children {
			v, err := child(r, s)
			if err != nil {
				if r.Warn != nil {
					r.Warn("an expression in <" + name + ">: " + err.Error())
				}
				v = nil
			}
			if e.children = append(e.children, v); r.step(1) != nil {
				return nil, errTooMuch
			}
		}
		if own := component(name, s); own != nil {
			e.own = own
		}
		return e, r.step(1)
	}
}

// setProps sets those that have a value; what a program does is none.
func (e *Element) setProps(r *Run, s *Scope, props []prop) error {
	for _, p := range props {
		v, err := p.value(r, s)
		if r.step(1) != nil {
			return errTooMuch
		}
		if err != nil {
			continue
		}
		if p.name != "" {
			e.props.Set(p.name, v)
			continue
		}
		if err := e.props.putAll(r, v); err != nil {
			return err
		}
	}
	return nil
}

// component is the function that a name of an element stands for; nil if it stands for
// none.
func component(name string, s *Scope) *function {
	first, rest, _ := strings.Cut(name, ".")
	if first == "" || first[0] >= 'a' && first[0] <= 'z' && rest == "" {
		return nil
	}
	v, err := s.find(first)
	for rest != "" && err == nil {
		object, ok := v.(*Object)
		if !ok {
			return nil
		}
		first, rest, _ = strings.Cut(rest, ".")
		v = object.values[first]
	}
	f, _ := v.(*function)
	if err != nil || f == nil || f.native != nil {
		return nil
	}
	return f
}
