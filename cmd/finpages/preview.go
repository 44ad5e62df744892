package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func previewCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "preview SOURCE ID-OR-PATH-OR-URL",
		Short: "Show the title and HTML that Fin would get",
		Args:  cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			a, err := g.openWithoutState()
			if err != nil {
				return err
			}
			defer a.close()
			p, err := a.service.Preview(c.Context(), args[0], args[1])
			if err != nil {
				return asUsage(err)
			}
			if p.Withheld != "" {
				fmt.Fprintf(g.stderr, "finpages: this page is not sent to Fin: %s\n", p.Withheld)
			}
			for _, w := range p.Warnings {
				fmt.Fprintf(g.stderr, "finpages: warning: %s\n", w)
			}
			fmt.Fprintf(g.stdout, "external_id: %s\ntitle: %s\nurl: %s\nai_agent: %v\nai_copilot: %v\n\n%s\n",
				p.ExternalID, p.Title, p.URL, p.AIAgent, p.AICopilot, p.HTML)
			return nil
		},
	}
}
