package liquid

import (
	"errors"
	"strconv"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// expr is a value that is found when it is asked for.
type expr func(r *run) (any, error)

var errSyntax = errors.New("not understood")

var wordToken = regexp.MustCompile(`^\s*(?:("[^"]*"|'[^']*')|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w-]*\??)|` +
	`(\.\.|==|!=|<>|<=|>=|[<>|:,.\[\]()=]))`)

// word is a piece of an expression: a string, a number, a name or a mark.
type word struct {
	kind byte // '"', '0', 'a', or 0 for a mark
	text string
}

// words parts an expression; false where it holds something else.
func words(s string) (list []word, ok bool) {
	for strings.TrimSpace(s) != "" {
		m := wordToken.FindStringSubmatch(s)
		switch {
		case m == nil:
			return nil, false
		case m[1] != "":
			list = append(list, word{'"', m[1][1 : len(m[1])-1]})
		case m[2] != "":
			list = append(list, word{'0', m[2]})
		case m[3] != "":
			list = append(list, word{'a', m[3]})
		default:
			list = append(list, word{0, m[4]})
		}
		s = s[len(m[0]):]
	}
	return list, true
}

// reader reads an expression's words.
type reader struct {
	list  []word
	depth int
	path  string // of the variable that was read last
}

func (p *reader) next() (w word) {
	if len(p.list) > 0 {
		w, p.list = p.list[0], p.list[1:]
	}
	return w
}

// take takes a mark, or a name.
func (p *reader) take(text string) bool {
	if len(p.list) > 0 && p.list[0].text == text && p.list[0].kind != '"' {
		p.list = p.list[1:]
		return true
	}
	return false
}

// parseExpr reads a value with its filters. The name is that of a variable that
// stands alone.
func parseExpr(s string) (value expr, name string, err error) {
	list, ok := words(s)
	if !ok || len(list) == 0 {
		return nil, "", errSyntax
	}
	p := &reader{list: list}
	if value, err = p.value(); err != nil {
		return nil, "", err
	}
	if len(p.list) == 0 {
		return value, p.path, nil
	}
	for p.take("|") {
		if value, err = p.filter(value); err != nil {
			return nil, "", err
		}
	}
	if len(p.list) > 0 {
		return nil, "", errSyntax
	}
	return value, "", nil
}

// filter reads "name: argument, key: argument" behind a bar.
func (p *reader) filter(input expr) (expr, error) {
	name := p.next()
	if name.kind != 'a' {
		return nil, errSyntax
	}
	var args []expr
	if p.take(":") {
		for {
			if len(p.list) > 1 && p.list[0].kind == 'a' && p.list[1].text == ":" {
				p.list = p.list[2:]
			}
			arg, err := p.value()
			if err != nil {
				return nil, err
			}
			if args = append(args, arg); !p.take(",") {
				break
			}
		}
	}
	return func(r *run) (any, error) { return r.filter(name.text, input, args) }, nil
}

var constants = map[string]any{"true": true, "false": false, "nil": nil, "null": nil, "empty": hollow("empty"),
	"blank": hollow("blank")}

// hollow is what values are compared with that may hold nothing.
type hollow string

func constant(v any) expr { return func(*run) (any, error) { return v, nil } }

// value reads a constant, a range or a variable.
func (p *reader) value() (expr, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, errSyntax
	}
	defer func() { p.depth-- }()
	p.path = ""
	switch w := p.next(); {
	case w.kind == '"':
		return constant(w.text), nil
	case w.kind == '0':
		return number(w.text)
	case w.text == "(":
		return p.span()
	case w.kind == 'a':
		if v, ok := constants[w.text]; ok {
			return constant(v), nil
		}
		return p.variable(w.text)
	}
	return nil, errSyntax
}

func number(s string) (expr, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return constant(n), nil
	}
	f, err := strconv.ParseFloat(s, 64)
	return constant(f), err
}

// span reads a range, "(1..n)".
func (p *reader) span() (expr, error) {
	from, err := p.value()
	if err != nil {
		return nil, err
	}
	if !p.take("..") {
		return nil, errSyntax
	}
	to, err := p.value()
	if err != nil || !p.take(")") {
		return nil, errSyntax
	}
	p.path = ""
	return func(r *run) (any, error) {
		first, err := from(r)
		if err != nil {
			return nil, err
		}
		last, err := to(r)
		if err != nil {
			return nil, err
		}
		if u, ok := unknownOf(first, last); ok {
			return u, nil
		}
		return span{toInt(first), toInt(last)}, nil
	}, nil
}

// variable reads the parts of one behind its name.
func (p *reader) variable(name string) (expr, error) {
	var path strings.Builder
	path.WriteString(name)
	var keys []expr
	for {
		switch {
		case p.take("."):
			key := p.next()
			if key.kind != 'a' && key.kind != '0' {
				return nil, errSyntax
			}
			path.WriteString("." + key.text)
			keys = append(keys, constant(key.text))
		case p.take("["):
			key, err := p.value()
			if err != nil || !p.take("]") {
				return nil, errSyntax
			}
			path.WriteString("[]")
			keys = append(keys, key)
		default:
			full := path.String()
			p.path = full
			return func(r *run) (any, error) { return r.variable(name, keys, full) }, nil
		}
	}
}

func (r *run) variable(name string, keys []expr, path string) (any, error) {
	value, _ := r.lookup(name)
	for _, key := range keys {
		if err := r.step(1); err != nil {
			return nil, err
		}
		k, err := key(r)
		if err != nil {
			return nil, err
		}
		if u, ok := unknownOf(value, k); ok {
			return u, nil
		}
		if _, isMissing := value.(missing); isMissing {
			return missing{path}, nil
		}
		if err := r.step(size(k) / perStep); err != nil {
			return nil, err
		}
		value = part(value, k)
	}
	return value, nil
}

// unknownOf is the first of some values that nobody knows.
func unknownOf(values ...any) (Unknown, bool) {
	for _, v := range values {
		if u, ok := v.(Unknown); ok {
			return u, true
		}
	}
	return Unknown{}, false
}
