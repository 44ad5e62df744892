package fulltext

import (
	"bytes"
	"encoding/binary"
	"slices"

	"finpages/state"
)

// maxPending is how many postings are kept in memory, of all sources together.
const maxPending = 1 << 18

// A posting says that a page has a word, and how often, up to inTitle times. It is a
// number: that of the page in the upper bits, how often but once in the lower two.
const countBits = 2

// batch is what is to be written.
type batch struct {
	table
	pages    []Page          // without texts; the ID is empty if it was put again, or dropped
	byID     map[string]int  // in pages
	gone     map[string]bool // IDs of what the index may have
	postings []posting       // of places in pages
}

// posting is one in a chain of those of a word.
type posting struct {
	value  uint32
	before uint32 // place plus one; 0 for none
}

func newBatch() *batch {
	return &batch{byID: map[string]int{}, gone: map[string]bool{}}
}

// put adds a page, and returns how many postings that took.
func (b *batch) put(p Page, t *tally) int {
	b.drop(p.ID)
	page := uint32(len(b.pages)) << countBits
	b.byID[p.ID] = len(b.pages)
	b.pages = append(b.pages, Page{ID: p.ID, Hash: p.Hash})
	for _, w := range t.words {
		own := &b.words[b.at(t.bytes(w), w.hash)]
		b.postings = append(b.postings, posting{page | uint32(w.count-1), own.last})
		own.last = uint32(len(b.postings))
	}
	return len(t.words)
}

func (b *batch) drop(id string) {
	if at, here := b.byID[id]; here {
		b.pages[at].ID = ""
		delete(b.byID, id)
	}
	b.gone[id] = true
}

// hash returns the hash of a page that is to be written; false if it is not.
func (b *batch) hash(id string) (hash state.ShortHash, found bool) {
	at, found := b.byID[id]
	if found {
		hash = b.pages[at].Hash
	}
	return hash, found
}

// withoutPages is the batch without what it adds.
func (b *batch) withoutPages() *batch {
	less := newBatch()
	less.gone = b.gone
	return less
}

// list is a batch as words in their order.
type list struct {
	*batch
	base uint32 // number of the first page
	some []uint32
}

// list sorts the words, which cannot be found any more then.
func (b *batch) list(base uint32) *list {
	slices.SortFunc(b.words, func(v, w word) int { return bytes.Compare(b.bytes(v), b.bytes(w)) })
	b.slots = nil
	return &list{batch: b, base: base}
}

func (l *list) word() []byte {
	if len(l.words) == 0 {
		return nil
	}
	return l.bytes(l.words[0])
}

func (l *list) next() { l.words = l.words[1:] }

func (l *list) each(f func(posting uint32)) {
	l.some = l.some[:0]
	for at := l.words[0].last; at != 0; at = l.postings[at-1].before {
		l.some = append(l.some, l.postings[at-1].value)
	}
	for _, p := range slices.Backward(l.some) {
		if l.pages[p>>countBits].ID != "" {
			f(p + l.base<<countBits)
		}
	}
}

// appendPosting encodes a posting after that before it.
func appendPosting(enc []byte, posting, before uint32) []byte {
	delta := posting>>countBits - before>>countBits
	return binary.AppendUvarint(enc, uint64(delta)<<countBits|uint64(posting&(1<<countBits-1)))
}

// eachPosting decodes postings, the first of which comes after that of a page base.
func eachPosting(enc []byte, base uint32, f func(posting uint32)) {
	page := base
	for len(enc) > 0 {
		v, n := binary.Uvarint(enc)
		if n <= 0 {
			return
		}
		enc = enc[n:]
		page += uint32(v >> countBits)
		f(page<<countBits | uint32(v&(1<<countBits-1)))
	}
}
