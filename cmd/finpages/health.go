package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func healthCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "health",
		Short: "Ask a running daemon whether it is alive; exit 0 or 1",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := g.load()
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(c.Context(), 5*time.Second)
			defer cancel()
			daemon, err := daemonClient(cfg)
			if err != nil {
				return err
			}
			if err := daemon.Alive(ctx); err != nil {
				return err
			}
			fmt.Fprintln(g.stdout, "alive")
			return nil
		},
	}
}
