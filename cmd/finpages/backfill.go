package main

import (
	"encoding/json"
	"io"
	"strings"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest"

	"github.com/spf13/cobra"
)

func backfillCommand(g *globals) *cobra.Command {
	var full, yes, asJSON bool
	c := &cobra.Command{
		Use:   "backfill [SOURCE...]",
		Short: "Sync the named sources (else all) once, then exit",
		Long: "Sync the named sources (else all) once, then exit.\n\n" +
			"On a terminal, the first sync whose pages customers can see asks whether to go on. Elsewhere, as in scripts, it\n" +
			"goes on: there, and for run, the availability in the config is the answer.",
		RunE: func(c *cobra.Command, names []string) error {
			show := newProgress(g.stderr)
			ctl, done, err := g.control(c.Context(), appOptions{notice: show.note})
			if err != nil {
				return err
			}
			defer done()
			if !yes {
				if err := g.confirmPublic(c.Context(), ctl, names, c.InOrStdin()); err != nil {
					return err
				}
			}
			reports, err := runSources(c.Context(), ctl, names, ingest.RunOptions{Full: full}, show)
			return g.reports(reports, err, asJSON)
		},
	}
	c.Flags().BoolVar(&full, "full", false, "ignore revisions and hashes: read, render and push every page")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask before the first sync whose pages customers can see")
	c.Flags().BoolVar(&asJSON, "json", false, "print the reports as JSON")
	return c
}

// reports prints the reports of a backfill and turns them into an exit code.
func (g *globals) reports(reports []ingest.Report, err error, asJSON bool) error {
	if asJSON {
		writeJSON(g.stdout, api.Reports{Sources: reports})
	} else {
		printReports(g.stdout, reports)
	}
	if err != nil {
		return err
	}
	return exitFor(reports)
}

// exitFor returns the error whose code tells of the reports: the worst result,
// and that deletes are held, each for itself.
func exitFor(reports []ingest.Report) error {
	code, held := exitOK, 0
	for _, r := range reports {
		switch {
		case r.Result == ingest.Failed, r.Result == ingest.Interrupted:
			code = exitFailed
		case r.Result == ingest.Partial && code == exitOK:
			code = exitPages
		}
		if r.Held > 0 {
			held = exitHeld
		}
	}
	if code+held == exitOK {
		return nil
	}
	return &exitError{code: code + held}
}

func writeJSON(w io.Writer, v any) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(v)                                 // plain values only
	_, _ = io.WriteString(w, escapeMarks(b.String())) // [output] remembers errors
}
