package state

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Hash is a SHA-256 sum.
type Hash [32]byte

// HashOf returns the hash of plain values, by their JSON.
func HashOf(values ...any) Hash {
	enc, err := json.Marshal(values)
	if err != nil {
		panic(err) // plain values only
	}
	return sha256.Sum256(enc)
}

// ShortHash is the first half of one. That suffices wherever a page or a document is
// compared with what it was itself: two texts of one hash cannot be found by
// accident, and an author who made them on purpose, at the cost of 2^64 tries, would
// gain no more than that Fin keeps the first of two texts of his own.
type ShortHash [16]byte

// Short returns the first half of the hash.
func (h Hash) Short() ShortHash { return ShortHash(h[:16]) }

// Entry is what became of a source's entry when a run last dealt with it.
type Entry struct {
	Revision     string    `cbor:"1,keyasint,omitempty"` // of the content that Pages were made from
	Settings     Hash      `cbor:"2,keyasint,omitzero"`  // fingerprint of the settings they were made with
	Scope        string    `cbor:"3,keyasint,omitempty"`
	Pages        []string  `cbor:"4,keyasint,omitempty"`  // external_ids
	BodyHash     ShortHash `cbor:"5,keyasint,omitzero"`   // of the document as stored: tells a move
	Withheld     string    `cbor:"6,keyasint,omitempty"`  // why the entry has no pages
	Refused      string    `cbor:"7,keyasint,omitempty"`  // quarantine: why this revision is not pushed; Pages stay
	RefusedHash  ShortHash `cbor:"8,keyasint,omitzero"`   // of the refused request, zero if it came to none
	Error        string    `cbor:"9,keyasint,omitempty"`  // why the last attempt failed; it will be made again
	Since        time.Time `cbor:"10,keyasint,omitzero"`  // when Refused or Error was first met
	ListingError bool      `cbor:"12,keyasint,omitempty"` // Error is the listing's: Revision is still what Pages have
	IDTaken      bool      `cbor:"11,keyasint,omitempty"` // the id that it asked for was taken: each run looks again
	Leaks        []Leak    `cbor:"13,keyasint,omitempty"` // the secrets that its document holds, as far as they are told
	Conversion   []string  `cbor:"14,keyasint,omitempty"` // what the converter of its document warned of
	Included     []string  `cbor:"15,keyasint,omitempty"` // paths that its document includes, or would if they were there
	IncludedHash Hash      `cbor:"16,keyasint,omitzero"`  // of Included and their revisions; zero if these are not known
	Loss         *Loss     `cbor:"17,keyasint,omitempty"` // what its pages lack; nil if nothing is to be told
	ByNames      bool      `cbor:"18,keyasint,omitempty"` // IncludedHash follows from Info.Names, where that is known
}

// Loss is how an entry's pages compare with its document.
type Loss struct {
	_         struct{} `cbor:",toarray"`
	Lost      uint16   // share of the author's words that the pages lack, in 1/10,000
	Foreign   uint16   // share of the pages' words that are not the author's, in 1/10,000
	Leftovers uint16   // pieces of syntax that readers see
	DeadLinks uint16
	Images    uint16 // without text
}

// Lossy is the share of words, in 1/10,000, from which on what a page lacks is
// worth a look.
const Lossy = 100

// IsLossy reports whether the pages are worth a look: they lack words, or readers
// see syntax.
func (l *Loss) IsLossy() bool { return l != nil && (l.Lost >= Lossy || l.Leftovers > 0) }

// WithoutPages is the record of an entry that has no pages for a reason, whatever
// was wrong with it before.
func (e Entry) WithoutPages(reason string) Entry {
	e.Withheld, e.Refused, e.Error, e.ListingError, e.Pages = reason, "", "", false, nil
	return e
}

// Leak is a secret in a document: where it is, not what.
type Leak struct {
	Rule        string `cbor:"1,keyasint"`
	Place       string `cbor:"2,keyasint"`
	Fingerprint string `cbor:"3,keyasint"`
}

// Problem says what is wrong with the entry; "" if nothing is. One that was
// refused may, after that, not even be readable.
func (e Entry) Problem() string {
	if e.Refused != "" && e.Error != "" {
		return e.Refused + "; then " + e.Error
	}
	return e.Refused + e.Error
}

// Page is a page that finpages has in Intercom.
type Page struct {
	Entry      string    `cbor:"1,keyasint,omitempty"` // the entry that the page was made from; "" if adopted and not matched yet
	IntercomID string    `cbor:"2,keyasint,omitempty"` // Intercom's
	Hash       ShortHash `cbor:"3,keyasint,omitzero"`  // of the canonical request that was last accepted
	Title      string    `cbor:"4,keyasint,omitempty"`
	URL        string    `cbor:"5,keyasint,omitempty"`
	Locale     string    `cbor:"6,keyasint,omitempty"`
	AIAgent    bool      `cbor:"7,keyasint,omitempty"`
	AICopilot  bool      `cbor:"8,keyasint,omitempty"`
	Pushed     time.Time `cbor:"9,keyasint,omitzero"`   // to the second
	Restored   bool      `cbor:"10,keyasint,omitempty"` // brought back by undo: stays until the source lists it again
	Empty      bool      `cbor:"11,keyasint,omitempty"` // its document has no text
	HTMLHash   ShortHash `cbor:"12,keyasint,omitzero"`  // of the HTML that Intercom made of it; zero if not known
	Undone     ShortHash `cbor:"13,keyasint,omitzero"`  // of the document whose page undo took back, while it is so
}

// Intent notes that a write of the page was begun. While it stands, what
// Intercom has under the page's external_id is not known.
type Intent struct {
	Entry string    `cbor:"1,keyasint"`
	Since time.Time `cbor:"2,keyasint"`
}

