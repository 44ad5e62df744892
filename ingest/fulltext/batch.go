package fulltext

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"finpages/state"
)

const (
	// maxPending is how many postings are kept in memory, of all sources together.
	maxPending = 1 << 17
	maxWords   = 1 << 14 // different words of one page
	inTitle    = 4       // how often a word of the title counts, at least
)

// A posting says that a page has a word, and how often, up to inTitle times. It is a
// number: that of the page in the upper bits, how often but once in the lower two.
const (
	countBits = 2
	countMask = 1<<countBits - 1
)

// batch is what is to be written.
type batch struct {
	table
	pages    []page
	changed  map[string]int // by ID, places in pages; dropped for what the index may have
	postings []uint32       // of the pages, one after the other; with words in place of pages
	once     uint32         // how often a word counts that occurs once, but once

	order  []ordered // see list
	sorted []uint32
}

// page is one of a batch.
type page struct {
	id       string // empty if it was put again, or dropped
	hash     state.ShortHash
	postings int // where they begin
}

const dropped = -1

func newBatch() *batch { return &batch{changed: map[string]int{}} }

// clear makes a batch as good as new.
func (b *batch) clear() {
	b.table.clear()
	clear(b.pages)
	clear(b.changed)
	b.pages, b.postings = b.pages[:0], b.postings[:0]
}

// put adds a page, whose words t reads, and returns how many postings that took.
func (b *batch) put(p Page, t *texts) int {
	b.drop(p.ID)
	b.changed[p.ID] = len(b.pages)
	start := len(b.postings)
	b.pages = append(b.pages, page{p.ID, p.Hash, start})
	t.add = b.count
	b.once = inTitle - 1
	t.text(p.Title)
	b.once = 0
	t.html(p.HTML)
	return len(b.postings) - start
}

// count counts a word of the last page.
func (b *batch) count(text []byte) {
	start := b.pages[len(b.pages)-1].postings
	if len(b.postings)-start >= maxWords {
		return
	}
	s := b.at(text)
	if int(s.last) <= start {
		b.postings = append(b.postings, s.word()<<countBits|b.once)
		s.last = uint32(len(b.postings))
	} else if p := &b.postings[s.last-1]; *p&countMask < inTitle-1 {
		*p++
	}
}

func (b *batch) drop(id string) {
	if at, known := b.changed[id]; known && at != dropped {
		b.pages[at].id = ""
	}
	b.changed[id] = dropped
}

// hash returns the hash of a page that is to be written; false if it is dropped.
func (b *batch) hash(at int) (hash state.ShortHash, found bool) {
	if at == dropped {
		return hash, false
	}
	return b.pages[at].hash, true
}

// withoutPages drops what the batch adds.
func (b *batch) withoutPages() {
	for id := range b.changed {
		b.drop(id)
	}
}

// list is a batch as words in their order.
type list struct {
	*batch
	base  uint32 // number of the first page
	order []ordered
}

// ordered is a word that is sorted by its first bytes, as far as these tell.
type ordered struct {
	prefix uint64
	place  uint32
}

// list sorts the words, and brings together the postings of each.
func (b *batch) list(base uint32) *list {
	b.order = b.order[:0]
	for place, w := range b.words {
		b.order = append(b.order, ordered{prefixOf(b.bytes(w)), uint32(place)})
	}
	slices.SortFunc(b.order, func(v, w ordered) int {
		if v.prefix != w.prefix {
			return cmp.Compare(v.prefix, w.prefix)
		}
		return bytes.Compare(b.bytes(b.words[v.place]), b.bytes(b.words[w.place]))
	})
	b.sort()
	return &list{batch: b, base: base, order: b.order}
}

// sort sorts the postings of the pages that are to be written by words. Each word says
// then where its own end, and the one before it where they begin.
func (b *batch) sort() {
	for i := range b.words {
		b.words[i].end = 0
	}
	b.eachPage(func(_ uint32, postings []uint32) {
		for _, p := range postings {
			b.words[p>>countBits].end++
		}
	})
	sum := uint32(0)
	for i := range b.words {
		w := &b.words[i]
		w.end, sum = sum, sum+w.end
	}
	b.sorted = slices.Grow(b.sorted[:0], int(sum))[:sum]
	b.eachPage(func(at uint32, postings []uint32) {
		for _, p := range postings {
			w := &b.words[p>>countBits]
			b.sorted[w.end] = at<<countBits | p&countMask
			w.end++
		}
	})
}

// eachPage calls f with the pages that are to be written, with the postings of each.
func (b *batch) eachPage(f func(at uint32, postings []uint32)) {
	for at, p := range b.pages {
		end := len(b.postings)
		if at+1 < len(b.pages) {
			end = b.pages[at+1].postings
		}
		if p.id != "" {
			f(uint32(at), b.postings[p.postings:end])
		}
	}
}

func (l *list) word() []byte {
	if len(l.order) == 0 {
		return nil
	}
	return l.bytes(l.words[l.order[0].place])
}

func (l *list) next() { l.order = l.order[1:] }

func (l *list) appendPostings(enc []byte, before uint32) ([]byte, uint32) {
	place, start := l.order[0].place, uint32(0)
	if place > 0 {
		start = l.words[place-1].end
	}
	for _, p := range l.sorted[start:l.words[place].end] {
		at := l.base + p>>countBits
		enc = appendPosting(enc, at-before, p&countMask)
		before = at
	}
	return enc, before
}

// appendPosting encodes a posting so many pages after the one before it.
func appendPosting(enc []byte, delta, count uint32) []byte {
	if v := delta<<countBits | count; delta < 1<<(7-countBits) {
		return append(enc, byte(v))
	}
	return binary.AppendUvarint(enc, uint64(delta)<<countBits|uint64(count))
}

// takePosting decodes a posting; false at the end.
func takePosting(enc []byte) (delta, count uint32, rest []byte, ok bool) {
	if len(enc) == 0 {
		return 0, 0, nil, false
	}
	if v := uint32(enc[0]); v < 1<<7 {
		return v >> countBits, v & countMask, enc[1:], true
	}
	v, n := binary.Uvarint(enc)
	if n <= 0 {
		return 0, 0, nil, false
	}
	return uint32(v >> countBits), uint32(v) & countMask, enc[n:], true
}
