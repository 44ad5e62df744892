package fulltext

import "hash/maphash"

// table holds words, each once, without a pointer for each.
type table struct {
	seed  maphash.Seed
	arena []byte
	words []word
	slots []slot
}

// slot says where a word is, by the upper bits of its hash. Two words with the same ones,
// which also begin the search at one slot, do not occur: the hash is another one in each
// process.
type slot struct {
	hash  uint32
	place uint32 // more of the hash in the upper bits, then that in words, plus one; 0 is empty
	last  uint32 // of the word's postings, in a batch
}

const placeBits = 24 // more words than that do not become pending

// word is one of a table.
type word struct {
	start uint32 // in the arena
	end   uint32 // of its postings, once these are sorted
	size  uint8
}

func (t *table) bytes(w word) []byte { return t.arena[w.start : w.start+uint32(w.size)] }

// at returns the slot of a word, which is added if it is not there.
func (t *table) at(text []byte) *slot {
	if 2*len(t.words) >= len(t.slots) {
		t.grow()
	}
	hash := maphash.Bytes(t.seed, text)
	upper, lower := uint32(hash>>32), uint32(hash)
	mask := uint32(len(t.slots) - 1)
	for i := lower & mask; ; i = (i + 1) & mask {
		switch s := &t.slots[i]; {
		case s.place == 0:
			t.words = append(t.words, word{start: uint32(len(t.arena)), size: uint8(len(text))})
			t.arena = append(t.arena, text...)
			*s = slot{hash: upper, place: lower>>placeBits<<placeBits | uint32(len(t.words))}
			return s
		case s.hash == upper && (s.place^lower)>>placeBits == 0:
			return s
		}
	}
}

// word returns where the word of a slot is.
func (s *slot) word() uint32 { return s.place&(1<<placeBits-1) - 1 }

func (t *table) grow() {
	if len(t.slots) == 0 {
		t.seed = maphash.MakeSeed()
	}
	before := t.slots
	t.slots = make([]slot, max(1024, 2*len(before)))
	mask := uint32(len(t.slots) - 1)
	for _, s := range before {
		if s.place == 0 {
			continue
		}
		i := uint32(maphash.Bytes(t.seed, t.bytes(t.words[s.word()]))) & mask
		for t.slots[i].place != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = s
	}
}

func (t *table) clear() {
	clear(t.slots)
	t.arena, t.words = t.arena[:0], t.words[:0]
}
