package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"finpages/ingest"
)

// maxShown bounds the errors that a table is followed by.
const maxShown = 20

// printReports prints a table of reports, then what went wrong.
func printReports(w io.Writer, reports []ingest.Report) {
	if len(reports) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "source\tresult\tlisted\tunchanged\tcreated\tupdated\tmoved\tdeleted\theld\tfailed\texcluded\tseconds\t")
	for _, r := range reports {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.1f\t\n", r.Name, r.Result, r.Listed, r.Unchanged,
			r.Created, r.Updated, r.Moved, r.Deleted, r.Held, r.Failed, r.Excluded, r.Duration)
	}
	t.Flush()
	for _, r := range reports {
		printTroubles(w, r)
	}
}

func printTroubles(w io.Writer, r ingest.Report) {
	if r.Error != "" {
		fmt.Fprintf(w, "%s: failed: %s\n", r.Name, r.Error)
	}
	for _, in := range r.Incomplete {
		fmt.Fprintf(w, "%s: listing incomplete, nothing of it is deleted: %s\n", r.Name, in.Error)
	}
	for i, e := range r.Errors {
		if i == maxShown {
			fmt.Fprintf(w, "%s: and %d more pages failed; --json lists them\n", r.Name, r.Failed-maxShown)
			break
		}
		fmt.Fprintf(w, "%s: %s: %s\n", r.Name, e.ExternalID, e.Error)
	}
	if r.HoldID != "" {
		fmt.Fprintf(w, "%s: %d deletes are held: %s. See them with: finpages status %s. Release exactly these with: finpages approve %s %s\n",
			r.Name, r.Held, r.HoldReason, r.Name, r.Name, r.HoldID)
	}
	if r.Waiting > 0 {
		fmt.Fprintf(w, "%s: %d deletes wait until the source is listed completely and nothing fails in passing\n", r.Name, r.Waiting)
	}
}

func printIndented(w io.Writer, text string) {
	for line := range strings.Lines(text) {
		fmt.Fprint(w, "    ", strings.TrimRight(line, "\n"), "\n")
	}
}

// when says how long ago, or in how long, something is.
func when(t *time.Time) string {
	if t == nil || t.IsZero() {
		return "never"
	}
	d := time.Since(*t).Round(time.Second)
	if d < 0 {
		return "in " + short(-d)
	}
	return short(d) + " ago"
}

func short(d time.Duration) string {
	switch {
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < 2*time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}
