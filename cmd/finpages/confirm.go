package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"finpages/ingest"
	"finpages/ingest/inspect"
)

// confirmPublic asks, on a terminal, before the first sync whose pages customers
// can see. Elsewhere the config is the answer, and the sync is announced.
func (g *globals) confirmPublic(ctx context.Context, ctl control, names []string, in io.Reader) error {
	all, err := ctl.StatusAll(ctx, names)
	if err != nil {
		return nil // the sync says it better
	}
	public := firstPublic(all)
	if len(public) == 0 {
		return nil
	}
	fmt.Fprintf(g.stderr, "finpages: %s\n", firstPublicText(public))
	if !g.canAsk(in) {
		return nil
	}
	fmt.Fprint(g.stderr, "Go on? [y/N] ")
	answer, err := newLines(in).next(ctx)
	if ctx.Err() != nil {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return &exitError{exitFailed, "nothing was synced: set availability in the config, or answer yes (or use --yes)"}
}

// canAsk reports whether somebody sits there to answer.
func (g *globals) canAsk(in io.Reader) bool { return isTerminal(in) && isTerminal(g.stderr) }

// firstPublic names the sources whose next sync is the first for customers.
func firstPublic(all []inspect.Status) (names []string) {
	for _, s := range all {
		if s.FirstPublic {
			names = append(names, s.Name)
		}
	}
	return names
}

func firstPublicText(names []string) string {
	return "this is the first sync after which Fin answers customers from " + strings.Join(names, ", ")
}

// printAudiences says who can see each source.
func printAudiences(w io.Writer, reports []ingest.Report) {
	for _, r := range reports {
		if r.Audience != "" { // a daemon of an earlier version tells none
			fmt.Fprintf(w, "%s: %s can get answers from its pages\n", r.Name, r.Audience)
		}
	}
}
