package state

import "fmt"

// StoredEntry is the record of an entry, if there is one, which has not been
// decoded. It holds until the transaction ends.
type StoredEntry struct {
	id          string
	key, stored []byte
	tx          *Tx
}

// Found reports whether there is a record.
func (s StoredEntry) Found() bool { return s.stored != nil }

// Entry decodes the record.
func (s StoredEntry) Entry() (e Entry, err error) {
	if s.stored != nil {
		err = s.tx.decodePacked(s.key, s.id, s.stored, &e)
	}
	return e, err
}

// Plainness is how much there is to an entry's record.
type Plainness int

// The kinds of records.
const (
	NotPlain     Plainness = iota
	Plain                  // nothing out of the ordinary
	PlainByNames           // the same, as long as the names in the source do not change: see [Info].Names
)

// Plainness tells whether the entry has the revision and the settings, one page
// under its own name, and nothing out of the ordinary.
func (s StoredEntry) Plainness(revision string, settings Hash) (Plainness, error) {
	if s.stored == nil {
		return NotPlain, nil
	}
	enc, err := unseal(s.key, s.stored)
	if err != nil || !isPacked(enc) {
		return NotPlain, readError(err)
	}
	const plain, any = entryOwnPage | entrySettings, entryOwnScope | entryScope | entryBody | entryMore
	u := unpacker{rest: enc}
	flags := u.byte()
	if flags&^any != plain || string(u.text()) != revision {
		return NotPlain, nil
	}
	r := ref(u.take(len(ref{})))
	if flags&entryScope != 0 {
		u.take(len(ref{}))
	}
	if flags&entryBody != 0 {
		u.take(len(ShortHash{}))
	}
	if u.bad {
		return NotPlain, readError(fmt.Errorf("decode the record of %q: %w", s.id, errUnpack))
	}
	is := Plain
	if flags&entryMore != 0 {
		is = plainnessOf(u.rest)
	}
	if is == NotPlain {
		return NotPlain, nil
	}
	made, err := s.tx.shared(r)
	if err != nil || made != string(settings[:]) {
		return NotPlain, readError(err)
	}
	return is, nil
}

// Keys of an entry's record: see [Entry].
const (
	keyLeaks      = 13
	keyConversion = 14
	keyIncluded   = 15
	keyHash       = 16
	keyLoss       = 17
	keyByNames    = 18
)

// plainnessOf looks at what a record has as CBOR, which is not decoded for that.
func plainnessOf(enc []byte) Plainness {
	c := cborReader{rest: enc}
	kind, pairs := c.head()
	if kind != cborMap {
		return NotPlain
	}
	includes, byNames := false, false
	for range pairs {
		kind, key := c.head()
		if kind != cborUint {
			return NotPlain
		}
		switch key {
		case keyLeaks, keyConversion, keyHash, keyLoss:
		case keyIncluded:
			includes = true
		case keyByNames:
			byNames = true // it is left out otherwise
		default:
			return NotPlain
		}
		c.skip(0)
	}
	switch {
	case c.bad || len(c.rest) > 0 || includes && !byNames:
		return NotPlain
	case includes:
		return PlainByNames
	}
	return Plain
}

// MayDepend tells whether the entry's pages may depend on other entries.
func (s StoredEntry) MayDepend() bool {
	enc, err := unseal(s.key, s.stored)
	return err == nil && isPacked(enc) && enc[0]&entryMore != 0
}

// EachStored calls f for the entries in the order of their IDs, from one on.
func (t *Tx) EachStored(from string, f func(id string, e StoredEntry) error) error {
	return stopped(t.kv.scan(entriesBucket, []byte(from), func(key, stored []byte) error {
		id := string(key)
		return f(id, StoredEntry{id, key, stored, t})
	}))
}

// Entries calls f with the record of each of the entries, in their order. It reads
// them at once, which costs little where they come in the order of their IDs.
func (t *Tx) Entries(ids []string, f func(i int, e StoredEntry) error) error {
	return t.kv.getEach(entriesBucket, ids, func(i int, key, stored []byte) error {
		return f(i, StoredEntry{ids[i], key, stored, t})
	})
}

// keysOf returns IDs as keys, in one piece of memory.
func keysOf(ids []string) [][]byte {
	size := 0
	for _, id := range ids {
		size += len(id)
	}
	keys, all := make([][]byte, len(ids)), make([]byte, 0, size)
	for i, id := range ids {
		all = append(all, id...)
		keys[i] = all[len(all)-len(id) : len(all) : len(all)]
	}
	return keys
}
