package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"finpages/ingest"
)

// maxShown bounds the errors that a table is followed by.
const maxShown = 20

// column is one of a table of T.
type column[T any] struct {
	name  string
	of    func(T) string
	spare bool // may be left out where the terminal is too narrow
}

// printTable prints a row for each of the list. Where the terminal is too
// narrow, columns that say nothing are left out, then spare ones; if it still
// is, the cells stand one below the other.
func printTable[T any](w io.Writer, flags uint, columns []column[T], list []T) {
	shown := fitting(w, columns, list)
	if p, ok := w.(printable); ok && p.width > 0 && widthOf(shown, list) > p.width {
		printStacked(w, shown, list)
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', flags)
	row := func(cell func(column[T]) string) {
		for i, c := range shown {
			if i > 0 {
				fmt.Fprint(t, "\t")
			}
			fmt.Fprint(t, cell(c))
		}
		if flags == tabwriter.AlignRight {
			fmt.Fprint(t, "\t") // the last column is aligned, too
		}
		fmt.Fprintln(t)
	}
	row(func(c column[T]) string {
		if slices.ContainsFunc(list, func(v T) bool { return strings.ContainsRune(c.of(v), plain) }) {
			return paint(plain, c.name)
		}
		return c.name
	})
	for _, v := range list {
		row(func(c column[T]) string { return c.of(v) })
	}
	t.Flush()
}

func printStacked[T any](w io.Writer, columns []column[T], list []T) {
	for _, v := range list {
		fmt.Fprintln(w, columns[0].of(v))
		for _, c := range columns[1:] {
			fmt.Fprintf(w, "  %s: %s\n", c.name, c.of(v))
		}
	}
}

func fitting[T any](w io.Writer, columns []column[T], list []T) []column[T] {
	p, ok := w.(printable)
	if !ok || p.width == 0 {
		return columns
	}
	silent := func(c column[T]) bool {
		return !slices.ContainsFunc(list,
			func(v T) bool { return !slices.Contains([]string{"0", "-", "never"}, c.of(v)) })
	}
	shown := slices.Clone(columns)
	for _, needless := range []func(column[T]) bool{silent, func(c column[T]) bool { return c.spare }} {
		for i := len(shown) - 1; i > 0 && widthOf(shown, list) > p.width; i-- {
			if needless(shown[i]) {
				shown = slices.Delete(shown, i, i+1)
			}
		}
	}
	return shown
}

func widthOf[T any](columns []column[T], list []T) (width int) {
	unpainted := strings.NewReplacer(string(plain), "", string(green), "", string(yellow), "", string(red), "",
		string(magenta), "")
	for _, c := range columns {
		widest := utf8.RuneCountInString(c.name)
		for _, v := range list {
			widest = max(widest, utf8.RuneCountInString(unpainted.Replace(c.of(v))))
		}
		width += widest + 2
	}
	return width
}

func number(of func(ingest.Report) int) func(ingest.Report) string {
	return func(r ingest.Report) string { return strconv.Itoa(of(r)) }
}

var reportColumns = []column[ingest.Report]{
	{name: "source", of: func(r ingest.Report) string { return r.Name }},
	{
		name: "result",
		of:   func(r ingest.Report) string { return paint(resultColour(string(r.Result)), string(r.Result)) },
	},
	{name: "listed", of: number(func(r ingest.Report) int { return r.Listed })},
	{name: "unchanged", of: number(func(r ingest.Report) int { return r.Unchanged }), spare: true},
	{name: "created", of: number(func(r ingest.Report) int { return r.Created })},
	{name: "updated", of: number(func(r ingest.Report) int { return r.Updated })},
	{name: "moved", of: number(func(r ingest.Report) int { return r.Moved })},
	{name: "deleted", of: number(func(r ingest.Report) int { return r.Deleted })},
	{name: "held", of: number(func(r ingest.Report) int { return r.Held })},
	{name: "failed", of: number(func(r ingest.Report) int { return r.Failed })},
	{name: "excluded", of: number(func(r ingest.Report) int { return r.Excluded }), spare: true},
	{name: "seconds", of: func(r ingest.Report) string { return fmt.Sprintf("%.1f", r.Duration) }, spare: true},
}

// planColumns are reportColumns of what has not been done.
func planColumns() []column[ingest.Report] {
	would := map[string]string{"created": "would create", "updated": "would update", "moved": "would move",
		"deleted": "would delete", "held": "would hold"}
	columns := slices.Clone(reportColumns)
	for i, c := range columns {
		columns[i].name = cmp.Or(would[c.name], c.name)
	}
	return columns
}

func resultColour(result string) rune {
	switch ingest.Result(result) {
	case ingest.OK:
		return green
	case ingest.Partial, ingest.Interrupted:
		return yellow
	case ingest.Held:
		return magenta
	case ingest.Failed:
		return red
	}
	return plain
}

// printReports prints a table of reports, then what went wrong.
func printReports(w io.Writer, reports []ingest.Report) {
	if len(reports) == 0 {
		return
	}
	printReportTable(w, reportColumns, reports)
}

// printReportTable prints the reports with the columns, then what went wrong.
func printReportTable(w io.Writer, columns []column[ingest.Report], reports []ingest.Report) {
	printTable(w, tabwriter.AlignRight, columns, reports)
	for _, r := range reports {
		printTroubles(w, r)
	}
}

// causes are pages by what is wrong with them, in the order of their first.
type causes struct {
	texts []string
	pages map[string][]string // by text
}

func (c *causes) add(page, text string) {
	if c.pages == nil {
		c.pages = map[string][]string{}
	}
	if c.pages[text] == nil {
		c.texts = append(c.texts, text)
	}
	c.pages[text] = append(c.pages[text], page)
}

// print writes a line for each cause that many pages share, and for each page
// with one of its own; total is how many pages there are.
func (c *causes) print(w io.Writer, source string, total int) {
	const few = 3
	shown, lines := 0, 0
	for _, text := range c.texts {
		pages := c.pages[text]
		if len(pages) > few {
			pages = []string{fmt.Sprintf("%s and %d more", strings.Join(pages[:few], ", "), len(pages)-few)}
			shown += len(c.pages[text]) - 1
		}
		for _, page := range pages {
			if lines++; lines > maxShown {
				fmt.Fprintf(w, "%s: %d more pages; --json lists them all\n", source, total-shown)
				return
			}
			shown++
			fmt.Fprintf(w, "%s: %s: %s\n", source, page, text)
		}
	}
	if total > shown {
		fmt.Fprintf(w, "%s: %d more pages; --json lists them all\n", source, total-shown)
	}
}

func printTroubles(w io.Writer, r ingest.Report) {
	if r.Error != "" {
		what := "failed"
		if r.Interrupted {
			what = "interrupted"
		}
		fmt.Fprintf(w, "%s: %s: %s\n", r.Name, what, r.Error)
	}
	if r.Takeover != nil {
		fmt.Fprintf(w, "%s: %v\n", r.Name, *r.Takeover)
	}
	for _, in := range r.Incomplete {
		fmt.Fprintf(w, "%s: incomplete listing, so nothing there is deleted: %s\n", r.Name, in.Error)
	}
	var failed causes
	for _, e := range r.Errors {
		failed.add(e.ExternalID, e.Error)
	}
	failed.print(w, r.Name, r.Failed)
	if r.HoldID != "" {
		fmt.Fprintf(
			w,
			"%s: %s held: %s. To list them: finpages status %s. To release exactly these: finpages approve %s %s\n",
			r.Name,
			areHeld(r.Held-r.HeldUpdates, r.HeldUpdates),
			r.HoldReason,
			r.Name,
			r.Name,
			r.HoldID,
		)
	}
	if r.Waiting > 0 {
		fmt.Fprintf(w, "%s: %d deletes wait for a complete listing without temporary failures\n", r.Name, r.Waiting)
	}
}

// areHeld says what is held, with its verb.
func areHeld(deletes, updates int) string {
	words := ingest.HeldWords(deletes, updates)
	if deletes+updates == 1 {
		return words + " is"
	}
	return words + " are"
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
