package jsx

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"finpages/sources/lazyregexp"
)

const maxPattern = 200 // bytes

// regex reads an expression that matches texts, "/a+/g".
func (p *reader) regex() Expr {
	inClass := false
	for i := p.i + 1; i < len(p.s) && p.s[i] != '\n' && i-p.i < maxPattern; i++ {
		switch c := p.s[i]; {
		case c == '\\':
			i++
		case c == '[':
			inClass = true
		case c == ']':
			inClass = false
		case c == '/' && !inClass:
			source := p.s[p.i+1 : i]
			p.i = i + 1
			flags := p.s[p.i : p.i+nameAt(p.s[p.i:])]
			p.i += len(flags)
			states := len(source) * repeats(source)
			if states > maxStates {
				p.fail()
			}
			if strings.Contains(flags, "i") {
				source = "(?i)" + source
			}
			e, err := regexp.Compile(source)
			if err != nil {
				p.fail()
			}
			return constant(&matcher{e, strings.Contains(flags, "g"), states})
		}
	}
	p.fail()
	return nil
}

// matcher finds what an expression matches.
type matcher struct {
	*regexp.Regexp
	isGlobal bool
	states   int // that it has at most
}

const (
	maxStates = 20_000
	matchStep = 256 // bytes, each in a state
)

// charge counts what it takes to look through a text.
func (m *matcher) charge(r *Run, s string) error { return r.step(len(s) * m.states / matchStep) }

var counted = lazyregexp.MustCompile(`\{(\d{1,4})(?:,(\d{0,4}))?\}`)

// repeats is how often the counts of an expression, in each other at worst, repeat a
// part of it.
func repeats(source string) int {
	n := 1
	for _, m := range counted.FindAllStringSubmatch(source, maxPattern) {
		least, _ := strconv.Atoi(m[1])
		most, _ := strconv.Atoi(m[2])
		if n *= max(least, most, 1); n > maxStates {
			break
		}
	}
	return n
}

// textMember is a method of a text, or its length.
func textMember(s, key string) (any, error) {
	if key == "length" {
		return float64(utf8.RuneCountInString(s)), nil
	}
	if f, ok := textMethods[key]; ok {
		return native(func(r *Run, args []any) (any, error) {
			if err := r.step(1 + len(s)/textStep); err != nil {
				return nil, err
			}
			return f(r, s, args)
		}), nil
	}
	return nil, errNoValue
}

type textMethod func(r *Run, s string, args []any) (any, error)

func mapped(f func(string) string) textMethod {
	return func(r *Run, s string, _ []any) (any, error) { return r.text(f(s)) }
}

func asked(f func(s, other string) bool) textMethod {
	return func(r *Run, s string, args []any) (any, error) { return f(s, r.show(arg(args, 0))), nil }
}

func cut(r *Run, s string, args []any) (any, error) {
	runes := []rune(s)
	from, to := bounds(args, len(runes))
	return r.text(string(runes[from:to]))
}

var textMethods = map[string]textMethod{
	"toUpperCase": mapped(strings.ToUpper), "toLowerCase": mapped(strings.ToLower), "toString": mapped(strings.Clone),
	"toLocaleUpperCase": mapped(strings.ToUpper), "toLocaleLowerCase": mapped(strings.ToLower), "trim": mapped(strings.TrimSpace),
	"trimStart":  mapped(func(s string) string { return strings.TrimLeft(s, " \t\n") }),
	"trimEnd":    mapped(func(s string) string { return strings.TrimRight(s, " \t\n") }),
	"startsWith": asked(strings.HasPrefix), "endsWith": asked(strings.HasSuffix), "includes": asked(strings.Contains),
	"slice": cut, "substring": cut, "split": splitText, "repeat": repeat,
	"indexOf": func(r *Run, s string, args []any) (any, error) {
		return float64(strings.Index(s, r.show(arg(args, 0)))), nil
	},
	"charAt": func(r *Run, s string, args []any) (any, error) {
		n, _ := number(arg(args, 0))
		return r.show(charAt(s, n)), nil
	},
	"at": func(_ *Run, s string, args []any) (any, error) {
		n, _ := number(arg(args, 0))
		if n < 0 {
			n += float64(utf8.RuneCountInString(s))
		}
		return charAt(s, n), nil
	},
	"concat": func(r *Run, s string, args []any) (any, error) {
		for _, a := range args {
			s += r.show(a)
			if err := r.step(1 + len(s)/textStep); err != nil {
				return nil, err
			}
		}
		return s, nil
	},
	"replace":    func(r *Run, s string, args []any) (any, error) { return replace(r, s, args, 1) },
	"replaceAll": func(r *Run, s string, args []any) (any, error) { return replace(r, s, args, -1) },
	"padStart":   func(r *Run, s string, args []any) (any, error) { return pad(r, s, args, true) },
	"padEnd":     func(r *Run, s string, args []any) (any, error) { return pad(r, s, args, false) },
}

