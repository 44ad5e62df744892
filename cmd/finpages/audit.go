package main

import (
	"fmt"
	"os/user"
	"strings"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/state"

	"github.com/spf13/cobra"
)

// shownAudited is how many records of the audit trail are shown.
const shownAudited = 100

func auditCommand(g *globals) *cobra.Command {
	var asJSON bool
	limit := shownAudited
	c := &cobra.Command{
		Use:   "audit",
		Short: "Show who did what and when: syncs, approvals, retractions and the like",
		Long: "Show who did what and when, the newest first: sync, approve, retract, let in, undo, repair,\n" +
			"forget, reload.\n\n" +
			"Who is a user of this machine, one of server.users, somebody who came by single sign-on\n" +
			"(server.trusted_header), the server token, nobody's login with an address, a webhook or the schedule.\n" +
			"Scheduled syncs stand here only if they changed something. The state keeps the last 10,000 records.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if limit < 1 || limit > 1000 {
				return usageError("--limit must be a number from 1 to 1000")
			}
			return g.ask(c, appOptions{readOnly: true}, func(ctl control) error {
				list, err := ctl.Audit(c.Context(), limit)
				switch {
				case err != nil:
					return err
				case asJSON:
					writeJSON(g.stdout, api.Audit{Records: list})
				default:
					printTable(g.stdout, 0, auditColumns, list)
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the records as JSON, with the pages of each")
	c.Flags().IntVar(&limit, "limit", limit, "number of records")
	return c
}

var auditColumns = []column[state.Audited]{
	{name: "TIME", of: func(a state.Audited) string { return a.Time.UTC().Format(time.RFC3339) }},
	{name: "WHO", of: func(a state.Audited) string { return a.Who }},
	{name: "ACTION", of: func(a state.Audited) string { return a.Action }},
	{name: "SOURCE", of: func(a state.Audited) string { return a.Source }},
	{name: "WHAT", of: auditedText},
}

// auditedText says what a record is about.
func auditedText(a state.Audited) string {
	var parts []string
	if a.Detail != "" {
		parts = append(parts, a.Detail)
	}
	switch n := len(a.Pages) + a.More; {
	case n == 1:
		parts = append(parts, a.Pages[0])
	case n > 1 && a.Detail == "":
		parts = append(parts, fmt.Sprintf("%d pages", n))
	}
	if a.Error != "" {
		parts = append(parts, "failed: "+a.Error)
	}
	return strings.Join(parts, "; ")
}

func localUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}
