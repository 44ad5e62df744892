package state

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"time"
)

// Stop returned by the function given to an Each method ends it without error.
var Stop = errors.New("stop")

func stopped(err error) error {
	if errors.Is(err, Stop) {
		return nil
	}
	return err
}

// Info returns what is known of the source.
func (t *Tx) Info() (Info, error) {
	info, _, err := read[Info](t, infoBucket, infoKey)
	return info, err
}

// PutInfo replaces what is known of the source.
func (t *Tx) PutInfo(info Info) error { return t.put(infoBucket, infoKey, info) }

// Entry returns the record of an entry; false if there is none.
func (t *Tx) Entry(id string) (e Entry, found bool, err error) {
	found, err = t.readPacked(entriesBucket, id, &e)
	return e, found, err
}

// PutEntry replaces the record of an entry.
func (t *Tx) PutEntry(id string, e Entry) error {
	return errors.Join(t.putPacked(entriesBucket, id, e), t.putFlags(id, e.Flags()))
}

// DeleteEntry drops the record of an entry, not its pages'.
func (t *Tx) DeleteEntry(id string) error {
	return errors.Join(t.kv.delete(entriesBucket, []byte(id)), t.putFlags(id, 0))
}

// EachEntry calls f for the entries in the order of their IDs, from one on.
func (t *Tx) EachEntry(from string, f func(id string, e Entry) error) error {
	return stopped(t.kv.scan(entriesBucket, []byte(from), func(k, v []byte) error {
		var e Entry
		id := string(k)
		if err := t.decodePacked(k, id, v, &e); err != nil {
			return err
		}
		return f(id, e)
	}))
}

// Invalidate makes the next run look at an entry again, whatever its revision.
func (t *Tx) Invalidate(entry string) error {
	info, err := t.Info()
	if err != nil {
		return err
	}
	info.CleanRevision = ""
	rec, found, err := t.Entry(entry)
	if err != nil || !found {
		return errors.Join(err, t.PutInfo(info))
	}
	rec.Settings = Hash{}
	return errors.Join(t.PutEntry(entry, rec), t.PutInfo(info))
}

// Page returns the record of a page by its external_id; false if there is none.
func (t *Tx) Page(id string) (p Page, found bool, err error) {
	found, err = t.readPacked(pagesBucket, id, &p)
	return p, found, err
}

// Pages calls f with the record of each of the pages, in their order, and whether
// there is one. It reads them at once.
func (t *Tx) Pages(ids []string, f func(i int, p Page, found bool) error) error {
	return readAll(t, pagesBucket, ids, f)
}

// PutPage replaces the record of a page.
func (t *Tx) PutPage(id string, p Page) error { return t.putPacked(pagesBucket, id, p) }

// DeletePage drops the record of a page, and the request by which undo brought it
// back.
func (t *Tx) DeletePage(id string) error {
	return errors.Join(t.kv.delete(pagesBucket, []byte(id)), t.DeleteBroughtBack(id))
}

// BroughtBack returns the request by which undo brought a page back; false if it
// did not.
func (t *Tx) BroughtBack(id string) (BroughtBack, bool, error) {
	return read[BroughtBack](t, undoneBucket, []byte(id))
}

// EachBroughtBack calls f for the pages that undo brought back, in the order of their
// external_ids.
func (t *Tx) EachBroughtBack(f func(page string, b BroughtBack) error) error {
	return stopped(each(t, undoneBucket, "", f))
}

// CountBroughtBack returns how many pages undo has brought back.
func (t *Tx) CountBroughtBack() int { return t.count(undoneBucket) }

// PutBroughtBack keeps the request by which undo brings a page back.
func (t *Tx) PutBroughtBack(id string, b BroughtBack) error {
	return t.put(undoneBucket, []byte(id), b)
}

// DeleteBroughtBack drops it: the page is its document's again.
func (t *Tx) DeleteBroughtBack(id string) error { return t.kv.delete(undoneBucket, []byte(id)) }

// EachPage calls f for the pages in the order of their external_ids, from one on.
func (t *Tx) EachPage(from string, f func(id string, p Page) error) error {
	return stopped(t.kv.scan(pagesBucket, []byte(from), func(k, v []byte) error {
		var p Page
		id := string(k)
		if err := t.decodePacked(k, id, v, &p); err != nil {
			return err
		}
		return f(id, p)
	}))
}

