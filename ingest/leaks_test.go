package ingest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"finpages/ingest/ingesttest"
	"finpages/ingest/leaks"
	"finpages/ingest/metrics"
	"finpages/ingest/operate"
	"finpages/ingest/transform"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

var detector = sync.OnceValue(leaks.New)

func (w *world) searchLeaks(mode transform.LeakMode, allow ...transform.AllowedLeak) {
	w.T.Helper()
	w.Src.Leaks = transform.Leaks{Mode: mode, Detector: detector(), Allow: allow}
}

// made up, and put together here so that no file holds it
var token = "glpat-" + strings.Repeat("Zx8", 2) + "Kq3vTn7Lw5Rb2Y"

func TestPagesWithSecretsAreKeptOut(t *testing.T) {
	w := newWorld(t)
	w.searchLeaks(transform.HoldLeaks)
	var log bytes.Buffer
	w.Engine.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	reg := prometheus.NewPedanticRegistry()
	w.Engine.Metrics = metrics.New(reg)
	w.Put("a.md", "# A\n\nApples.", "b.md", "# B\n\nThe token is "+token+".", "c.md",
		"---\ntitle: Use "+token+"\n---\nCherries.")
	w.WantCounts(w.Sync(), "ok listed=1 excluded=2 created=1")
	w.WantInFin("a.md")
	w.Put("a.md", "# A\n\nApples. Log in with the password Kaffee87!x, then wait.") // was good, and leaves
	report := w.Sync()
	w.WantCounts(report, "ok excluded=3 deleted=1")
	w.WantInFin()
	w.WantCounts(w.Sync(), "ok excluded=3")

	s := w.Service()
	found, err := s.LeaksAll(t.Context(), nil)
	if err != nil || len(found) != 3 || found[1].Page != "b.md" || found[1].Rule != "gitlab-pat" ||
		found[1].Place != "line 1" || found[1].InFin {
		t.Errorf("leaks: %+v, %v", found, err)
	}
	x, err := s.Explain(t.Context(), "docs", "b.md")
	if err != nil || x.Withheld != "it seems to hold a secret: gitlab-pat" ||
		!strings.Contains(strings.Join(x.Reasons, "\n"), found[1].Fingerprint) {
		t.Errorf("explanation: %+v, %v", x, err)
	}
	p, err := s.Preview(t.Context(), "docs", "b.md")
	if err != nil || p.Withheld == "" || !strings.Contains(p.HTML, "[gitlab-pat]") || p.Body != nil {
		t.Errorf("preview: %+v, %v", p, err)
	}
	const metric = "# HELP finpages_leaks Secrets found in documents, by the rule that found them.\n# TYPE " +
		"finpages_leaks gauge\n" +
		"finpages_leaks{rule=\"gitlab-pat\",source=\"docs\"} 2\nfinpages_leaks{rule=\"password-in-prose\",source=\"docs\"} 1\n"
	if err := testutil.GatherAndCompare(reg, strings.NewReader(metric), "finpages_leaks"); err != nil {
		t.Error(err)
	}
	w.wantNowhere(token, log.String(), report, x, p, found)
	w.wantNowhere("Kaffee87", log.String(), report, x, p, found)

	w.Put("b.md", "# B\n\nThe token is in the vault.")
	w.WantCounts(w.Sync(), "ok listed=1 excluded=2 created=1")
	if found, _ := s.LeaksAll(t.Context(), nil); len(found) != 2 {
		t.Errorf("leaks, after one was mended: %+v", found)
	}
}

// wantNowhere looks for a secret in the state file, and in what is told.
func (w *world) wantNowhere(secret string, log string, told ...any) {
	w.T.Helper()
	file, err := os.ReadFile(w.DBPath)
	if err != nil {
		w.T.Fatal(err)
	}
	enc, err := json.Marshal(told)
	if err != nil {
		w.T.Fatal(err)
	}
	for where, text := range map[string]string{"the state": string(file), "the log": log, "what is told": string(enc)} {
		if strings.Contains(text, secret) {
			w.T.Errorf("%s holds the secret", where)
		}
	}
}

func TestSecretsAreTakenOut(t *testing.T) {
	w := newWorld(t)
	w.searchLeaks(transform.RedactLeaks)
	w.Put("a.md", "# A\n\nThe token is "+token+". Apples.")
	w.WantCounts(w.Sync(), "ok listed=1 created=1")
	if got := w.Page("a.md").HTML; !strings.Contains(got, "[gitlab-pat]") || strings.Contains(got, token) ||
		!strings.Contains(got, "Apples") {
		t.Errorf("in Fin: %s", got)
	}
	found, err := w.Service().LeaksAll(t.Context(), []string{"docs"})
	if err != nil || len(found) != 1 || !found[0].InFin {
		t.Errorf("leaks: %+v, %v", found, err)
	}
	w.WantCounts(w.Sync(), "ok listed=1 unchanged=1")
}

