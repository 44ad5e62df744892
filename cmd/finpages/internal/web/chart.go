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
	Kind         kind
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
	ended := map[ingest.Result]int{}
	for i, r := range runs {
		ended[r.Result]++
		h := 2 + min(barUnit*bits.Len(uint(changes(r))), barMax)
		x := 2 + (chartRuns-1-i)*barStep
		k, mark := resultKind(r.Result)
		c.Bars = append(c.Bars, bar{X: x, Y: barBase - h, W: barWidth, H: h, MarkX: x + barWidth/2, MarkY: barBase - h - 3, Kind: k, Mark: mark, Title: runWords(r)})
	}
	c.Summary = summary(len(runs), ended)
	return c
}

func summary(n int, ended map[ingest.Result]int) string {
	var parts []string
	for _, r := range []ingest.Result{ingest.OK, ingest.Held, ingest.Partial, ingest.Failed} {
		if ended[r] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", ended[r], resultWords(r)))
		}
	}
	return fmt.Sprintf("The last %s: %s.", count(n, "sync", "syncs"), strings.Join(parts, ", "))
}

func changes(r ingest.Report) int { return r.Created + r.Updated + r.Deleted + r.Moved }

func runWords(r ingest.Report) string {
	return fmt.Sprintf("Sync %d, %s: %s, %s", r.Run, moment{r.Started}.Full(), resultWords(r.Result), count(changes(r), "page changed", "pages changed"))
}

func resultWords(r ingest.Result) string {
	switch r {
	case ingest.OK:
		return "went well"
	case ingest.Held:
		return "held deletes back"
	case ingest.Partial:
		return "left some pages out"
	}
	return "failed"
}

func resultKind(r ingest.Result) (kind, string) {
	switch r {
	case ingest.OK:
		return good, ""
	case ingest.Held:
		return waiting, "?"
	case ingest.Partial:
		return warn, "!"
	}
	return bad, "×"
}
