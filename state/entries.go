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

// IsPlain reports whether the entry has the revision and the settings, one page
// under its own name, and nothing out of the ordinary.
func (s StoredEntry) IsPlain(revision string, settings Hash) (bool, error) {
	if s.stored == nil {
		return false, nil
	}
	enc, err := unseal(s.key, s.stored)
	if err != nil || !isPacked(enc) {
		return false, readError(err)
	}
	const plain, any = entryOwnPage | entrySettings, entryOwnScope | entryScope | entryBody
	u := unpacker{rest: enc}
	if flags := u.byte(); flags&^any != plain || string(u.text()) != revision {
		return false, nil
	}
	r := ref(u.take(len(ref{})))
	if u.bad {
		return false, readError(fmt.Errorf("decode the record of %q: %w", s.id, errUnpack))
	}
	made, err := s.tx.shared(r)
	return err == nil && made == string(settings[:]), readError(err)
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
