package main

import (
	"context"
	"fmt"

	"finpages/ingest"
	"finpages/sources"

	"github.com/spf13/cobra"
)

// finding is a line of check.
type finding struct {
	Subject string `json:"subject"`
	OK      bool   `json:"ok"`
	Text    string `json:"text"`
}

func checkCommand(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Check config, token, workspace, region and each source",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := g.load()
			if err != nil {
				return err
			}
			a, err := g.open(cfg, appOptions{noState: true, retryFor: -1})
			if err != nil {
				return err
			}
			defer a.close()
			findings := append([]finding{{"config", true, cfg.Path}}, a.checkIntercom(c.Context())...)
			if len(cfg.Sources) == 0 {
				findings = append(findings, finding{"sources", false, noSources(cfg)})
			}
			for i := range cfg.Sources {
				src, err := cfg.Sources[i].Ingest(cfg)
				if err != nil {
					return err
				}
				findings = append(findings, checkSource(c.Context(), src)...)
			}
			return g.findings(findings, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return c
}

func (g *globals) findings(findings []finding, asJSON bool) error {
	if asJSON {
		writeJSON(g.stdout, map[string]any{"findings": findings})
	}
	failed := false
	for _, f := range findings {
		failed = failed || !f.OK
		if asJSON {
			continue
		}
		mark := paint(green, "ok  ")
		if !f.OK {
			mark = paint(red, "FAIL")
		}
		fmt.Fprintf(g.stdout, "%s  %s: %s\n", mark, f.Subject, f.Text)
	}
	if failed {
		return &exitError{code: exitFailed}
	}
	return nil
}

// checkIntercom tries the token, and what it may do.
func (a *app) checkIntercom(ctx context.Context) []finding {
	me, err := a.client.Me(ctx)
	if err != nil {
		return []finding{{"token", false, ingest.Hinted(err).Error()}}
	}
	found := []finding{{"token", true, "accepted by " + a.cfg.Intercom.BaseURL}}
	want := a.cfg.Intercom.Workspace
	switch {
	case me.App == nil:
		found = append(found, finding{"workspace", want == "", "Intercom does not say which it is"})
	case want != "" && want != me.App.IDCode:
		found = append(found, finding{"workspace", false, fmt.Sprintf("the token belongs to %s (%s), and intercom.workspace demands %s", me.App.IDCode, me.App.Name, want)})
	default:
		found = append(found, finding{"workspace", true, fmt.Sprintf("%s (%s), region %s", me.App.IDCode, me.App.Name, me.App.Region)})
	}
	n := 0
	for _, err := range a.client.ImportSources(ctx) {
		if err != nil {
			return append(found, finding{"scope", false, ingest.Hinted(err).Error()})
		}
		n++
	}
	return append(found, finding{"scope", true, fmt.Sprintf("AI content can be read; the workspace has %d import sources", n)})
}

// checkSource tries to reach a source.
func checkSource(ctx context.Context, src *ingest.Source) (found []finding) {
	subject := "source " + src.Name
	checker, ok := src.Adapter.(sources.Checker)
	if !ok {
		return []finding{{subject, true, "configured"}}
	}
	lines, err := checker.Check(ctx)
	for _, line := range lines {
		found = append(found, finding{subject, true, line})
	}
	if err != nil {
		found = append(found, finding{subject, false, err.Error()})
	}
	return found
}
