package emulator

// Lists is how the list of pages answers. Intercom's descriptions differ, and
// none says what happens behind the last page that can be asked for.
type Lists string

const (
	// ListsBounded is Intercom's newest description: per_page of at most 150, a
	// page looked up by source_id and external_id, and 400 where page times
	// per_page exceeds 10,000.
	ListsBounded Lists = "bounded"
	// ListsEmpty is the same, but an empty list with total_count 0 in place of the 400.
	ListsEmpty Lists = "empty"
	// ListsUnbounded knows the same parameters and no bound.
	ListsUnbounded Lists = "unbounded"
	// ListsPlain is the description of 2.16: 50 pages at a time, however many
	// there are; parameters other than page are ignored.
	ListsPlain Lists = "plain"
)

// AllLists are the values that Lists can have.
var AllLists = []Lists{ListsBounded, ListsEmpty, ListsUnbounded, ListsPlain}

const (
	maxPerPage = 150    // of a list of pages
	listReach  = 10_000 // page times per_page, as described
)
