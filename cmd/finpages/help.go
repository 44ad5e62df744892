package main

import (
	"embed"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

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

// topics lists the help topics: those of the help folder in the order of their
// names, and what is generated from the config's keys.
func topics() []topic {
	var list []topic
	names, _ := fs.Glob(helpFiles, "help/*.md")
	for _, name := range names {
		text, _ := fs.ReadFile(helpFiles, name)
		title, _, _ := strings.Cut(string(text), "\n")
		base := strings.TrimSuffix(strings.TrimPrefix(name, "help/"), ".md")
		list = append(list, topic{base, strings.TrimPrefix(title, "# "), string(text)})
	}
	list = append(list,
		topic{"adapter-protocol", "The protocol of adapters of your own, for sources of the kind exec", exec.Protocol},
		topic{"config", "The config file: every key", configHelp()},
		topic{"schema", "The JSON Schema of the config file, for editors", string(config.Schema(adapters()))})
	slices.SortFunc(list, func(a, b topic) int { return strings.Compare(a.name, b.name) })
	return list
}

func helpCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND | TOPIC]",
		Short:   "Show the help of a command or a topic",
		Example: "  finpages help\n  finpages help config\n  finpages help schema > finpages.schema.json\n  finpages help backfill",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				if err := c.Root().Help(); err != nil {
					return err
				}
				printTopics(g.stdout)
				return nil
			}
			for _, t := range topics() {
				if t.name == args[0] {
					fmt.Fprint(g.stdout, t.text)
					return nil
				}
			}
			command, _, err := c.Root().Find(args)
			if err != nil || command == c.Root() {
				return usageError("no help on %q: finpages help lists the commands and topics", strings.Join(args, " "))
			}
			return command.Help()
		},
		ValidArgsFunction: func(c *cobra.Command, _ []string, _ string) (names []string, _ cobra.ShellCompDirective) {
			for _, t := range topics() {
				names = append(names, t.name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

func printTopics(w io.Writer) {
	fmt.Fprintln(w, "\nHelp topics (finpages help TOPIC):")
	for _, t := range topics() {
		fmt.Fprintf(w, "  %-12s %s\n", t.name, t.title)
	}
}

// configHelp documents every key that the decoder knows.
func configHelp() string {
	var b strings.Builder
	b.WriteString("# The config file: every key\n\n" +
		"finpages looks for --config, $FINPAGES_CONFIG, ./finpages.yaml and /etc/finpages/finpages.yaml, in this order. " +
		"The file is YAML or JSON.\nValues can contain ${VARIABLES}; $$ is a dollar sign. Relative paths start from the folder " +
		"of the file.\nTop-level keys that begin with x- are ignored: a place for anchors.\n")
	for _, k := range config.Keys(adapters()) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n- type: %s\n", k.Path, k.Doc, k.Type)
		for _, f := range []struct{ name, value string }{{"default", k.Default}, {"example", k.Example}, {"since", k.Since}} {
			if f.value != "" {
				fmt.Fprintf(&b, "- %s: %s\n", f.name, f.value)
			}
		}
	}
	return b.String()
}

// helpPages are the topics as the status page shows them.
func helpPages() (list []web.HelpTopic) {
	for _, t := range topics() {
		list = append(list, web.HelpTopic{Name: t.name, Title: t.title, Text: t.text})
	}
	return list
}
