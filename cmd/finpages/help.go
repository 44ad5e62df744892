package main

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/config"
	"finpages/cmd/finpages/internal/web"
	"finpages/sources/exec"

	"github.com/spf13/cobra"
)

//go:embed help
var helpFiles embed.FS

// topic is a page of help in Markdown.
type topic struct {
	name, title, text string
}

// topics lists the help topics in the order of their names: those of the help
// folder, and what is generated from the program itself.
func topics() []topic {
	var list []topic
	names, _ := fs.Glob(helpFiles, "help/*.md")
	for _, name := range names {
		text, _ := fs.ReadFile(helpFiles, name)
		list = append(list, newTopic(strings.TrimSuffix(path.Base(name), ".md"), string(text)))
	}
	list = append(list,
		topic{"adapter-protocol", "The protocol of adapters of your own, for sources of the kind exec", exec.Protocol},
		newTopic("config", configHelp()), newTopic("commands", commandsHelp()), newTopic("metrics", metricsHelp()),
		topic{"schema", "The JSON Schema of the config file, for editors", string(config.Schema(adapters()))},
		topic{"openapi", "The OpenAPI description of the HTTP API", string(api.OpenAPI)})
	slices.SortFunc(list, func(a, b topic) int { return strings.Compare(a.name, b.name) })
	return list
}

func newTopic(name, text string) topic {
	title, _, _ := strings.Cut(text, "\n")
	return topic{name, strings.TrimPrefix(title, "# "), text}
}

// isJSON reports whether a topic is for programs.
func (t topic) isJSON() bool { return strings.HasPrefix(t.text, "{") }

func helpCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND | TOPIC]",
		Short: "Show the help of a command or a topic",
		Example: "  finpages help\n  finpages help quick-start\n  finpages help schedule      # a key of the config, an alert\n  finpages help config | less\n" +
			"  finpages help schema > finpages.schema.json\n  finpages help backfill",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				if err := c.Root().Help(); err != nil {
					return err
				}
				printTopics(g.stdout)
				return nil
			}
			return g.help(c.Root(), args)
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return topicNames(), cobra.ShellCompDirectiveNoFileComp
		},
	}
}

func (g *globals) help(root *cobra.Command, args []string) error {
	for _, t := range topics() {
		if t.name == args[0] {
			fmt.Fprint(g.stdout, t.text)
			return nil
		}
	}
	command, _, err := root.Find(args)
	if err == nil && command != root {
		return command.Help()
	}
	known := topicNames()
	for _, c := range root.Commands() {
		known = append(known, c.Name())
	}
	asked := strings.Join(args, " ")
	if found := sectionsOn(asked); len(found) > 0 {
		fmt.Fprint(g.stdout, strings.Join(found, "\n"))
		return nil
	}
	if near := config.Nearest(asked, known); near != "" {
		return usageError("no help on %q: did you mean %s? finpages help lists the commands and topics", asked, near)
	}
	return usageError("no help on %q: finpages help lists the commands and topics", asked)
}

// sectionsOn returns what the topics say under a heading of that name, such as a
// key of the config, an alert or "webhooks".
func sectionsOn(asked string) (found []string) {
	asked = strings.ToLower(asked)
	for _, t := range topics() {
		if t.isJSON() {
			continue
		}
		for _, section := range strings.Split(t.text, "\n## ")[1:] {
			heading, text, _ := strings.Cut(section, "\n")
			if name := strings.ToLower(heading); name == asked || strings.HasSuffix(name, "."+asked) {
				found = append(found, "# "+heading+" (finpages help "+t.name+")\n"+strings.TrimRight(text, "\n")+"\n")
			}
		}
	}
	return found
}

func topicNames() (names []string) {
	for _, t := range topics() {
		names = append(names, t.name)
	}
	return names
}

func printTopics(w io.Writer) {
	fmt.Fprintln(w, "\nHelp topics (finpages help TOPIC):")
	for _, t := range topics() {
		fmt.Fprintf(w, "  %-15s %s\n", t.name, t.title)
	}
}

// helpPages are the topics as the status page shows them.
func helpPages() (list []web.HelpTopic) {
	for _, t := range topics() {
		list = append(list, web.HelpTopic{Name: t.name, Title: t.title, Text: t.text})
	}
	return list
}
