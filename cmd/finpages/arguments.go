package main

import (
	"errors"
	"fmt"
	"strings"

	"finpages/cmd/finpages/internal/config"
	"finpages/ingest/registry"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// others are words for commands that people bring from other programs.
var others = map[string]string{"sync": "backfill", "push": "backfill", "apply": "backfill", "diff": "plan --diff",
	"start": "run", "serve": "run", "daemon": "run", "delete": "retract", "remove": "retract", "rollback": "undo",
	"restore": "undo", "why": "explain", "show": "preview", "list": "status", "log": "audit", "test": "check",
	"validate": "check", "config": "help config", "secrets": "leaks", "find": "search", "grep": "search"}

// usageArgs makes wrong arguments a usage error that names them.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check == nil || check(c, args) == nil {
			return nil
		}
		if c.HasAvailableSubCommands() {
			return unknownCommand(c, args[0])
		}
		required, most := argumentsOf(c.Use)
		switch {
		case len(args) < len(required):
			return usageError("%s is missing: %s (see %s --help)", required[len(args)], c.UseLine(), c.CommandPath())
		case len(args) > most:
			return usageError("%q is one argument too many: %s (see %s --help)", args[most], c.UseLine(), c.CommandPath())
		}
		return usageError("%v (see %s --help)", check(c, args), c.CommandPath())
	}
}

// flagError names the flag that was likely meant, or what a flag takes.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		var known []string
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				known = append(known, f.Name)
			}
		})
		if near := config.Nearest(unknown.GetSpecifiedName(), known); near != "" {
			err = fmt.Errorf("unknown flag --%s: did you mean --%s?", unknown.GetSpecifiedName(), near)
		}
	case errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "bool":
		err = fmt.Errorf("--%s takes no value, or =true or =false, not %q", invalid.GetFlag().Name, invalid.GetValue())
	}
	return usageError("%v (see %s --help)", err, c.CommandPath())
}

func unknownCommand(c *cobra.Command, name string) error {
	if meant := others[name]; meant != "" && c == c.Root() {
		return usageError("unknown command %q: did you mean %s? (see %s --help)", name, meant, c.CommandPath())
	}
	var known []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			known = append(known, sub.Name())
		}
	}
	if near := config.Nearest(name, known); near != "" {
		return usageError("unknown command %q: did you mean %s? (see %s --help)", name, near, c.CommandPath())
	}
	return usageError("unknown command %q (see %s --help)", name, c.CommandPath())
}

// argumentsOf returns the arguments that a command's usage requires, and how
// many it takes at most.
func argumentsOf(use string) (required []string, most int) {
	words := strings.Fields(use)[1:]
	for i, word := range words {
		switch {
		case i > 0 && strings.HasPrefix(words[i-1], "-") && words[i-1] != "--": // the value of a flag
		case strings.HasPrefix(word, "-"):
		case strings.HasSuffix(word, "..."), strings.HasSuffix(word, "...]"):
			most = 1 << 20
			fallthrough
		default:
			most++
			if !strings.HasPrefix(word, "[") {
				required = append(required, strings.TrimSuffix(word, "..."))
			}
		}
	}
	return required, most
}

// asUsage makes naming a source that does not exist a usage error.
func asUsage(err error) error {
	var unknown *registry.UnknownSourceError
	if !errors.As(err, &unknown) {
		return err
	}
	if near := config.Nearest(unknown.Name, unknown.Known); near != "" {
		return usageError("%v; did you mean %s?", unknown, near)
	}
	return usageError("%v", unknown)
}
