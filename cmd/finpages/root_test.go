package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheConfigIsLookedFor(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("FINPAGES_CONFIG", "")
	os.WriteFile("system.yaml", nil, 0o600)
	if got := firstFile("finpages.yaml", "system.yaml"); got != "system.yaml" {
		t.Errorf("without a file here: %s", got)
	}
	os.WriteFile("finpages.yaml", nil, 0o600)
	if got := firstFile("finpages.yaml", "system.yaml"); got != "finpages.yaml" {
		t.Errorf("with a file here: %s", got)
	}
	if got := firstFile("none.yaml", filepath.Join("none", "none.yaml")); got != "none.yaml" {
		t.Errorf("without any: %s", got)
	}
	if got := (&globals{}).configPath(); got != "finpages.yaml" {
		t.Errorf("by default: %s", got)
	}
	t.Setenv("FINPAGES_CONFIG", "env.yaml")
	if got := (&globals{}).configPath(); got != "env.yaml" {
		t.Errorf("with the variable: %s", got)
	}
	if got := (&globals{configFlag: "flag.yaml"}).configPath(); got != "flag.yaml" {
		t.Errorf("with the flag: %s", got)
	}
}

func TestHelp(t *testing.T) {
	help := func(args ...string) (string, int) {
		var out bytes.Buffer
		code := run(append([]string{"help"}, args...), &out, &out)
		return out.String(), code
	}
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"backfill", "config ", "The config file: every key", "exit-codes"}},
		{[]string{"backfill"}, []string{"--full", "Usage:"}},
		{[]string{"adapter", "test"}, []string{"Usage:"}},
		{[]string{"config"}, []string{"## intercom.reserve", "- default: 20%", "## sources[].git.auth.ssh_key_file", "## server.listen"}},
		{[]string{"schema"}, []string{`"$schema"`, `"additionalProperties": false`}},
	} {
		text, code := help(c.args...)
		for _, want := range c.want {
			if code != exitOK || !strings.Contains(text, want) {
				t.Errorf("help %q: code %d, no %q in %.300s", c.args, code, want, text)
			}
		}
	}
	if text, code := help("nonsense"); code != exitUsage || !strings.Contains(text, `no help on "nonsense"`) {
		t.Errorf("help nonsense: code %d: %s", code, text)
	}
	var out bytes.Buffer
	if code := run([]string{"--version"}, &out, &out); code != exitOK ||
		!strings.HasPrefix(out.String(), "finpages dev (commit ") {
		t.Errorf("--version: code %d: %s", code, out.String())
	}
}
