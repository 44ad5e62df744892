package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"finpages/cmd/finpages/internal/web"
	"finpages/ingest"
	"finpages/ingest/destination"
	"finpages/ingest/operate"
	"finpages/state"

	"github.com/prometheus/client_golang/prometheus"
)

// serveDocument gives the world a source of one document.
func (w *world) serveDocument(body string) *oneDocument {
	doc := &oneDocument{body: body}
	w.service.Configure([]*ingest.Source{{Name: "docs", Adapter: doc, ImportSource: destination.ImportSource{URL: site}}})
	return doc
}

func (w *world) listed(n int) {
	w.t.Helper()
	err := w.db.Update("docs", func(tx *state.Tx) error { return tx.PutInfo(state.Info{Listed: n}) })
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestALargeSourceIsAskedOnlyOnDemand(t *testing.T) {
	w := newWorld(t, nil, nil)
	doc := w.serveDocument("# Title\n\nbody")
	w.listed(20_000)
	a := w.get("/sources/docs/page?id=x.html")
	w.want(a, 200, "This source is large", `href="/sources/docs/page?id=x.html&amp;ask=source#what"`)
	if strings.Contains(a.text, "<iframe") || doc.asked.Load() != 0 {
		t.Error("the source was asked")
	}
	w.want(w.get("/sources/docs/page?id=x.html&ask=source"), 200, "<iframe sandbox")
	w.listed(1000)
	w.want(w.get("/sources/docs/page?id=x.html"), 200, "<iframe sandbox")
	if doc.asked.Load() != 0 {
		t.Error("the page itself waits for the source")
	}
}

func TestTheFramesOfAPageAskTheSourceOnce(t *testing.T) {
	w := newWorld(t, nil, nil)
	doc := w.serveDocument("# Title\n\nbody **bold**")
	doc.wait, doc.listing = make(chan struct{}), make(chan struct{}, 8)
	var frames sync.WaitGroup
	for range 4 {
		frames.Go(func() { w.want(w.get("/sources/docs/page/html?id=x.html"), 200, "<strong>bold</strong>", "Title") })
		frames.Go(func() {
			w.want(w.get("/sources/docs/page/text?id=x.html"), 200, "body **bold**", "The next sync sends it to Fin.")
		})
	}
	<-doc.listing
	close(doc.wait)
	frames.Wait()
	w.want(w.get("/sources/docs/page/text?id=x.html"), 200, "body **bold**")
	if n := doc.asked.Load(); n != 1 {
		t.Errorf("the source was asked %d times", n)
	}
	w.want(w.get("/sources/docs/page/text?id=other.html"), 409, "No document")
}

func TestALongDocumentIsShownInPart(t *testing.T) {
	w := newWorld(t, nil, nil)
	w.serveDocument("begin" + strings.Repeat("é", 200_000) + "end")
	a := w.get("/sources/docs/page/text?id=x.html")
	w.want(a, 200, "begin", "the first 256 KiB")
	if len(a.text) > 300<<10 || strings.Contains(a.text, "end</pre>") {
		t.Errorf("%d bytes are shown", len(a.text))
	}
}

// A source that does not answer costs a page nothing, and its frames a while.
func TestASourceThatDoesNotAnswerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := operate.NewService(&ingest.Engine{})
		doc := &oneDocument{wait: make(chan struct{})}
		service.Configure([]*ingest.Source{{Name: "docs", Adapter: doc}})
		h := web.Handler(web.Options{Service: service, Log: quiet, Gatherer: prometheus.NewRegistry()})
		get := func(ctx context.Context, path string) *httptest.ResponseRecorder {
			r := httptest.NewRequestWithContext(ctx, "GET", "http://localhost"+path, nil)
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			return rec
		}
		began := time.Now()
		if a := get(t.Context(), "/sources/docs/page?id=x.html"); a.Code != 200 || time.Since(began) != 0 {
			t.Errorf("the page: %d after %v", a.Code, time.Since(began))
		}
		for range 3 { // the failure is remembered for a moment
			if a := get(t.Context(), "/sources/docs/page/text?id=x.html"); a.Code != http.StatusConflict ||
				!strings.Contains(a.Body.String(), "The source did not respond within 20s.") {
				t.Errorf("the frame: %d %s", a.Code, a.Body)
			}
		}
		if took := time.Since(began); took != 20*time.Second || doc.asked.Load() != 1 {
			t.Errorf("after %v the source was asked %d times", took, doc.asked.Load())
		}

		// Whoever asked first leaves: whoever waits with him is not left alone.
		time.Sleep(time.Minute)
		ctx, leave := context.WithCancel(t.Context())
		go get(ctx, "/sources/docs/page/html?id=x.html")
		synctest.Wait()
		answered := make(chan *httptest.ResponseRecorder)
		go func() { answered <- get(t.Context(), "/sources/docs/page/text?id=x.html") }()
		synctest.Wait()
		leave()
		synctest.Wait()
		close(doc.wait)
		if a := <-answered; a.Code != 200 {
			t.Errorf("%d %s", a.Code, a.Body)
		}
	})
}
