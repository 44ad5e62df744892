// Package liquid evaluates Liquid in documents, as Jekyll does before it reads
// their Markdown: https://jekyllrb.com/docs/liquid/
//
// Anybody may write a template, so that all of it is bounded: steps, text, depth,
// and the files that are included. What cannot be known keeps the author's text:
// a value stays as it is written, a condition shows all of its branches, a tag
// that is not Jekyll's own stays.
package liquid

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// Env is what a template knows of its place.
type Env struct {
	// Path is that of the document within the source.
	Path string
	// Vars are the variables by their names: nil, bool, int64, float64, string,
	// []any, *Map, [Object] or Unknown.
	Vars map[string]any
	// Include returns the text of a file, and its path: of that name where a site has
	// such files, or beside the one at from. The path is "" if there is none.
	Include func(from, name string, isRelative bool) (text, path string)
	// Link returns the reference that the tags link and post_url make of theirs.
	Link func(tag, ref string) string
	// Markdown turns Markdown into HTML.
	Markdown func(text string) string
	// Warn is told what is left out.
	Warn func(string)
}

// Object is a value whose parts are found when they are asked for.
type Object interface{ Get(key string) any }

// Unknown is a value that a site has, but nobody here knows.
type Unknown struct {
	Name string
	// MayBeNone says that the value may well be none: a default takes its place.
	MayBeNone bool
}

// missing is a variable that nothing sets. It counts as nil.
type missing struct{ name string }

// ErrTooMuch says that a template takes more steps, or makes more text, than one
// document may.
var ErrTooMuch = errors.New("liquid takes too much")

const (
	maxSteps    = 250_000 // nodes, and items that filters look at
	perStep     = 8       // characters and items that are looked at in one
	perParse    = 2       // characters that are parsed in one
	maxText     = 1 << 20 // bytes beyond the document's own
	maxMade     = 16 << 20
	maxNesting  = 60 // blocks in each other
	maxIncludes = 12 // files in each other
	maxFiles    = 2000
)

// MayHold tells whether a text may hold Liquid.
func MayHold(text string) bool { return strings.Contains(text, "{{") || strings.Contains(text, "{%") }

// Render evaluates a text. What the author, or a value, shows of Liquid's own
// marks is kept apart by a character that [Plain] takes out.
func Render(text string, env Env) (string, error) {
	r := &run{Env: env, limit: len(text) + maxText, parsed: map[string][]node{}, cycles: map[string]int{},
		ends: map[string]int{},
		vars: maps.Clone(env.Vars), path: env.Path}
	if r.vars == nil {
		r.vars = map[string]any{}
	}
	r.out = &strings.Builder{}
	r.out.Grow(len(text))
	if err := r.nodes(parse(text)); err != nil {
		return "", err
	}
	return r.out.String(), nil
}

// guard is a character that no text has, behind a brace.
const guard = "\uFDD0"

// Plain takes out what keeps braces apart.
func Plain(text string) string { return strings.ReplaceAll(text, guard, "") }

// Guard keeps a text's braces from being read as Liquid.
func Guard(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	return strings.ReplaceAll(text, "{", "{"+guard)
}

// run is the evaluation of one document.
type run struct {
	Env
	out    *strings.Builder
	vars   map[string]any
	scopes []map[string]any // of loops and included files, the innermost last
	parsed map[string][]node
	cycles map[string]int
	ends   map[string]int // where loops ended
	path   string         // of the file that is read
	steps  int
	made   int // bytes
	limit  int // of the text
	depth  int
	files  int
	inside int // included files
	missed int // variables that nothing sets
	leave  string
}

// step counts what takes time.
func (r *run) step(n int) error {
	if r.steps += n; r.steps > maxSteps {
		return ErrTooMuch
	}
	return nil
}

// text makes a string count.
func (r *run) text(s string) error {
	if r.made += len(s); r.made > maxMade {
		return ErrTooMuch
	}
	return nil
}

func (r *run) write(s string) error {
	if r.out.Len()+len(s) > r.limit {
		return ErrTooMuch
	}
	r.out.WriteString(s)
	return r.text(s)
}

// lookup finds a variable; isLocal says that the document itself sets it.
func (r *run) lookup(name string) (value any, isLocal bool) {
	for _, scope := range slices.Backward(r.scopes) {
		if v, ok := scope[name]; ok {
			return v, true
		}
	}
	v, ok := r.vars[name]
	if !ok {
		r.missed++
		return missing{name}, false
	}
	_, isGiven := r.Vars[name]
	return v, !isGiven
}

func (r *run) push(scope map[string]any) { r.scopes = append(r.scopes, scope) }

func (r *run) pop() { r.scopes = r.scopes[:len(r.scopes)-1] }

// capture evaluates nodes into a text of their own.
func (r *run) capture(list []node) (string, error) {
	outer := r.out
	r.out = &strings.Builder{}
	err := r.nodes(list)
	text := r.out.String()
	r.out = outer
	return Plain(text), err
}

func (r *run) warn(text string) {
	if r.Warn != nil {
		r.Warn(text)
	}
}
