package main

import (
	"context"
	"fmt"
	"io"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest"
	"finpages/ingest/tally"

	"github.com/spf13/cobra"
)

func planCommand(g *globals) *cobra.Command {
	var diff, asJSON bool
	c := &cobra.Command{
		Use:   "plan [SOURCE...]",
		Short: "Show what backfill would do, without writing anything",
		RunE: func(c *cobra.Command, names []string) error {
			return g.runPlan(c.Context(), names, diff, asJSON)
		},
	}
	c.Flags().BoolVar(&diff, "diff", false, "show the old and new text of changed pages")
	c.Flags().BoolVar(&asJSON, "json", false, "print the plan as JSON")
	return c
}

func (g *globals) runPlan(ctx context.Context, names []string, diff, asJSON bool) error {
	show := newProgress(g.stderr)
	ctl, done, err := g.control(ctx, appOptions{readOnly: true, notice: show.note})
	if err != nil {
		return err
	}
	defer done()
	reports, err := runSources(ctx, ctl, names, ingest.RunOptions{Plan: true, Diff: diff}, show)
	if asJSON {
		writeJSON(g.stdout, api.Reports{Sources: reports})
	} else {
		printPlans(g.stdout, reports)
	}
	if err != nil {
		return err
	}
	return exitFor(reports)
}

// signs stand before the changes of a plan, and colours tell them apart.
var (
	signs         = map[string]string{"create": "+", "update": "~", "move": ">", "delete": "-", "hold": "!"}
	changeColours = map[string]rune{"create": green, "update": yellow, "move": cyan, "delete": red, "hold": magenta}
)

func printPlans(w io.Writer, reports []ingest.Report) {
	for _, r := range reports {
		if len(reports) > 1 && len(r.Changes)+len(r.LeftOut) > 0 {
			fmt.Fprintf(w, "%s:\n", r.Name)
		}
		for _, c := range r.Changes {
			fmt.Fprintf(w, "%s %s\n", paint(changeColours[c.Action], signs[c.Action]+" "+c.Action), describeChange(c))
			for _, warning := range c.Warnings {
				fmt.Fprintf(w, "    warning: %s\n", warning)
			}
			if c.Diff != "" {
				printIndented(w, c.Diff)
			}
		}
		printLeftOut(w, r)
	}
	if len(reports) > 0 {
		printReportTable(w, planColumns(), reports)
	}
	printAudiences(w, reports)
}

// printLeftOut names the documents that a sync would keep out of Fin.
func printLeftOut(w io.Writer, r ingest.Report) {
	for _, l := range r.LeftOut[:min(len(r.LeftOut), maxShown)] {
		fmt.Fprintf(w, "  left out %s  (%s)\n", l.ID, l.Reason)
	}
	total := 0
	for _, l := range r.Withheld {
		total += l.Count
	}
	if more := total - maxShown; more > 0 && len(r.LeftOut) > 0 {
		fmt.Fprintf(w, "  left out %d more: --json names the first %d, and the status page all\n", more, tally.MaxChanges)
	}
}

func describeChange(c tally.Change) string {
	s := c.ExternalID
	if c.From != "" {
		s = c.From + " -> " + s
	}
	if c.Title != "" {
		s += fmt.Sprintf("  %q", c.Title)
	}
	if c.Reason != "" {
		s += "  (" + c.Reason + ")"
	}
	return s
}