func TestAllowedSecretsPass(t *testing.T) {
	w := newWorld(t)
	w.searchLeaks(transform.HoldLeaks)
	w.Put("docs/a.md", "# A\n\nThe token is "+token+".")
	w.WantCounts(w.Sync(), "ok excluded=1")
	found, err := operate.NewService(w.Engine).LeaksAll(t.Context(), nil)
	if err != nil || len(found) != 0 {
		t.Errorf("of no source: %+v, %v", found, err)
	}
	found, _ = w.Service().LeaksAll(t.Context(), nil)
	for _, c := range []struct {
		allow transform.AllowedLeak
		want  string
	}{
		{transform.AllowedLeak{Page: "b.md", Rule: "gitlab-pat", Fingerprint: found[0].Fingerprint}, "ok excluded=1"},
		{transform.AllowedLeak{Page: "docs/a.md", Rule: "github-pat", Fingerprint: found[0].Fingerprint}, "ok excluded=1"},
		{transform.AllowedLeak{Page: "docs/a.md", Rule: "gitlab-pat", Fingerprint: "00000000"}, "ok excluded=1"},
		{transform.AllowedLeak{Page: "docs/*.md", Rule: "gitlab-pat", Fingerprint: found[0].Fingerprint}, "ok listed=1 created=1"},
		{transform.AllowedLeak{Page: "docs/a.md"}, "ok listed=1 unchanged=1"},
	} {
		w.searchLeaks(transform.HoldLeaks, c.allow)
		w.WantCounts(w.Sync(), c.want)
	}
	if got := w.Page("docs/a.md").HTML; !strings.Contains(got, token) {
		t.Errorf("in Fin: %s", got)
	}
	w.searchLeaks(transform.LeaksOff)
	w.WantCounts(w.Sync(), "ok listed=1 unchanged=1")
	w.searchLeaks(transform.HoldLeaks)
	w.WantCounts(w.Sync(), "ok excluded=1 deleted=1")
	w.wantNowhere(token, "")
}

func TestSecretsInIDsAndInErrorsThatQuote(t *testing.T) {
	w := newWorld(t)
	w.searchLeaks(transform.RedactLeaks)
	var log bytes.Buffer
	w.Engine.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.Put("a.md", "# A\n\nApples.", "b.md", "---\nid: docs/"+token+"\n---\n# B", "c.md",
		"---\n"+token+": 1\n"+token+": 2\n---\nCherries.")
	report := w.Sync()
	w.WantInFin("a.md")
	x, err := w.Service().Explain(t.Context(), "docs", "b.md")
	if err != nil || x.Withheld != "it seems to hold a secret: gitlab-pat" {
		t.Errorf("an id that holds a secret: %+v, %v", x, err)
	}
	if x, err = w.Service().Explain(t.Context(), "docs", "c.md"); err != nil ||
		!strings.Contains(strings.Join(x.Reasons, "\n"), "[gitlab-pat]") {
		t.Errorf("an error that quotes a secret: %+v, %v", x, err)
	}
	w.wantNowhere(token, log.String(), report, x)
	w.Put(token+".md", "# D")
	w.Sync()
	w.WantInFin("a.md")
	if strings.Contains(log.String(), token) {
		t.Error("the log tells a secret in a path")
	}
}

// A path that holds a secret is shown with the rule's name in its place.
func TestPathsDoNotShowSecrets(t *testing.T) {
	w := newWorld(t)
	w.Src.Leaks = transform.Leaks{Mode: transform.HoldLeaks, Detector: detector()}
	const key, shown = "ghp_" + "x7Kd93mQz1LpV0tRb6Yw2NcA8sEjU4hG5fTo", "keys/[github-pat].md"
	var log bytes.Buffer
	w.Engine.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	body := "---\ntitle: [\n---\nText."
	w.Stubbed(ingesttest.Doc("keys/"+key+".md", "", body), ingesttest.Doc("more/"+key+".md", "", "# Text\n\nText."))
	report := w.Sync()
	status, err := w.Service().Status("docs")
	if err != nil {
		t.Fatal(err)
	}
	found, err := w.Service().LeaksAll(t.Context(), nil)
	if err != nil || len(found) != 1 || found[0].Page != "more/[github-pat].md" {
		t.Errorf("leaks: %+v, %v", found, err)
	}
	if len(report.Errors) != 1 || report.Errors[0].ExternalID != shown || status.Problems[0].Entry != shown {
		t.Errorf("errors: %+v, problems: %+v", report.Errors, status.Problems)
	}
	if all := fmt.Sprint(report, status, found, log.String()); strings.Contains(all, key) {
		t.Errorf("the key is shown: %s", all)
	}
	w.Src.Leaks.Allow = []transform.AllowedLeak{{Page: "more/[github-pat].md", Rule: "github-pat"}}
	w.Sync()
	w.WantInFin("more/" + key + ".md")
	for _, ref := range []string{"keys/" + key + ".md", "more/" + key + ".md", "none/" + key + ".md"} {
		x, err := w.Service().Explain(t.Context(), "docs", ref)
		p, failure := w.Service().Preview(t.Context(), "docs", ref)
		p.Body = nil
		if all := fmt.Sprint(x, err, p, failure); strings.Contains(all, key) || !strings.Contains(all, "[github-pat].md") {
			t.Errorf("%s: %s", ref, all)
		}
	}
	w.Stubbed(ingesttest.Doc("z.md", "", "# Z\n\nText."))
	w.Sync()
	if all := log.String(); strings.Contains(all, key) || !strings.Contains(all, `"deleted page"`) {
		t.Errorf("the log: %s", all)
	}
}
