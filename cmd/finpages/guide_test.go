package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"finpages/cmd/finpages/internal/config"
	"finpages/ingest/metrics"
	"finpages/intercomapi"
	"finpages/state"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
)

// guideText is everything that people can read, without what is for programs.
func guideText() string {
	var b strings.Builder
	for _, t := range topics() {
		if !t.isJSON() {
			b.WriteString(t.text)
		}
	}
	return b.String()
}

// each calls do with the commands that people see.
func each(c *cobra.Command, do func(*cobra.Command)) {
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			do(sub)
			each(sub, do)
		}
	}
}

func TestGuideIsComplete(t *testing.T) {
	guide := guideText()
	want := func(what, text string) {
		if !strings.Contains(guide, text) {
			t.Errorf("the guide does not tell of %s: no %q", what, text)
		}
	}
	each(wholeRoot(), func(c *cobra.Command) { want("the command", "## "+c.CommandPath()+"\n") })
	for _, k := range config.Keys(adapters()) {
		want("the key", "## "+k.Path+"\n")
	}
	for _, kind := range adapters().Kinds() {
		want("the kind of source", "`"+kind+"`")
	}
	registry := prometheus.NewRegistry()
	m := metrics.New(registry)
	m.Request(intercomapi.Event{Operation: "me", Code: "200", Retry: "x", Limit: 1, Remaining: 1})
	m.Known("docs", state.Info{LastComplete: time.Now()}, metrics.PageCounts{})
	families, err := registry.Gather()
	if err != nil || len(families) == 0 {
		t.Fatal(err)
	}
	for _, f := range families {
		want("the metric", "`"+f.GetName()+"`")
	}
	for _, a := range alerts(t) {
		want("the alert", "## "+a.Alert+"\n")
		if runbook := "finpages help alerts, or /help/alerts#" + strings.ToLower(a.Alert) +
			" on the status page"; a.Annotations["runbook"] != runbook {
			t.Errorf("%s: runbook is %q, want %q", a.Alert, a.Annotations["runbook"], runbook)
		}
	}
	for _, heading := range regexp.MustCompile(`(?m)^## (Finpages\w+)`).FindAllStringSubmatch(guide, -1) {
		if !strings.Contains(rules(t), "alert: "+heading[1]+"\n") {
			t.Errorf("the guide tells of the alert %s, which is not there", heading[1])
		}
	}
}

func rules(t *testing.T) string {
	text, err := os.ReadFile("../../deploy/prometheus/finpages.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type alert struct {
	Alert       string
	Annotations map[string]string
}

func alerts(t *testing.T) (list []alert) {
	var file struct{ Groups []struct{ Rules []alert } }
	if err := yaml.Unmarshal([]byte(rules(t)), &file); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		list = append(list, g.Rules...)
	}
	if len(list) == 0 {
		t.Fatal("no alerts")
	}
	return list
}

// What the guide refers to is there: topics, commands, flags, keys.
func TestGuideRefersToWhatIsThere(t *testing.T) {
	root := wholeRoot()
	known := strings.Join(topicNames(), " ") + " "
	for _, topic := range topics() {
		if topic.isJSON() {
			continue
		}
		for _, m := range regexp.MustCompile(`finpages help ([a-z-]+)`).FindAllStringSubmatch(topic.text, -1) {
			if c, _, err := root.Find(m[1:]); !strings.Contains(known, m[1]+" ") && (err != nil || c == root) &&
				len(sectionsOn(m[1])) == 0 {
				t.Errorf("%s refers to the topic %s", topic.name, m[1])
			}
		}
		for _, m := range regexp.MustCompile("(?m)(?:`|^ {4,})finpages ([a-z][^`\n|#>]*)").FindAllStringSubmatch(topic.text,
			-1) {
			line, _, _ := strings.Cut(m[1], " -- ")
			c, rest, err := root.Find(strings.Fields(line))
			if err != nil || c == root {
				t.Errorf("%s: there is no command in %q", topic.name, m[0])
				continue
			}
			for _, word := range rest {
				name, _, _ := strings.Cut(strings.Trim(word, "\\.,:"), "=")
				if flag, ok := strings.CutPrefix(name, "--"); ok && c.Flag(flag) == nil && flag != "help" {
					t.Errorf("%s: %s has no flag %s", topic.name, c.Name(), name)
				}
			}
		}
	}
}

func TestEveryCommandHasAnExample(t *testing.T) {
	each(wholeRoot(), func(c *cobra.Command) {
		if c.Name() == "completion" || c.Parent().Name() == "completion" {
			return // cobra's own
		}
		var out bytes.Buffer
		code := run(append(strings.Fields(c.CommandPath())[1:], "--help"), &out, &out)
		if code != exitOK || !strings.Contains(out.String(), "Examples:\n  ") ||
			!strings.Contains(c.Example, c.CommandPath()) &&
				!strings.HasPrefix(c.CommandPath(), "finpages state") {
			t.Errorf("%s: no example: %s", c.CommandPath(), out.String())
		}
	})
}

// The configs in the guide are ones that the program takes.
func TestConfigsInTheGuideAreGood(t *testing.T) {
	fake := func(string) (string, bool) { return "x", true }
	n := 0
	for _, topic := range topics() {
		for block := range strings.SplitSeq(topic.text, "\n\n") {
			kinds := regexp.MustCompile(`^    (` + strings.Join(adapters().Kinds(), "|") + `):`)
			text := ""
			switch {
			case topic.isJSON() || topic.name == "commands":
				continue
			case strings.HasPrefix(block, "    sources:"):
				text = dedent(block)
			case kinds.MatchString(block):
				text = "sources:\n  - name: x\n    import_source: {url: https://x.example.com}\n" + block
			case strings.HasPrefix(block, "    defaults:"), strings.HasPrefix(block, "    server:"):
				text = dedent(block) + "\nsources: []"
			default:
				continue
			}
			if !strings.Contains(text, "defaults:") {
				text += "\ndefaults: {availability: {ai_agent: false, ai_copilot: true}}"
			}
			n++
			if _, err := config.Parse("x.yaml", []byte("intercom: {token: x}\n"+text), adapters(), fake); err != nil {
				t.Errorf("%s: %v in\n%s", topic.name, err, text)
			}
		}
	}
	if n < 25 {
		t.Errorf("only %d configs were found", n)
	}
}

func dedent(block string) string {
	return strings.ReplaceAll(strings.TrimPrefix(block, "    "), "\n    ", "\n")
}
