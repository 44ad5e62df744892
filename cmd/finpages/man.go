package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes the manual pages of the commands (section 1) and of the
// help topics (section 7), for packages.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the manual pages into a directory",
		Args:   cobra.ExactArgs(1),
		Hidden: true,
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return err
			}
			c.Root().DisableAutoGenTag = true // the date comes from SOURCE_DATE_EPOCH
			header := &doc.GenManHeader{Section: "1", Source: "finpages " + version(), Manual: "finpages"}
			return errors.Join(doc.GenManTree(c.Root(), header, args[0]), writeTopicPages(args[0]))
		},
	}
}

// writeTopicPages writes the topics that are for people.
func writeTopicPages(dir string) error {
	for _, t := range topics() {
		if t.isJSON() {
			continue
		}
		_, text, _ := strings.Cut(t.text, "\n")
		page := fmt.Sprintf("%% \"FINPAGES-%s\" \"7\" \"\" \"finpages %s\" \"finpages\"\n"+
			"# NAME\nfinpages-%s - %s\n\n# DESCRIPTION\n%s",
			strings.ToUpper(t.name), version(), t.name, t.title, text)
		name := filepath.Join(dir, "finpages-"+t.name+".7")
		if err := os.WriteFile(name, md2man.Render([]byte(page)), 0o644); err != nil {
			return err
		}
	}
	return nil
}
