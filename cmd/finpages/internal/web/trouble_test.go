package web_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/web"
	"finpages/ingest"
	"finpages/sources/sourcestest"
	"finpages/state"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

func TestAnOpenPageSaysWhenTheDaemonIsGone(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "a.md", "# A")
	w.sync("docs")
	p := newPerson(w)
	at := "127.0.0.1:" + sourcestest.Port(t)
	l, err := net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	stop := w.serve(l)
	p.do(chromedp.Navigate("http://" + at + "/"))
	p.see("Fin is up to date.")
	const colour = "getComputedStyle(document.querySelector('.headline.ok')).backgroundColor"
	green := eval[string](p, colour)
	eval[int](p, `window.said = [], new MutationObserver(() => { const t = document.querySelector("#lost").textContent; t && said.push(t) })
		.observe(document.querySelector("#lost"), {childList: true}), 0`)
	const ago = "document.querySelector('#live-docs time [data-ago]').textContent"
	before := eval[string](p, ago)
	p.until(ago + " !== '" + before + "'") // ticks
	stop()
	p.see("finpages has not responded since ")
	p.see("This page shows the state at that time.")
	if got := eval[string](p, colour); got == green {
		t.Errorf("the headline is still %s", got)
	}
	if role := eval[string](p, "document.querySelector('#lost').role"); role != "alert" {
		t.Errorf("the note has the role %q", role)
	}
	p.look("daemon-gone")
	p.dress("light", 1600)
	before = eval[string](p, ago)
	p.until(ago + " !== '" + before + "'") // still
	if n := eval[int](p, "said.length"); n != 1 {
		t.Errorf("it was said %d times", n)
	}
	w.put("docs", "b.md", "# B")
	w.sync("docs")
	l, err = net.Listen("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer w.serve(l)()
	p.until("document.querySelector('#live-docs dd').innerText === '2' && !document.querySelector('#lost').textContent")
	if got := eval[string](p, colour); got != green {
		t.Errorf("the headline is %s again, not %s", got, green)
	}
	p.do(chromedp.Navigate("about:blank")) // ends the stream before the server ends
}

func TestAnOpenPageSaysThatItsReaderIsLoggedOut(t *testing.T) {
	w := newWorld(t, []string{"docs"}, func(o *web.Options) { o.Token = func() (string, error) { return "s3cret", nil } })
	p := newPerson(w)
	p.visit("/sources/docs")
	p.do(chromedp.SendKeys(chromedp.CSS("#token"), "s3cret\r"))
	p.see("Not synced yet")
	eval[int](p, "fetch('/logout', {method: 'POST'}).then(r => r.status)")
	p.see("You are logged out.")
	if link := eval[string](p, "document.querySelector('#lost "+
		"a').getAttribute('href')"); link != "/login?next=%2Fsources%2Fdocs" {
		t.Errorf("the link leads to %s", link)
	}
	p.look("logged-out")
	p.click("#lost a", "Server token")

	// Nor while a page is still being loaded, before it listens to the server.
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `
			EventSource = class extends EventSource {
				constructor(url) {
					const logout = new XMLHttpRequest();
					logout.open("POST", "/logout", false);
					logout.send();
					super(url);
				}
			}`})
		return err
	}))
	p.do(chromedp.SendKeys(chromedp.CSS("#token"), "s3cret\r"))
	p.see("Not synced yet")
	p.see("You are logged out.")
}

func TestALoggedOutSessionIsOver(t *testing.T) {
	w := newWorld(t, []string{"docs"}, func(o *web.Options) { o.Token = func() (string, error) { return "s3cret", nil } })
	login := func() string {
		cookie, _, _ := strings.Cut(w.post("/login", "token", "s3cret").Header.Get("Set-Cookie"), ";")
		return cookie
	}
	mine, other := login(), login()
	w.want(w.get("/", "Cookie", mine), 200)
	w.want(w.send("POST", "/logout", "", "Cookie", mine+"0"), http.StatusSeeOther) // is nobody's
	w.want(w.get("/", "Cookie", mine), 200)
	w.want(w.send("POST", "/logout", "", "Cookie", mine), http.StatusSeeOther)
	for _, path := range []string{"/", "/api/v1/status", "/api/v1/events", "/metrics"} {
		w.want(w.get(path, "Cookie", mine), http.StatusUnauthorized)
	}
	w.want(w.get("/", "Cookie", other), 200)
	w.want(w.get("/", "Cookie", login()), 200)
}

