package web_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// scriptless has the browser run no scripts of pages. What a test itself asks
// of the page still works.
func (p *person) scriptless() {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled,
			emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
}

// shows fails the test unless the page has a text. Without scripts a page is as
// it was loaded: there is nothing to wait for but the loading.
func (p *person) shows(texts ...string) {
	p.t.Helper()
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.body.innerText"))
	if err != nil {
		p.lost(err)
	}
	for _, want := range texts {
		if !strings.Contains(text, want) {
			p.t.Errorf("the page does not show %q:\n%.1500s", want, text)
		}
	}
}

// press clicks what leads to another page, and waits for that.
func (p *person) press(selector string, texts ...string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		p.lost(err)
	}
	p.shows(texts...)
}

func TestEverythingWorksWithoutScript(t *testing.T) {
	w := newWorld(t, []string{"handbook", "wiki"}, nil)
	w.scene2()
	p := newPerson(w)
	p.scriptless()
	p.visit("/")
	p.shows("3 deletes need your approval", "handbook")
	w.put("handbook", "new.md", "# New page")
	p.press("#live-handbook form button", "A sync is starting.")
	w.runs.Wait()
	p.visit("/sources/handbook")
	p.shows("New page")
	p.press("#live-source ~ form button", "A sync is starting.")

	p.visit("/sources/wiki")
	p.do(chromedp.Click(chromedp.CSS("#held-list summary")))
	p.shows("page-02.md")
	p.press("#held form button", "Approved.")
	w.runs.Wait()
	if strings.Contains(w.inFin(), "page-00.md") {
		t.Error("an approved page is still in Fin")
	}

	p.visit("/sources/handbook/page?id=refunds.md")
	p.shows("What Fin gets")
	p.do(chromedp.Click(chromedp.CSS("#retract summary")))
	p.press("#retract button", "The page is out of Fin")
	p.press(".actions button", "The page is allowed again")
	w.runs.Wait()
	p.visit("/sources/handbook")
	p.press(`a[href$="/deleted"]`, "Restore")
	p.press(".documents button", "Restored in Fin.")
	if got := w.inFin(); !strings.Contains(got, "refunds.md") || !strings.Contains(got, "old.md") ||
		!strings.Contains(got, "new.md") {
		t.Errorf("Fin has %s", got)
	}
}

func TestSearchAndPagingWorkWithoutScript(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.fillState("docs", 2000)
	w.addRuns("docs", 3)
	p := newPerson(w)
	p.scriptless()
	p.visit("/sources/docs")
	p.press(".paging a", "How to do thing 50", "Back to the beginning")
	p.press(".paging a:last-child", "How to do thing 100")
	p.press(".paging a:first-child", "How to do thing 0")
	p.do(chromedp.SendKeys(chromedp.CSS("#text"), "THING 1777"))
	p.press(".search button", "How to do thing 1777")
	p.press(".documents a", "This source is large")
	p.press("a.button", "Rendered from the document as it is in the source now.")
}