// CountPages returns how many pages the source has in Intercom.
func (t *Tx) CountPages() int { return t.count(pagesBucket) }

// CountEntries returns how many entries have a record.
func (t *Tx) CountEntries() int { return t.count(entriesBucket) }

// PutIntent notes that a write of a page begins.
func (t *Tx) PutIntent(page string, in Intent) error { return t.put(intentsBucket, []byte(page), in) }

// DeleteIntent drops the intent of a page: what Intercom has of it is known again.
func (t *Tx) DeleteIntent(page string) error { return t.kv.delete(intentsBucket, []byte(page)) }

// Intents returns all intents by external_id.
func (t *Tx) Intents() (map[string]Intent, error) {
	intents := map[string]Intent{}
	err := each(t, intentsBucket, "", func(id string, in Intent) error {
		intents[id] = in
		return nil
	})
	return intents, err
}

// Hold returns the source's held deletes; false if none are held.
func (t *Tx) Hold() (Hold, bool, error) { return read[Hold](t, holdsBucket, holdKey) }

// PutHold replaces the source's held deletes.
func (t *Tx) PutHold(h Hold) error { return t.put(holdsBucket, holdKey, h) }

// DeleteHold drops the source's held deletes.
func (t *Tx) DeleteHold() error { return t.kv.delete(holdsBucket, holdKey) }

// PutRetraction keeps a page out of Fin.
func (t *Tx) PutRetraction(page string, r Retraction) error {
	err := t.put(retractedBucket, []byte(page), r)
	if t.replicated {
		err = errors.Join(err, t.kv.delete(liftedBucket, []byte(page)))
	}
	return err
}

// DeleteRetraction lets a page into Fin again.
func (t *Tx) DeleteRetraction(page string) error {
	err := t.kv.delete(retractedBucket, []byte(page))
	if t.replicated {
		err = errors.Join(err, t.put(liftedBucket, []byte(page), time.Now().UTC()))
	}
	return err
}

// IsRetracted reports whether a page is kept out of Fin: by its external_id, or
// by the entry that it is made from, where that was retracted under its own name or
// that of its first page.
func (t *Tx) IsRetracted(page, entry string) (bool, error) {
	_, out, err := t.retraction(page)
	if out || err != nil || page == entry {
		return out, err
	}
	names := []string{entry}
	for i, c := range page {
		if c == '#' {
			names = append(names, page[:i])
		}
	}
	for _, name := range names {
		r, out, err := t.retraction(name)
		if err != nil || out && r.Entry == entry && !r.Part {
			return err == nil, err
		}
	}
	return false, nil
}

func (t *Tx) retraction(page string) (Retraction, bool, error) {
	if r, found := t.beside[page]; found {
		return r, true, nil
	}
	return read[Retraction](t, retractedBucket, []byte(page))
}

// Retractions returns all retractions by external_id.
func (t *Tx) Retractions() (map[string]Retraction, error) {
	retracted := map[string]Retraction{}
	maps.Copy(retracted, t.beside)
	err := each(t, retractedBucket, "", func(id string, r Retraction) error {
		retracted[id] = r
		return nil
	})
	return retracted, err
}

// AppendJournal notes a page that is about to be deleted.
func (t *Tx) AppendJournal(d Deleted) error {
	return t.put(journalBucket, journalKey(d), d)
}

func journalKey(d Deleted) []byte {
	return []byte(fmt.Sprintf("%s %s", d.Time.UTC().Format(journalTime), d.Page))
}

// AppendVersion notes what a page was before it was updated; without a request if
// that is not known.
func (t *Tx) AppendVersion(d Deleted) error { return t.put(versionsBucket, journalKey(d), d) }

// DropVersion drops one of what a page was: the update was refused.
func (t *Tx) DropVersion(d Deleted) error { return t.kv.delete(versionsBucket, journalKey(d)) }

