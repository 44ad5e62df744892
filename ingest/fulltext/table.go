package fulltext

import "hash/maphash"

// table holds words, each once, without a pointer for each.
type table struct {
	seed  maphash.Seed
	arena []byte
	words []word
	slots []slot
}

// slot says where a word is, by its hash: the upper bits are those of the hash, the
// lower ones its place in words, plus one. It is 0 if it is empty. Two words with the
// same bits of the hash, which also begin the search at one slot, do not occur: the
// hash is another one in each process.
type slot uint64

const placeBits = 24 // more words than that do not become pending

// word is one of a table, and what is known of it.
type word struct {
	start uint32 // in the arena
	last  uint32 // of its postings, in a batch
	size  uint8
}

func (t *table) bytes(w word) []byte { return t.arena[w.start : w.start+uint32(w.size)] }

// at returns the place of a word, which is added if it is not there.
func (t *table) at(text []byte) int {
	if 2*len(t.words) >= len(t.slots) {
		t.grow()
	}
	hash := maphash.Bytes(t.seed, text)
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		switch s := uint64(t.slots[i]); {
		case s == 0:
			t.words = append(t.words, word{start: uint32(len(t.arena)), size: uint8(len(text))})
			t.arena = append(t.arena, text...)
			t.slots[i] = slotOf(hash, len(t.words)-1)
			return len(t.words) - 1
		case (s^hash)>>placeBits == 0:
			return int(s&(1<<placeBits-1)) - 1
		}
	}
}

func slotOf(hash uint64, place int) slot { return slot(hash>>placeBits<<placeBits | uint64(place+1)) }

func (t *table) grow() {
	if len(t.slots) == 0 {
		t.seed = maphash.MakeSeed()
	}
	t.slots = make([]slot, max(1024, 2*len(t.slots)))
	mask := uint64(len(t.slots) - 1)
	for place, w := range t.words {
		hash := maphash.Bytes(t.seed, t.bytes(w))
		i := hash & mask
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = slotOf(hash, place)
	}
}

func (t *table) clear() {
	clear(t.slots)
	t.arena, t.words = t.arena[:0], t.words[:0]
}
