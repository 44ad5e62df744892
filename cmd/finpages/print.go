package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"finpages/ingest"
)

// maxShown bounds the errors that a table is followed by.
const maxShown = 20

// column is one of the table of reports.
type column struct {
	name string
	of   func(ingest.Report) string
}

func number(of func(ingest.Report) int) func(ingest.Report) string {
	return func(r ingest.Report) string { return strconv.Itoa(of(r)) }
}

var columns = []column{
	{"source", func(r ingest.Report) string { return r.Name }},
	{"result", func(r ingest.Report) string { return paint(resultColour(string(r.Result)), string(r.Result)) }},
	{"listed", number(func(r ingest.Report) int { return r.Listed })},
	{"unchanged", number(func(r ingest.Report) int { return r.Unchanged })},
	{"created", number(func(r ingest.Report) int { return r.Created })},
	{"updated", number(func(r ingest.Report) int { return r.Updated })},
	{"moved", number(func(r ingest.Report) int { return r.Moved })},
	{"deleted", number(func(r ingest.Report) int { return r.Deleted })},
	{"held", number(func(r ingest.Report) int { return r.Held })},
	{"failed", number(func(r ingest.Report) int { return r.Failed })},
	{"excluded", number(func(r ingest.Report) int { return r.Excluded })},
	{"seconds", func(r ingest.Report) string { return fmt.Sprintf("%.1f", r.Duration) }},
}

func resultColour(result string) rune {
	switch ingest.Result(result) {
	case ingest.OK:
		return green
	case ingest.Partial:
		return yellow
	case ingest.Held:
		return magenta
	case ingest.Failed:
		return red
	}
	return plain
}

// fullWidth is how wide the table of reports is with all columns.
const fullWidth = 110

// fitting leaves out what is zero in every row where the terminal is too narrow
// for all columns.
func fitting(w io.Writer, reports []ingest.Report) []column {
	p, ok := w.(printable)
	if !ok || p.width == 0 || p.width >= fullWidth {
		return columns
	}
	return slices.DeleteFunc(slices.Clone(columns), func(c column) bool {
		return !slices.ContainsFunc(reports, func(r ingest.Report) bool { return c.of(r) != "0" })
	})
}

// printReports prints a table of reports, then what went wrong.
func printReports(w io.Writer, reports []ingest.Report) {
	if len(reports) == 0 {
		return
	}
	shown := fitting(w, reports)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, c := range shown {
		name := c.name
		if name == "result" {
			name = paint(plain, name)
		}
		fmt.Fprint(t, name, "\t")
	}
	for _, r := range reports {
		fmt.Fprintln(t)
		for _, c := range shown {
			fmt.Fprint(t, c.of(r), "\t")
		}
	}
	fmt.Fprintln(t)
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
