package main

import (
	"fmt"
	"io"
	"strings"

	"finpages/ingest"
	"finpages/ingest/inspect"
	"finpages/ingest/verify"

	"github.com/spf13/cobra"
)

// verifications is what verify --json prints.
type verifications struct {
	Sources []verify.Verification `json:"sources"`
}

func verifyCommand(g *globals) *cobra.Command {
	var opts verify.Options
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify [SOURCE...]",
		Short: "Compare Intercom with the state; --repair fixes differences",
		RunE: func(c *cobra.Command, names []string) error {
			ctl, done, err := g.control(c.Context(), appOptions{})
			if err != nil {
				return err
			}
			defer done()
			all := verifications{[]verify.Verification{}}
			if len(names) == 0 {
				if names, err = sourceNames(c, ctl); err != nil {
					return err
				}
			}
			for _, name := range names {
				v, err := ctl.Verify(c.Context(), name, opts)
				if err != nil {
					return asUsage(err)
				}
				all.Sources = append(all.Sources, v)
			}
			if asJSON {
				writeJSON(g.stdout, all)
			} else {
				printVerifications(g.stdout, all.Sources)
			}
			return exitForVerify(all.Sources)
		},
	}
	c.Flags().
		BoolVar(&opts.Repair, "repair", false, "push, adopt or delete pages that differ, within the delete budget")
	c.Flags().BoolVar(&opts.Source, "source", false, "also compare with the source")
	c.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return c
}

func sourceNames(c *cobra.Command, ctl control) (names []string, err error) {
	all, err := ctl.StatusAll(c.Context(), nil)
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names, err
}

// exitForVerify tells of what was found and not repaired as of pages that failed.
func exitForVerify(all []verify.Verification) error {
	var repairs []ingest.Report
	differs := false
	for _, v := range all {
		switch {
		case v.Error != "":
			return &exitError{code: exitFailed}
		case v.Repair != nil:
			repairs = append(repairs, *v.Repair)
			differs = differs || len(v.BeyondRepair) > 0
		case !v.Clean() || v.Plan != nil && len(v.Plan.Changes) > 0:
			differs = true
		}
	}
	if differs {
		repairs = append(repairs, ingest.Report{Result: ingest.Partial})
	}
	return exitFor(repairs)
}

func printVerifications(w io.Writer, all []verify.Verification) {
	for _, v := range all {
		if v.Unconfigured > 0 {
			fmt.Fprintf(w, "%s: %s: %s\n", v.Name, inspect.StillInFin(v.Unconfigured), inspect.BothWays(v.Name))
		}
		if v.Error != "" {
			fmt.Fprintf(w, "%s: %s\n", v.Name, v.Error)
			continue
		}
		fmt.Fprintf(w, "%s: %d pages in Intercom: %d missing, %d orphaned, %d duplicated, %d changed, %d foreign\n",
			v.Name, v.Checked, len(v.Missing), len(v.Orphaned), len(v.Duplicated), len(v.Changed), v.Foreign)
		if v.Unlisted > 0 {
			fmt.Fprintf(w, "  Intercom does not list %d pages of the workspace: pages among them that nobody knows are "+
				"not seen\n", v.Unlisted)
		}
		if v.Unknown > 0 {
			fmt.Fprintf(w, "  %d pages are neither listed nor looked up by Intercom: whether they are there is not known\n",
				v.Unknown)
		}
		for _, part := range []struct {
			name string
			ids  []string
		}{{"missing", v.Missing}, {"orphaned", v.Orphaned}, {"duplicated", v.Duplicated}} {
			if len(part.ids) > 0 {
				fmt.Fprintf(w, " %s:\n", part.name)
				printSome(w, part.ids)
			}
		}
		for _, p := range v.Changed {
			fmt.Fprintf(w, "  changed: %s (%s)\n", p.ExternalID, strings.Join(p.Fields, ", "))
		}
		if v.Plan != nil {
			fmt.Fprintf(w, " compared with the source:\n")
			printPlans(w, []ingest.Report{*v.Plan})
		}
		if v.Repair != nil {
			fmt.Fprintf(w, " repaired by:\n")
			printReports(w, []ingest.Report{*v.Repair})
			if len(v.BeyondRepair) > 0 {
				fmt.Fprintf(w, " beyond repair, as their text was edited after their documents had gone; "+
					"approve their deletes, or put the documents back:\n")
				printSome(w, v.BeyondRepair)
			}
		} else if !v.Clean() && v.Unconfigured == 0 {
			fmt.Fprintf(w, " to fix this: finpages verify --repair %s\n", v.Name)
		}
	}
}