// Info is what is known of a source as a whole.
type Info struct {
	ImportSource   int64      `cbor:"1,keyasint,omitempty"` // Intercom's id; 0 until found or created
	URL            string     `cbor:"2,keyasint,omitempty"` // the import source's, as last seen
	CleanRevision  string     `cbor:"4,keyasint,omitempty"` // revision of the whole source at the last clean run
	CleanSettings  Hash       `cbor:"5,keyasint"`
	LastComplete   time.Time  `cbor:"6,keyasint"`            // when a listing was last complete
	DeletesWaiting time.Time  `cbor:"7,keyasint"`            // since when deletes wait; zero if none do
	Adopting       bool       `cbor:"8,keyasint,omitempty"`  // Intercom's pages are still to be taken over, all or some
	Listed         int        `cbor:"10,keyasint,omitempty"` // entries, by the last clean run
	Excluded       int        `cbor:"13,keyasint,omitempty"` // documents left out, by the last clean run
	Incomplete     []string   `cbor:"11,keyasint,omitempty"` // the last listing's incomplete scopes with their errors
	Withheld       []Withheld `cbor:"16,keyasint,omitempty"` // by the last clean run
	IncompleteFrom time.Time  `cbor:"18,keyasint"`           // since when no listing is complete; zero if the last was
	Rules          Hash       `cbor:"17,keyasint"`           // by which the last run's deletes were decided
	FindLeftovers  bool       `cbor:"14,keyasint,omitempty"` // pages may be left over that no entry has
	OldestUnpushed time.Time  `cbor:"15,keyasint"`           // since when a change waits to be pushed; zero if none does
	Unlisted       int        `cbor:"19,keyasint,omitempty"` // pages that Intercom did not list at the takeover
	Names          Hash       `cbor:"20,keyasint,omitzero"`  // of all names in the source, by which entries depend on others
}

// Withheld counts the documents that were kept out for one reason.
type Withheld struct {
	Reason string `cbor:"1,keyasint" json:"reason"`
	Count  int    `cbor:"2,keyasint" json:"count"`
}

// Hold is a set of deletes and updates over their budgets, waiting for
// somebody's approval.
type Hold struct {
	ID       string    `cbor:"1,keyasint"` // bound to exactly the set of Pages and Updates
	Pages    []string  `cbor:"2,keyasint"` // external_ids of the deletes, sorted
	Since    time.Time `cbor:"3,keyasint"`
	Reason   string    `cbor:"4,keyasint"` // of the deletes
	Approved bool      `cbor:"5,keyasint,omitempty"`
	Foreign  int       `cbor:"6,keyasint,omitempty"` // of Pages, those that were not pushed from this state

	Updates       []HeldUpdate `cbor:"7,keyasint,omitempty"` // sorted by Page
	UpdatesReason string       `cbor:"8,keyasint,omitempty"`
}

// HeldUpdate is an update that waits for an approval of exactly its request.
type HeldUpdate struct {
	Page    string    `cbor:"1,keyasint"`          // external_id
	Request ShortHash `cbor:"2,keyasint"`          // of the request
	Seen    ShortHash `cbor:"3,keyasint,omitzero"` // of the revision and settings it was made from; zero if unknown
}

// HasDelete reports whether the delete of a page is held.
func (h Hold) HasDelete(page string) bool {
	_, held := slices.BinarySearch(h.Pages, page)
	return held
}

// Update returns the update of a page that is held; false if there is none.
func (h Hold) Update(page string) (HeldUpdate, bool) {
	at, held := slices.BinarySearchFunc(h.Updates, page, func(u HeldUpdate, page string) int {
		return strings.Compare(u.Page, page)
	})
	if !held {
		return HeldUpdate{}, false
	}
	return h.Updates[at], true
}

// Why says why deletes and updates are held.
func (h Hold) Why() string {
	reasons := slices.DeleteFunc([]string{h.Reason, h.UpdatesReason}, func(r string) bool { return r == "" })
	return strings.Join(reasons, "; ")
}

// UpdatedPages returns the external_ids of the pages whose updates are held.
func (h Hold) UpdatedPages() (pages []string) {
	for _, u := range h.Updates {
		pages = append(pages, u.Page)
	}
	return pages
}

// Retraction keeps a page out of Fin until it is lifted.
type Retraction struct {
	Since time.Time `cbor:"1,keyasint" json:"since"`
	Entry string    `cbor:"2,keyasint,omitempty" json:"entry,omitempty"` // that the page was made from, if known
	Part  bool      `cbor:"3,keyasint,omitempty" json:"part,omitempty"`  // of the entry's document, whose other parts stay
}

// BroughtBack is the request by which undo brought a page back.
type BroughtBack struct {
	Hash    ShortHash `cbor:"1,keyasint"` // as in the page's record
	Request []byte    `cbor:"2,keyasint"` // in the form of whoever wrote it
}

// Deleted is the journal's record of a deleted page, or of what a page was before
// it was updated.
type Deleted struct {
	Page    string    `cbor:"1,keyasint"` // external_id
	Entry   string    `cbor:"2,keyasint"`
	Run     uint64    `cbor:"3,keyasint"`
	Time    time.Time `cbor:"4,keyasint"`
	Request []byte    `cbor:"5,keyasint"` // the request that brings it back, in the form of whoever wrote it
}

// Run is a finished run in the history.
type Run struct {
	ID       uint64    `cbor:"1,keyasint" json:"id"`
	Started  time.Time `cbor:"2,keyasint" json:"started"`
	Finished time.Time `cbor:"3,keyasint" json:"finished"`
	Report   []byte    `cbor:"4,keyasint" json:"-"` // the report as JSON
}
