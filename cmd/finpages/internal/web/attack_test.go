package web_test

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/web"
	"finpages/ingest"
	"finpages/ingest/tally"
	"finpages/state"

	"github.com/chromedp/chromedp"
)

func TestIDsAreNeverPaths(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "a.md", "# A\n\ntext")
	w.put("elsewhere", "secret.md", "# Secret\n\ns3cret")
	w.sync("docs")
	for _, id := range []string{"../elsewhere/secret.md", "..%2felsewhere%2fsecret.md", "/etc/passwd", w.dir +
		"/elsewhere/secret.md", "a.md\x00", "\x00", "..", ".", "",
		"docs/../../elsewhere/secret.md", `..\elsewhere\secret.md`, "file:///etc/passwd", strings.Repeat("a/", 20_000), "\xff\xfe", "a.md\n"} {
		q := "?id=" + url.QueryEscape(id) + "&ref=" + url.QueryEscape(id)
		for _, path := range []string{"/sources/docs/page", "/sources/docs/page/html", "/sources/docs/page/text",
			"/api/v1/sources/docs/explain", "/api/v1/sources/docs/preview"} {
			a := w.get(path + q)
			if strings.Contains(a.text, "s3cret") || strings.Contains(a.text, "root:") || a.StatusCode >= 500 {
				t.Errorf("%s for %.40q: %d %.300s", path, id, a.StatusCode, a.text)
			}
		}
		a := w.post("/sources/docs/undo", "id", id)
		if a.StatusCode >= 500 {
			t.Errorf("undo %.40q: %d", id, a.StatusCode)
		}
	}
	for _, path := range []string{"/sources/..%2f..%2fetc", "/sources/%00", "/sources/docs%2fpage",
		"/assets/..%2fserver.go", "/assets/%2e%2e/server.go", "/assets/style.css%00",
		"/assets//style.css", "/sources/" + strings.Repeat("x", 9000), "/%2e%2e/%2e%2e/etc/passwd", "/templates/frame.html", "/assets/../templates/frame.html"} {
		if a := w.get(path); a.StatusCode < 300 || a.StatusCode >= 500 || strings.Contains(a.text, "{{") ||
			strings.Contains(a.text, "package web") {
			t.Errorf("%.60s: %d %.200s", path, a.StatusCode, a.text)
		}
	}
}

func TestOddMethodsDoNothing(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "a.md", "# A")
	w.sync("docs")
	for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "GET", "HEAD"} {
		for _, path := range []string{"/sources/docs/sync", "/sources/docs/retract", "/sources/docs/approve",
			"/api/v1/sync", "/api/v1/sources/docs/forget", "/api/v1/sources/docs/retract", "/logout"} {
			a := w.send(method, path, "")
			if a.StatusCode < 400 || a.StatusCode >= 500 {
				t.Errorf("%s %s: %d", method, path, a.StatusCode)
			}
		}
	}
	if got := w.triggered() + w.inFin(); got != "a.md" {
		t.Errorf("something was done: %s", got)
	}
	for _, path := range []string{"/", "/sources/docs", "/sources/docs/page?id=a.md", "/api/v1/status", "/api/v1/events",
		"/metrics", "/assets/style.css", "/healthz"} {
		if a := w.send("HEAD", path, ""); a.StatusCode != 200 || a.text != "" {
			t.Errorf("HEAD %s: %d %q", path, a.StatusCode, a.text)
		}
	}
	part := w.get("/assets/style.css", "Range", "bytes=0-9")
	if part.StatusCode != http.StatusPartialContent || len(part.text) != 10 {
		t.Errorf("a range: %d %q", part.StatusCode, part.text)
	}
	w.want(w.get("/assets/style.css", "Range", "bytes=999999999-"), http.StatusRequestedRangeNotSatisfiable)
	w.want(w.get("/assets/style.css", "If-None-Match", part.Header.Get("ETag")), http.StatusNotModified)
	w.want(w.get("/", "Range", "bytes=0-1", "Accept-Encoding", "gzip"), 200, "</html>")
	w.want(w.send("POST", "/api/v1/sync", "\x1f\x8b\x08\x00", "Content-Encoding", "gzip"), http.StatusBadRequest)
	w.want(w.send("POST", "/sources/docs/retract", "--x\r\n", "Content-Type", "multipart/form-data; boundary=x"),
		http.StatusConflict)
}

