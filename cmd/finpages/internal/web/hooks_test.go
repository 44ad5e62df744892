package web_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"finpages/cmd/finpages/internal/web"
	"finpages/sources/limits/costtest"
)

func sign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return hex.EncodeToString(mac.Sum(nil))
}

func TestWebhooks(t *testing.T) {
	const secret, body = "hook s3cret", `{"ref":"refs/heads/main"}`
	good, other := sign(secret, body), sign("another", body)
	w := newWorld(t, []string{"docs", "bare", "unreadable"}, func(o *web.Options) {
		o.Token = func() (string, error) { return "login", nil }
		o.HookSecret = func(source string) (string, error) {
			if source == "unreadable" {
				return "", errors.New("no such file")
			}
			return map[string]string{"docs": secret}[source], nil
		}
	})
	for name, c := range map[string]struct {
		source  string
		headers []string
		status  int
	}{
		"github":                   {"docs", []string{"X-GitHub-Event", "push", "X-Hub-Signature", "sha1=00", "X-Hub-Signature-256", "sha256=" + good}, 202},
		"github, capitals":         {"docs", []string{"X-Hub-Signature-256", "sha256=" + strings.ToUpper(good)}, 202},
		"github, wrong secret":     {"docs", []string{"X-Hub-Signature-256", "sha256=" + other}, 403},
		"github, no digits":        {"docs", []string{"X-Hub-Signature-256", "sha256=zz"}, 403},
		"github, empty digits":     {"docs", []string{"X-Hub-Signature-256", "sha256="}, 403},
		"github, cut short":        {"docs", []string{"X-Hub-Signature-256", "sha256=" + good[:62]}, 403},
		"github, sha1 only":        {"docs", []string{"X-Hub-Signature", "sha1=" + good[:40]}, 403},
		"github ping":              {"docs", []string{"X-GitHub-Event", "ping", "X-Hub-Signature-256", "sha256=" + good}, 200},
		"github ping, wrong":       {"docs", []string{"X-GitHub-Event", "ping", "X-Hub-Signature-256", "sha256=" + other}, 403},
		"github ping, unsigned":    {"docs", []string{"X-GitHub-Event", "ping"}, 401},
		"gitlab":                   {"docs", []string{"X-Gitlab-Event", "Push Hook", "X-Gitlab-Token", secret}, 202},
		"gitlab, wrong":            {"docs", []string{"X-Gitlab-Token", "another"}, 403},
		"gitlab, empty":            {"docs", []string{"X-Gitlab-Token", ""}, 401},
		"gitea":                    {"docs", []string{"X-Gitea-Event", "push", "X-Gitea-Signature", good, "X-Hub-Signature", "sha1=00"}, 202},
		"gitea as github":          {"docs", []string{"X-Gitea-Signature", good, "X-Hub-Signature-256", "sha256=" + good}, 202},
		"gitea, wrong":             {"docs", []string{"X-Gitea-Signature", other}, 403},
		"gogs":                     {"docs", []string{"X-Gogs-Signature", good}, 202},
		"forgejo":                  {"docs", []string{"X-Forgejo-Signature", good}, 202},
		"bitbucket":                {"docs", []string{"X-Event-Key", "repo:push", "X-Hub-Signature", "sha256=" + good}, 202},
		"bitbucket, wrong":         {"docs", []string{"X-Event-Key", "repo:push", "X-Hub-Signature", "sha256=" + other}, 403},
		"bitbucket ping, unsigned": {"docs", []string{"X-Event-Key", "diagnostics:ping"}, 200},
		"bitbucket ping, wrong":    {"docs", []string{"X-Event-Key", "diagnostics:ping", "X-Hub-Signature", "sha256=" + other}, 403},
		"confluence":               {"docs", []string{"X-Event-Key", "page_updated", "X-Hub-Signature", "sha256=" + good}, 202},
		"script":                   {"docs", []string{"Authorization", "Bearer " + secret}, 202},
		"script, wrong":            {"docs", []string{"Authorization", "Bearer another"}, 403},
		"script, the login":        {"docs", []string{"Authorization", "Bearer login"}, 403},
		"nothing":                  {"docs", nil, 401},
		"another site's page":      {"docs", []string{"Sec-Fetch-Site", "cross-site"}, 401},
		"no secret configured":     {"bare", []string{"X-Gitlab-Token", secret}, 404},
		"no secret, signed so":     {"bare", []string{"X-Hub-Signature-256", "sha256=" + sign("", body)}, 404},
		"no secret, ping":          {"bare", []string{"X-Event-Key", "diagnostics:ping"}, 404},
		"a secret out of reach":    {"unreadable", []string{"X-Hub-Signature-256", "sha256=" + sign("", body)}, 503},
		"out of reach, ping":       {"unreadable", []string{"X-Event-Key", "diagnostics:ping"}, 503},
		"no such source":           {"none", []string{"X-Gitlab-Token", secret}, 404},
	} {
		before := w.triggered()
		a := w.send("POST", "/hooks/"+c.source, body, c.headers...)
		if a.StatusCode != c.status {
			t.Errorf("%s: %d, want %d: %s", name, a.StatusCode, c.status, a.text)
		}
		if (w.triggered() != before) != (c.status == 202) {
			t.Errorf("%s: triggers %q after %q", name, w.triggered(), before)
		}
		if strings.Contains(a.text, secret) {
			t.Errorf("%s: the answer has the secret: %s", name, a.text)
		}
	}
	w.want(w.get("/hooks/docs", "Authorization", "Bearer "+secret), http.StatusMethodNotAllowed)
}

