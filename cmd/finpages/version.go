package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release and revision are set by the linker for release builds.
var release, revision string

func version() string {
	if release != "" {
		return release
	}
	return "dev"
}

// commit is the linker's, else what the Go tool noted.
func commit() string {
	if revision != "" {
		return revision
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}

func versionText() string {
	return fmt.Sprintf("finpages %s (commit %s, %s)", version(), commit(), runtime.Version())
}

func versionCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print version, commit and Go version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintln(g.stdout, versionText())
			return nil
		},
	}
}
