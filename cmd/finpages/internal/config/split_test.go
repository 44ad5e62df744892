package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finpages/cmd/finpages/internal/config"
	"finpages/ingest/render"
)

// A source's own split and render stand in for those of the defaults, and leave
// them alone.
func TestSplitAndLossOfSources(t *testing.T) {
	text := `
intercom: {token: t}
defaults: {availability: {ai_agent: true, ai_copilot: true}, split: {level: 2}, render: {max_loss: 5%}}
sources:
`
	for name, own := range map[string]string{
		"as-default": "", "deeper": "split: {level: 3}, render: {max_loss: 10%}", "long-ones": "split: {level: 0, max_bytes: 1000}",
		"off": "split: {level: 0, max_bytes: 0}",
	} {
		text += "  - {name: " + name + ", import_source: {url: https://" + name + ".example.com}, filesystem: {root: .}"
		if own != "" {
			text += ", " + own
		}
		text += "}\n"
	}
	path := filepath.Join(t.TempDir(), "finpages.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path, registry)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]render.Split{"as-default": {Level: 2, MaxBytes: 65536}, "deeper": {Level: 3, MaxBytes: 65536},
		"long-ones": {MaxBytes: 1000}, "off": {}}
	for i := range cfg.Sources {
		s := &cfg.Sources[i]
		src, err := s.Ingest(cfg)
		if err != nil {
			t.Fatal(err)
		}
		loss := 0.05
		if s.Name == "deeper" {
			loss = 0.1
		}
		if src.Split != want[s.Name] || src.MaxLoss == nil || *src.MaxLoss != loss {
			t.Errorf("%s: %+v, %v", s.Name, src.Split, *src.MaxLoss)
		}
	}
	bad := strings.Replace(text, "split: {level: 3}", "split: {level: 7, max_bytes: -1}", 1)
	if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(path, registry); err == nil || !strings.Contains(err.Error(), "level must be that of a heading") {
		t.Errorf("the error is %v", err)
	}
}
