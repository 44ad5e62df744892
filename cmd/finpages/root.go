package main

import (
	"cmp"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// globals are the flags that every command has, and where it writes.
type globals struct {
	config    string
	logLevel  string
	logFormat string
	stdout    io.Writer
	stderr    io.Writer
}

func newRoot(stdout, stderr io.Writer) *cobra.Command {
	g := &globals{stdout: newPrintable(stdout), stderr: newPrintable(stderr)}
	root := &cobra.Command{
		Use:   "finpages",
		Short: "Keep private docs in sync with Intercom's Fin",
		Long: "finpages keeps private docs (folders, Git, Confluence) in sync with Intercom's Fin, through the External Pages API.\n\n" +
			"Exit codes: 0 done; 1 failed; 2 usage or config error; 3 done, but some pages failed; 4 done, but deletes are held.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	f := root.PersistentFlags()
	f.StringVar(
		&g.config,
		"config",
		cmp.Or(os.Getenv("FINPAGES_CONFIG"), "finpages.yaml"),
		"config file (default: $FINPAGES_CONFIG, else finpages.yaml)",
	)
	f.StringVar(
		&g.logLevel,
		"log-level",
		"",
		"debug, info, warn or error (default: info for run, no log for the others)",
	)
	f.StringVar(&g.logFormat, "log-format", "auto", "auto, text or json")
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return g.checkLogFlags() }
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError("%v (see %s --help)", err, c.CommandPath())
	})
	root.AddCommand(
		runCommand(g), backfillCommand(g), planCommand(g), verifyCommand(g), approveCommand(g), retractCommand(g),
		undoCommand(g), forgetCommand(g), statusCommand(g), explainCommand(g), leaksCommand(g), previewCommand(g), checkCommand(g),
		probeCommand(g), demoCommand(g), emulatorCommand(g), adapterCommand(g), healthCommand(g), versionCommand(g), manCommand(),
	)
	for _, c := range root.Commands() {
		c.Args = usageArgs(c.Args)
		if !c.Hidden {
			g.completeArgs(c)
		}
	}
	root.Args = usageArgs(cobra.NoArgs)
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	return root
}

// usageArgs makes wrong arguments a usage error.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(c, args); err != nil {
			message, _, _ := strings.Cut(err.Error(), "\n")
			return usageError("%s (see %s --help)", message, c.CommandPath())
		}
		return nil
	}
}
