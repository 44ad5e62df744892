package main

import (
	"fmt"

	"finpages/state"

	"github.com/spf13/cobra"
)

func stateCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "state",
		Short: "Move the state between a file and a PostgreSQL database",
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.Args = usageArgs(cobra.NoArgs)
	c.AddCommand(stateCopyCommand(g))
	return c
}

func stateCopyCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "copy FROM TO",
		Short: "Copy all records of a state into an empty one, and compare them",
		Long: "copy copies all records of a state into one that has none, and compares them one by one. FROM and TO are\n" +
			"paths of state files, or addresses of PostgreSQL databases. Stop finpages before; set state: to TO after.\n" +
			"A copy that was cut off goes on where it ended when it is started again. FROM stays as it is.",
		Example: "  finpages state copy /var/lib/finpages/state.db postgres://finpages@db.example.com/finpages\n" +
			"  finpages state copy postgres://finpages@db.example.com/finpages /var/lib/finpages/state.db",
		Args: usageArgs(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			n, err := state.Copy(c.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			fmt.Fprintf(g.stdout, "copied and compared %d records: %s to %s\n",
				n, state.Redacted(args[0]), state.Redacted(args[1]))
			return nil
		},
	}
}
