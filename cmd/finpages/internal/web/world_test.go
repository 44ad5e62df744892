package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"finpages/cmd/finpages/internal/web"
	"finpages/ingest"
	"finpages/ingest/decide"
	"finpages/ingest/destination"
	"finpages/ingest/fulltext"
	"finpages/ingest/operate"
	"finpages/ingest/render"
	"finpages/ingest/transform"
	"finpages/intercomapi"
	"finpages/intercomapi/emulator"
	"finpages/sources"
	"finpages/sources/filesystem"
	"finpages/state"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a served service over folders, with an emulated Intercom.
type world struct {
	t        testing.TB
	dir      string // holds a folder for each source
	emu      *emulator.Server
	db       *state.DB
	service  *operate.Service
	options  web.Options
	server   *httptest.Server
	runs     sync.WaitGroup
	mu       sync.Mutex
	triggers []string
}

const site = "https://docs.example.com/"

// newWorld makes a world with the named sources, and serves it with the
// options as change leaves them.
func newWorld(t testing.TB, names []string, change func(*web.Options)) *world {
	t.Helper()
	emu, err := emulator.New(emulator.Options{Limit: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, dir: t.TempDir(), emu: emu}
	api := httptest.NewServer(emu)
	t.Cleanup(func() { api.Close(); emu.Close() })
	if w.db, err = state.Open(filepath.Join(t.TempDir(), "state.db"), state.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.db.Close() })
	index, err := fulltext.Open(filepath.Join(t.TempDir(), "words.db"), fulltext.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { index.Close() })
	client, err := intercomapi.New(intercomapi.Options{BaseURL: api.URL, Version: "2.16",
		Token: func() (string, error) { return "token", nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	w.service = operate.NewService(&ingest.Engine{Client: client, APIVersion: "2.16", State: w.db, Index: index, InFlight: 8,
		Log: slog.New(slog.DiscardHandler)})
	w.configure(names...)
	w.options = web.Options{Service: w.service, Trigger: w.trigger, Gatherer: prometheus.NewRegistry(), Version: "1.2.3",
		Log: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&w.options)
	}
	w.server = httptest.NewServer(web.Handler(w.options))
	t.Cleanup(func() { w.server.CloseClientConnections(); w.server.Close(); w.runs.Wait() })
	return w
}

func (w *world) configure(names ...string) {
	w.t.Helper()
	var list []*ingest.Source
	for _, name := range names {
		root := filepath.Join(w.dir, name)
		os.MkdirAll(root, 0o755)
		adapter, err := (&filesystem.Options{Root: root}).Build(sources.Env{})
		if err != nil {
			w.t.Fatal(err)
		}
		page, err := render.ParseURLTemplate(site + name + "/{path}")
		if err != nil {
			w.t.Fatal(err)
		}
		list = append(list, &ingest.Source{Name: name, Kind: "filesystem", Adapter: adapter,
			ImportSource: destination.ImportSource{URL: site + name},
			Options: transform.Options{PageURL: page, PageURLText: site + name + "/{path}", Locale: "en",
				Availability: transform.Availability{AIAgent: true, AICopilot: true}},
			Journal: time.Hour, Deletes: decide.Deletes{MaxPercent: 20, MaxCount: 500, AlwaysAllow: 2}})
	}
	w.service.Configure(list)
}

// trigger runs a source, as the scheduler would.
func (w *world) trigger(source string) {
	w.mu.Lock()
	w.triggers = append(w.triggers, source)
	w.mu.Unlock()
	w.runs.Go(func() { w.service.Run(w.t.Context(), source, ingest.RunOptions{}) })
}

func (w *world) triggered() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.triggers, " ")
}

// put writes documents of a source: names and bodies in turn.
func (w *world) put(source string, namesAndBodies ...string) {
	w.t.Helper()
	for i := 0; i < len(namesAndBodies); i += 2 {
		path := filepath.Join(w.dir, source, filepath.FromSlash(namesAndBodies[i]))
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(namesAndBodies[i+1]), 0o644); err != nil {
			w.t.Fatal(err)
		}
		os.Chtimes(path, time.Now().Add(-time.Hour), time.Now().Add(-time.Hour))
	}
}

func (w *world) remove(source string, names ...string) {
	for _, name := range names {
		os.RemoveAll(filepath.Join(w.dir, source, name))
	}
}

func (w *world) sync(source string) ingest.Report {
	w.t.Helper()
	r, err := w.service.Run(w.t.Context(), source, ingest.RunOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// inFin lists the external_ids in Intercom.
func (w *world) inFin() string {
	var ids []string
	for _, p := range w.emu.Pages() {
		ids = append(ids, p.ExternalID)
	}
	return strings.Join(ids, " ")
}

// browser follows no redirects and keeps cookies where a test puts them.
var browser = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

type answer struct {
	*http.Response
	text string
}

// send makes a request; headers are names and values in turn.
func (w *world) send(method, path, body string, headers ...string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := browser.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{resp, string(text)}
}

func (w *world) get(path string, headers ...string) answer {
	w.t.Helper()
	return w.send("GET", path, "", headers...)
}

// post sends a form: names and values in turn.
func (w *world) post(path string, fields ...string) answer {
	w.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return w.send("POST", path, form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func (w *world) want(a answer, status int, texts ...string) {
	w.t.Helper()
	if a.StatusCode != status {
		w.t.Errorf("%s %s: status %d, want %d: %.300s", a.Request.Method, a.Request.URL, a.StatusCode, status, a.text)
	}
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			w.t.Errorf("%s %s: no %q in:\n%.4000s", a.Request.Method, a.Request.URL, text, a.text)
		}
	}
}
