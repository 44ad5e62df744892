package web_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finpages/cmd/finpages/internal/web"
	"finpages/intercomapi/emulator"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// openBrowser starts a Chromium of the test's own.
func openBrowser(t testing.TB) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium: apt-get install chromium")
	}
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox,
		chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	t.Cleanup(cancel)
	ctx, end := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(end)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return ctx
}

// patience is how long a page may take for one step, on however slow a machine.
const patience = 4 * time.Minute

// person is somebody with a browser at a world's pages.
type person struct {
	*world
	ctx        context.Context
	axe        string
	complaints []string
}

func newPerson(w *world) *person {
	w.t.Helper()
	axe, err := os.ReadFile(filepath.Join("testdata", "axe", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		w.t.Skip("no axe-core: npm ci in testdata/axe")
	}
	p := &person{world: w, ctx: openBrowser(w.t), axe: string(axe)}
	p.listen()
	return p
}

// listen notes what the browser complains about: broken scripts, and anything
// that the policy of a page forbids.
func (p *person) listen() {
	p.t.Helper()
	complain := func(text string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.complaints = append(p.complaints, text)
	}
	err := chromedp.Listen(p.ctx, func(ev any) {
		switch ev := ev.(type) {
		case *log.EventEntryAdded:
			if ev.Entry.Source != log.EntrySourceNetwork {
				complain(ev.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			complain(ev.ExceptionDetails.Text)
		}
	})
	if err == nil {
		_, err = chromedp.Call(p.ctx, log.Enable, cdp.Empty{})
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, c := range p.complaints {
			p.t.Errorf("the browser complains: %s", c)
		}
	})
}

func (p *person) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.lost(err)
	}
}

// lost ends the test with what the page shows.
func (p *person) lost(err error) {
	p.t.Helper()
	at, _ := chromedp.Run(p.ctx, chromedp.Location())
	text, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.body.innerText"))
	p.t.Fatalf("%v, at %s:\n%.2000s", err, at, text)
}

// eval returns what a script in the page does.
func eval[T any](p *person, script string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.lost(fmt.Errorf("%.100s: %w", script, err))
	}
	return v
}

func (p *person) visit(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.server.URL + path))
}

// click presses what a selector finds, and waits for a text on the page after
// it. A press that finds the element replaced by a newer copy is tried again.
func (p *person) click(selector, then string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	watch := chromedp.Evaluate[int](fmt.Sprintf("missed = true; addEventListener('click', e => { if "+
		"(e.target.closest(%q)) missed = false }, true); 0", selector))
	for {
		_, err := chromedp.Run(ctx, watch)
		if err == nil {
			err = chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector)))
		}
		if ctx.Err() != nil {
			p.lost(fmt.Errorf("click %s: %w", selector, err))
		}
		if err != nil {
			continue
		}
		missed, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("window.missed === true"))
		if err != nil || !missed { // on an error the page has gone, to the next one
			break
		}
	}
	p.see(then)
}

// see waits until the page, or the one after it, shows a text.
func (p *person) see(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

// until waits until a condition of the page, or of the one after it, holds.
func (p *person) until(condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	wait := chromedp.Evaluate[bool](fmt.Sprintf("new Promise(done => { const look = () => document.body && (%s) ? "+
		"done(true) : setTimeout(look, 20); look() })", condition), chromedp.EvalAwaitPromise)
	for {
		_, err := chromedp.Run(ctx, wait)
		if err == nil {
			return
		}
		if ctx.Err() != nil { // else the page went away under the script
			p.lost(fmt.Errorf("wait for %s: %w", condition, err))
		}
	}
}

// dress has the page shown in the colours and at the width.
func (p *person) dress(scheme string, width int64) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	}), chromedp.EmulateViewport(width, 900))
}

// look checks the page that is shown for what axe finds, at the widths and in
// the colours that people use, and keeps a picture of each.
func (p *person) look(name string) {
	p.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{360, 1600} {
			p.dress(scheme, width)
			wide := eval[bool](p, "document.documentElement.scrollWidth > document.documentElement.clientWidth")
			eval[int](p, p.axe+";0")
			found := eval[[]string](p, `axe.run(document, {iframes: false}).then(r => r.violations.map(v =>
				v.id + ": " + v.nodes.map(n => n.html + " " + n.failureSummary).join("; ")))`)
			picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
			if err != nil {
				p.lost(err)
			}
			if wide {
				p.t.Errorf("%s is wider than %d pixels", name, width)
			}
			for _, v := range found {
				p.t.Errorf("%s, %s, %d: %s", name, scheme, width, v)
			}
			p.keep(fmt.Sprintf("%s-%s-%d.png", name, scheme, width), picture)
		}
	}
}

