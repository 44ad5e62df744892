package main

import (
	"fmt"
	"text/tabwriter"

	"finpages/ingest/inspect"

	"github.com/spf13/cobra"
)

func leaksCommand(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "leaks [SOURCE...]",
		Short: "List the secrets that were found in documents, by rule and place",
		Long: "Lists what the last syncs took for secrets in documents: rule, page, place and fingerprint, never the secret.\n" +
			"A line is one of the page's text; a \"source line\" is one of the document.\n" +
			"A page with one is kept out of Fin (leaks: hold), or has the rule's name in its place (leaks: redact).\n" +
			"To let a page in that holds no secret, add its page, rule and fingerprint under allow: in the config.",
		RunE: func(c *cobra.Command, args []string) error {
			return g.ask(c, appOptions{readOnly: true}, func(ctl control) error {
				list, err := ctl.LeaksAll(c.Context(), args)
				switch {
				case err != nil:
					return err
				case asJSON:
					writeJSON(g.stdout, map[string]any{"leaks": list})
				default:
					g.printLeaks(list)
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return c
}

func (g *globals) printLeaks(list []inspect.Leak) {
	if len(list) == 0 {
		fmt.Fprintln(g.stdout, "no secrets found")
		return
	}
	w := tabwriter.NewWriter(g.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SOURCE\tPAGE\tRULE\tPLACE\tFINGERPRINT\tIN FIN")
	for _, l := range list {
		inFin := "no"
		if l.InFin {
			inFin = "without it"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", l.Source, l.Page, l.Rule, l.Place, l.Fingerprint, inFin)
	}
	w.Flush()
}
