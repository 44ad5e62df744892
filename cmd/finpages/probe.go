package main

import (
	"errors"

	"finpages/intercomapi/probe"

	"github.com/spf13/cobra"
)

func probeCommand(g *globals) *cobra.Command {
	var importSource string
	var asJSON bool
	c := &cobra.Command{
		Use:   "probe --import-source URL",
		Short: "Learn how this workspace's API behaves, in an import source of its own",
		Long: "probe creates, updates, lists and deletes a handful of pages that neither Fin nor Copilot may use, and reports\n" +
			"how the workspace's API behaves where Intercom's description says nothing. It does so in an import source of its\n" +
			"own: give an address that is used for nothing else, and remove that import source in Intercom afterwards.\n" +
			"The report holds no token and no address, so it can be shared.",
		Example: "  finpages probe --import-source https://probe.example.com\n" +
			"  finpages probe --import-source https://probe.example.com --json > probe.json",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if importSource == "" {
				return usageError("--import-source is missing: give an address that is used for nothing else")
			}
			a, err := g.openWithoutState()
			if err != nil {
				return err
			}
			defer a.close()
			in := a.cfg.Intercom
			report, err := probe.Run(c.Context(), probe.Options{
				Client: a.client, BaseURL: in.BaseURL, Token: tokenOf(a.token), Version: in.Version,
				Workspace: in.Workspace, ImportSource: importSource,
			})
			if asJSON {
				writeJSON(g.stdout, report)
			} else if len(report.Findings) > 0 {
				err = errors.Join(report.Write(g.stdout), err)
			}
			return err
		},
	}
	c.Flags().StringVar(&importSource, "import-source", "", "url of an import source that is used for nothing else")
	c.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	return c
}
