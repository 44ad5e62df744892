package main

import (
	"finpages/sources/convert"
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

// readCommand reads a document of a format that needs no converter, in a process
// of its own.
func readCommand() *cobra.Command {
	return &cobra.Command{
		Use:    convert.ReadCommand + " READER",
		Short:  "Read a document on standard input",
		Args:   cobra.ExactArgs(1),
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return convert.Read(args[0], cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}
