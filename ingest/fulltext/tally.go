package fulltext

import "sync"

// table holds words, each once, without a pointer for each.
type table struct {
	arena []byte
	words []word
	slots []slot
}

// slot says where a word is, by its hash: of 64 bits, two words do not have the same by
// accident, and whoever makes two that do gains that one is found by the other.
type slot struct {
	hash  uint64
	place uint32 // in words, plus one; 0 is empty
}

// word is one of a table, and what is known of it.
type word struct {
	hash  uint64
	start uint32 // in the arena
	last  uint32 // of its postings, in a batch
	size  uint8
	count uint8 // how often a page has it, in a tally
}

func (t *table) bytes(w word) []byte { return t.arena[w.start : w.start+uint32(w.size)] }

// hashOf is FNV-1a.
func hashOf(word []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range word {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// at returns the place of a word, which is added if it is not there.
func (t *table) at(text []byte, hash uint64) int {
	if 2*len(t.words) >= len(t.slots) {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch s := &t.slots[i]; {
		case s.place == 0:
			t.words = append(t.words, word{hash: hash, start: uint32(len(t.arena)), size: uint8(len(text))})
			t.arena = append(t.arena, text...)
			*s = slot{hash, uint32(len(t.words))}
			return len(t.words) - 1
		case s.hash == hash:
			return int(s.place - 1)
		}
	}
}

func (t *table) grow() {
	t.slots = make([]slot, max(1024, 2*len(t.slots)))
	mask := uint64(len(t.slots) - 1)
	for place, w := range t.words {
		i := w.hash & mask
		for t.slots[i].place != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = slot{w.hash, uint32(place + 1)}
	}
}

func (t *table) clear() {
	clear(t.slots)
	t.arena, t.words = t.arena[:0], t.words[:0]
}

// tally counts the words of a page.
type tally struct {
	table
	texts
}

func newTally() *tally {
	t := &tally{}
	t.plain = true
	t.add = t.count
	return t
}

func (t *tally) count(text []byte) {
	if len(t.words) >= maxWords {
		return
	}
	if w := &t.words[t.at(text, hashOf(text))]; w.count < inTitle {
		w.count++
	}
}

// title counts the words of a title.
func (t *tally) title(text string) {
	t.text(text)
	for i := range t.words {
		t.words[i].count = inTitle
	}
}

var tallies = sync.Pool{New: func() any { return newTally() }}

// giveBack lets others use the tally, unless it would be cleared in vain each time.
func (t *tally) giveBack() {
	if len(t.slots) <= 1<<13 {
		t.clear()
		tallies.Put(t)
	}
}
