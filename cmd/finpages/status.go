package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"finpages/cmd/finpages/internal/web"
	"finpages/ingest"

	"github.com/spf13/cobra"
)

func statusCommand(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status [SOURCE...]",
		Short: "Show sources, pages, last and next run, holds, quarantine, freshness",
		RunE: func(c *cobra.Command, names []string) error {
			return g.ask(c, appOptions{readOnly: true}, func(ctl control) error {
				all, err := ctl.StatusAll(c.Context(), names)
				if err != nil {
					return err
				}
				if asJSON {
					writeJSON(g.stdout, web.Statuses{Sources: all})
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

func printStatus(w io.Writer, all []ingest.Status) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SOURCE\t"+paint(plain, "STATE")+"\tPAGES\tLAST RUN\tNEXT RUN\tLAST COMPLETE\tHELD\tQUARANTINED")
	for _, s := range all {
		last, state := "never", s.State
		if s.LastRun != nil {
			last = when(&s.LastRun.Started)
		}
		if s.Running != nil {
			state = fmt.Sprintf("running (%d of %d)", s.Running.Done, s.Running.Total)
		}
		next := "-"
		if s.NextRun != nil {
			next = when(s.NextRun)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\t%d\t%d\n", s.Name, paint(resultColour(s.State), state), s.Pages, last, next, when(s.LastComplete), heldCount(s), s.Quarantined)
	}
	t.Flush()
	for _, s := range all {
		printStatusTroubles(w, s)
	}
}

func heldCount(s ingest.Status) int {
	if s.Hold == nil {
		return 0
	}
	return len(s.Hold.Pages)
}

func printStatusTroubles(w io.Writer, s ingest.Status) {
	if s.LastRun != nil && s.LastRun.Error != "" {
		fmt.Fprintf(w, "%s: the last run failed: %s\n", s.Name, s.LastRun.Error)
	}
	for _, in := range s.Incomplete {
		fmt.Fprintf(w, "%s: listing incomplete: %s\n", s.Name, in)
	}
	if s.DeletesWaiting != nil {
		fmt.Fprintf(w, "%s: deletes have been waiting since %s\n", s.Name, when(s.DeletesWaiting))
	}
	if s.Hold != nil {
		fmt.Fprintf(w, "%s: hold %s: %s; held since %s:\n", s.Name, s.Hold.ID, s.Hold.Reason, when(&s.Hold.Since))
		printSome(w, s.Hold.Pages)
		fmt.Fprintf(w, "  release exactly these with: finpages approve %s %s\n", s.Name, s.Hold.ID)
	}
	for i, p := range s.Problems {
		if i == maxShown {
			fmt.Fprintf(w, "  and %d more; --json lists them\n", len(s.Problems)-maxShown)
			break
		}
		kind := "failed"
		if p.Quarantined {
			kind = "in quarantine"
		}
		fmt.Fprintf(w, "%s: %s: %s since %s: %s\n", s.Name, p.Entry, kind, when(&p.Since), p.Error)
	}
	if len(s.Retracted) > 0 {
		fmt.Fprintf(w, "%s: retracted, and kept out until retract --undo:\n", s.Name)
		printSome(w, s.Retracted)
	}
}

func printSome(w io.Writer, ids []string) {
	for i, id := range ids {
		if i == maxShown {
			fmt.Fprintf(w, "  and %d more; --json lists them\n", len(ids)-maxShown)
			return
		}
		fmt.Fprintf(w, "  %s\n", id)
	}
}
