package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finpages/state"
)

// Check says since when a listing has not been complete, and why; and what verify found.
func TestCheckTellsWhatIsRemembered(t *testing.T) {
	dir := t.TempDir()
	db, err := state.Open(filepath.Join(dir, "state.db"), state.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update("docs", func(tx *state.Tx) error {
		info := state.Info{ImportSource: 1, IncompleteFrom: time.Now().Add(-3 * time.Hour),
			Incomplete: []string{"OPS: the listing does not end"}}
		if err := tx.PutInfo(info); err != nil {
			return err
		}
		return tx.PutDrift("a.md", state.Drift{Kind: state.DriftMissing, Since: time.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	config := filepath.Join(dir, "finpages.yaml")
	text := fmt.Sprintf(`intercom: {token: t, base_url: "http://127.0.0.1:1"}
state: %[1]s/state.db
server: {listen: "127.0.0.1:1"}
defaults: {availability: {ai_agent: true, ai_copilot: true}}
sources:
  - name: docs
    import_source: {url: https://docs.example.com}
    filesystem: {root: %[1]s}
`, dir)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	run([]string{"--config", config, "check"}, &out, &out)
	for _, want := range []string{
		"warn  source docs: no listing has been complete since 3h ago, and nothing there is deleted: OPS: the listing does not end\n",
		"warn  source docs: Fin does not have what was pushed: 1 page is missing; to fix this: finpages verify --repair docs\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("check does not say %q:\n%s", want, &out)
		}
	}
}
