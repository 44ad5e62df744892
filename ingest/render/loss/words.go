package loss

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// kind is what a reader of the source makes of text.
type kind int

const (
	must kind = iota // the page should show it
	may              // it may
)

// sink takes text piece by piece.
type sink interface {
	// text goes on with the word that the text of the kind before it ended in.
	text(s string, k kind)
	// joint is markup that a page may show, or not, between two letters.
	joint()
	// unsure is what a page may show right after a letter, as if it were of the word.
	unsure()
	// part ends a word.
	part()
	// isFull says that no more text is needed.
	isFull() bool
}

// counts are those of a word.
type counts struct {
	hash            uint64 // of the word
	must, may, page int32
}

// table counts words by their hashes. It is a hash table with open addressing.
type table struct {
	slots []int32 // places in words, from 1 on; 0: free
	words []counts
}

// tables are those that are not in use.
var tables = sync.Pool{New: func() any { return &table{slots: make([]int32, 1024)} }}

// maxKept is how many slots a table may have that is used again.
const maxKept = 1 << 14

// free keeps a table for the next page.
func (t *table) free() {
	if len(t.slots) <= maxKept {
		clear(t.slots)
		t.words = t.words[:0]
		tables.Put(t)
	}
}

// at returns the counts of a word, up to the next call.
func (t *table) at(hash uint64) *counts {
	i := t.find(hash)
	if t.slots[i] == 0 {
		if len(t.words)*4 > len(t.slots)*3 {
			t.grow()
			i = t.find(hash)
		}
		t.words = append(t.words, counts{hash: hash})
		t.slots[i] = int32(len(t.words))
	}
	return &t.words[t.slots[i]-1]
}

// find returns the slot of a word, or the free one that is its.
func (t *table) find(hash uint64) int {
	mask := uint64(len(t.slots) - 1)
	i := (hash ^ hash>>29) & mask
	for t.slots[i] != 0 && t.words[t.slots[i]-1].hash != hash {
		i = (i + 1) & mask
	}
	return int(i)
}

func (t *table) grow() {
	t.slots = make([]int32, 2*len(t.slots))
	for i, w := range t.words {
		t.slots[t.find(w.hash)] = int32(i + 1)
	}
}

// The hash is FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/
const (
	offset = 14695981039346656037
	prime  = 1099511628211
)

// word is one that is being read.
type word struct {
	hash  uint64   // of the whole; 0 if none is being read
	piece uint64   // of what comes after the last joint, where there was one; see last
	ended []uint64 // hashes of the pieces before joints
	joint bool     // a joint was met after a letter
	vague bool     // whether the word ends here is the tool's to say
}

// begin makes ready for the next letter.
func (w *word) begin() {
	switch {
	case w.hash == 0:
		w.hash, w.joint, w.vague, w.ended = offset, false, false, w.ended[:0]
	case w.joint:
		w.ended, w.piece, w.joint = append(w.ended, w.last()), offset, false
	}
}

func (w *word) add(r rune) {
	w.begin()
	w.hash = (w.hash ^ uint64(r)) * prime
	w.piece = (w.piece ^ uint64(r)) * prime
}

// last is the hash of what comes after the last joint.
func (w *word) last() uint64 {
	if len(w.ended) == 0 {
		return w.hash
	}
	return w.piece
}

// letters adds the letters of ASCII that s begins with, and returns how many.
func (w *word) letters(s string) (n int) {
	w.begin()
	hash, piece := w.hash, w.piece
	for ; n < len(s); n++ {
		c := letters[s[n]]
		if c == 0 {
			break
		}
		hash = (hash ^ uint64(c)) * prime
	}
	if len(w.ended) > 0 {
		for i := range n {
			piece = (piece ^ uint64(letters[s[i]])) * prime
		}
	}
	w.hash, w.piece = hash, piece
	return n
}

// class tells what a character is.
type class byte

const (
	apart   class = iota // it parts words
	letter               // or digit
	alone                // a word by itself, as scripts without spaces have them
	nothing              // it has no width
)