// raw sends bytes as they are, and returns the status line.
func (w *world) raw(request string) string {
	w.t.Helper()
	c, err := net.Dial("tcp", w.server.Listener.Addr().String())
	if err != nil {
		w.t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, request)
	said, _ := io.ReadAll(c)
	line, _, _ := strings.Cut(string(said), "\r\n")
	return line
}

func TestBrokenRequestsAreRefused(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	for _, request := range []string{
		"GET / HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
		"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: local host\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: localhost@evil.example\r\nConnection: close\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
		"POST /api/v1/sync HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
		"POST /api/v1/sync HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 9999999999\r\n\r\n" + strings.Repeat(" ", 2<<20),
		"POST /api/v1/sync HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"\x16\x03\x01\x00\x00\r\n\r\n",
	} {
		if got := w.raw(request); got != "" && !strings.HasPrefix(got, "HTTP/1.1 4") {
			t.Errorf("%.80q: %s", request, got)
		}
	}
}

// stopClock runs a test that holds as long as hardly any time passes, however long
// the machine takes: in a bubble, time stands still while somebody waits for the
// network, as a server always does.
func stopClock(t *testing.T, f func(t *testing.T)) { synctest.Test(t, f) }

// A short token may be found by trying, so there the limit comes first.
func TestGuessersOfAShortTokenAreSlowedDown(t *testing.T) {
	stopClock(t, func(t *testing.T) {
		w := newWorld(t, []string{"docs"}, func(o *web.Options) { o.Token = func() (string, error) { return "s3cret", nil } })
		cookie, _, _ := strings.Cut(w.post("/login", "token", "s3cret").Header.Get("Set-Cookie"), ";")
		for i := range 10 {
			if i%2 == 0 {
				w.want(w.post("/login", "token", fmt.Sprint(i)), http.StatusForbidden)
			} else {
				w.want(w.get("/api/v1/status", "Authorization", "Bearer "+fmt.Sprint(i)), http.StatusUnauthorized)
			}
		}
		a := w.post("/login", "token", "s3cret")
		w.want(a, http.StatusTooManyRequests, "Too many wrong tokens")
		if a.Header.Get("Retry-After") == "" || a.Header.Get("Set-Cookie") != "" {
			t.Errorf("headers %v", a.Header)
		}
		w.want(w.get("/api/v1/status", "Authorization", "Bearer s3cret"), http.StatusTooManyRequests)
		c := api.NewClient(w.server.Listener.Addr().String(), "s3cret")
		defer c.Close()
		if _, err := c.StatusAll(t.Context(), nil); err == nil ||
			err.Error() != "the daemon answered 429 Too Many Requests: too many wrong tokens came from your address: wait "+
				"10 seconds and try again" {
			t.Errorf("a command says: %v", err)
		}
		w.want(w.get("/", "Cookie", cookie), 200) // who is in stays in
		w.want(w.get("/"), http.StatusUnauthorized)
		w.want(w.get("/healthz"), 200)
	})
}

// A proxy gives everybody its own address: who floods it with wrong tokens must
// not shut out Prometheus, the commands and people who have the right one.
func TestTheRightTokenWorksInAFloodOfWrongOnes(t *testing.T) {
	stopClock(t, func(t *testing.T) {
		const token = "0123456789abcdef0123456789abcdef"
		var log lines
		w := newWorld(t, []string{"docs"}, func(o *web.Options) {
			o.Token = func() (string, error) { return token, nil }
			o.Log = slog.New(slog.NewTextHandler(&log, nil))
		})
		for range 30 {
			w.post("/login", "token", "wrong")
			w.get("/metrics", "Authorization", "Bearer wrong")
		}
		a := w.get("/metrics", "Authorization", "Bearer wrong")
		w.want(a, http.StatusTooManyRequests, "too many wrong tokens")
		if a.Header.Get("Retry-After") == "" {
			t.Errorf("headers %v", a.Header)
		}
		w.want(w.post("/login", "token", "wrong"), http.StatusTooManyRequests, "Too many wrong tokens")
		w.want(w.get("/metrics", "Authorization", "Bearer "+token), 200)
		w.want(w.post("/login", "token", token), http.StatusSeeOther)
		if n := strings.Count(log.take(), "wrong token"); n < 1 || n > 12 {
			t.Errorf("the flood is %d lines of the log", n)
		}
	})
}

