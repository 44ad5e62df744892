package fulltext

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	bolt "go.etcd.io/bbolt"
)

const (
	blockSize    = 8000    // bytes of a block, at most if it has more than one word: two fill four pages of the file
	smallSegment = 1 << 20 // bytes up to which words of pages that are gone are taken out at once
	maxSegment   = 2 << 20 // bytes up to which segments are joined: bounds memory
)

// alike is how many segments of about one size become one, so that each word is
// written some few times, and there are some few segments.
const alike = 8

// append writes a batch whose first page has a number, and joins it with the segments
// before it if there are enough of about its size.
func (s *section) append(b *batch, base uint32) error {
	from, size := len(s.segments), uint32(2*len(b.postings))
	for {
		next, sum := from, size
		for next > 0 && s.segments[next-1].size <= alike/2*size && sum+s.segments[next-1].size <= maxSegment {
			next--
			sum += s.segments[next].size
		}
		if from-next < alike-1 {
			break
		}
		from, size = next, sum
	}
	return s.join(from, len(s.segments), b.list(base), base+uint32(len(b.pages))-1)
}

// purge writes segments anew, of those that have words of pages which are gone.
func (s *section) purge(wanted func(segment) bool) error {
	for i := len(s.segments) - 1; i >= 0; i-- {
		if g := s.segments[i]; g.dead > 0 && wanted(g) {
			if err := s.join(i, i+1, nil, g.last); err != nil {
				return err
			}
		}
	}
	return nil
}

// tidy takes out all words of pages that are gone, and joins small segments.
func (s *section) tidy() error {
	if err := s.purge(func(segment) bool { return true }); err != nil {
		return err
	}
	for i := len(s.segments) - 2; i >= 0; i-- {
		if a, b := s.segments[i], s.segments[i+1]; a.size+b.size <= maxSegment/2 {
			if err := s.join(i, i+2, nil, b.last); err != nil {
				return err
			}
		}
	}
	return nil
}

// isUntidy reports whether tidy has anything to do.
func (s *section) isUntidy() bool {
	for i, g := range s.segments {
		if g.dead > 0 || i > 0 && s.segments[i-1].size+g.size <= maxSegment/2 {
			return true
		}
	}
	return false
}

// words gives words in their order, with the postings of each.
type words interface {
	word() []byte // nil at the end
	next()
	// appendPostings encodes them so that they follow one of a page before.
	appendPostings(enc []byte, before uint32) (all []byte, last uint32)
}

// join puts one segment in place of those from one to before another, and of what is
// added to them.
func (s *section) join(from, to int, added *list, last uint32) error {
	var all []words
	old := slices.Clone(s.segments[from:to])
	made := segment{id: s.freeID(), last: last}
	for i, g := range old {
		if i == 0 {
			made.first = g.first
		}
		all = append(all, s.reader(g))
	}
	if added != nil {
		if len(old) == 0 {
			made.first = added.base
		}
		all = append(all, added)
	}
	w := &writer{words: s.words, segment: &made}
	if err := w.join(all); err != nil {
		return err
	}
	for _, g := range old {
		if err := s.erase(g); err != nil {
			return err
		}
	}
	s.segments = slices.Delete(s.segments, from, to)
	if made.size > 0 {
		s.segments = slices.Insert(s.segments, from, made)
	}
	return nil
}

func (s *section) freeID() (id uint32) {
	for _, g := range s.segments {
		id = max(id, g.id)
	}
	return id + 1
}

