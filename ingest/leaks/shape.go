package leaks

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// shape is what each match of an expression has, and most texts around a
// keyword lack: to look for it costs a hundredth of what the expression costs.
type shape struct {
	word  int    // bytes without white space between them, at least
	value int    // bytes that are given to a name, at least; 0: the rule is about none
	marks string // one of which the value has; "": it may lack them all
}

// assignment is how the rules of gitleaks tell a name from its value.
const assignment = `(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}`

const (
	spaces = " \n\t\r"
	quotes = spaces + "\f\v`'\""
)

func shapeOf(expr string) (s shape) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return s
	}
	s.word = extentOf(re, spaces).longest
	if value := valueOf(re, expr); value != nil {
		if v := extentOf(value, quotes); v.solid {
			s.value = v.total
		}
	}
	return s
}

// valueOf is the first group of an expression, if it is what follows an
// assignment in each match.
func valueOf(re *syntax.Regexp, expr string) *syntax.Regexp {
	before, _, ok := strings.Cut(expr, assignment+"(")
	if name, err := syntax.Parse(before, syntax.Perl); !ok || err != nil || name.MaxCap() > 0 || re.Op != syntax.OpConcat {
		return nil
	}
	for _, sub := range re.Sub {
		if sub.Op == syntax.OpCapture && sub.Cap == 1 {
			return sub
		}
	}
	return nil
}

// extent bounds what an expression matches from below, in bytes.
type extent struct {
	total   int
	longest int  // without a break
	solid   bool // has no break
}

// extentOf measures an expression; the characters in breaks end a word.
func extentOf(re *syntax.Regexp, breaks string) extent {
	switch re.Op {
	case syntax.OpLiteral:
		return inLine(slices.Collect(func(yield func(extent) bool) {
			for _, r := range re.Rune {
				if !yield(one(!strings.ContainsRune(breaks, r))) {
					return
				}
			}
		}))
	case syntax.OpCharClass:
		return one(!strings.ContainsFunc(breaks, func(r rune) bool { return inClass(re.Rune, r) }))
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return extent{solid: true}
	case syntax.OpCapture:
		return extentOf(re.Sub[0], breaks)
	case syntax.OpStar, syntax.OpQuest:
		return times(extentOf(re.Sub[0], breaks), 0)
	case syntax.OpPlus:
		return times(extentOf(re.Sub[0], breaks), 1)
	case syntax.OpRepeat:
		return times(extentOf(re.Sub[0], breaks), re.Min)
	case syntax.OpConcat, syntax.OpAlternate:
		var parts []extent
		for _, sub := range re.Sub {
			parts = append(parts, extentOf(sub, breaks))
		}
		if re.Op == syntax.OpAlternate {
			return oneOf(parts)
		}
		return inLine(parts)
	}
	return extent{}
}

func one(solid bool) extent {
	if solid {
		return extent{1, 1, true}
	}
	return extent{total: 1}
}

func inClass(ranges []rune, r rune) bool {
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i] <= r && r <= ranges[i+1] {
			return true
		}
	}
	return false
}

func times(e extent, n int) extent {
	e.total *= n
	switch {
	case e.solid:
		e.longest = e.total
	case n == 0:
		e.longest = 0
	}
	return e
}

func inLine(parts []extent) extent {
	all, run := extent{solid: true}, 0
	for _, e := range parts {
		all.total += e.total
		if e.solid {
			run += e.total
		} else {
			run, all.solid = 0, false
		}
		all.longest = max(all.longest, e.longest, run)
	}
	return all
}

func oneOf(parts []extent) extent {
	all := parts[0]
	for _, e := range parts[1:] {
		all = extent{min(all.total, e.total), min(all.longest, e.longest), all.solid && e.solid}
	}
	return all
}

// fits tells whether a text may hold a match.
func (s shape) fits(text string) bool {
	return hasWord(text, s.word) && (s.value == 0 || s.hasValue(text))
}

// hasWord tells whether so many bytes stand without white space between them.
func hasWord(text string, n int) bool {
	for from := 0; from+n <= len(text); {
		i := from + n - 1
		for i >= from && !isSpace(text[i]) {
			i--
		}
		if i < from {
			return true
		}
		from = i + 1
	}
	return false
}

// hasValue tells whether a value of the rule's length is given to anything.
func (s shape) hasValue(text string) bool {
	const operators, between = "=>|:,", 8 // bytes of operator and quotes before a value
	for end := 0; end < len(text); end++ {
		start := end
		for end < len(text) && strings.IndexByte(quotes, text[end]) < 0 {
			end++
		}
		word := text[start:end]
		if len(word) < s.value {
			continue
		}
		if !strings.ContainsAny(text[max(0, start-between):start], operators) {
			i := strings.IndexAny(word, operators)
			if i < 0 {
				continue
			}
			word = word[i+1:]
		}
		if len(word) >= s.value && (s.marks == "" || strings.ContainsAny(word, s.marks)) {
			return true
		}
	}
	return false
}
