package main

import (
	"fmt"

	"finpages/ingest/documents"

	"github.com/spf13/cobra"
)

func explainCommand(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "explain SOURCE ID-OR-PATH-OR-URL",
		Short: "Explain why a page is, or is not, in Fin",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return g.ask(c, appOptions{readOnly: true}, func(ctl control) error {
				x, err := ctl.Explain(c.Context(), args[0], args[1])
				if err != nil {
					return err
				}
				if asJSON {
					writeJSON(g.stdout, x)
					return nil
				}
				g.printExplanation(x)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the explanation as JSON")
	return c
}

func (g *globals) printExplanation(x documents.Explanation) {
	verdict := "not in Fin"
	if x.InFin {
		verdict = "in Fin"
	}
	fmt.Fprintf(g.stdout, "%s: %s\n", x.ExternalID, verdict)
	for _, reason := range x.Reasons {
		fmt.Fprintf(g.stdout, "  - %s\n", reason)
	}
	for _, f := range []struct{ name, value string }{
		{"title", x.Title}, {"url", x.URL}, {"entry", x.Entry}, {"revision", x.Revision}, {"hash", x.Hash},
		{"Intercom's id", x.IntercomID},
	} {
		if f.value != "" {
			fmt.Fprintf(g.stdout, "  %-14s %s\n", f.name, f.value)
		}
	}
	if x.InFin {
		fmt.Fprintf(g.stdout, "  %-14s ai_agent %v, ai_copilot %v\n", "availability", x.AIAgent, x.AICopilot)
	}
}
