package main

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"finpages/cmd/finpages/internal/config"
	"finpages/ingest/metrics"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
)

// configHelp documents every key that the decoder knows.
func configHelp() string {
	var b strings.Builder
	b.WriteString(`# The config file: every key

finpages looks for --config, $FINPAGES_CONFIG, ./finpages.yaml and /etc/finpages/finpages.yaml, in this order. The file is
YAML or JSON. Values can contain ${VARIABLES}; $$ is a dollar sign. Relative paths start from the folder of the file.
Top-level keys that begin with x- are ignored: a place for anchors. finpages init writes a first one.
`)
	for _, k := range config.Keys(adapters()) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n- type: %s\n", k.Path, k.Doc, k.Type)
		for _, f := range []struct{ name, value string }{
			{"default", k.Default}, {"example", k.Example}, {"since", k.Since},
		} {
			if f.value != "" {
				fmt.Fprintf(&b, "- %s: %s\n", f.name, f.value)
			}
		}
	}
	return b.String()
}

// commandsHelp documents every command.
func commandsHelp() string {
	var b strings.Builder
	b.WriteString(`# Every command

finpages [--config FILE] [--log-level LEVEL] [--log-format FORMAT] COMMAND

approve, backfill, explain, forget, leaks, loss, plan, retract, status, undo and verify ask the daemon if one is running, and else
open the state. For exit codes: finpages help exit-codes.
`)
	writeCommands(&b, wholeRoot())
	return b.String()
}

// wholeRoot has also the commands that are else added when one is executed.
func wholeRoot() *cobra.Command {
	root := newRoot(io.Discard, io.Discard)
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	return root
}

func writeCommands(b *strings.Builder, c *cobra.Command) {
	for _, sub := range c.Commands() {
		if sub.Hidden {
			continue
		}
		text := sub.Short + "."
		if sub.Long != "" {
			text = sub.Long
		}
		usage := strings.TrimSuffix(sub.UseLine(), " [flags]")
		fmt.Fprintf(b, "\n## %s\n\n%s\n\nUsage:\n\n    %s\n", sub.CommandPath(), text, usage)
		if flags := strings.TrimRight(sub.LocalFlags().FlagUsages(), "\n"); flags != "" {
			fmt.Fprintf(b, "\nFlags:\n\n%s\n", indented(flags))
		}
		if sub.Example != "" {
			fmt.Fprintf(b, "\nExamples:\n\n%s\n", "  "+strings.ReplaceAll(sub.Example, "\n", "\n  "))
		}
		writeCommands(b, sub)
	}
}

// indented makes text a block of code.
func indented(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") }

// metricsHelp documents every metric of the daemon.
func metricsHelp() string {
	var b strings.Builder
	b.WriteString(`# Every metric

The daemon serves these at /metrics, for Prometheus, with those of Go and of the process. finpages help alerts says what to
do when an alert fires.

| metric | labels | what it says |
|---|---|---|
`)
	list := &descriptions{}
	metrics.New(list)
	metrics.RegisterBuild(list, "", "")
	metrics.RegisterState(list, nil)
	metrics.RegisterLeases(list, nil)
	list.MustRegister(newReloadedMetric())
	for _, d := range list.found {
		m := descPattern.FindStringSubmatch(d)
		help, _ := strconv.Unquote(m[2]) // as it was quoted
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m[1], strings.ReplaceAll(m[3], ",", ", "), help)
	}
	return b.String()
}

// descPattern reads what a [prometheus.Desc] prints, which is all that it tells.
var descPattern = regexp.MustCompile(`fqName: "([^"]*)", help: ("(?:[^"\\]|\\.)*"),.* variableLabels: \{(.*)\}\}$`)

// descriptions is a registerer that notes what the metrics are.
type descriptions struct{ found []string }

var _ prometheus.Registerer = (*descriptions)(nil)

// Register implements [prometheus.Registerer].
func (l *descriptions) Register(c prometheus.Collector) error {
	descs := make(chan *prometheus.Desc)
	go func() {
		defer close(descs)
		c.Describe(descs)
	}()
	for d := range descs {
		l.found = append(l.found, d.String())
	}
	return nil
}

// MustRegister implements [prometheus.Registerer].
func (l *descriptions) MustRegister(list ...prometheus.Collector) {
	for _, c := range list {
		_ = l.Register(c) // never fails
	}
}

// Unregister implements [prometheus.Registerer].
func (*descriptions) Unregister(prometheus.Collector) bool { return false }
