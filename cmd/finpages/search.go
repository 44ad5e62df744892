package main

import (
	"fmt"
	"strings"

	"finpages/ingest/documents"

	"github.com/spf13/cobra"
)

func searchCommand(g *globals) *cobra.Command {
	var asJSON bool
	var sources []string
	limit := 10
	c := &cobra.Command{
		Use:   "search WORDS...",
		Short: "Find pages by their title, ID or address, and by words of what Fin gets",
		Long: "Finds pages of all sources by their title, ID or address, and by words of what Fin gets. A page matches if it " +
			"has all words, or words that begin with them; case and accents do not matter.\n" +
			"If no page has all words, those with the most telling ones are shown.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if limit < 1 || limit > 1000 {
				return usageError("--limit must be a number from 1 to 1000, not %d", limit)
			}
			return g.ask(c, appOptions{readOnly: true, searches: true}, func(ctl control) error {
				found, err := ctl.Search(c.Context(), sources, strings.Join(args, " "), limit)
				if err != nil {
					return err
				}
				if asJSON {
					writeJSON(g.stdout, map[string]any{"sources": found})
					return nil
				}
				g.printFound(found)
				if len(found) > 0 {
					return nil
				}
				all, err := ctl.StatusAll(c.Context(), sources)
				for _, s := range all {
					printNeverSynced(g.stdout, s)
				}
				return err
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the pages as JSON")
	c.Flags().StringSliceVar(&sources, "source", nil, "search in this source only; may be repeated")
	c.Flags().IntVar(&limit, "limit", limit, "pages to show of each source, 1 to 1000")
	return c
}

// foundPage is a page that was found, and where.
type foundPage struct {
	source string
	documents.InventoryDocument
}

func (g *globals) printFound(found []documents.Matches) {
	var pages []foundPage
	var notes []string
	for _, m := range found {
		for _, d := range m.Documents {
			pages = append(pages, foundPage{m.Source, d})
		}
		switch {
		case m.More:
			notes = append(notes, fmt.Sprintf("%s has more: --source %s --limit 1000", m.Source, m.Source))
		case m.Partial:
			notes = append(notes, fmt.Sprintf("%s was not searched to its end: --source %s", m.Source, m.Source))
		}
		if m.Partly {
			notes = append(notes, m.Source+": no page has all words; these have some of them")
		}
		if m.Unindexed > 0 {
			notes = append(notes, fmt.Sprintf(
				"%s: the text of %d pages cannot be searched yet, only their titles, IDs and addresses", m.Source, m.Unindexed))
		}
	}
	if len(pages) == 0 {
		fmt.Fprintln(g.stdout, "no page found")
	} else {
		printTable(g.stdout, 0, []column[foundPage]{
			{name: "SOURCE", of: func(p foundPage) string { return p.source }},
			{name: "PAGE", of: func(p foundPage) string { return p.ID }},
			{name: "TITLE", of: func(p foundPage) string { return p.Title }},
			{name: "IN FIN", of: func(p foundPage) string { return yesNo(p.InFin) }},
			{name: "FOUND IN", of: func(p foundPage) string {
				if p.InText {
					return "text"
				}
				return "title, ID or address"
			}, spare: true},
		}, pages)
	}
	for _, note := range notes {
		fmt.Fprintln(g.stdout, note)
	}
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