func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		if letters[byte(r)] != 0 {
			return letter
		}
		return apart
	case r == 0xAD, r >= 0x200B && r <= 0x200D, r == 0x2060, r == 0xFEFF, r >= 0xFE00 && r <= 0xFE0F:
		return nothing
	case r >= 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return alone
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		return letter
	}
	return apart
}

func lower(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(letters[byte(r)])
	}
	return unicode.ToLower(r)
}

// letters are the letters and digits of ASCII, in lower case; 0 is none.
var letters = func() (t [256]byte) {
	for c := range t {
		if r := rune(c); r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			t[c] = byte(unicode.ToLower(r))
		}
	}
	return t
}()

// reader turns text into words.
type reader struct {
	words [2]word // by kind
	end   func(w *word, k kind)
}

func (r *reader) text(s string, k kind) {
	w := &r.words[k]
	for i := 0; i < len(s); {
		if letters[s[i]] != 0 {
			i += w.letters(s[i:])
			continue
		}
		if s[i] < utf8.RuneSelf {
			r.finish(k)
			i++
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch classOf(c) {
		case letter:
			w.add(unicode.ToLower(c))
		case alone:
			r.finish(k)
			w.add(c)
			r.finish(k)
		case apart:
			r.finish(k)
		}
	}
	if k == may {
		r.finish(may)
	}
}

func (r *reader) joint() {
	r.words[must].joint = true
}

func (r *reader) unsure() { r.words[must].vague = true }

func (r *reader) part() {
	r.finish(must)
	r.finish(may)
}

func (r *reader) finish(k kind) {
	if w := &r.words[k]; w.hash != 0 {
		r.end(w, k)
		w.hash = 0
	}
}

// counter counts words.
type counter struct {
	reader
	table  *table
	isPage bool
	words  int
}

func (c *counter) text(s string, k kind) {
	if c.end == nil {
		c.end = c.count
	}
	c.reader.text(s, k)
}

func (c *counter) isFull() bool { return false }

func (c *counter) count(w *word, k kind) {
	c.words++
	switch {
	case c.isPage:
		c.table.at(w.hash).page++
	case k == may:
		c.table.at(w.hash).may++
	case len(w.ended) > 0 || w.vague: // whether it is one word or several is the tool's to say
		c.table.at(w.hash).may++
		c.table.at(w.last()).may++
		for _, piece := range w.ended {
			c.table.at(piece).may++
		}
	default:
		c.table.at(w.hash).must++
	}
}

// collector spells out words that are left over.
type collector struct {
	reader
	table   *table
	left    func(counts) int32
	seen    map[uint64]int32
	wanted  int // how many words there are to be found
	found   []string
	spelled []byte // the word that is being read
}

// newCollector returns one of the words of which some are left.
func newCollector(t *table, left func(counts) int32) *collector {
	c := &collector{table: t, left: left, seen: map[uint64]int32{}}
	for i := range t.words {
		if c.wanted < maxExamples && left(t.words[i]) > 0 {
			c.wanted++
		}
	}
	return c
}

func (c *collector) text(s string, k kind) {
	if k == may || c.isFull() {
		return
	}
	c.end = func(w *word, _ kind) {
		n := c.left(*c.table.at(w.hash)) - c.seen[w.hash]
		if len(w.ended) == 0 && !w.vague && n > 0 && !c.isFull() {
			if c.seen[w.hash]++; c.seen[w.hash] == 1 {
				c.found = append(c.found, string(c.spelled))
			}
		}
		c.spelled = c.spelled[:0]
	}
	w := &c.words[must]
	for _, r := range s {
		switch classOf(r) {
		case letter:
			w.add(lower(r))
			c.spell(r)
		case alone:
			c.finish(must)
			w.add(r)
			c.spell(r)
			c.finish(must)
		case apart:
			c.finish(must)
		}
	}
}

func (c *collector) isFull() bool { return len(c.found) >= c.wanted }

// maxSpelled is how much of a word is spelled out, in bytes.
const maxSpelled = 60

func (c *collector) spell(r rune) {
	if len(c.spelled) < maxSpelled {
		c.spelled = utf8.AppendRune(c.spelled, r)
	}
}
