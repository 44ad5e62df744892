package main

import (
	"finpages/sources/convert/sandbox"

	"github.com/spf13/cobra"
)

// sandboxCommand is what converters are started through: it gives up what they
// must not have, and becomes one.
func sandboxCommand() *cobra.Command {
	return &cobra.Command{
		Use:                sandbox.Command + " POLICY",
		Short:              "Become a converter that is held by a sandbox",
		Args:               cobra.ExactArgs(1),
		Hidden:             true,
		DisableFlagParsing: true,
		RunE:               func(_ *cobra.Command, args []string) error { return sandbox.Enter(args[0]) },
	}
}