// The policy of previews alone, whatever the renderer lets through, makes a
// document do nothing.
func TestThePolicyOfPreviewsMakesAnythingInert(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "a.md", "# A\n\ntext")
	w.sync("docs")
	p := &person{world: w, ctx: openBrowser(t)} // what the browser complains of is what the policy stops
	policy := w.get("/sources/docs/page/html?id=a.md").Header.Get("Content-Security-Policy")
	if text := w.get("/sources/docs/page/text?id=a.md").Header.Get("Content-Security-Policy"); text != policy {
		t.Errorf("the source's text has the policy %q", text)
	}
	heard := make(chan string, 20)
	var host string
	evil := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/favicon.ico":
		case "/document":
			rw.Header().Set("Content-Security-Policy", policy)
			rw.Header().Set("Content-Type", "text/html")
			io.WriteString(rw, strings.ReplaceAll(evilDocument, "TO", "http://"+host))
		case "/around":
			rw.Header().Set("Content-Type", "text/html")
			fmt.Fprint(rw, `<title>around</title><p>around it</p><iframe sandbox src="/document"></iframe>`)
		default:
			heard <- r.URL.String()
		}
	}))
	defer evil.Close()
	_, port, _ := net.SplitHostPort(evil.Listener.Addr().String())
	host = "localhost:" + port // another origin than the document's
	for _, path := range []string{"/document", "/around"} {
		p.do(chromedp.Navigate(evil.URL + path))
		if path == "/document" {
			eval[int](p, "document.querySelectorAll('button, a').forEach(e => e.click()), 0")
		}
		if _, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(50)); err != nil { // it has been drawn
			t.Fatal(err)
		}
		if got := eval[string](p, "location.pathname + ' ' + document.title"); got != path+" "+map[string]string{"/document": "", "/around": "around"}[path] {
			t.Errorf("the document did something: the page is %q", got)
		}
	}
	select {
	case what := <-heard:
		t.Errorf("a document reached out: %s", what)
	default:
	}
}

const evilDocument = `<base href="TO/base/"><meta http-equiv="refresh" content="0;url=TO/refresh"><script>document.title = "taken"; fetch("TO/script")</script>
<img src="TO/img" onerror="document.title='taken'"><img src="x" onerror="fetch('TO/onerror')">
<svg onload="document.title='taken'"><script>fetch("TO/svgscript")</script><image href="TO/svgimage"/></svg>
<form action="TO/form"><button>send</button></form><iframe src="TO/frame"></iframe><object data="TO/object"></object><embed src="TO/embed">
<style>@import "TO/import"; body { background: url(TO/background) }</style>
<video src="TO/video"></video><a target="_top" href="javascript:document.title='taken'">leave</a><a target="_blank" href="TO/blank">leave</a><p>still here</p>`

func TestHostileErrorsAndReportsAreShownAsText(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	const evil = `</script><script>alert(1)</script><img src=x onerror=alert(2)>{{.}}`
	err := w.db.Update("docs", func(tx *state.Tx) error {
		_, err := tx.AddRun(state.Run{Report: mustJSON(ingest.Report{Result: ingest.Failed, Error: evil, Run: 1,
			Started: time.Now(),
			Errors:  []tally.PageError{{ExternalID: "x", Error: evil}}})})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/sources/docs", "/sources/docs/page?id=x", "/sources/docs/page/text?id=" +
		url.QueryEscape(evil)} {
		if a := w.get(path); strings.Contains(a.text, "<script>alert") || strings.Contains(a.text, "<img src=x") {
			t.Errorf("%s: %.2000s", path, a.text)
		}
	}
	if a := w.get("/api/v1/status"); a.Header.Get("Content-Type") != "application/json" ||
		strings.Contains(a.text, "<script>") {
		t.Errorf("JSON with markup: %s", a.text)
	}
}
