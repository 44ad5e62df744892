package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// examples are shown by the --help of each command.
var examples = map[string]string{
	"run":              "finpages run\nfinpages --config /etc/finpages/finpages.yaml --log-format json run --strict",
	"audit":            "finpages audit\nfinpages audit --json > audit.json",
	"backfill":         "finpages backfill\nfinpages backfill handbook wiki\nfinpages backfill --full --json handbook > out.json",
	"plan":             "finpages plan\nfinpages plan --diff handbook\nfinpages plan --json > plan.json",
	"verify":           "finpages verify\nfinpages verify --source handbook\nfinpages verify --repair handbook",
	"approve":          "finpages status handbook\nfinpages approve handbook\nfinpages approve handbook 3f2a9c01de",
	"retract":          "finpages retract handbook guide/prices.md\nfinpages retract --undo handbook guide/prices.md",
	"undo":             "finpages undo handbook guide/prices.md\nfinpages undo handbook 42   # all that run 42 deleted",
	"forget":           "finpages forget old-wiki\nfinpages forget --delete-pages old-wiki",
	"status":           "finpages status\nfinpages status handbook\nfinpages status --json | jq '.sources[].state'",
	"explain":          "finpages explain handbook guide/setup.md\nfinpages explain wiki https://wiki.example.com/pages/12",
	"search":           "finpages search refund policy\nfinpages search --source handbook --json refund > pages.json",
	"leaks":            "finpages leaks\nfinpages leaks --json handbook",
	"loss":             "finpages loss\nfinpages loss --json handbook > loss.json",
	"preview":          "finpages preview handbook guide/setup.md\nfinpages preview wiki 1234 > page.html",
	"check":            "finpages check\nfinpages check --strict --json",
	"demo":             "finpages demo\nfinpages demo --serve --listen 127.0.0.1:9000",
	"emulator":         "finpages emulator --listen 127.0.0.1:8089\nfinpages emulator --limit 20 --latency 200ms",
	"health":           "finpages health",
	"version":          "finpages version",
	"state":            "finpages state copy /var/lib/finpages/state.db postgres://finpages@db.example.com/finpages",
	"adapter":          "finpages adapter protocol\nfinpages adapter test -- ./kb-adapter",
	"adapter protocol": "finpages adapter protocol | less",
}

// addExamples gives the commands below c their examples.
func addExamples(c *cobra.Command) {
	for _, sub := range c.Commands() {
		name := strings.TrimPrefix(sub.CommandPath(), c.Root().Name()+" ")
		if text := examples[name]; sub.Example == "" && text != "" {
			sub.Example = "  " + strings.ReplaceAll(text, "\n", "\n  ")
		}
		addExamples(sub)
	}
}
