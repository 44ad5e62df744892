// Package jsx evaluates the expressions of MDX as far as they say a text without
// running a program: literals, names, members, conditions, functions that make
// elements of literals, and methods of lists and texts. There are no loops, no
// assignments and nothing of a browser; what an expression takes is bounded.
package jsx

import (
	"errors"
	"fmt"
	"strings"
)

// Expr is an expression that was read.
type Expr func(r *Run, s *Scope) (any, error)

// The values of expressions are nil for null and undefined, bool, float64, string,
// []any, and those below.
type (
	// Object has its keys in their order.
	Object struct {
		Folds bool // its keys are in lower case, and found in any

		keys   []string
		values map[string]any
	}
	// Element is an element with its settings and children; one without a name is
	// only its children.
	Element struct {
		name     string
		props    *Object
		children []any
		own      *function // that makes what the element is
	}
	// Lazy is a value that is made when it is first asked for.
	Lazy struct {
		Make func() (any, error)

		value any
		err   error
		state int // 0, not asked; 1, being made; 2, made
	}
	// Markup is text of an element, with HTML's entities.
	Markup string

	function struct {
		params []pattern
		body   Expr
		scope  *Scope
		native func(r *Run, args []any) (any, error)
	}
)

// Set sets the value of a key.
func (o *Object) Set(key string, value any) {
	if o.values == nil {
		o.values = map[string]any{}
	}
	if _, known := o.values[key]; !known {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

// putAll sets what another object has.
func (o *Object) putAll(r *Run, other any) error {
	from, ok := other.(*Object)
	if !ok {
		return r.step(1)
	}
	for _, key := range from.keys {
		o.Set(key, from.values[key])
	}
	return r.step(1 + len(from.keys))
}

// Keys are its keys.
func (o *Object) Keys() []string { return o.keys }

// Get returns the value of a key.
func (o *Object) Get(key string) any {
	if o.Folds {
		key = strings.ToLower(key)
	}
	return o.values[key]
}

// Scope is what names stand for.
type Scope struct {
	parent *Scope
	vars   map[string]any
}

// NewScope returns a scope within another, which may be nil.
func NewScope(parent *Scope) *Scope { return &Scope{parent: parent, vars: map[string]any{}} }

// Set gives a name a value.
func (s *Scope) Set(name string, value any) { s.vars[name] = value }

// Has tells whether a name has a value.
func (s *Scope) Has(name string) bool {
	for ; s != nil; s = s.parent {
		if _, ok := s.vars[name]; ok {
			return true
		}
	}
	return false
}

// find returns what a name stands for.
func (s *Scope) find(name string) (any, error) {
	for ; s != nil; s = s.parent {
		v, ok := s.vars[name]
		if lazy, isLazy := v.(*Lazy); isLazy {
			return lazy.get()
		}
		if ok {
			return v, nil
		}
	}
	if v, ok := globals[name]; ok {
		return v, nil
	}
	return nil, &UnknownError{name}
}

func (l *Lazy) get() (any, error) {
	switch l.state {
	case 0:
		l.state = 1
		l.value, l.err = l.Make()
		l.state = 2
	case 1:
		return nil, errTooMuch
	}
	return l.value, l.err
}

// Run evaluates the expressions of one document.
type Run struct {
	// Warn is told what is left out of an element, such as "{name}".
	Warn func(what string)

	steps, depth int
}

const (
	maxSteps = 1_000_000 // of a document; each is a value, or a piece of a text
	textStep = 32        // bytes
	maxDepth = 60        // of calls, and of what is read
)

// ErrSyntax tells that a text is no expression that this package reads.
var ErrSyntax = errors.New("not an expression that can be read")

var (
	errTooMuch = errors.New("it takes too much")
	errNoValue = errors.New("it has no value without a program")
)

// UnknownError tells that a name has no value.
type UnknownError struct{ Name string }

// Error implements error.
func (e *UnknownError) Error() string { return fmt.Sprintf("unknown name %q", e.Name) }

func (r *Run) step(n int) error {
	if r.steps += n; r.steps > maxSteps {
		return errTooMuch
	}
	return nil
}

// text counts a text that was made.
func (r *Run) text(s string) (any, error) { return s, r.step(1 + len(s)/textStep) }

// list counts a list that was made.
func (r *Run) list(l []any) (any, error) { return l, r.step(1 + len(l)) }

// call calls a function.
func (r *Run) call(f any, args ...any) (any, error) {
	fn, ok := f.(*function)
	if !ok || fn == nil {
		return nil, errNoValue
	}
	if err := r.step(1); err != nil {
		return nil, err
	}
	if fn.native != nil {
		return fn.native(r, args)
	}
	if r.depth++; r.depth > maxDepth {
		return nil, errTooMuch
	}
	defer func() { r.depth-- }()
	scope := NewScope(fn.scope)
	for i, p := range fn.params {
		var arg any
		if i < len(args) {
			arg = args[i]
		}
		if p.isRest {
			arg = append([]any{}, args[min(i, len(args)):]...)
		}
		if err := p.bind(r, scope, arg); err != nil {
			return nil, err
		}
	}
	return fn.body(r, scope)
}

// IsFunction tells whether a value is a function, such as a component.
func IsFunction(v any) bool { _, ok := v.(*function); return ok }