// erase deletes the words of a segment.
func (s *section) erase(g segment) error {
	var blocks [][]byte
	c := s.words.Cursor()
	for k, _ := c.Seek(key(g.id)); bytes.HasPrefix(k, key(g.id)); k, _ = c.Next() {
		blocks = append(blocks, bytes.Clone(k))
	}
	for _, k := range blocks {
		if err := s.words.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// reader reads the words of a segment, with the postings of pages that are there.
type reader struct {
	block
	segment
	cursor *bolt.Cursor
	alive  []bool // pages by their numbers, from the first one; nil if all are there
}

func (s *section) reader(g segment) *reader {
	r := &reader{segment: g, cursor: s.words.Cursor()}
	if g.dead > 0 {
		r.alive = make([]bool, g.pageCount())
		c := s.pages.Cursor()
		for k, _ := c.Seek(key(g.first)); len(k) == 4; k, _ = c.Next() {
			number := binary.BigEndian.Uint32(k)
			if number > g.last {
				break
			}
			r.alive[number-g.first] = true
		}
	}
	k, v := r.cursor.Seek(key(g.id))
	r.open(k, v)
	return r
}

// open begins a block, if it is one of the segment.
func (r *reader) open(k, v []byte) {
	r.block = block{}
	if bytes.HasPrefix(k, key(r.id)) {
		r.block = block{rest: v}
		r.block.next()
	}
}

func (r *reader) word() []byte { return r.block.word }

func (r *reader) next() {
	if r.block.next(); r.block.word == nil {
		r.open(r.cursor.Next())
	}
}

func (r *reader) appendPostings(enc []byte, before uint32) ([]byte, uint32) {
	page := r.first
	for rest := r.postings; ; {
		delta, count, after, ok := takePosting(rest)
		if !ok {
			return enc, before
		}
		page, rest = page+delta, after
		if at := page - r.first; r.alive == nil || int(at) < len(r.alive) && r.alive[at] {
			enc = appendPosting(enc, page-before, count)
			before = page
		}
	}
}

// block is some words that follow each other.
type block struct {
	rest     []byte
	word     []byte // nil at the end
	postings []byte
}

func (b *block) next() {
	word, rest := chunk(b.rest)
	b.postings, b.rest = chunk(rest)
	b.word = word
}

// chunk takes bytes off that come after their length; nil if there are none.
func chunk(enc []byte) (chunk, rest []byte) {
	n, size := binary.Uvarint(enc)
	if size <= 0 || uint64(len(enc)-size) < n {
		return nil, nil
	}
	return enc[size : size+int(n) : size+int(n)], enc[size+int(n):]
}

// writer writes the words of a segment.
type writer struct {
	words    *bolt.Bucket
	segment  *segment
	block    []byte
	first    []byte // word of the block
	least    []byte // word that is being written
	postings []byte // of the word
}

// head is the word that words are at, with its first bytes as a number.
type head struct {
	words
	word   []byte
	prefix uint64
}

func (h *head) read() {
	h.word = h.words.word()
	h.prefix = prefixOf(h.word)
}

func (h *head) compare(other *head) int {
	if h.prefix != other.prefix {
		return cmp.Compare(h.prefix, other.prefix)
	}
	return bytes.Compare(h.word, other.word)
}

// prefixOf returns the first bytes of a word as a number, which is of words' order.
func prefixOf(word []byte) uint64 {
	if len(word) >= 8 {
		return binary.BigEndian.Uint64(word)
	}
	var first [8]byte
	copy(first[:], word)
	return binary.BigEndian.Uint64(first[:])
}

func (w *writer) join(all []words) error {
	heads := make([]head, len(all))
	for i := range all {
		heads[i].words = all[i]
		heads[i].read()
	}
	for {
		least := 0
		for i := range heads {
			if heads[i].word != nil && (heads[least].word == nil || heads[i].compare(&heads[least]) < 0) {
				least = i
			}
		}
		if len(heads) == 0 || heads[least].word == nil {
			return w.flush()
		}
		w.least = append(w.least[:0], heads[least].word...)
		w.postings = w.postings[:0]
		before, prefix := w.segment.first, heads[least].prefix
		for i := least; i < len(heads); i++ {
			if h := &heads[i]; h.prefix == prefix && bytes.Equal(h.word, w.least) {
				w.postings, before = h.appendPostings(w.postings, before)
				h.next()
				h.read()
			}
		}
		if err := w.put(w.least); err != nil {
			return err
		}
	}
}

func (w *writer) put(word []byte) error {
	if len(w.postings) == 0 {
		return nil
	}
	if len(w.block) > 0 && len(w.block)+len(word)+len(w.postings)+2*binary.MaxVarintLen32 > blockSize {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if len(w.block) == 0 {
		w.first = bytes.Clone(word)
		w.block = make([]byte, 0, blockSize)
	}
	w.block = binary.AppendUvarint(w.block, uint64(len(word)))
	w.block = append(w.block, word...)
	w.block = binary.AppendUvarint(w.block, uint64(len(w.postings)))
	w.block = append(w.block, w.postings...)
	return nil
}

func (w *writer) flush() error {
	if len(w.block) == 0 {
		return nil
	}
	err := w.words.Put(append(key(w.segment.id), w.first...), w.block)
	w.segment.size += uint32(len(w.block))
	w.block = nil // the file's now
	return err
}