func splitText(r *Run, s string, args []any) (any, error) {
	if len(args) == 0 {
		return []any{s}, nil
	}
	var parts []string
	most := maxSteps - r.steps + 1 // more are too many
	if m, ok := args[0].(*matcher); ok {
		if err := m.charge(r, s); err != nil {
			return nil, err
		}
		parts = m.Split(s, most)
	} else {
		parts = strings.SplitN(s, r.show(args[0]), most)
	}
	return r.list(anyList(parts))
}

func anyList(parts []string) []any {
	out := make([]any, len(parts))
	for i, part := range parts {
		out[i] = part
	}
	return out
}

// allows tells whether so many bytes may still be made.
func (r *Run) allows(bytes float64) bool { return bytes <= textStep*float64(maxSteps-r.steps) }

func repeat(r *Run, s string, args []any) (any, error) {
	n, ok := number(arg(args, 0))
	if !ok || n < 0 || !r.allows(n*float64(len(s)+1)) {
		return nil, errTooMuch
	}
	return r.text(strings.Repeat(s, int(n)))
}

func replace(r *Run, s string, args []any, n int) (any, error) {
	with, ok := arg(args, 1).(string)
	if !ok {
		return nil, errNoValue
	}
	if m, ok := args[0].(*matcher); ok {
		if err := m.charge(r, s); err != nil {
			return nil, err
		}
		if m.isGlobal && !r.allows(float64(len(s)+1)*float64(len(with)+1)) {
			return nil, errTooMuch
		}
		if m.isGlobal {
			return r.text(m.ReplaceAllString(s, goReplacement(with)))
		}
		at := m.FindStringSubmatchIndex(s)
		if at == nil {
			return s, nil
		}
		return r.text(s[:at[0]] + string(m.ExpandString(nil, goReplacement(with), s, at)) + s[at[1]:])
	}
	old := r.show(args[0])
	if n < 0 && !r.allows(float64(len(s)+1)*float64(len(with)+1)) {
		return nil, errTooMuch
	}
	return r.text(strings.Replace(s, old, with, n))
}

var groupCall = lazyregexp.MustCompile(`\$(\d)`)

// goReplacement writes "$1" as Go has it.
func goReplacement(with string) string { return groupCall.ReplaceAllString(with, "$${$1}") }

func pad(r *Run, s string, args []any, isStart bool) (any, error) {
	width, _ := number(arg(args, 0))
	fill := " "
	if f, ok := arg(args, 1).(string); ok && f != "" {
		fill = f
	}
	missing := width - float64(utf8.RuneCountInString(s))
	if missing <= 0 {
		return s, nil
	}
	if !(missing <= 1000) { // nor is it a number
		return nil, errTooMuch
	}
	padding := string([]rune(strings.Repeat(fill, int(missing)))[:int(missing)])
	if isStart {
		return r.text(padding + s)
	}
	return r.text(s + padding)
}

// has tells whether a list has a value.
func has(list []any, v any) bool {
	return slices.ContainsFunc(list, func(other any) bool { return same(other, v) })
}
