package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

func initCommand(g *globals) *cobra.Command {
	a := newAnswers()
	var force bool
	c := &cobra.Command{
		Use:   "init",
		Short: "Write a first config, then check it and show the plan",
		Long: "init asks for where the access token is, the region, a first source, and who may answer from its pages.\n" +
			"It writes a commented config to ./finpages.yaml, or where --config says, and runs check and plan.\n" +
			"Nothing is written to Intercom. Flags answer questions; without a terminal, give all answers as flags,\n" +
			"or none of them and one answer per line on the standard input.",
		Example: "  finpages init\n" +
			"  finpages init --source filesystem --place ./docs --answers teammates \\\n" +
			"    --import-source https://handbook.example.com --page-url https://handbook.example.com/{path}\n" +
			"  finpages init --token /run/secrets/intercom-token --region eu --answers both \\\n" +
			"    --source git --place https://gitlab.example.com/eng/docs.git --login /run/secrets/gitlab-token",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			given := false
			for _, q := range a.questions() {
				given = given || c.Flags().Changed(q.flag)
			}
			in := c.InOrStdin()
			asks := &interview{in: newLines(in), out: g.stdout, quiet: given && !isTerminal(in)}
			return g.initialize(c.Context(), asks, a, force)
		},
	}
	for _, q := range a.questions() {
		c.Flags().StringVar(q.answer, q.flag, "", q.usage)
	}
	c.Flags().StringVar(&a.baseURL, "base-url", "",
		"address of the API instead of a region, such as that of finpages emulator")
	c.Flags().BoolVar(&force, "force", false, "replace a config that is there")
	return c
}

// initialize gets the answers, writes the config, and tries it.
func (g *globals) initialize(ctx context.Context, asks *interview, a *answers, force bool) error {
	path := cmp.Or(g.configFlag, os.Getenv("FINPAGES_CONFIG"), "finpages.yaml")
	a.path = path
	if _, err := os.Stat(path); err == nil && !force {
		return usageError("%s is there already: edit it, or replace it with --force", path)
	}
	if err := a.ask(ctx, asks); err != nil {
		return err
	}
	if err := writeNew(path, a.config(), force); err != nil {
		return err
	}
	fmt.Fprintf(g.stdout, "\n%s is written. Now finpages check:\n\n", path)
	g.configFlag = path
	if err := g.runCheck(ctx, false, false); err != nil {
		fmt.Fprintf(g.stderr, "finpages: fix what failed, then run finpages check and finpages plan\n")
		return err
	}
	fmt.Fprintf(g.stdout, "\nfinpages plan, which writes nothing:\n\n")
	if err := g.runPlan(ctx, nil, false, false); err != nil {
		return err
	}
	fmt.Fprintf(g.stdout, "\nfinpages backfill syncs once, finpages run keeps in sync.\n")
	return nil
}

// writeNew writes a file that only its owner can read. What is there is kept,
// unless it is to be replaced; its owner and mode stay then.
func writeNew(path, text string, replace bool) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if replace {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the folder %s is not there: create it first", filepath.Dir(path))
	}
	if err != nil {
		return fmt.Errorf("write config: %w", err)
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write config %s: %w", path, err)
	}
	return nil
}
