package main

import (
	"bytes"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"finpages/intercomapi/emulator"
	"finpages/state/pgtest"
)

// The state lives in a database as it does in a file, and moves from one to
// the other: nothing is pushed again.
func TestStateInPostgres(t *testing.T) {
	t.Parallel()
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
			"cache: ./cache\n"+
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

// All replicas tell of a run of any, and of configs that differ.
func TestReplicasShareWork(t *testing.T) {
	t.Parallel()
	c := startCluster(t, 1)
	c.settle(0)
	c.write("d1/new.md", c.body("d1/new.md"))
	first := c.replicas[0]
	status := func(r *replica) string {
		body, _ := fetch("http://" + r.listen + "/api/v1/status")
		return body
	}
	c.until("all replicas know one another", func() bool {
		return strings.Count(status(c.replicas[2]), `"older_config_of":[]`) == clusterSize
	})
	c.until("all replicas tell of the run", func() bool {
		for _, r := range c.replicas {
			metrics, _ := fetch("http://" + r.listen + "/metrics")
			if !strings.Contains(metrics, `finpages_pages{source="docs-1",state="synced"} `+c.pagesOf("d1/")) {
				return false
			}
		}
		return true
	})
	config, err := os.ReadFile(c.config(first))
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(config), "split: {level: 2}", "split: {level: 3}", 1)
	if err := os.WriteFile(c.config(first), []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	c.until("the others tell that their config is older", func() bool {
		return strings.Contains(status(c.replicas[1]), `"config_differs":["docs-0","docs-1","docs-2"]`)
	})
	c.until("the page tells it", func() bool {
		page, _ := fetch("http://" + c.replicas[2].listen + "/")
		return strings.Contains(page, "The config files of the replicas differ.")
	})
	ready, err := fetch("http://" + first.listen + "/readyz")
	if err != nil || !strings.Contains(ready, "ready") {
		t.Errorf("%s, %v", ready, err)
	}
}

// pagesOf counts the pages that Fin has of documents in a folder.
func (c *cluster) pagesOf(folder string) string {
	n := 0
	for _, p := range c.emu.Pages() {
		if strings.HasPrefix(p.ExternalID, folder) {
			n++
		}
	}
	return strconv.Itoa(n)
}
