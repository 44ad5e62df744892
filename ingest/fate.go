package ingest

// fate is what becomes of a page that the state knows, once its source was
// listed.
type fate int

const (
	keep     fate = iota
	remove        // its document is gone: its delete goes under the budget
	wait          // nothing proves that its document is gone
	stayHeld      // likewise, and its delete waits for an approval already
)

// pageFacts is what the fate of a page hangs on.
type pageFacts struct {
	listed   bool // its entry
	owned    bool // the entry's record names the page
	failed   bool // the entry, last time or now
	refused  bool // the entry is in quarantine
	adopted  bool // taken over from Intercom, and not matched with an entry yet
	claimed  bool // an entry of this run has its external_id
	restored bool // by undo
	failures bool // some entry of the run failed
	missable bool // its entry may exist although it was not listed
	held     bool // its delete
	excluded bool // its entry was seen, and a rule leaves it out
}

// fate tells whether the listing proves that a page's document is gone. The
// first row that fits counts.
//
//	entry       page                                     fate
//	listed      owned, or claimed                        keep
//	listed      any; the entry failed                    keep
//	listed      adopted; the entry is refused            keep: it may be the entry's
//	listed      any other                                remove: the entry has other pages
//	not listed  adopted, held, and some entry failed     stayHeld: it may be that entry's
//	not listed  adopted, and some entry failed           wait: likewise
//	not listed  restored                                 keep: until the source says otherwise
//	not listed  excluded by a rule                       remove
//	not listed  missable, held                           stayHeld
//	not listed  missable                                 wait
//	not listed  any other                                remove
func (f pageFacts) fate() fate {
	switch {
	case f.listed && (f.owned || f.claimed || f.failed || f.adopted && f.refused):
		return keep
	case f.listed:
		return remove
	case f.adopted && f.failures && f.held:
		return stayHeld
	case f.adopted && f.failures:
		return wait
	case f.restored:
		return keep
	case f.excluded:
		return remove
	case f.missable && f.held:
		return stayHeld
	case f.missable:
		return wait
	}
	return remove
}
