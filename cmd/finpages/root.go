package main

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"

	"finpages/ingest/operate"

	"github.com/spf13/cobra"
)

// globals are the flags that every command has, and where it writes.
type globals struct {
	configFlag string
	logLevel   string
	logFormat  string
	stdout     io.Writer
	stderr     io.Writer
}

// systemConfig is where packages put the config.
const systemConfig = "/etc/finpages/finpages.yaml"

// configPath returns the config file to use: the one that is named, else the
// first that is there.
func (g *globals) configPath() string {
	if named := cmp.Or(g.configFlag, os.Getenv("FINPAGES_CONFIG")); named != "" {
		return named
	}
	return firstFile("finpages.yaml", systemConfig)
}

// firstFile returns the first path that is there; the first of all if none is.
func firstFile(paths ...string) string {
	for _, path := range paths {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return path
		}
	}
	return paths[0]
}

func newRoot(stdout, stderr io.Writer) *cobra.Command {
	g := &globals{stdout: newPrintable(stdout), stderr: newPrintable(stderr)}
	root := &cobra.Command{
		Use:   "finpages",
		Short: "Keep private docs in sync with Intercom's Fin",
		Long: "finpages keeps private docs (folders, Git, Confluence) in sync with Intercom's Fin, " +
			"through the External Pages API.\n\n" +
			"Exit codes: 0 done; 1 failed; 2 usage or config error; 3 done, but some pages failed; 4 done, but deletes are held.\n" +
			"4 is added to 1 or 3 where deletes are held, too: 5, 7.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.Version = versionText()
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetHelpCommand(helpCommand(g))
	root.SetOut(stdout)
	root.SetErr(stderr)
	f := root.PersistentFlags()
	f.StringVar(&g.configFlag, "config", "",
		"config file (default $FINPAGES_CONFIG, ./finpages.yaml or "+systemConfig+")")
	f.StringVar(&g.logLevel, "log-level", "", "debug, info, warn or error (default info for run, no log for the others)")
	f.StringVar(&g.logFormat, "log-format", "auto", "auto, text or json")
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error {
		if c.Name() != "run" && c.Name() != "demo" { // these run sources by themselves
			c.SetContext(operate.WithActor(c.Context(), "user "+localUser()+" on the command line"))
		}
		return g.checkLogFlags()
	}
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		initCommand(g), runCommand(g), backfillCommand(g), planCommand(g), verifyCommand(g),
		approveCommand(g), auditCommand(g), retractCommand(g), undoCommand(g), forgetCommand(g),
		statusCommand(g), searchCommand(g), explainCommand(g), leaksCommand(g), lossCommand(g), previewCommand(g), checkCommand(g),
		probeCommand(g), stateCommand(g), demoCommand(g), emulatorCommand(g), adapterCommand(g),
		healthCommand(g), versionCommand(g), manCommand(), sandboxCommand(), readCommand(),
	)
	for _, c := range root.Commands() {
		c.Args = usageArgs(c.Args)
		if !c.Hidden && c.ValidArgsFunction == nil {
			g.completeArgs(c)
		}
	}
	root.Args = usageArgs(cobra.NoArgs)
	addExamples(root)
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	return root
}
