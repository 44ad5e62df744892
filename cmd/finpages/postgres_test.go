package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finpages/intercomapi/emulator"
	"finpages/state/pgtest"
)

// The state lives in a database as it does in a file, and moves from one to
// the other: nothing is pushed again.
func TestStateInPostgres(t *testing.T) {
	url := pgtest.Start(t)
	emu, err := emulator.New(emulator.Options{Token: "good-token"})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(emu)
	t.Cleanup(func() { srv.Close(); emu.Close() })
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("a.md", "# A\n\nText.")
	write("b.md", "# B\n\nText.")
	config := func(state string) string {
		return write("finpages.yaml", "intercom: {token: good-token, base_url: \""+srv.URL+"\"}\nstate: \""+state+"\"\n"+
			"defaults: {availability: {ai_agent: true, ai_copilot: true}}\n"+
			"sources:\n  - {name: docs, import_source: {url: \"https://docs.example.com\"}, filesystem: {root: .}}\n")
	}
	finpages := func(want string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		code := run(append([]string{"--config", filepath.Join(dir, "finpages.yaml")}, args...), &out, &out)
		if code != exitOK || !strings.Contains(out.String(), want) {
			t.Errorf("%q: exit code %d, want %q in:\n%s", args, code, want, &out)
		}
		if strings.Contains(out.String(), "hunter2") {
			t.Errorf("%q prints the password:\n%s", args, &out)
		}
	}
	config(url + "&password=hunter2") // which a server that trusts everybody does not ask for
	finpages(`"created": 2`, "backfill", "--json")
	finpages(`"unchanged": 2`, "backfill", "--json")
	finpages("docs", "status")
	finpages("ok    state: postgres://", "check")
	finpages("is out of Fin", "retract", "docs", "b.md")
	finpages("0 missing", "verify")

	file := filepath.Join(dir, "state.db")
	finpages("copied and compared", "state", "copy", url, file)
	config(file)
	emu.ClearRequests()
	finpages(`"unchanged": 1`, "backfill", "--json")
	for _, r := range emu.Requests() {
		if r.Method != "GET" {
			t.Errorf("after the copy: %s %s", r.Method, r.Path)
		}
	}
}
