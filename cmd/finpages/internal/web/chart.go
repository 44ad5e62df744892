package web

import (
	"fmt"
	"math/bits"
	"strings"

	"finpages/ingest"
)

// chart draws a history of runs as bars, in the units of an SVG's viewBox.
type chart struct {
	Width, Height int
	Bars          []bar
	Summary       string
}

// bar is a run. Its height tells how many pages changed, its mark how it ended.
type bar struct {
	X, Y, W, H   int
	MarkX, MarkY int
	Level        level
	Mark         string
	Title        string
}

const (
	barStep   = 14
	barWidth  = 10
	barBase   = 70 // where bars stand
	barUnit   = 5  // for each doubling of the changes
	barMax    = 55
	chartRuns = 30
)

// drawRuns draws runs that come the newest first, the newest on the right.
func drawRuns(runs []ingest.Report) chart {
	runs = runs[:min(len(runs), chartRuns)]
	c := chart{Width: chartRuns*barStep + 4, Height: barBase + 4}
	ended := map[string]int{}
	for i, r := range runs {
		ended[resultText(r)]++
		h := 2 + min(barUnit*bits.Len(uint(changes(r))), barMax)
		x := 2 + (chartRuns-1-i)*barStep
		k, mark := resultLevel(r)
		c.Bars = append(
			c.Bars,
			bar{
				X:     x,
				Y:     barBase - h,
				W:     barWidth,
				H:     h,
				MarkX: x + barWidth/2,
				MarkY: barBase - h - 3,
				Level: k,
				Mark:  mark,
				Title: runText(r),
			},
		)
	}
	c.Summary = summary(len(runs), ended)
	return c
}

// summary counts runs by how they ended.
func summary(n int, ended map[string]int) string {
	var parts []string
	for _, words := range []string{resultOK, resultHeld, resultPartial, resultInterrupted, failed} {
		if ended[words] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", ended[words], words))
		}
	}
	return fmt.Sprintf("The last %s: %s.", count(n, "sync", "syncs"), strings.Join(parts, ", "))
}

func changes(r ingest.Report) int { return r.Created + r.Updated + r.Deleted + r.Moved }

func runText(r ingest.Report) string {
	return fmt.Sprintf("Sync %d, %s: %s, %s", r.Run, displayTime{r.Started}.Full(), resultText(r),
		count(changes(r), "page changed", "pages changed"))
}

// How a run ended, in words.
const (
	resultOK          = "succeeded"
	resultHeld        = "held deletes"
	resultPartial     = "some pages failed"
	resultInterrupted = "interrupted"
	failed            = "failed"
)

func resultText(r ingest.Report) string {
	switch {
	case r.Interrupted:
		return resultInterrupted
	case r.Result == ingest.OK:
		return resultOK
	case r.Result == ingest.Held:
		return resultHeld
	case r.Result == ingest.Partial:
		return resultPartial
	}
	return failed
}

// resultError says why a run was not finished; "" if it was.
func resultError(r ingest.Report) string {
	if r.Interrupted {
		return "the next sync continues from where finpages was stopped"
	}
	return r.Error
}

func resultLevel(r ingest.Report) (level, string) {
	switch {
	case r.Interrupted:
		return levelNew, "–"
	case r.Result == ingest.OK:
		return levelOK, ""
	case r.Result == ingest.Held:
		return levelWaiting, "?"
	case r.Result == ingest.Partial:
		return levelWarning, "!"
	}
	return levelFailed, "×"
}
