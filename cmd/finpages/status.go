package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest"
	"finpages/ingest/inspect"

	"github.com/spf13/cobra"
)

func statusCommand(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status [SOURCE...]",
		Short: "Show each source: pages, last and next run, held deletes and updates, quarantined pages",
		RunE: func(c *cobra.Command, names []string) error {
			return g.ask(c, appOptions{readOnly: true}, func(ctl control) error {
				all, err := ctl.StatusAll(c.Context(), names)
				if err != nil {
					return err
				}
				if asJSON {
					writeJSON(g.stdout, api.Statuses{Sources: all})
					return nil
				}
				printStatus(g.stdout, all)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the status as JSON")
	return c
}

var statusColumns = []column[inspect.Status]{
	{name: "SOURCE", of: func(s inspect.Status) string { return s.Name }},
	{name: "STATE", of: stateOf},
	{name: "PAGES", of: func(s inspect.Status) string { return strconv.Itoa(s.Pages) }},
	{name: "LAST RUN", of: lastRun},
	{name: "NEXT RUN", of: nextRun, spare: true},
	{name: "LAST COMPLETE", of: func(s inspect.Status) string { return when(s.LastComplete) }, spare: true},
	{name: "HELD", of: func(s inspect.Status) string { return strconv.Itoa(heldCount(s)) }},
	{name: "QUARANTINED", of: func(s inspect.Status) string { return strconv.Itoa(s.Quarantined) }},
	{name: "VISIBLE TO", of: func(s inspect.Status) string { return s.Audience }, spare: true},
}

func stateOf(s inspect.Status) string {
	state := s.State
	if s.Running != nil {
		state = runningWords(s.Running)
		if s.State != "new" && s.State != string(ingest.OK) {
			state = s.State + ", " + state // what was wrong is, until a run ends well
		}
	}
	return paint(stateColour(s.State), state)
}

func stateColour(state string) rune {
	if state == inspect.Drifted || state == inspect.Unconfigured {
		return red
	}
	return resultColour(state)
}

func runningWords(r *inspect.RunningNow) string {
	if r.Total == 0 {
		return "running"
	}
	return fmt.Sprintf("running (%d of %d)", r.Done, r.Total)
}

func lastRun(s inspect.Status) string {
	if s.LastRun == nil {
		return "never"
	}
	return when(&s.LastRun.Started)
}

func nextRun(s inspect.Status) string {
	if s.NextRun == nil {
		return "-"
	}
	return when(s.NextRun)
}

func printStatus(w io.Writer, all []inspect.Status) {
	if len(all) == 0 {
		return
	}
	printTable(w, 0, statusColumns, all)
	for _, s := range all {
		printStatusTroubles(w, s)
	}
}

func heldCount(s inspect.Status) int {
	if s.Hold == nil {
		return 0
	}
	return len(s.Hold.Pages) + len(s.Hold.Updates)
}

// since says since when something is so, where that is known.
func since(t *time.Time) string {
	if t == nil {
		return ""
	}
	return " since " + when(t)
}

func printNeverSynced(w io.Writer, s inspect.Status) {
	if s.LastRun == nil && s.State == "new" {
		fmt.Fprintf(w, "%s: never synced; finpages plan %s shows what the first sync would do, "+
			"also about pages that the import source has already\n", s.Name, s.Name)
	}
}

func printStatusTroubles(w io.Writer, s inspect.Status) {
	before := ""
	printNeverSynced(w, s)
	if s.LastRun != nil && s.LastRun.Takeover != nil {
		fmt.Fprintf(w, "%s: the last run took over: %v\n", s.Name, *s.LastRun.Takeover)
	}
	if s.LastRun != nil && s.LastRun.Error != "" {
		what := "failed"
		if s.LastRun.Interrupted {
			what = "was interrupted"
		}
		fmt.Fprintf(w, "%s: the last run %s: %s\n", s.Name, what, s.LastRun.Error)
		before = "before that: "
	}
	if s.State == inspect.Unconfigured {
		fmt.Fprintf(w, "%s: %s: %s\n", s.Name, inspect.StillInFin(s.Pages), inspect.BothWays(s.Name))
	}
	printDrift(w, s)
	for _, in := range s.Incomplete {
		fmt.Fprintf(w, "%s: %sincomplete listing%s: %s\n", s.Name, before, since(s.IncompleteFrom), in)
	}
	for i, out := range s.Withheld {
		if i == maxShown {
			fmt.Fprintf(w, "  %d more reasons; --json lists them all\n", len(s.Withheld)-maxShown)
			break
		}
		fmt.Fprintf(w, "%s: %d withheld: %s\n", s.Name, out.Count, out.Reason)
	}
	if s.DeletesWaiting != nil {
		fmt.Fprintf(w, "%s: deletes waiting since %s\n", s.Name, when(s.DeletesWaiting))
	}
	if s.Hold != nil {
		fmt.Fprintf(w, "%s: hold %s: %s; held since %s:\n", s.Name, s.Hold.ID, s.Hold.Reason, when(&s.Hold.Since))
		printHeld(w, "delete", s.Hold.Pages)
		printHeld(w, "update", s.Hold.Updates)
		fmt.Fprintf(w, "  to release exactly these: finpages approve %s %s\n", s.Name, s.Hold.ID)
	}
	var troubled causes
	for _, p := range s.Problems {
		kind := "failed"
		if p.Quarantined {
			kind = "quarantined"
		}
		troubled.add(p.Entry, fmt.Sprintf("%s since %s: %s", kind, when(&p.Since), p.Error))
	}
	troubled.print(w, s.Name, len(s.Problems))
	printLossy(w, s)
	if len(s.Retracted) > 0 {
		fmt.Fprintf(w, "%s: retracted; finpages retract --undo allows them again:\n", s.Name)
		printSome(w, s.Retracted)
	}
}

func printLossy(w io.Writer, s inspect.Status) {
	if s.Lossy > 0 {
		fmt.Fprintf(w, "%s: %d of the documents have pages that lack more than 1 %% of their words, or show syntax; "+
			"finpages loss %s lists them\n", s.Name, s.Lossy, s.Name)
	}
}

func printHeld(w io.Writer, what string, ids []string) {
	if len(ids) > 0 {
		fmt.Fprintf(w, " %s:\n", what)
		printSome(w, ids)
	}
}

// printDrift says how Intercom differs from what was pushed, and the mend.
func printDrift(w io.Writer, s inspect.Status) {
	if s.Drift == nil {
		return
	}
	fmt.Fprintf(w, "%s: Fin does not have what was pushed: %s; verify found it %s:\n",
		s.Name, s.Drift.Words(), when(&s.Drift.Since))
	var pages []string
	for _, p := range s.Drift.Pages {
		pages = append(pages, strings.Join(append([]string{string(p.Kind) + ": " + p.ExternalID}, p.Fields...), " "))
	}
	printSome(w, pages)
	fmt.Fprintf(w, "  to fix this: %s\n", s.Drift.Mend(s.Name))
}

func printSome(w io.Writer, ids []string) {
	for i, id := range ids {
		if i == maxShown {
			fmt.Fprintf(w, "  %d more; --json lists them all\n", len(ids)-maxShown)
			return
		}
		fmt.Fprintf(w, "  %s\n", id)
	}
}
