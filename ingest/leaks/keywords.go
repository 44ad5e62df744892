package leaks

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// keywords finds words in a text by one pass over it, in any case of ASCII. It is
// the automaton of Aho and Corasick, made so that a text is read at one look a
// byte, with a column for each byte that is in a word: https://doi.org/10.1145/360825.360855
type keywords struct {
	columns [256]uint8
	width   int
	next    []uint16 // state, by state and column
	ends    []uint16 // by state: which of lists has the words that end there; 0: none does
	lists   [][]int  // numbers of words, the longest first
	lengths []int    // of the words
}

func keywordsOf(words []string) *keywords {
	k := &keywords{width: 1, lists: [][]int{nil}}
	for _, word := range words {
		k.lengths = append(k.lengths, len(word))
		for _, c := range []byte(word) {
			if k.columns[c] == 0 {
				k.columns[c] = uint8(k.width)
				k.width++
			}
		}
	}
	for c := byte('A'); c <= 'Z'; c++ {
		k.columns[c] = k.columns[c+'a'-'A']
	}
	k.link(k.spell(words))
	return k
}

// spell makes a state for each beginning of a word, and returns the words that
// end in each.
func (k *keywords) spell(words []string) (ends [][]int) {
	k.next, ends = make([]uint16, k.width), [][]int{nil}
	for n, word := range words {
		state := 0
		for _, c := range []byte(word) {
			to := &k.next[state*k.width+int(k.columns[c])]
			if *to == 0 {
				if len(ends) > math.MaxUint16 {
					panic(fmt.Sprintf("%d keywords are too many", len(words))) // they are a constant
				}
				*to = uint16(len(ends))
				state = len(ends)
				k.next, ends = append(k.next, make([]uint16, k.width)...), append(ends, nil)
				continue
			}
			state = int(*to)
		}
		ends[state] = append(ends[state], n)
	}
	k.next = slices.Clip(k.next)
	return ends
}

// link leads from each state, where no word goes on, to where its longest end goes on
// that is the beginning of a word.
func (k *keywords) link(ends [][]int) {
	fallback := make([]uint16, len(ends))
	queue := []uint16{0}
	for len(queue) > 0 {
		state := int(queue[0])
		queue = queue[1:]
		for column := range k.width {
			to := &k.next[state*k.width+column]
			other := k.next[int(fallback[state])*k.width+column]
			switch {
			case *to == 0 && state > 0:
				*to = other
			case *to > 0:
				if state > 0 {
					fallback[*to] = other
				}
				ends[*to] = append(ends[*to], ends[fallback[*to]]...)
				queue = append(queue, *to)
			}
		}
	}
	k.ends = make([]uint16, len(ends))
	for state, words := range ends {
		if len(words) > 0 {
			slices.SortStableFunc(words, func(a, b int) int { return cmp.Compare(k.lengths[b], k.lengths[a]) })
			k.ends[state] = uint16(len(k.lists))
			k.lists = append(k.lists, words)
		}
	}
}

// in tells whether one of the words is in a text.
func (k *keywords) in(text string) (found bool) {
	k.walk(text, func(int, int, int) bool {
		found = true
		return false
	})
	return found
}

// walk calls found with the place and the number of each word in a text, in the
// order of their ends, until it returns false.
func (k *keywords) walk(text string, found func(start, end, word int) bool) {
	state := 0
	for i := range len(text) {
		state = int(k.next[state*k.width+int(k.columns[text[i]])])
		list := k.ends[state]
		if list == 0 {
			continue
		}
		for _, word := range k.lists[list] {
			if !found(i+1-k.lengths[word], i+1, word) {
				return
			}
		}
	}
}