// GitLab signs by the rules of standard webhooks.
func TestStandardWebhooks(t *testing.T) {
	const body = `{"ref":"refs/heads/main"}`
	key := []byte("thirty-two bytes of a signing key")
	secret := "whsec_" + base64.StdEncoding.EncodeToString(key)
	triggers := 0
	h := web.Handler(web.Options{Log: quiet, Trigger: func(string) { triggers++ },
		HookSecret: func(string) (string, error) { return secret, nil }})
	signature := func(key []byte, id, sent, body string) string {
		mac := hmac.New(sha256.New, key)
		io.WriteString(mac, id+"."+sent+"."+body)
		return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	now, old := strconv.FormatInt(time.Now().Unix(), 10), strconv.FormatInt(time.Now().Add(-time.Hour).Unix(), 10)
	good := signature(key, "7", now, body)
	for name, c := range map[string]struct {
		id, sent, signature string
		want                int
	}{
		"good":            {"7", now, good, 202},
		"one of two":      {"7", now, "v1,AAAA " + good, 202},
		"another key":     {"7", now, signature([]byte(secret), "7", now, body), 403},
		"another body":    {"7", now, signature(key, "7", now, "{}"), 403},
		"another id":      {"8", now, good, 403},
		"another time":    {"7", old, good, 403},
		"played again":    {"7", old, signature(key, "7", old, body), 403},
		"no time":         {"7", "", signature(key, "7", "", body), 403},
		"another version": {"7", now, "v2" + good[2:], 403},
		"no base64":       {"7", now, "v1,?", 403},
	} {
		before := triggers
		r := httptest.NewRequest("POST", "/hooks/docs", strings.NewReader(body))
		r.Header.Set("Webhook-Id", c.id)
		r.Header.Set("Webhook-Timestamp", c.sent)
		r.Header.Set("Webhook-Signature", c.signature)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want || (triggers > before) != (c.want == 202) {
			t.Errorf("%s: %d and %d triggers, want %d", name, w.Code, triggers-before, c.want)
		}
	}
}

// zeros is an endless body.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestWebhooksOfAnySizeAreHashedAndNotHeld(t *testing.T) {
	triggers := 0
	h := web.Handler(web.Options{Trigger: func(string) { triggers++ },
		HookSecret: func(string) (string, error) { return "s", nil }})
	send := func(size int64) int {
		mac := hmac.New(sha256.New, []byte("s"))
		io.CopyN(mac, zeros{}, size)
		r := httptest.NewRequest("POST", "/hooks/docs", io.LimitReader(zeros{}, size))
		r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	if got := send(25 << 20); got != http.StatusAccepted {
		t.Errorf("25 MiB: %d", got)
	}
	if got := send(27 << 20); got != http.StatusRequestEntityTooLarge || triggers != 1 {
		t.Errorf("27 MiB: %d, %d triggers", got, triggers)
	}
}

func FuzzWebhookSignature(f *testing.F) {
	f.Add("sha256=00", "X-Hub-Signature-256", "{}")
	f.Add("", "X-Gitea-Signature", "")
	f.Add("Bearer ", "Authorization", "{}")
	triggered := false
	h := web.Handler(web.Options{Log: quiet, Trigger: func(string) { triggered = true },
		HookSecret: func(string) (string, error) { return "a long s3cret", nil }})
	f.Fuzz(func(t *testing.T, value, header, body string) {
		send := func(value, body string) {
			r := httptest.NewRequest("POST", "/hooks/docs", strings.NewReader(body))
			r.Header.Set(header, value)
			h.ServeHTTP(httptest.NewRecorder(), r)
			if triggered {
				t.Fatalf("%s: %q passed for %q", header, value, body)
			}
		}
		send(value, body)
		costtest.Check(t, value, func(s string) { send(s, body) })
		costtest.Check(t, body, func(s string) { send(value, s) })
	})
}
