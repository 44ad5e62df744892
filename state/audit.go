package state

import (
	"encoding/binary"
	"time"
)

// Audited is something that somebody had finpages do.
type Audited struct {
	ID     uint64    `cbor:"1,keyasint" json:"id"`
	Time   time.Time `cbor:"2,keyasint" json:"time"`
	Who    string    `cbor:"3,keyasint" json:"who"`
	Action string    `cbor:"4,keyasint" json:"action"`
	Source string    `cbor:"5,keyasint,omitempty" json:"source,omitempty"`
	Pages  []string  `cbor:"6,keyasint,omitempty" json:"pages,omitempty"` // external_ids
	More   int       `cbor:"7,keyasint,omitempty" json:"more,omitempty"`  // pages beyond those
	Detail string    `cbor:"8,keyasint,omitempty" json:"detail,omitempty"`
	Error  string    `cbor:"9,keyasint,omitempty" json:"error,omitempty"` // why it could not be done
}

// auditSource holds the audit trail, which is about all sources and outlasts
// them. No source can have the name.
const auditSource = "audit:"

var auditBucket = []byte("audit")

// What the audit trail keeps: the newest records, and of each so many pages.
const (
	keepAudited  = 10_000
	auditedPages = 1000
)

// AddAudit appends a record to the audit trail, and drops the oldest.
func (db *DB) AddAudit(a Audited) error {
	if extra := len(a.Pages) - auditedPages; extra > 0 {
		a.Pages, a.More = a.Pages[:auditedPages], extra
	}
	return db.Update(auditSource, func(tx *Tx) (err error) {
		if a.ID, err = tx.kv.next(auditBucket); err != nil {
			return err
		}
		if err := tx.put(auditBucket, auditKey(a.ID), a); err != nil || a.ID <= keepAudited {
			return err
		}
		return tx.trim(auditBucket, auditKey(a.ID-keepAudited+1))
	})
}

// Audit returns up to n records of the audit trail, the newest first.
func (db *DB) Audit(n int) (list []Audited, err error) {
	list = []Audited{}
	err = db.View(auditSource, func(tx *Tx) error {
		return tx.kv.scanBack(auditBucket, func(k, v []byte) error {
			if len(list) >= n {
				return Stop
			}
			var a Audited
			if err := decodeRecord(k, v, &a); err != nil {
				return err
			}
			list = append(list, a)
			return nil
		})
	})
	return list, stopped(err)
}

func auditKey(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }
