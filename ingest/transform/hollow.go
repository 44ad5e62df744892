package transform

import (
	"fmt"
	"math"
	"strings"

	"finpages/ingest/render/loss"
	"finpages/state"
)

// LossError says that a page lacks too much of its document to be pushed.
type LossError struct {
	Loss loss.Loss
	Max  float64 // share of the document's words, from 0 to 1
}

func (e *LossError) Error() string {
	text := fmt.Sprintf("the page lacks %.1f %% of the document's words, more than render.max_loss %g%%",
		100*e.Loss.Share(), 100*e.Max)
	if len(e.Loss.LostWords) > 0 {
		text += ": " + strings.Join(e.Loss.LostWords, ", ")
		if e.Loss.Lost > len(e.Loss.LostWords) {
			text += " …"
		}
	}
	return text
}

// LossRecord is what the state keeps of what the page lacks; nil if it lacks
// nothing.
func (m *Made) LossRecord() *state.Loss {
	l := m.Page.Loss
	rec := state.Loss{Lost: loss.Fraction(l.Share()), Foreign: loss.Fraction(l.ForeignShare()),
		Leftovers: upTo16(l.LeftoverCount()), DeadLinks: upTo16(l.DeadLinks), Images: upTo16(l.Images)}
	if rec.Lost == 0 && rec.Foreign < worthKeeping && rec.Leftovers == 0 && rec.DeadLinks == 0 && rec.Images == 0 {
		return nil
	}
	return &rec
}

// worthKeeping is the share of foreign words, in 1/10,000, that is kept: labels of
// boxes and images are on most pages.
const worthKeeping = 100

func upTo16(n int) uint16 { return uint16(min(n, math.MaxUint16)) }
