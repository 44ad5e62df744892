package fulltext

import (
	"encoding/binary"
	"errors"

	"finpages/state"

	bolt "go.etcd.io/bbolt"
)

// section is the part of the index that a source has.
type section struct {
	bucket   *bolt.Bucket
	ids      *bolt.Bucket // external_id → number, hash
	pages    *bolt.Bucket // number → external_id
	words    *bolt.Bucket // segment, first word → block
	segments []segment
	next     uint32 // number of the next page
	live     uint32 // how many pages there are
}

// segment has the words of the pages that were written together.
type segment struct {
	id    uint32
	first uint32 // number of the first page
	last  uint32 // of the last one
	dead  uint32 // pages that are gone
	size  uint32 // bytes
}

// pageCount returns how many pages the segment was made of, at most.
func (s segment) pageCount() uint32 { return s.last - s.first + 1 }

var (
	idsBucket   = []byte("ids")
	pagesBucket = []byte("pages")
	wordsBucket = []byte("words")
	aboutKey    = []byte("about")
)

func sectionName(source string) []byte { return []byte("source " + source) }

// openSection returns the section of a source; with nothing in it if there is none
// and the transaction may not write.
func openSection(tx *bolt.Tx, source string) (s *section, err error) {
	s = &section{bucket: tx.Bucket(sectionName(source)), next: 1}
	if s.bucket == nil {
		if !tx.Writable() {
			return s, nil
		}
		if s.bucket, err = tx.CreateBucket(sectionName(source)); err != nil {
			return s, err
		}
		for _, name := range [][]byte{idsBucket, pagesBucket, wordsBucket} {
			if _, err := s.bucket.CreateBucket(name); err != nil {
				return s, err
			}
		}
	}
	s.ids, s.pages, s.words = s.bucket.Bucket(idsBucket), s.bucket.Bucket(pagesBucket), s.bucket.Bucket(wordsBucket)
	if s.ids == nil || s.pages == nil || s.words == nil {
		return s, errors.New("the index is damaged")
	}
	s.words.FillPercent, s.pages.FillPercent, s.ids.FillPercent = 1, 1, 0.9 // most come in their order
	s.read(s.bucket.Get(aboutKey))
	return s, nil
}

// read reads what is written about the section.
func (s *section) read(about []byte) {
	take := func() uint32 {
		if len(about) < 4 {
			return 0
		}
		n := binary.BigEndian.Uint32(about)
		about = about[4:]
		return n
	}
	if len(about) > 0 {
		s.next, s.live = take(), take()
	}
	for len(about) > 0 {
		s.segments = append(s.segments, segment{take(), take(), take(), take(), take()})
	}
}

func (s *section) save() error {
	about := key(s.next, s.live)
	for _, g := range s.segments {
		about = append(about, key(g.id, g.first, g.last, g.dead, g.size)...)
	}
	return s.bucket.Put(aboutKey, about)
}

// key is a key, or a part of one, made of numbers.
func key(numbers ...uint32) (k []byte) {
	for _, n := range numbers {
		k = binary.BigEndian.AppendUint32(k, n)
	}
	return k
}

// write writes a batch.
func (s *section) write(b *batch) error {
	for id := range b.changed {
		if err := s.drop(id); err != nil {
			return err
		}
	}
	base, live := s.next, s.live
	for i, p := range b.pages {
		if p.id == "" {
			continue
		}
		number := key(base + uint32(i))
		if err := errors.Join(s.ids.Put([]byte(p.id), append(number, p.hash[:]...)),
			s.pages.Put(number, []byte(p.id))); err != nil {
			return err
		}
		s.live++
	}
	s.next += uint32(len(b.pages))
	if s.live > live {
		if err := s.append(b, base); err != nil {
			return err
		}
	}
	return s.purge(func(g segment) bool {
		return g.size <= smallSegment || g.dead >= g.pageCount()/8
	})
}

// drop takes a page out, but not its words.
func (s *section) drop(id string) error {
	known := s.ids.Get([]byte(id))
	if len(known) < 4 {
		return nil
	}
	number := binary.BigEndian.Uint32(known)
	for i := range s.segments {
		if g := &s.segments[i]; g.first <= number && number <= g.last {
			g.dead++
		}
	}
	s.live--
	return errors.Join(s.pages.Delete(key(number)), s.ids.Delete([]byte(id)))
}

// hash returns the hash of a page; false if the index does not have it.
func (s *section) hash(id []byte) (hash state.ShortHash, found bool) {
	if s.ids == nil {
		return hash, false
	}
	known := s.ids.Get(id)
	if len(known) != 4+len(hash) {
		return hash, false
	}
	return state.ShortHash(known[4:]), true
}
