package state

import "fmt"

// EntryFlags say what is out of the ordinary with an entry. Entries that have
// any are kept in an index, so that the few that people ask about are
// found among many without reading all.
type EntryFlags uint8

// The flags of an entry.
const (
	FlagRefused  EntryFlags = 1 << iota // it is in quarantine
	FlagFailed                          // the last attempt failed
	FlagPageless                        // it has no pages
	FlagLeaks                           // its document holds secrets
	FlagLossy                           // its pages lack words of the document, or show syntax
)

var flagsBucket = []byte("notable")

// Flags says what is out of the ordinary with the entry; 0 if nothing is.
func (e Entry) Flags() (n EntryFlags) {
	if e.Refused != "" {
		n |= FlagRefused
	}
	if e.Error != "" {
		n |= FlagFailed
	}
	if len(e.Pages) == 0 {
		n |= FlagPageless
	}
	if len(e.Leaks) > 0 {
		n |= FlagLeaks
	}
	if e.Loss.IsLossy() {
		n |= FlagLossy
	}
	return n
}

// EachFlagged calls f for the entries that have flags, in the order of their IDs, from
// one on.
func (t *Tx) EachFlagged(from string, f func(id string, n EntryFlags) error) error {
	if t.noIndex {
		return t.scanFlagged(from, f)
	}
	return stopped(t.kv.scan(flagsBucket, []byte(from), func(k, v []byte) error {
		enc, err := unseal(k, v)
		if err == nil && len(enc) != 1 {
			err = fmt.Errorf("the index of %q is damaged", k)
		}
		if err != nil {
			return readError(err)
		}
		return f(string(k), EntryFlags(enc[0]))
	}))
}

// scanFlagged is for a file of schema 1 that was opened to be read only.
func (t *Tx) scanFlagged(from string, f func(id string, n EntryFlags) error) error {
	return t.EachEntry(from, func(id string, e Entry) error {
		if n := e.Flags(); n != 0 {
			return f(id, n)
		}
		return nil
	})
}

// putFlags keeps the index in step with an entry.
func (t *Tx) putFlags(id string, n EntryFlags) error {
	if n == 0 {
		return t.kv.delete(flagsBucket, []byte(id))
	}
	return t.kv.put(flagsBucket, []byte(id), seal([]byte(id), []byte{byte(n)}))
}

// IsLossy reports whether the entry has pages that are worth a look: see
// [Loss.IsLossy].
func (n EntryFlags) IsLossy() bool { return n&FlagLossy != 0 && n&FlagPageless == 0 }

// CountLossy counts the entries whose pages are worth a look.
func (t *Tx) CountLossy() (count int, err error) {
	err = t.EachFlagged("", func(_ string, n EntryFlags) error {
		if n.IsLossy() {
			count++
		}
		return nil
	})
	return count, err
}

// CountLeaks counts the secrets in the documents by the rules that found them.
func (t *Tx) CountLeaks() (map[string]int, error) {
	counts := map[string]int{}
	err := t.EachFlagged("", func(id string, n EntryFlags) error {
		if n&FlagLeaks == 0 {
			return nil
		}
		rec, _, err := t.Entry(id)
		for _, leak := range rec.Leaks {
			counts[leak.Rule]++
		}
		return err
	})
	return counts, err
}
