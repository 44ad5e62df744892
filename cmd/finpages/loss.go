package main

import (
	"fmt"
	"text/tabwriter"

	"finpages/ingest/inspect"

	"github.com/spf13/cobra"
)

func lossCommand(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "loss [SOURCE...]",
		Short: "List what pages lack of their documents, and what else is wrong with them",
		Long: "Lists the documents whose pages are not all that their authors wrote, as the last syncs measured it:\n" +
			"the share of the author's words that the page lacks (LOST), the share of the page's words that are not\n" +
			"the author's (FOREIGN), pieces of syntax that readers see, links to documents that are not there, and\n" +
			"images without text.\n" +
			"finpages preview spells out the words of one document.",
		RunE: func(c *cobra.Command, args []string) error {
			return g.ask(c, appOptions{readOnly: true}, func(ctl control) error {
				list, err := ctl.LossAll(c.Context(), args)
				switch {
				case err != nil:
					return err
				case asJSON:
					writeJSON(g.stdout, map[string]any{"loss": list})
				default:
					g.printLoss(list)
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON")
	return c
}

func (g *globals) printLoss(list []inspect.Loss) {
	if len(list) == 0 {
		fmt.Fprintln(g.stdout, "the pages lack nothing")
		return
	}
	w := tabwriter.NewWriter(g.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SOURCE\tPAGE\tLOST\tFOREIGN\tLEFT OVER\tDEAD LINKS\tIMAGES WITHOUT TEXT")
	for _, l := range list {
		fmt.Fprintf(w, "%s\t%s\t%.2f %%\t%.2f %%\t%d\t%d\t%d\n",
			l.Source, l.Page, 100*l.Lost, 100*l.Foreign, l.Leftovers, l.DeadLinks, l.Images)
	}
	w.Flush()
}
