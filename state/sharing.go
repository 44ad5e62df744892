package state

import (
	"crypto/sha256"
	"fmt"
	"sync"
)

// What many records of a source have in common (the fingerprint of its settings,
// scopes, the beginning of addresses) is kept once, and named in them by the
// beginning of its hash. It is never changed, and stays when a source is
// forgotten, so that a process may rely on what it has read once.

var sharedBucket = []byte("shared")

// ref names a shared value.
type ref [6]byte

// maxValues bounds what is shared of a source: beyond it, values are none that
// records have in common.
const maxValues = 4096

// sharing is what is known to be shared by the records of one source.
type sharing struct {
	mu     sync.RWMutex
	values map[ref]string
}

func (s *sharing) get(r ref) (string, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	value, ok := s.values[r]
	return value, ok
}

func (s *sharing) add(values map[ref]string) {
	if len(values) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for r, value := range values {
		s.values[r] = value
	}
}

func (s *sharing) full() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.values) >= maxValues
}

// sharings are what the records of each source share, as far as it is known.
type sharings struct {
	mu       sync.Mutex
	of       map[string]*sharing // by source
	lifetime int64               // of the home in which it is kept
}

// sharingOf returns what the records of a source share. A database that another
// server has taken over may lack what this one had.
func (db *DB) sharingOf(source string) *sharing {
	s := db.sharings
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := db.home.lifetime(); s.of == nil || s.lifetime != now {
		s.of, s.lifetime = map[string]*sharing{}, now
	}
	shared := s.of[source]
	if shared == nil {
		shared = &sharing{values: map[ref]string{}}
		s.of[source] = shared
	}
	return shared
}

// dropSharings is for when records have gone to another source.
func (db *DB) dropSharings() {
	db.sharings.mu.Lock()
	defer db.sharings.mu.Unlock()
	db.sharings.of = nil
}

// share returns the name of a value, which it keeps; false if the value is to be
// written in full.
func (t *Tx) share(value string) (r ref, ok bool, err error) {
	sum := sha256.Sum256([]byte(value))
	r = ref(sum[:len(r)])
	known, found, err := t.findShared(r)
	if err != nil || found {
		return r, known == value, err
	}
	if t.sharing.full() {
		return r, false, nil
	}
	if err := t.put(sharedBucket, r[:], []byte(value)); err != nil {
		return r, false, err
	}
	t.keep(r, value)
	return r, true, nil
}

// shared returns the value of a name.
func (t *Tx) shared(r ref) (string, error) {
	value, found, err := t.findShared(r)
	if err == nil && !found {
		err = fmt.Errorf("the value %x that records share is missing", r)
	}
	return value, err
}

func (t *Tx) findShared(r ref) (value string, found bool, err error) {
	if value, found = t.sharing.get(r); found {
		return value, true, nil
	}
	if value, found = t.shares[r]; found {
		return value, true, nil
	}
	stored, err := t.kv.get(sharedBucket, r[:])
	if err != nil || stored == nil {
		return "", false, readError(err)
	}
	var text []byte
	if err := decodeRecord(r[:], stored, &text); err != nil {
		return "", false, err
	}
	value = string(text)
	if t.reads {
		t.sharing.add(map[ref]string{r: value})
	} else {
		t.keep(r, value) // of this very transaction, perhaps
	}
	return value, true, nil
}

// keep notes a shared value until the transaction is committed.
func (t *Tx) keep(r ref, value string) {
	if t.shares == nil {
		t.shares = map[ref]string{}
	}
	t.shares[r] = value
}
