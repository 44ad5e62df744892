package fulltext

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"finpages/state"

	bolt "go.etcd.io/bbolt"
)

// Hit is a page that has words which were searched for.
type Hit struct {
	ID   string
	Hash state.ShortHash // of the request that it was put with
}

// Hits are pages, the best first.
type Hits struct {
	Pages  []Hit
	Partly bool // no page has all words: these have the most telling ones
}

// Search returns the pages of a source that have all words of a query, or words that
// begin with these: as many as a limit says, or all if that is 0.
func (x *Index) Search(source, query string, limit int) (hits Hits, err error) {
	terms := termsOf(query)
	if x == nil || len(terms) == 0 {
		return hits, nil
	}
	if err := x.Flush(source); err != nil {
		return hits, err
	}
	err = x.db.View(func(tx *bolt.Tx) error {
		s, err := openSection(tx, source)
		if err != nil || s.bucket == nil {
			return err
		}
		hits = s.search(terms, limit)
		return nil
	})
	return hits, err
}

// match is how a page matches.
type match struct {
	number uint32
	terms  uint8 // that it has
	score  float32
}

func (s *section) search(terms []term, limit int) (hits Hits) {
	all := map[uint32]match{}
	for _, t := range terms {
		found := s.find(t)
		rarity := math.Log(1 + float64(s.live)/float64(len(found)+1))
		for number, weight := range found {
			m := all[number]
			all[number] = match{number, m.terms + 1, m.score + float32(rarity)*weight}
		}
	}
	matches := make([]match, 0, len(all))
	for _, m := range all {
		if int(m.terms) == len(terms) {
			matches = append(matches, m)
		}
	}
	if len(matches) == 0 && len(terms) > 1 {
		hits.Partly = true
		best := float32(0)
		for _, m := range all {
			best = max(best, m.score)
		}
		for _, m := range all {
			if m.score >= best/2 {
				matches = append(matches, m)
			}
		}
	}
	slices.SortFunc(matches, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.number, b.number))
	})
	for _, m := range matches {
		if limit > 0 && len(hits.Pages) == limit {
			break
		}
		if id := s.pages.Get(key(m.number)); id != nil {
			hash, _ := s.hash(id)
			hits.Pages = append(hits.Pages, Hit{string(id), hash})
		}
	}
	return hits
}

// find returns the pages that have a term, with how much it says of them: a whole
// word more than the beginning of one, and more if it occurs often.
func (s *section) find(t term) map[uint32]float32 {
	found := map[uint32]float32{}
	for _, g := range s.segments {
		s.wordsFrom(g, []byte(t.word), func(b *block) bool {
			if !bytes.HasPrefix(b.word, []byte(t.word)) {
				return false
			}
			whole := len(b.word) == len(t.word)
			if t.whole && !whole {
				return false
			}
			page := g.first
			for rest := b.postings; ; {
				delta, count, after, ok := takePosting(rest)
				if !ok {
					return true
				}
				page, rest = page+delta, after
				weight := float32(1 + count)
				if whole {
					weight *= 2
				}
				found[page] = max(found[page], weight)
			}
		})
	}
	return found
}

// wordsFrom calls f for the words of a segment from one on, while f wants more.
func (s *section) wordsFrom(g segment, from []byte, f func(*block) bool) {
	c := s.words.Cursor()
	id := key(g.id)
	k, v := c.Seek(append(bytes.Clone(id), from...))
	if !bytes.HasPrefix(k, id) || !bytes.Equal(k[len(id):], from) { // it is in the block before, if at all
		before, block := c.Prev()
		if k == nil {
			before, block = c.Last()
		}
		if k, v = before, block; !bytes.HasPrefix(before, id) {
			k, v = c.Seek(id)
		}
	}
	for ; bytes.HasPrefix(k, id); k, v = c.Next() {
		b := &block{rest: v}
		for b.next(); b.word != nil; b.next() {
			if bytes.Compare(b.word, from) >= 0 && !f(b) {
				return
			}
		}
	}
}

// Count returns how many pages of a source can be found.
func (x *Index) Count(source string) (n int, err error) {
	if x == nil {
		return 0, nil
	}
	if err := x.Flush(source); err != nil {
		return 0, err
	}
	return n, x.db.View(func(tx *bolt.Tx) error {
		s, err := openSection(tx, source)
		n = int(s.live)
		return err
	})
}

// Has is what the index has of a source: the hashes of pages by their IDs, in the
// order of these, from after one on, and as many as a limit says.
func (x *Index) Has(source, after string, limit int) (pages []Hit, err error) {
	if x == nil {
		return nil, nil
	}
	if err := x.Flush(source); err != nil {
		return nil, err
	}
	return pages, x.db.View(func(tx *bolt.Tx) error {
		s, err := openSection(tx, source)
		if err != nil || s.bucket == nil {
			return err
		}
		c := s.ids.Cursor()
		k, _ := c.Seek([]byte(after))
		if after != "" && string(k) == after {
			k, _ = c.Next()
		}
		for ; k != nil && len(pages) < limit; k, _ = c.Next() {
			hash, _ := s.hash(k)
			pages = append(pages, Hit{string(k), hash})
		}
		return nil
	})
}

// Lacks returns those of a source's pages that the index does not have as they are.
func (x *Index) Lacks(source string, pages []Hit) (lacking []Hit, err error) {
	if x == nil {
		return pages, nil
	}
	return lacking, x.db.View(func(tx *bolt.Tx) error {
		s, err := openSection(tx, source)
		if err != nil {
			return err
		}
		x.mu.Lock()
		defer x.mu.Unlock()
		x.read()
		for _, p := range pages {
			hash, found := s.hash([]byte(p.ID))
			if b := x.pending[source]; b != nil {
				if at, changed := b.changed[p.ID]; changed {
					hash, found = b.hash(at)
				}
			}
			if !found || hash != p.Hash {
				lacking = append(lacking, p)
			}
		}
		return nil
	})
}

// Sources returns the sources that the index has pages of.
func (x *Index) Sources() (names []string, err error) {
	if x == nil {
		return nil, nil
	}
	return names, x.db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, _ *bolt.Bucket) error {
			if source, is := bytes.CutPrefix(name, sectionName("")); is {
				names = append(names, string(source))
			}
			return nil
		})
	})
}
