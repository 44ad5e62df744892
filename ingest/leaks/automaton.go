package leaks

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"sync"
	"unicode/utf8"
)

// automaton tells whether an expression matches anywhere in a text, at a look a byte:
// a tenth of what it costs to find where, which most texts around a keyword spare by
// having none. It is deterministic, and made as far as the texts need it. See
// https://swtch.com/~rsc/regexp/regexp3.html.
type automaton struct {
	mu              sync.Mutex
	prog            *syntax.Prog
	columns         [utf8.RuneSelf]uint8 // alike for characters that the expression does not tell apart
	width           int
	states          []automatonState
	numbers         map[string]uint16 // of the states, by what they are
	next            []uint16          // state, by state and column; 0: not known yet
	made            int               // places of all states, and a few more for each
	onTheWay, added marks
}

// automatonState is where in the expression its matches may be.
type automatonState struct {
	before rune // stands for the one before; -1: none
	places []uint32
}

// Numbers that are no state's.
const unknown, matched, firstState = 0, 1, 2

// mostMade bounds the places of all states, and mostNew those that are made for one
// text: some expressions have too many for this to be of use.
const mostMade, mostNew = 10_000, 1_000

// marks is a set of small numbers that is emptied at once.
type marks struct {
	of  []uint32
	now uint32
}

// add reports whether the number is new in the set.
func (m *marks) add(n uint32) bool {
	isNew := m.of[n] != m.now
	m.of[n] = m.now
	return isNew
}

// automatonOf makes the automaton of an expression, which has to be a good one.
func automatonOf(expr string) *automaton {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic(err)
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		panic(err)
	}
	a := &automaton{prog: prog, numbers: map[string]uint16{}}
	a.onTheWay.of, a.added.of = make([]uint32, len(prog.Inst)), make([]uint32, len(prog.Inst))
	a.classify()
	a.states = make([]automatonState, firstState)
	a.next = make([]uint16, firstState*a.width)
	a.number(-1, nil)
	return a
}

// classify finds which characters of ASCII the expression does not tell apart.
func (a *automaton) classify() {
	var tests []*syntax.Inst
	seen := map[string]bool{}
	for i := range a.prog.Inst {
		inst := &a.prog.Inst[i]
		if key := string(inst.Rune) + string(rune(inst.Op)) + string(rune(inst.Arg)); isRune(inst.Op) && !seen[key] {
			seen[key] = true
			tests = append(tests, inst)
		}
	}
	numbers := map[string]uint8{}
	for c := range a.columns {
		key := []byte(string(stands(rune(c))))
		for _, inst := range tests {
			key = append(key, '0')
			if matches(inst, rune(c)) {
				key[len(key)-1] = '1'
			}
		}
		if _, ok := numbers[string(key)]; !ok {
			numbers[string(key)] = uint8(len(numbers))
		}
		a.columns[c] = numbers[string(key)]
	}
	a.width = len(numbers)
}

func isRune(op syntax.InstOp) bool {
	return op == syntax.InstRune || op == syntax.InstRune1 || op == syntax.InstRuneAny || op == syntax.InstRuneAnyNotNL
}

func matches(inst *syntax.Inst, r rune) bool {
	switch inst.Op {
	case syntax.InstRuneAny:
		return true
	case syntax.InstRuneAnyNotNL:
		return r != '\n'
	}
	return inst.MatchRune(r)
}

// stands is a character that is, to what follows, what another is.
func stands(r rune) rune {
	switch {
	case r == '\n' || r < 0:
		return r
	case syntax.IsWordChar(r):
		return 'a'
	}
	return ' '
}

// may tells whether the expression may match in a text; where that is false, it does not.
func (a *automaton) may(text string) bool {
	if a == nil || !a.mu.TryLock() { // whoever waits could as well try the expression
		return true
	}
	defer a.mu.Unlock()
	most := min(mostMade, a.made+mostNew)
	state := uint16(firstState)
	for at := 0; at < len(text); {
		to, size := uint16(unknown), 1
		if c := text[at]; c < utf8.RuneSelf {
			edge := int(state)*a.width + int(a.columns[c])
			if to = a.next[edge]; to == unknown {
				to = a.step(state, rune(c))
				a.next[edge] = to
			}
		} else {
			var r rune
			r, size = utf8.DecodeRuneInString(text[at:])
			to = a.step(state, r)
		}
		if to == matched || a.made >= most {
			return true
		}
		state = to
		at += size
	}
	return a.step(state, -1) == matched
}

// step returns the state behind a character; -1 is the end of the text.
func (a *automaton) step(from uint16, r rune) uint16 {
	a.onTheWay.now++
	a.added.now++
	state := &a.states[from]
	context := syntax.EmptyOpContext(state.before, r)
	var places []uint32
	stack := append(slices.Clone(state.places), uint32(a.prog.Start))
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !a.onTheWay.add(at) {
			continue
		}
		switch inst := &a.prog.Inst[at]; inst.Op {
		case syntax.InstMatch:
			return matched
		case syntax.InstAlt, syntax.InstAltMatch:
			stack = append(stack, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop:
			stack = append(stack, inst.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(inst.Arg)&^context == 0 {
				stack = append(stack, inst.Out)
			}
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			if r >= 0 && matches(inst, r) && a.added.add(inst.Out) {
				places = append(places, inst.Out)
			}
		}
	}
	slices.Sort(places)
	return a.number(stands(r), places)
}

// number returns the number of a state, which is made if there is none.
func (a *automaton) number(before rune, places []uint32) uint16 {
	key := []byte{byte(before)}
	for _, p := range places {
		key = binary.LittleEndian.AppendUint32(key, p)
	}
	n, ok := a.numbers[string(key)]
	if !ok {
		n = uint16(len(a.states))
		a.numbers[string(key)] = n
		a.states = append(a.states, automatonState{before, places})
		a.made += len(places) + 8
		a.next = append(a.next, make([]uint16, a.width)...)
	}
	return n
}
