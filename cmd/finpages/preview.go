package main

import (
	"fmt"
	"strings"

	"finpages/ingest/documents"
	"finpages/ingest/render/loss"

	"github.com/spf13/cobra"
)

func previewCommand(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
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
			if asJSON {
				writeJSON(g.stdout, p)
				return nil
			}
			if p.Withheld != "" {
				fmt.Fprintf(g.stderr, "finpages: this page is not sent to Fin: %s\n", p.Withheld)
			}
			for _, w := range p.Warnings {
				fmt.Fprintf(g.stderr, "finpages: warning: %s\n", w)
			}
			g.printPreview(p)
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the page as JSON, with what it lacks of its document")
	return c
}

func (g *globals) printPreview(p documents.Preview) {
	fmt.Fprintf(g.stdout, "external_id: %s\ntitle: %s\nurl: %s\nai_agent: %v\nai_copilot: %v\n",
		p.ExternalID, p.Title, p.URL, p.AIAgent, p.AICopilot)
	if l := p.Loss; l != nil {
		for _, line := range lossLines(*l) {
			fmt.Fprintln(g.stdout, line)
		}
	}
	for _, part := range p.Parts {
		fmt.Fprintf(g.stdout, "part: %s (%s)\n", part.ExternalID, part.Title)
	}
	fmt.Fprintf(g.stdout, "\n%s\n", p.HTML)
}

// lossLines tell what a page lacks of its document, and what else is wrong with it.
func lossLines(l loss.Loss) []string {
	lines := []string{fmt.Sprintf("loss: %.1f %% (%d of %d words)%s",
		100*l.Share(), l.Lost, l.Words, spelled(l.LostWords))}
	if l.ForeignShare() > 0.005 {
		lines = append(lines, fmt.Sprintf("foreign: %.1f %% (%d of %d words)%s",
			100*l.ForeignShare(), l.Foreign, l.Shown, spelled(l.ForeignWords)))
	}
	for _, left := range l.Leftovers {
		lines = append(lines, fmt.Sprintf("left over: %d of %s%s", left.Count, left.Kind, spelled([]string{left.Example})))
	}
	if l.DeadLinks > 0 {
		lines = append(lines, fmt.Sprintf("dead links: %d", l.DeadLinks))
	}
	if l.Images > 0 {
		lines = append(lines, fmt.Sprintf("images without text: %d", l.Images))
	}
	return lines
}

// spelled spells words out behind their number.
func spelled(words []string) string {
	if len(words) == 0 || words[0] == "" {
		return ""
	}
	return ": " + strings.Join(words, " ")
}
