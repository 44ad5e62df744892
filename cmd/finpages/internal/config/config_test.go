package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finpages/cmd/finpages/internal/config"
	"finpages/sources"
	"finpages/sources/filesystem"
	"finpages/sources/limits/costtest"

	"github.com/google/go-cmp/cmp"
)

var registry = sources.Registry{
	"filesystem": {Options: func() sources.Options { return filesystem.NewOptions() }},
	"git":        {Options: func() sources.Options { return filesystem.NewOptions() }},
}

func env(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func parse(t *testing.T, text string) (*config.Config, error) {
	t.Helper()
	return config.Parse("finpages.yaml", []byte(text), registry, env(map[string]string{"TOKEN": "s3cret", "N": "7"}))
}

// Each testdata/invalid-*.yaml begins with the messages that it must give, in
// lines that begin with "# want: ".
func TestInvalid(t *testing.T) {
	files, err := filepath.Glob("testdata/invalid-*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no test data: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(data)) {
				if w, ok := strings.CutPrefix(line, "# want: "); ok {
					want = append(want, "finpages.yaml:"+strings.TrimSuffix(w, "\n"))
				}
			}
			_, err = parse(t, string(data))
			var invalid *config.Invalid
			if !errors.As(err, &invalid) {
				t.Fatalf("Parse = %v, want faults", err)
			}
			if diff := cmp.Diff(want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

const minimal = `
intercom: {token: "${TOKEN}"}
defaults: {availability: {ai_agent: true, ai_copilot: false}}
sources:
  - name: docs
    import_source: {url: https://docs.example.com}
    filesystem: {root: ./docs}
`

func TestDefaults(t *testing.T) {
	c, err := parse(t, minimal)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Sources[0]
	got := fmt.Sprintln(string(c.Intercom.Token), c.Intercom.BaseURL, c.Intercom.Version, c.Intercom.Reserve,
		c.Intercom.InFlight, c.State, c.Server.Listen,
		s.Schedule, time.Duration(s.Timeout), time.Duration(s.Journal), s.Deletes, *s.Availability)
	want := fmt.Sprintln("s3cret", "https://api.intercom.io", "2.16", 20, 64, "/var/lib/finpages/state.db",
		"127.0.0.1:9464",
		"@every 15m", 30*time.Minute, 720*time.Hour, config.Deletes{MaxPercent: 20, MaxCount: 500, AlwaysAllow: 10},
		config.Availability{AIAgent: true})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestASourceChangesDefaultsForItself(t *testing.T) {
	c, err := parse(t, `
sources:
  - name: a
    import_source: {url: https://a.example.com}
    filesystem: {root: ./a}
    deletes: {max_count: 5}
    availability: {ai_copilot: true}
    timeout: 90s
  - name: b
    import_source: {url: https://b.example.com}
    git: {root: ./b}
defaults:
  availability: {ai_agent: true, ai_copilot: false}
  deletes: {max_percent: 35%}
  schedule: "CRON_TZ=Europe/Dublin 0 3 * * *"
intercom: {token: x, region: eu}
`)
	if err != nil {
		t.Fatal(err)
	}
	a, b := c.Sources[0], c.Sources[1]
	want := []any{config.Deletes{MaxPercent: 35, MaxCount: 5, AlwaysAllow: 10},
		config.Availability{AIAgent: true, AICopilot: true}, 90 * time.Second,
		config.Deletes{MaxPercent: 35, MaxCount: 500, AlwaysAllow: 10}, config.Availability{AIAgent: true},
		30 * time.Minute, "git", "https://api.eu.intercom.io"}
	got := []any{a.Deletes, *a.Availability, time.Duration(a.Timeout), b.Deletes, *b.Availability,
		time.Duration(b.Timeout), b.Kind, c.Intercom.BaseURL}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	due := b.Cron.Next(time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
	if due.UTC().Hour() != 2 {
		t.Errorf("3:00 in Dublin's summer is due at %v", due.UTC())
	}
}

func TestVariables(t *testing.T) {
	c, err := parse(t, strings.NewReplacer(
		"./docs", "'$$HOME/${N}/$x'",
		"ai_copilot: false}", "ai_copilot: false}, deletes: {max_count: '${N}'}",
	).Replace(minimal))
	if err != nil {
		t.Fatal(err)
	}
	s := c.Sources[0]
	if root := s.Options.(*filesystem.Options).Root; root != "$HOME/7/$x" || s.Deletes.MaxCount != 7 {
		t.Errorf("root %q, max_count %d", root, s.Deletes.MaxCount)
	}
}

func TestVariablesNeedNoQuotesAnywhere(t *testing.T) {
	c, err := parse(t, "\ufeff"+strings.NewReplacer(`"${TOKEN}"`, "${TOKEN}", "./docs",
		"${N}/docs-$${N}").Replace(minimal))
	if err != nil {
		t.Fatal(err)
	}
	if root := c.Sources[0].Options.(*filesystem.Options).Root; root != "7/docs-${N}" ||
		string(c.Intercom.Token) != "s3cret" {
		t.Errorf("root %q, token %q", root, string(c.Intercom.Token))
	}
}

func TestATokenInTheWrongPlaceIsNotEchoed(t *testing.T) {
	const token = "dG9rOmFiY2RlZl8xMjM0NTY3ODkw"
	for _, text := range []string{"intercom: " + token, "intercom: {token: x, region: " + token + "}",
		"intercom: {token: x, reserve: " + token + "}",
		"intercom: {token: x, version: " + token + "}", "intercom: {token: [" + token + "]}", "i\x00n\x00: " + token} {
		_, err := parse(t, text)
		var invalid *config.Invalid
		if !errors.As(err, &invalid) || strings.Contains(invalid.Detailed(), token) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAValueCannotSmuggleInKeys(t *testing.T) {
	vars := env(map[string]string{"TOKEN": "x\nstate: /etc/passwd"})
	_, err := config.Parse("f.yaml", []byte(minimal), registry, vars)
	if err == nil || !strings.Contains(err.Error(), "TOKEN has more than one line") {
		t.Errorf("Parse = %v", err)
	}
	c, err := config.Parse("f.yaml", []byte(strings.NewReplacer("${TOKEN}", "x", "./docs", "${TOKEN}").Replace(minimal)),
		registry, vars)
	if err != nil {
		t.Fatal(err)
	}
	if root := c.Sources[0].Options.(*filesystem.Options).Root; c.State != "/var/lib/finpages/state.db" ||
		root != "x\nstate: /etc/passwd" {
		t.Errorf("state %q, root %q", c.State, root)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	c, err := parse(t, minimal)
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprintf("%v %+v %#v %s", c.Intercom, c.Intercom, c.Intercom, c.Intercom.Token); strings.Contains(s,
		"s3cret") {
		t.Error(s)
	}
}

func TestPathsStartFromTheConfigFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "conf.yaml")
	text := strings.Replace(minimal, "intercom:", "state: data/state.db\nintercom:", 1)
	os.WriteFile(path, []byte(text), 0o600)
	t.Setenv("TOKEN", "x")
	c, err := config.Load(path, registry)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "data/state.db"); c.State != want || c.Cache != want+".cache" {
		t.Errorf("state %q, cache %q", c.State, c.Cache)
	}
	src, err := c.Sources[0].Ingest(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Adapter.Open(t.Context()); err == nil || !strings.Contains(err.Error(), filepath.Join(dir, "docs")) {
		t.Errorf("Open = %v, want an error that names the folder beside the config", err)
	}
}

func TestMissingFileNamesTheMend(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"), registry)
	if err == nil || !strings.Contains(err.Error(), "--config or FINPAGES_CONFIG") {
		t.Error(err)
	}
}

func TestExampleIsValid(t *testing.T) {
	data, err := os.ReadFile("../../../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"INTERCOM_TOKEN": "x", "CONFLUENCE_TOKEN": "y", "KB_TOKEN": "z"}
	if _, err := config.Parse("config.example.yaml", data, exampleRegistry, env(vars)); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(minimal)
	f.Add("a: [1, {b: *c}]\n---\n&x y")
	f.Add("x-a: &a {b: [*a]}\nstate: *a\n<<: [*a, *a]\n? c\n: !!str d")
	f.Add("*0")
	f.Add("intercom:\n token x\n\tregion: 'us\n")
	f.Add("sources: [{name: ${, schedule: 'TZ=0'}]")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := config.Parse("f.yaml", []byte(text), registry, env(nil))
		var invalid *config.Invalid
		if (c == nil) == (err == nil) || err != nil && !errors.As(err, &invalid) {
			t.Errorf("Parse = %v, %v", c, err)
		}
		if invalid != nil {
			_ = invalid.Detailed()
		}
		costtest.Check(t, text, func(s string) { _, _ = config.Parse("f.yaml", []byte(s), registry, env(nil)) })
	})
}