// LastVersion returns what a page was before it was last updated; false if it
// never was.
func (t *Tx) LastVersion(page string) (Deleted, bool, error) {
	last, err := t.lastOf(versionsBucket, page, 1)
	if err != nil || len(last) == 0 {
		return Deleted{}, false, err
	}
	return last[0], true, nil
}

// DropVersions drops all that a page was before.
func (t *Tx) DropVersions(page string) error {
	var keys [][]byte
	err := t.kv.scan(versionsBucket, nil, func(k, _ []byte) error {
		if isOf(k, page) {
			keys = append(keys, bytes.Clone(k))
		}
		return nil
	})
	for _, k := range keys {
		err = errors.Join(err, t.kv.delete(versionsBucket, k))
	}
	return err
}

// isOf reports whether a key of the journal is that of a page.
func isOf(k []byte, page string) bool { return string(k[min(len(journalTime)+1, len(k)):]) == page }

// journalTime sorts as text.
const journalTime = "2006-01-02T15:04:05.000000000"

// EachDeleted calls f for the journal's records, the oldest first.
func (t *Tx) EachDeleted(f func(Deleted) error) error {
	return stopped(each(t, journalBucket, "", func(_ string, d Deleted) error { return f(d) }))
}

// LastDeleted returns up to n of the journal's records, the newest first: those
// of the page with the external_id if one is given.
func (t *Tx) LastDeleted(page string, n int) (last []Deleted, err error) {
	return t.lastOf(journalBucket, page, n)
}

func (t *Tx) lastOf(kind []byte, page string, n int) (last []Deleted, err error) {
	if n <= 0 {
		return nil, nil
	}
	err = t.kv.scanBack(kind, func(k, v []byte) error {
		if page != "" && !isOf(k, page) {
			return nil // a record holds a whole page: only those asked for are read
		}
		var d Deleted
		if err := decodeRecord(k, v, &d); err != nil {
			return err
		}
		if last = append(last, d); len(last) == n {
			return Stop
		}
		return nil
	})
	return last, stopped(err)
}

// TrimJournal drops the journal's records from before a time.
func (t *Tx) TrimJournal(before time.Time) error {
	key := []byte(before.UTC().Format(journalTime))
	return errors.Join(t.trim(journalBucket, key), t.trim(versionsBucket, key))
}

// trim drops the records of a kind whose keys are less than one.
func (t *Tx) trim(kind, before []byte) error {
	var old [][]byte
	err := t.kv.scan(kind, nil, func(k, _ []byte) error {
		if bytes.Compare(k, before) >= 0 {
			return Stop
		}
		old = append(old, bytes.Clone(k))
		return nil
	})
	if stopped(err) != nil {
		return err
	}
	for _, k := range old {
		if err := t.kv.delete(kind, k); err != nil {
			return err
		}
	}
	return nil
}

// keepRuns is how many runs of a source the history holds.
const keepRuns = 500

// AddRun appends a run to the history, gives it its ID, and drops the oldest.
func (t *Tx) AddRun(r Run) (uint64, error) {
	id, err := t.kv.next(runsBucket)
	if err != nil {
		return 0, err
	}
	r.ID = id
	if err := t.put(runsBucket, runKey(r.ID), r); err != nil {
		return 0, err
	}
	if r.ID > keepRuns {
		err = t.trim(runsBucket, runKey(r.ID-keepRuns+1))
	}
	return r.ID, err
}

// NextRun returns the ID that the next run of the history will have.
func (t *Tx) NextRun() uint64 {
	n, err := t.kv.number(runsBucket)
	t.failed = errors.Join(t.failed, err)
	return n + 1
}

func runKey(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }

// Run returns a run of the history; false if it has none of this ID, or no longer.
func (t *Tx) Run(id uint64) (Run, bool, error) { return read[Run](t, runsBucket, runKey(id)) }

// Runs returns up to n runs, the newest first.
func (t *Tx) Runs(n int) ([]Run, error) {
	var runs []Run
	if n <= 0 {
		return nil, nil
	}
	err := t.kv.scanBack(runsBucket, func(k, v []byte) error {
		var r Run
		if err := decodeRecord(k, v, &r); err != nil {
			return err
		}
		if runs = append(runs, r); len(runs) == n {
			return Stop
		}
		return nil
	})
	return runs, stopped(err)
}
