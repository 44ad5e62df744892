package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"finpages/ingest"
	"finpages/intercomapi/emulator"
	"finpages/sources"
	"finpages/sources/filesystem"
)

// A wiki that hangs keeps nobody from seeing what comes before it, and what
// comes after it is looked at meanwhile.
func TestCheckTellsEachSourceInItsTurn(t *testing.T) {
	emu, err := emulator.New(emulator.Options{Limit: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	api := httptest.NewServer(emu)
	defer func() { api.Close(); emu.Close() }()
	asked, release := make(chan string, 1000), make(chan struct{})
	wiki := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		asked <- name
		<-release
		http.Error(w, "gone", http.StatusForbidden)
	}))
	defer wiki.Close()
	dir := t.TempDir()
	file := filepath.Join(dir, "finpages.yaml")
	config := fmt.Sprintf(`
intercom: {token: t, base_url: %[1]q}
state: state.db
defaults: {availability: {ai_agent: true, ai_copilot: true}}
sources:
  - {name: before, import_source: {url: "https://a.example.com"}, filesystem: {root: .}}
  - {name: one, import_source: {url: "https://b.example.com"},
	confluence: {base_url: "%[2]s/one", spaces: [A], token: t, flavor: datacenter}}
  - {name: between, import_source: {url: "https://c.example.com"}, filesystem: {root: .}}
  - {name: two, import_source: {url: "https://d.example.com"},
	confluence: {base_url: "%[2]s/two", spaces: [A], token: t, flavor: datacenter}}
`, api.URL, wiki.URL)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	r, w := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- run([]string{"--config", file, "check"}, w, io.Discard)
		w.Close()
	}()
	lines := bufio.NewReader(r)
	for _, want := range []string{"config", "token", "workspace", "scope", "source before"} {
		if got, err := lines.ReadString('\n'); !strings.HasPrefix(got, "ok    "+want+": ") {
			t.Fatalf("%q comes where %q should: %v", got, want, err)
		}
	}
	for seen := map[string]bool{}; len(seen) < 2; { // the second wiki does not wait for the first
		seen[<-asked] = true
	}
	close(release)
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	one, between, two := strings.Index(string(rest), "FAIL  source one: "),
		strings.Index(string(rest), "ok    source between: "), strings.Index(string(rest), "FAIL  source two: ")
	if one < 0 || between < one || two < between {
		t.Errorf("not in the order of the config:\n%s", rest)
	}
	if got := <-code; got != exitFailed {
		t.Errorf("exit code %d", got)
	}
}

func TestCheckWarnsOfASourceWithoutDocuments(t *testing.T) {
	folder, err := (&filesystem.Options{Root: t.TempDir()}).Build(sources.Env{})
	if err != nil {
		t.Fatal(err)
	}
	found := checkSource(t.Context(), &ingest.Source{Name: "docs", Adapter: folder})
	var out strings.Builder
	(&globals{stdout: &out}).tell(found)
	if last := found[len(found)-1]; !last.OK || !strings.Contains(out.String(), "source docs: no document found below") ||
		!strings.Contains(out.String(), "warn") {
		t.Errorf("%+v\n%s", found, out.String())
	}
}

func TestCheckGivesUpOnWhatHangs(t *testing.T) {
	for name, look := range map[string]func(context.Context, <-chan struct{}) []finding{
		"ends when told": func(ctx context.Context, _ <-chan struct{}) []finding {
			<-ctx.Done()
			return []finding{{Subject: "source wiki", OK: true, Text: "the login is good"}}
		},
		"does not end": func(_ context.Context, end <-chan struct{}) []finding { <-end; return nil },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				end := make(chan struct{})
				defer close(end)
				began := time.Now()
				found := check{"source wiki", func(ctx context.Context) []finding { return look(ctx, end) }}.run(t.Context())
				if took := time.Since(began); took < checkTime || took > checkTime+checkGrace {
					t.Errorf("it took %v", took)
				}
				last := found[len(found)-1]
				if last.OK || last.Subject != "source wiki" ||
					!strings.HasPrefix(last.Text, "no response within 2m0s: check that") {
					t.Errorf("found %+v", found)
				}
				if len(found) != map[string]int{"ends when told": 2, "does not end": 1}[name] {
					t.Errorf("found %+v", found)
				}
			})
		})
	}
}
