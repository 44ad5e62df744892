package config_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"finpages/cmd/finpages/internal/config"
	"finpages/sources"
	"finpages/sources/git"

	"github.com/google/go-cmp/cmp"
)

func TestExposedFiles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no permission bits")
	}
	adapters := sources.Registry{"git": {Options: func() sources.Options { return git.NewOptions() }}}
	dir := t.TempDir()
	path := filepath.Join(dir, "finpages.yaml")
	const text = `
intercom: {token_file: intercom-token}
server: {listen: "0.0.0.0:9464", token_file: open/server-token}
defaults: {availability: {ai_agent: true, ai_copilot: true}}
sources:
  - name: docs
    import_source: {url: https://docs.example.com}
    webhook: {secret: "${HOOK}"}
    git: {url: "ssh://git@git.example.com/docs.git", auth: {ssh_key_file: key, known_hosts_file: hosts}}
`
	put := func(name, text string, mode os.FileMode) {
		t.Helper()
		name = filepath.Join(dir, name)
		os.MkdirAll(filepath.Dir(name), 0o755)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("HOOK", "x")
	exposed := func() string {
		t.Helper()
		c, err := config.Load(path, adapters)
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(strings.Join(c.Exposed(), "\n"), dir+"/", "")
	}
	put("finpages.yaml", text, 0o644)
	put("intercom-token", "x", 0o640)
	put("open/server-token", "x", 0o600)
	put("key", "x", 0o400)
	put("hosts", "x", 0o644)
	if got := exposed(); got != "" {
		t.Errorf("good files: %s", got)
	}

	put("finpages.yaml", strings.Replace(text, "${HOOK}", "a-literal-secret", 1), 0o644)
	put("intercom-token", "x", 0o644)
	put("key", "x", 0o660)
	os.Chmod(filepath.Join(dir, "open"), 0o777)
	want := `the config (finpages.yaml) holds a secret that other users can read: chmod o-rwx finpages.yaml
intercom.token_file (intercom-token) holds a secret that other users can read: chmod o-rwx intercom-token
server.token_file (open/server-token) can be replaced by other users: chmod o-w ` + dir + `/open
sources[0].git.auth.ssh_key_file (key) can be changed by other users: chmod go-w key`
	if diff := cmp.Diff(strings.ReplaceAll(want, dir+"/", ""), exposed()); diff != "" {
		t.Error(diff)
	}
	os.Chmod(path, 0o666)
	if got := exposed(); !strings.HasPrefix(got, "the config (finpages.yaml) can be changed by other users") {
		t.Errorf("a config that all may write: %s", got)
	}
}