func TestARefusedConfigIsTold(t *testing.T) {
	var fault atomic.Pointer[api.ConfigFault]
	w := newWorld(t, []string{"docs"}, func(o *web.Options) {
		o.ConfigFault = fault.Load
	})
	w.put("docs", "a.md", "# A")
	w.sync("docs")
	if a := w.get("/api/v1/status"); strings.Contains(a.text, "config_fault") {
		t.Errorf("a good config has a fault: %s", a.text)
	}
	p := newPerson(w)
	p.visit("/")
	p.see("Fin is up to date.")
	text := "finpages.yaml:12: unknown key \"scedule\", did you mean \"schedule\"?\nfinpages.yaml:17: <b>no " +
		"such</b> source"
	fault.Store(&api.ConfigFault{Error: text, Since: time.Now().Add(-3 * time.Hour)})
	p.see("The previous config stays in use") // by itself
	p.see("did you mean \"schedule\"?")
	p.see("3 hours ago")
	p.look("config-fault")
	w.want(w.get("/api/v1/status"), 200, `"config_fault":{"error":"finpages.yaml:12`, `"since":"`)
	fault.Store(nil)
	p.until("!document.querySelector('#config')")
}

func TestWhatIsBackIsNotOfferedAgain(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "a.md", "# A", "b.md", "# B", "c.md", "# C")
	w.sync("docs")
	w.remove("docs", "a.md", "b.md")
	w.sync("docs")
	w.want(w.get("/sources/docs/deleted"), 200, "Restore all from sync 2")
	w.want(w.post("/sources/docs/undo", "id", "a.md"), http.StatusSeeOther)
	a := w.get("/sources/docs/deleted")
	w.want(a, 200, `name="id" value="b.md"`)
	if strings.Contains(a.text, "a.md") || strings.Contains(a.text, "Restore all") {
		t.Errorf("what is back is offered again:\n%s", a.text)
	}
	w.want(w.get("/sources/docs/page?id=a.md"), 200, `Deleted from Fin. <a href="/sources/docs/syncs/2">Sync 2</a>`)
	w.put("docs", "b.md", "---\ndraft: true\n---\n# B")
	w.sync("docs")
	a = w.get("/sources/docs/deleted")
	w.want(a, 200, "Cannot be restored, because it is kept out of Fin: draft: true in the front matter")
	if document := w.get("/sources/docs/page?id=b.md"); strings.Contains(a.text+document.text, "/undo") {
		t.Error("a button brings back what is kept out")
	}
	w.want(w.get("/api/v1/sources/docs/deleted"), 200, `"kept_out":"draft`)
}

func TestARefusedDocumentIsShownBesideItsError(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "broken.md", "---\ntitle: [\n---\nwhat it says", "good.md", "# Good")
	w.sync("docs")
	w.want(w.get("/sources/docs/page/text?id=broken.md"), 200, "front matter", "what it says", "<pre")
	w.want(w.get("/sources/docs/page/html?id=broken.md"), 409, "Nothing to show.")
	p := newPerson(w)
	p.visit("/sources/docs/page?id=broken.md")
	p.see("In the source")
	p.look("document-refused")
}

// lines is a log that many write.
type lines struct {
	mu   sync.Mutex
	text string
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text += string(p)
	return len(p), nil
}

// take returns what has been written since it was last asked.
func (l *lines) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := l.text
	l.text = ""
	return text
}

func TestAFloodOfRefusedWebhooksIsTwoLinesAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log lines
		triggers := 0
		h := web.Handler(web.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Trigger: func(string) { triggers++ },
			HookSecret: func(source string) (string, error) {
				if source == "unreadable" {
					return "", errors.New("open hook-secret: no such file")
				}
				return "s3cret", nil
			}})
		send := func(n int, source, token string) {
			for range n {
				r := httptest.NewRequest("POST", "/hooks/"+source, strings.NewReader("{}"))
				r.Header.Set("X-Gitlab-Token", token)
				h.ServeHTTP(httptest.NewRecorder(), r)
			}
		}
		want := func(n int, texts ...string) {
			t.Helper()
			said := log.take()
			if got := strings.Count(said, "\n"); got != n {
				t.Errorf("%d lines, want %d:\n%s", got, n, said)
			}
			for _, text := range texts {
				if !strings.Contains(said, text) {
					t.Errorf("no %q in:\n%s", text, said)
				}
			}
		}
		send(50, "docs", "wrong")
		want(1, "wrong signature", "source=docs", "from=")
		send(50, "docs", "")
		send(1, "wiki", "wrong")
		want(2, "no signature", "source=wiki")
		send(50, "unreadable", "")
		want(1, "open hook-secret: no such file", "source=unreadable")
		send(3, "docs", "s3cret")
		want(0)
		if triggers != 3 {
			t.Errorf("%d triggers", triggers)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		want(3, "49 more webhooks were refused in the last minute: the secret cannot be read",
			"49 more webhooks were refused in the last minute: wrong signature",
			"49 more webhooks were refused in the last minute: no signature")
		send(1, "docs", "wrong")
		want(1)
		time.Sleep(time.Hour)
		synctest.Wait()
		want(0)
	})
}

