package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"finpages/sources"
	"finpages/sources/examine"
	"finpages/sources/exec"

	"github.com/spf13/cobra"
)

func adapterCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "adapter",
		Short: "Write an adapter for documents that finpages does not know: the protocol, and a test",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	protocol := &cobra.Command{
		Use:   "protocol",
		Short: "Print the protocol that adapters speak",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprint(g.stdout, exec.Protocol)
			return err
		},
	}
	c.AddCommand(protocol, adapterTestCommand(g))
	return c
}

func adapterTestCommand(g *globals) *cobra.Command {
	opts, options := exec.NewOptions(), ""
	var env []string
	c := &cobra.Command{
		Use:   "test -- COMMAND...",
		Short: "Run an adapter, and report whether it keeps the protocol and the contract of a source",
		Example: "  finpages adapter test --options '{\"folder\":\"./docs\"}' -- ./kb-adapter --verbose\n" +
			"  KB_TOKEN=... finpages adapter test --env KB_TOKEN -- python3 kb.py",
		Args: usageArgs(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			opts.Command = args
			if err := decodeAdapterOptions(opts, options, env); err != nil {
				return err
			}
			return g.testAdapter(c.Context(), opts)
		},
	}
	f := c.Flags()
	f.StringVar(&options, "options", "{}", "the options that the adapter gets, as a JSON object")
	f.StringArrayVar(&env, "env", nil,
		"an environment variable that the adapter gets, NAME or NAME=VALUE; may be repeated")
	f.DurationVar(&opts.IdleTimeout, "idle-timeout", opts.IdleTimeout,
		"how long the adapter may be silent while it owes an answer")
	return c
}

func decodeAdapterOptions(opts *exec.Options, options string, env []string) error {
	d := json.NewDecoder(strings.NewReader(options))
	d.UseNumber()
	if err := d.Decode(&opts.Options); err != nil || d.More() {
		return usageError("--options is no JSON object: write it as '{\"key\":\"value\"}'")
	}
	opts.Env = map[string]string{}
	for _, v := range env {
		name, value, given := strings.Cut(v, "=")
		if !given {
			if value, given = os.LookupEnv(name); !given {
				return usageError("--env %s: the variable is not set", name)
			}
		}
		opts.Env[name] = value
	}
	for _, fault := range opts.Validate() {
		return usageError("%s: %s", fault.Field, fault.Message)
	}
	return nil
}

// testAdapter examines the source that an adapter makes.
func (g *globals) testAdapter(ctx context.Context, opts *exec.Options) error {
	cache, err := os.MkdirTemp("", "finpages-adapter-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(cache)
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	src, err := opts.Build(sources.Env{Name: "test", Dir: dir, CacheDir: cache})
	if err != nil {
		return err
	}
	if x, ok := src.(*exec.Exec); ok {
		x.Log = g.stderr
	}
	failed := 0
	examine.Source(ctx, src, func(found examine.Finding) {
		if found.Err != nil {
			failed++
		}
		g.tell([]finding{asFinding(found)})
	})
	if failed > 0 {
		return &exitError{code: exitFailed}
	}
	return nil
}

func asFinding(found examine.Finding) finding {
	text := found.Note
	switch {
	case found.Err != nil:
		text = found.Err.Error()
	case text == "":
		text = "yes"
	}
	return finding{Subject: found.Part, OK: found.Err == nil, Text: strings.ReplaceAll(text, "\n", "\n      ")}
}
