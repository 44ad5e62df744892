package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Budget bounds the deletes of one run.
type Budget struct {
	MaxPercent  float64 // of the pages owned
	MaxCount    int
	AlwaysAllow int // so many are fine whatever their share
}

// exceeded says why so many deletes go over the budget; "" if they do not.
// owned counts the pages in Intercom before the run, listed the entries found.
//
//	listed  deletes                              verdict
//	0       any                                  held: an emptied source
//	any     ≤ AlwaysAllow                        allowed
//	any     > MaxCount                           held
//	any     > MaxPercent of owned                held
//	any     otherwise                            allowed
func (b Budget) exceeded(deletes, owned, listed int) string {
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

// holdID names exactly the set of pages.
func holdID(pages []string) string {
	sorted := slices.Sorted(slices.Values(pages))
	sum := sha256.Sum256([]byte(strings.Join(sorted, "\x00")))
	return hex.EncodeToString(sum[:5])
}
