package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
)

// errUnfinished is that a state is the target of a copy that did not end.
var errUnfinished = errors.New("it is an unfinished copy: run finpages state copy again")

// kinds are all kinds of records of a source.
var kinds = [][]byte{
	entriesBucket, pagesBucket, intentsBucket, holdsBucket, retractedBucket, journalBucket, runsBucket, infoBucket,
	flagsBucket, driftBucket, versionsBucket, undoneBucket, auditBucket, sharedBucket, liftedBucket,
}

// What is copied in one transaction.
const (
	copyBatch = 500     // records
	copyBytes = 8 << 20 // of them
)

// Copy copies all records of one state into another that has none, and
// compares them, one by one. A copy that was cut off goes on where it ended. No
// other process may have one of the states open. It returns how many records
// there are.
func Copy(ctx context.Context, from, to string) (records int, err error) {
	return copyState(ctx, from, to, func() {})
}

// copyState calls step after each part.
func copyState(ctx context.Context, from, to string, step func()) (records int, err error) {
	src, err := Open(from, Options{MustExist: true, alone: true})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	dst, err := Open(to, Options{copying: true, alone: true})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	if err := dst.beginCopy(); err != nil {
		return 0, fmt.Errorf("copy the state to %s: %w", Redacted(to), err)
	}
	names, err := src.allSources()
	if err != nil {
		return 0, err
	}
	if err := dst.forgetOthers(names); err != nil {
		return 0, err
	}
	for _, name := range names {
		for _, kind := range kinds {
			n, err := copyKind(ctx, dst, src, name, kind, step)
			if records += n; err != nil {
				return records, fmt.Errorf("copy the records of source %s: %w", name, err)
			}
		}
	}
	code, err := src.Workspace()
	if err == nil && code != "" {
		err = dst.SetWorkspace(code)
	}
	if err != nil {
		return records, err
	}
	return records, errors.Join(dst.SaveRetractions(), writeError(dst.putMeta(copyingKey, "")))
}

// beginCopy marks the target, unless it has records of its own.
func (db *DB) beginCopy() error {
	under, err := db.meta(copyingKey)
	if err != nil || under != "" {
		return err
	}
	names, err := db.Sources()
	if err != nil {
		return err
	}
	if len(names) > 0 {
		return errors.New("it has records already: name an empty one")
	}
	return writeError(db.putMeta(copyingKey, "under way"))
}

// forgetOthers drops the sources that an earlier try copied and that are no more.
func (db *DB) forgetOthers(names []string) error {
	have, err := db.Sources()
	for _, name := range have {
		if err == nil && !slices.Contains(names, name) {
			err = db.Forget(name)
		}
	}
	return err
}

type record struct{ key, value []byte }

// copyKind copies what the target lacks, or has otherwise, and deletes what
// the source of the copy lacks; then it compares both.
func copyKind(ctx context.Context, dst, src *DB, name string, kind []byte, step func()) (n int, err error) {
	from := []byte{}
	for last := false; !last; {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		var part []record
		part, last, err = readPart(src, name, kind, from)
		if err != nil {
			return n, err
		}
		if err := writePart(dst, name, kind, from, part, last); err != nil {
			return n, err
		}
		step()
		written, _, err := readPart(dst, name, kind, from)
		if err != nil {
			return n, err
		}
		if !sameRecords(kind, part, written) {
			return n, fmt.Errorf("the records of the kind %q are not the same after they were copied", kind)
		}
		if n += len(part); len(part) > 0 {
			from = append(bytes.Clone(part[len(part)-1].key), 0)
		}
	}
	return n, copyNumber(dst, src, name, kind)
}

func copyNumber(dst, src *DB, name string, kind []byte) error {
	var number uint64
	err := src.home.view(name, func(records kv) (err error) {
		number, err = records.number(kind)
		return err
	})
	if err != nil || number == 0 {
		return readError(err)
	}
	return writeError(dst.home.update(owner{source: name}, func(records kv) error { return records.setNumber(kind, number) }))
}

func sameRecord(a, b record) bool { return bytes.Equal(a.key, b.key) && bytes.Equal(a.value, b.value) }

// sameRecords compares what was to be written with what is there. More may be
// retracted in the target than in the source: that stays.
func sameRecords(kind []byte, want, have []record) bool {
	if !bytes.Equal(kind, retractedBucket) {
		return slices.EqualFunc(want, have, sameRecord)
	}
	return !slices.ContainsFunc(want, func(r record) bool {
		return !slices.ContainsFunc(have, func(h record) bool { return sameRecord(r, h) })
	})
}

// readPart reads the records from a key on, and reports whether there are no
// more. Their checksums are looked at.
func readPart(db *DB, name string, kind, from []byte) (part []record, last bool, err error) {
	last = true
	size := 0
	err = db.home.view(name, func(records kv) error {
		return records.scan(kind, from, func(key, value []byte) error {
			full := len(part) == copyBatch || size > copyBytes
			if full && !bytes.Equal(kind, retractedBucket) { // of which there are few: see sameRecords
				last = false
				return Stop
			}
			part = append(part, record{bytes.Clone(key), bytes.Clone(value)})
			size += len(value)
			_, err := unseal(key, value)
			return err
		})
	})
	return part, last, readError(stopped(err))
}

// writePart makes the target's records from a key on, up to the last of the
// part, or to its end, those of the part.
func writePart(db *DB, name string, kind, from []byte, part []record, last bool) error {
	return writeError(db.home.update(owner{source: name}, func(records kv) error {
		var old []record
		err := records.scan(kind, from, func(key, value []byte) error {
			if !last && bytes.Compare(key, part[len(part)-1].key) > 0 {
				return Stop
			}
			old = append(old, record{bytes.Clone(key), bytes.Clone(value)})
			return nil
		})
		if err = stopped(err); err != nil {
			return err
		}
		return replace(records, kind, old, part)
	}))
}

func replace(records kv, kind []byte, old, part []record) error {
	have := map[string][]byte{}
	for _, r := range old {
		have[string(r.key)] = r.value
	}
	for _, r := range part {
		before, found := have[string(r.key)]
		delete(have, string(r.key))
		if found && bytes.Equal(before, r.value) {
			continue
		}
		if err := records.put(kind, r.key, r.value); err != nil {
			return err
		}
	}
	if bytes.Equal(kind, retractedBucket) {
		return nil // what is retracted anywhere stays out
	}
	for key := range have {
		if err := records.delete(kind, []byte(key)); err != nil {
			return err
		}
	}
	return nil
}
