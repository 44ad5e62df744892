package main

import (
	"context"
	"fmt"
	"slices"

	"finpages/ingest"

	"github.com/spf13/cobra"
)

func approveCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "approve SOURCE [HOLD-ID]",
		Short: "Release exactly the held deletes and updates shown, and sync",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			return g.ask(c, appOptions{}, func(ctl control) error {
				report, err := ctl.Approve(c.Context(), args[0], append(args, "")[1])
				if err != nil {
					return err
				}
				err = g.reports([]ingest.Report{report}, nil, false)
				waits, statusErr := approvalWaits(c.Context(), ctl, args[0])
				if statusErr == nil && waits {
					fmt.Fprintf(g.stdout, "%s: the approval is recorded: the next sync that can read the source deletes these pages\n",
						args[0])
					return nil
				}
				return err
			})
		},
	}
}

// approvalWaits reports whether approved deletes still wait for the source.
func approvalWaits(ctx context.Context, ctl control, source string) (bool, error) {
	all, err := ctl.StatusAll(ctx, []string{source})
	return len(all) == 1 && all[0].Hold != nil && all[0].Hold.Approved, err
}

func retractCommand(g *globals) *cobra.Command {
	var undo bool
	c := &cobra.Command{
		Use:   "retract SOURCE PAGE",
		Short: "Delete a page from Fin now and keep it out",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return g.ask(c, appOptions{}, func(ctl control) error {
				if undo {
					if err := ctl.Unretract(c.Context(), args[0], args[1]); err != nil {
						return err
					}
					fmt.Fprintf(g.stdout, "%s is allowed in Fin again: the next sync pushes it\n", args[1])
					return nil
				}
				id, err := ctl.Retract(c.Context(), args[0], args[1])
				if err != nil {
					return err
				}
				fmt.Fprintf(g.stdout, "%s is out of Fin. To allow it again: finpages retract --undo %s %s\n", id,
					args[0], id)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&undo, "undo", false, "allow the page in Fin again")
	return c
}

func undoCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "undo SOURCE PAGE|RUN",
		Short: "Restore deleted pages, or the version before an update",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return g.ask(c, appOptions{}, func(ctl control) error {
				ids, err := ctl.Undo(c.Context(), args[0], args[1])
				slices.Sort(ids)
				for i, id := range ids {
					if i == maxShown {
						fmt.Fprintf(g.stdout, "so are %d more\n", len(ids)-i)
						break
					}
					fmt.Fprintf(g.stdout, "%s is in Fin again, until its document in the source changes\n", id)
				}
				return err
			})
		},
	}
}

func forgetCommand(g *globals) *cobra.Command {
	var deletePages bool
	c := &cobra.Command{
		Use:   "forget SOURCE",
		Short: "Drop a source from the state",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return g.ask(c, appOptions{}, func(ctl control) error {
				f, err := ctl.Forget(c.Context(), args[0], deletePages)
				if err != nil {
					return err
				}
				fmt.Fprintf(g.stdout, "%s is forgotten; pages deleted from Fin: %d\n", args[0], f.Deleted)
				if f.Kept > 0 {
					fmt.Fprintf(g.stdout, "pages that stay in Fin, where nothing looks after them any more: %d\n", f.Kept)
				}
				if _, err := ctl.StatusAll(c.Context(), args[:1]); err == nil {
					fmt.Fprintf(g.stdout,
						"%s is still in the config, so its next sync starts over: remove it there, too\n", args[0])
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&deletePages, "delete-pages", false, "delete its pages from Fin first")
	return c
}