func (p *person) keep(name string, picture []byte) {
	dir := os.Getenv("FINPAGES_ARTIFACTS")
	if dir == "" {
		dir = p.t.TempDir()
	}
	os.MkdirAll(dir, 0o755)
	if err := os.WriteFile(filepath.Join(dir, name), picture, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func TestPagesAreReadableByAll(t *testing.T) {
	w := newWorld(t, []string{"handbook", "wiki", "old-docs", "new-docs"}, nil)
	p := newPerson(w)
	w.scene()
	if _, err := w.service.Retract(t.Context(), "wiki", "page-11.md"); err != nil {
		t.Fatal(err)
	}
	for _, page := range []struct{ name, path, text string }{
		{"overview", "/", "the last sync of 1 of 4 sources failed"},
		{"source", "/sources/handbook", "Fin is up to date."},
		{"source-held", "/sources/wiki?show=problems#pages", "8 deletes need your approval"},
		{"source-failed", "/sources/old-docs", "The last sync failed"},
		{"source-new", "/sources/new-docs", "Not synced yet"},
		{"document", "/sources/handbook/page?id=refunds.md", "What Fin gets"},
		{"document-left-out", "/sources/handbook/page?id=secret.md", "Why it is not in Fin"},
		{"document-retracted", "/sources/wiki/page?id=page-11.md", "Allow it in Fin again"},
		{"document-deleted", "/sources/handbook/page?id=old.md", "Restore it in Fin"},
		{"deleted", "/sources/handbook/deleted", "Restore"},
		{"deleted-by-sync", "/sources/wiki/deleted", "Deleted pages"},
		{"audit", "/audit", "Retract"},
		{"attention", "/attention", "Waiting for an approval"},
		{"search", "/search?text=page", "In Fin"},
		{"search-for-nothing", "/search?text=xyzzy", "No page of any source matches"},
		{"sync", "/sources/handbook/syncs/2", "Deleted"},
		{"problem", "/sources/nothing", "That did not work"},
	} {
		p.visit(page.path)
		p.see(page.text)
		p.look(page.name)
	}
}

func TestEveryButtonWorks(t *testing.T) {
	w := newWorld(t, []string{"handbook", "wiki"}, nil)
	p := newPerson(w)
	w.scene2()
	p.visit("/")
	p.see("3 deletes need your approval")
	w.put("handbook", "new.md", "# New page")
	p.click("#live-handbook form button", "A sync is starting.")
	p.until("document.querySelector('#live-handbook dd').innerText === '2'") // by itself
	p.click("#live-wiki .health a", "Their documents are gone from the source")
	p.click("#held-list summary", "page-02.md")
	p.click("#held form button", "Approved.")
	p.until("document.querySelector('dd').innerText === '1' && !document.querySelector('#held')")
	if strings.Contains(w.inFin(), "page-00.md") {
		t.Error("an approved page is still in Fin")
	}

	p.visit("/sources/handbook")
	p.click("#live-source ~ form button", "A sync is starting.")
	w.runs.Wait()
	p.visit("/sources/handbook") // the table of syncs does not grow any more, and move what is below it
	p.click(`.documents a[href*="refunds"]`, "What Fin gets")
	p.until("document.querySelector('iframe').contentDocument === null") // an origin of its own
	p.click("#retract summary", "This deletes the page from Fin at once")
	p.click("#retract button", "The page is out of Fin")
	p.click(".actions button", "The page is allowed again")
	w.runs.Wait()
	p.visit("/sources/handbook")
	p.click(`a[href$="/deleted"]`, "Restore")
	p.click(".documents button", "Restored in Fin.")
	if got := w.inFin(); !strings.Contains(got, "refunds.md") || !strings.Contains(got, "old.md") {
		t.Errorf("Fin has %s", got)
	}
	p.click(".bar nav a", "Sources")
}

func TestPagesFollowARunByThemselves(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	p := newPerson(w)
	w.put("docs", "a.md", "# A")
	p.visit("/")
	p.see("Nothing from this source has been sent to Fin yet.")
	release := make(chan struct{})
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == "POST" && strings.Contains(r.URL.Path, "external_pages") {
			<-release
		}
		return nil
	})
	p.do(chromedp.Focus(chromedp.CSS("#live-docs form button")))
	w.trigger("docs")
	p.see("Syncing now")
	close(release)
	p.see("Fin is up to date.")
	p.until("document.querySelector('#announce').textContent === 'docs: Fin is up to date.'")
	if !eval[bool](p, "document.activeElement === document.querySelector('#live-docs form button')") {
		t.Error("the focus got lost")
	}
}

func TestTheKeyboardIsEnough(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	p := newPerson(w)
	w.put("docs", "refunds.md", "# Refunds", "other.md", "# Other")
	w.sync("docs")
	p.visit("/sources/docs")
	p.do(chromedp.KeyEvent(kb.Tab+kb.Enter), chromedp.KeyEvent(kb.Tab)) // skips to the content
	p.until("document.activeElement.innerText === 'Sync now'")
	p.do(chromedp.KeyEvent(strings.Repeat(kb.Tab, 4))) // past the table of syncs, which scrolls, and its links
	p.until("document.activeElement.innerText === 'JSON'")
	p.do(chromedp.KeyEvent(kb.Tab + "REFUND" + kb.Enter))
	p.until("location.search.includes('REFUND') && document.querySelectorAll('.documents li').length === 1")
	p.do(chromedp.Focus(chromedp.CSS(".documents a")), chromedp.KeyEvent(kb.Enter))
	p.see("What Fin gets")
	p.do(chromedp.Focus(chromedp.CSS("#retract summary")), chromedp.KeyEvent(kb.Enter+kb.Tab+kb.Enter))
	p.see("The page is out of Fin")
}

func TestBrowserLogsIn(t *testing.T) {
	w := newWorld(t, []string{"docs"}, func(o *web.Options) { o.Token = func() (string, error) { return "s3cret", nil } })
	p := newPerson(w)
	p.visit("/sources/docs")
	p.see("Server token")
	p.look("login")
	p.do(chromedp.SendKeys(chromedp.CSS("#token"), "wrong"+kb.Enter))
	p.see("This is not the server token.")
	p.look("login-wrong")
	p.do(chromedp.SendKeys(chromedp.CSS("#token"), "s3cret"+kb.Enter))
	p.see("Not synced yet")
	if got := eval[string](p, "document.cookie"); got != "" {
		t.Errorf("scripts can read the cookie: %s", got)
	}
	p.click("#live-source ~ form button", "A sync is starting.")
	p.click(".bar form button", "Server token")
	p.visit("/")
	p.see("Server token")
}
