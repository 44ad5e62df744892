package main

import (
	"slices"

	"finpages/cmd/finpages/internal/config"

	"github.com/spf13/cobra"
)

// completeArgs has the shell complete the names of sources where a command
// takes them, and never the names of files.
func (g *globals) completeArgs(c *cobra.Command) {
	most := map[string]int{"backfill": -1, "plan": -1, "verify": -1, "status": -1, "leaks": -1, "loss": -1, // any number
		"approve": 1, "retract": 1, "undo": 1, "forget": 1, "explain": 1, "preview": 1}[c.Name()]
	c.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if most >= 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		outline, _ := config.ReadOutline(g.configPath()) // there is nobody to tell
		left := slices.DeleteFunc(outline.Sources, func(name string) bool { return slices.Contains(args, name) })
		return left, cobra.ShellCompDirectiveNoFileComp
	}
}
