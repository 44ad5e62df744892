package decide

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"finpages/state"
)

// Deletes bounds the deletes of one run.
type Deletes struct {
	MaxPercent  float64 // of the pages owned
	MaxCount    int
	AlwaysAllow int // so many are fine whatever their share
}

// Exceeded says why so many deletes go over the budget; "" if they do not.
// owned counts the pages in Intercom before the run, listed the entries found.
//
//	listed  deletes                              result
//	0       any                                  held: an emptied source
//	any     ≤ AlwaysAllow                        allowed
//	any     > MaxCount                           held
//	any     > MaxPercent of owned                held
//	any     otherwise                            allowed
func (b Deletes) Exceeded(deletes, owned, listed int) string {
	share := 100 * float64(deletes) / float64(max(owned, 1))
	switch {
	case deletes == 0:
		return ""
	case listed == 0:
		return fmt.Sprintf("the source is empty: all %d pages would go", deletes)
	case deletes <= b.AlwaysAllow:
		return ""
	case deletes > b.MaxCount:
		return fmt.Sprintf("%d deletes are more than max_count %d", deletes, b.MaxCount)
	case share > b.MaxPercent:
		return fmt.Sprintf("%d deletes are %.1f %% of the %d pages owned, more than max_percent %g",
			deletes, share, owned, b.MaxPercent)
	}
	return ""
}

// Updates bounds how much of what Intercom has one run may change or empty.
type Updates struct {
	MaxPercent float64 // of the pages owned; 0 means no limit
}

// smallSource is how many pages a source may have whose updates no budget bounds:
// few pages change together easily, and are soon looked at.
const smallSource = 100

// Exceeded reports whether so many changes of pages go over the budget. owned
// counts the pages in Intercom before the run.
//
//	MaxPercent  owned          changes              result
//	0           any            any                  allowed
//	any         ≤ smallSource  any                  allowed
//	any         any            > MaxPercent of it   held
//	any         any            otherwise            allowed
func (b Updates) Exceeded(changes, owned int) bool {
	if b.MaxPercent == 0 || owned <= smallSource {
		return false
	}
	return 100*float64(changes)/float64(owned) > b.MaxPercent
}

// HoldID names exactly the set of deletes and updates.
func HoldID(h state.Hold) string {
	sum := sha256.New()
	sum.Write([]byte(strings.Join(h.Pages, "\x00")))
	for _, u := range h.Updates {
		sum.Write([]byte("\x01" + u.Page + "\x00"))
		sum.Write(u.Request[:])
	}
	return hex.EncodeToString(sum.Sum(nil)[:5])
}
