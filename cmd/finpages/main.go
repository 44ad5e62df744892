// Command finpages keeps private docs in step with Intercom's Fin.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	_ "time/tzdata" // CRON_TZ works on machines without time zones, too

	"finpages/cmd/finpages/internal/config"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// Exit codes. Scripts depend on them.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // also: the config has faults
	exitPages  = 3 // done, but some pages failed
	exitHeld   = 4 // done, but deletes are held; added to 1 or 3 where that is so, too
)

// exitError ends the program with a code; its message may be empty, where
// everything has been said.
type exitError struct {
	code    int
	message string
}

func (e *exitError) Error() string { return e.message }

func usageError(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Sprintf(format, args...)}
}

// run runs the program and returns its exit code. An interrupt ends what it
// does in good order; a second one ends it at once.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	out := &output{w: stdout}
	root := newRoot(out, stderr)
	root.SetArgs(args)
	c, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = out.err
	}
	if err != nil && !out.written && wantsJSON(c, args) {
		writeJSON(newPrintable(out), failureOf(err))
	}
	return report(err, newPrintable(stderr))
}

// wantsJSON reports whether a command was to print JSON, also where its flags
// are not all right.
func wantsJSON(c *cobra.Command, args []string) bool {
	f := c.Flags().Lookup("json")
	return f != nil && (f.Value.String() == "true" || slices.Contains(args, "--json"))
}

// failure is what a command that prints JSON prints in the place of its answer.
type failure struct {
	Error  string         `json:"error"`
	Faults []config.Fault `json:"faults,omitempty"` // of the config
}

func failureOf(err error) failure {
	var invalid *config.Invalid
	if errors.As(err, &invalid) {
		return failure{Error: "the config has faults", Faults: invalid.Faults}
	}
	return failure{Error: err.Error()}
}

// report prints what went wrong, and returns the exit code for it.
func report(err error, stderr io.Writer) int {
	if err == nil {
		return exitOK
	}
	var exit *exitError
	var invalid *config.Invalid
	switch {
	case errors.As(err, &exit):
		if exit.message != "" {
			fmt.Fprintln(stderr, "finpages:", exit.message)
		}
		return exit.code
	case errors.As(err, &invalid):
		fmt.Fprintln(stderr, invalid.Detailed())
		return exitUsage
	}
	fmt.Fprintln(stderr, "finpages:", err)
	return exitFailed
}
