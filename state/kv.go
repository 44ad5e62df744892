package state

import "context"

// home is where the records are: a file of bbolt, or a PostgreSQL database.
type home interface {
	// view and update run f in a transaction on the records of one source.
	// Concurrent updates share a commit, so that f may be called more than once.
	// Concurrent looks are answered together, each call as of some instant.
	view(source string, f func(kv) error) error
	look(source string, f func(kv) error) error
	update(o owner, f func(kv) error) error

	sources() ([]string, error)
	forget(o owner) error // but its retractions
	rename(source string, to owner) error

	// meta and putMeta are about all sources. A value that is not there is nil.
	meta(key []byte) ([]byte, error)
	putMeta(key, value []byte) error
	migrated() error // notes that all records have the schema

	checkInPlace() error
	lifetime() int64               // another number once committed records may be gone
	compact(context.Context) error // where it pays, and nothing is written meanwhile
	size() int64
	close() error
}

// kv is the records of one source in a transaction, by kind and key. Keys and
// values that it hands out hold until the transaction ends.
type kv interface {
	get(kind, key []byte) ([]byte, error) // nil if there is none
	// getEach is the same of many at once: it calls f with each in their order.
	getEach(kind []byte, ids []string, f func(i int, key, value []byte) error) error
	put(kind, key, value []byte) error
	delete(kind, key []byte) error
	clear(kind []byte) error // deletes all of a kind

	// scan calls f in the order of the keys, from one on; or backwards, from the
	// last. f changes no records.
	scan(kind, from []byte, f func(key, value []byte) error) error
	scanBack(kind []byte, f func(key, value []byte) error) error
	count(kind []byte) (int, error)
	kinds() ([]string, error) // of which there are records

	// number is the last that was given out; next gives out the next one.
	number(kind []byte) (uint64, error)
	next(kind []byte) (uint64, error)
	setNumber(kind []byte, n uint64) error
}

// noRecords is a source that has none, to be read.
type noRecords struct{ kv }

func (noRecords) get(_, _ []byte) ([]byte, error) { return nil, nil }
func (noRecords) getEach(_ []byte, ids []string, f func(i int, key, value []byte) error) error {
	for i := range ids {
		if err := f(i, nil, nil); err != nil {
			return err
		}
	}
	return nil
}
func (noRecords) scan(_, _ []byte, _ func(_, _ []byte) error) error  { return nil }
func (noRecords) scanBack(_ []byte, _ func(_, _ []byte) error) error { return nil }
func (noRecords) count([]byte) (int, error)                          { return 0, nil }
func (noRecords) kinds() ([]string, error)                           { return nil, nil }
func (noRecords) number([]byte) (uint64, error)                      { return 0, nil }