// ended adds runs to a source's history, the oldest first.
func (w *world) ended(source string, runs ...ingest.Report) {
	w.t.Helper()
	err := w.db.Update(source, func(tx *state.Tx) error {
		for i, r := range runs {
			r.Name, r.Run, r.Started = source, uint64(i+1), time.Now().Add(time.Duration(i-len(runs))*time.Minute)
			if _, err := tx.AddRun(state.Run{Started: r.Started, Finished: r.Started, Report: mustJSON(r)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestAnInterruptedSyncIsNoFailure(t *testing.T) {
	w := newWorld(t, []string{"docs", "wiki"}, nil)
	stopped := ingest.Report{Result: ingest.Failed, Interrupted: true, Error: "terminated signal received"}
	failed := ingest.Report{Result: ingest.Failed, Error: "wiki.example.com: 503"}
	w.ended("docs", ingest.Report{Result: ingest.OK}, stopped, stopped)
	w.ended("wiki", failed, stopped)
	overview, docs, wiki := w.get("/"), w.get("/sources/docs"), w.get("/sources/wiki")
	w.want(overview, 200, "the last sync of 1 of 2 sources failed")
	w.want(docs, 200, "The last sync was interrupted: finpages was stopped; the next sync continues from there.", "The last 3 syncs: 1 succeeded, 2 interrupted.", `<g class="new">`)
	w.want(wiki, 200, "The last sync failed: wiki.example.com: 503.", "A sync was interrupted: finpages was stopped",
		"The last 2 syncs: 1 interrupted, 1 failed.")
	for _, a := range []answer{overview, docs, wiki} {
		if strings.Contains(a.text, "terminated signal") {
			t.Errorf("%s tells of a signal", a.Request.URL)
		}
	}
	if n := strings.Count(docs.text, `bad"`); n != 1 { // the empty note for when the daemon is gone
		t.Errorf("an interrupted sync is shown as a failure, %d times", n-1)
	}
	w.ended("wiki", ingest.Report{Result: ingest.OK})
	w.want(w.get("/"), 200, "The last sync of 1 of 2 sources was interrupted. The next one continues from there.")
	p := newPerson(w)
	p.visit("/")
	p.look("interrupted")
	p.visit("/sources/docs")
	p.look("interrupted-source")
}

func TestAnIncompleteSourceIsNotSaidToBeReadInFull(t *testing.T) {
	w := newWorld(t, []string{"docs", "wiki"}, nil)
	for _, source := range []string{"docs", "wiki"} {
		w.ended(source, ingest.Report{Result: ingest.Partial})
		info := state.Info{LastComplete: time.Now().Add(-3 * time.Hour)}
		if source == "wiki" {
			info.Incomplete = []string{"space OPS: 503"}
		}
		if err := w.db.Update(source, func(tx *state.Tx) error { return tx.PutInfo(info) }); err != nil {
			t.Fatal(err)
		}
	}
	a := w.get("/")
	w.want(a, 200, "1 of 2 sources could not be read completely by the last sync.",
		"All sources were last listed completely on", "3 hours ago</span>, or later")
	if strings.Contains(a.text, "Every source has been read in full") {
		t.Error("an incomplete source is said to be read in full")
	}
	p := newPerson(w)
	p.visit("/")
	p.look("incomplete")
}

func TestReadyOnlyWhileTheStateIsInPlace(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.options.InPlace = w.db.CheckInPlace
	ready := func() *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		web.Handler(w.options).ServeHTTP(rec, httptest.NewRequest("GET", "/readyz", nil))
		return rec
	}
	if rec := ready(); rec.Code != 200 {
		t.Errorf("%d: %s", rec.Code, rec.Body)
	}
	w.options.InPlace = func() error { return errors.New("state.db was removed") }
	if rec := ready(); rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), "was removed") {
		t.Errorf("%d: %s", rec.Code, rec.Body)
	}
}
