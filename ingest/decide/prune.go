package decide

// PruneAction is what a run does about a page that the state knows, once its
// source was listed.
type PruneAction int

// The actions about pages whose entries may be gone.
const (
	Keep     PruneAction = iota
	Remove               // its document is gone: its delete goes under the budget
	Wait                 // nothing proves that its document is gone
	StayHeld             // likewise, and its delete waits for an approval already
)

// PageFacts is what [Prune] goes by.
type PageFacts struct {
	Listed   bool // its entry
	Owned    bool // the entry's record names the page
	Failed   bool // the entry, last time or now
	Refused  bool // the entry is in quarantine
	Adopted  bool // taken over from Intercom, and not matched with an entry yet
	Claimed  bool // an entry of this run has its external_id
	Restored bool // by undo
	Failures bool // some entry of the run failed
	MayExist bool // its entry may exist although it was not listed
	Held     bool // its delete
	Excluded bool // its entry was seen, and a rule leaves it out
	Part     bool // its entry has, or had, several pages, and it is not the first
}

// Prune tells whether the listing proves that a page's document is gone. The
// first row that fits counts.
//
//	entry       page                                     action
//	listed      owned, or claimed                        keep
//	listed      any; the entry failed                    keep
//	listed      adopted; the entry is refused            keep: it may be the entry's
//	listed      restored, and a part                     keep: until the source says otherwise
//	listed      any other                                remove: the entry has other pages
//	not listed  adopted, held, and some entry failed     stayHeld: it may be that entry's
//	not listed  adopted, and some entry failed           wait: likewise
//	not listed  restored                                 keep: until the source says otherwise
//	not listed  excluded by a rule                       remove
//	not listed  may exist, held                          stayHeld
//	not listed  may exist                                wait
//	not listed  any other                                remove
func Prune(f PageFacts) PruneAction {
	switch {
	case f.Listed && (f.Owned || f.Claimed || f.Failed || f.Adopted && f.Refused):
		return Keep
	case f.Listed && f.Restored && f.Part:
		return Keep
	case f.Listed:
		return Remove
	case f.Adopted && f.Failures && f.Held:
		return StayHeld
	case f.Adopted && f.Failures:
		return Wait
	case f.Restored:
		return Keep
	case f.Excluded:
		return Remove
	case f.MayExist && f.Held:
		return StayHeld
	case f.MayExist:
		return Wait
	}
	return Remove
}
