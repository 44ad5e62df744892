package ingest_test

import (
	stdcontext "context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"finpages/ingest"
	"finpages/ingest/decide"
	"finpages/ingest/destination"
	"finpages/ingest/operate"
	"finpages/ingest/render"
	"finpages/ingest/transform"
	"finpages/intercomapi"
	"finpages/intercomapi/emulator"
	"finpages/sources"
	"finpages/sources/filesystem"
	"finpages/state"
)

// world is a folder of documents, an emulated Intercom, and a state between them.
type world struct {
	t      *testing.T
	dir    string
	emu    *emulator.Server
	server *httptest.Server
	db     *state.DB
	dbPath string
	engine *ingest.Engine
	src    *ingest.Source
	opts   filesystem.Options
	loads  sync.Mutex
}

const root = "https://docs.example.com"

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOf(t, emulator.Options{})
}

// newWorldOf is newWorld with another Intercom.
func newWorldOf(t *testing.T, o emulator.Options) *world {
	t.Helper()
	o.Limit = 100_000
	emu, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, dir: t.TempDir(), emu: emu, server: httptest.NewServer(emu), dbPath: filepath.Join(t.TempDir(), "state.db")}
	t.Cleanup(func() { w.server.Close(); emu.Close() })
	page, err := render.ParseURLTemplate(root + "/{path}")
	if err != nil {
		t.Fatal(err)
	}
	w.src = &ingest.Source{Name: "docs", Kind: "filesystem", ImportSource: destination.ImportSource{URL: root}, Journal: time.Hour,
		Options: transform.Options{PageURL: page, PageURLText: root + "/{path}", Locale: "en",
			Availability: transform.Availability{AIAgent: true, AICopilot: true}},
		Deletes: decide.Deletes{MaxPercent: 20, MaxCount: 500, AlwaysAllow: 2}}
	w.connect()
	w.openState()
	return w
}

func (w *world) connect() {
	client, err := intercomapi.New(intercomapi.Options{BaseURL: w.server.URL, Version: "2.16", RetryFor: -1,
		Token: func() (string, error) { return "token", nil }})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(client.Close)
	w.engine = &ingest.Engine{Client: client, APIVersion: "2.16", InFlight: 8, Log: slog.New(slog.DiscardHandler)}
	w.engine.State = w.db
}

func (w *world) openState() {
	db, err := state.Open(w.dbPath, state.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { db.Close() })
	w.db, w.engine.State = db, db
}

// reopen opens the state file in another way.
func (w *world) reopen(opts state.Options) {
	w.t.Helper()
	w.db.Close()
	db, err := state.Open(w.dbPath, opts)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { db.Close() })
	w.db, w.engine.State = db, db
}

// loseState throws the state file away.
func (w *world) loseState() {
	w.db.Close()
	if err := os.Remove(w.dbPath); err != nil {
		w.t.Fatal(err)
	}
	w.openState()
}

// put writes documents: names and bodies in turn. They are dated back, so that
// they have a revision.
func (w *world) put(namesAndBodies ...string) {
	w.t.Helper()
	for i := 0; i < len(namesAndBodies); i += 2 {
		path := filepath.Join(w.dir, filepath.FromSlash(namesAndBodies[i]))
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(namesAndBodies[i+1]), 0o644); err != nil {
			w.t.Fatal(err)
		}
		w.date(namesAndBodies[i], time.Now().Add(-time.Hour))
	}
}

func (w *world) date(name string, mtime time.Time) {
	if err := os.Chtimes(filepath.Join(w.dir, name), mtime, mtime); err != nil {
		w.t.Fatal(err)
	}
}

// fill writes n documents page-00.md and so on.
func (w *world) fill(n int) {
	for i := range n {
		w.put(fmt.Sprintf("page-%02d.md", i), fmt.Sprintf("# Page %d\n\nText number %d.", i, i))
	}
}

func (w *world) remove(names ...string) {
	w.t.Helper()
	for _, name := range names {
		if err := os.RemoveAll(filepath.Join(w.dir, name)); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) rename(from, to string) {
	w.t.Helper()
	os.MkdirAll(filepath.Dir(filepath.Join(w.dir, to)), 0o755)
	if err := os.Rename(filepath.Join(w.dir, from), filepath.Join(w.dir, to)); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) source() *ingest.Source {
	w.t.Helper()
	if w.src.Adapter == nil || w.src.Kind == "filesystem" {
		opts := w.opts
		opts.Root = w.dir
		adapter, err := opts.Build(sources.Env{})
		if err != nil {
			w.t.Fatal(err)
		}
		w.src.Adapter = adapter
	}
	return w.src
}

func (w *world) service() *operate.Service {
	s := operate.NewService(w.engine)
	s.Configure([]*ingest.Source{w.source()})
	return s
}

// run runs the source with a fresh request log.
func (w *world) run(opts ingest.RunOptions) ingest.Report {
	w.t.Helper()
	w.emu.ClearRequests()
	return w.engine.Run(w.t.Context(), w.source(), opts)
}

// sync runs the source and fails the test if the run fails.
func (w *world) sync() ingest.Report {
	w.t.Helper()
	r := w.run(ingest.RunOptions{})
	if r.Result == ingest.Failed {
		w.t.Fatalf("run failed: %s", r.Error)
	}
	return r
}

// writes returns the writes of pages since the last run began.
func (w *world) writes() (writes []string) {
	for _, r := range w.emu.Requests() {
		if strings.Contains(r.Path, "/external_pages") && r.Method != http.MethodGet {
			writes = append(writes, r.Method+" "+r.ExternalID)
		}
	}
	return writes
}

// inFin returns the external_ids that Intercom has.
func (w *world) inFin() (ids []string) {
	for _, p := range w.emu.Pages() {
		ids = append(ids, p.ExternalID)
	}
	slices.Sort(ids)
	return ids
}

func (w *world) page(id string) emulator.Page {
	w.t.Helper()
	for _, p := range w.emu.Pages() {
		if p.ExternalID == id {
			return p
		}
	}
	w.t.Fatalf("Intercom has no page %q", id)
	return emulator.Page{}
}

// counts spells a report's counts that are not zero.
func counts(r ingest.Report) string {
	s := string(r.Result)
	for _, c := range []struct {
		name string
		n    int
	}{{"listed", r.Listed}, {"excluded", r.Excluded}, {"unchanged", r.Unchanged}, {"created", r.Created}, {"updated", r.Updated}, {"moved", r.Moved},
		{"deleted", r.Deleted}, {"held", r.Held}, {"failed", r.Failed}, {"waiting", r.Waiting}} {
		if c.n != 0 {
			s += fmt.Sprintf(" %s=%d", c.name, c.n)
		}
	}
	return s
}

func (w *world) wantCounts(r ingest.Report, want string) {
	w.t.Helper()
	if got := counts(r); got != want {
		w.t.Errorf("report: %s\n  want: %s\nerrors: %v %s", got, want, r.Errors, r.Error)
	}
}

func (w *world) wantInFin(want ...string) {
	w.t.Helper()
	if got := w.inFin(); !slices.Equal(got, want) {
		w.t.Errorf("in Fin: %q\n  want: %q", got, want)
	}
}

func (w *world) wantWrites(want ...string) {
	w.t.Helper()
	if got := w.writes(); !slices.Equal(got, want) {
		w.t.Errorf("writes: %q\n  want: %q", got, want)
	}
}

// failWrites has the emulator answer the writes of a page with a status.
func (w *world) failWrites(id string, status int, body string) {
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method != http.MethodPost || !strings.Contains(readBody(r), `"`+id+`"`) {
			return nil
		}
		return &emulator.Fault{Status: status, Body: body}
	})
}

func readBody(r *http.Request) string {
	if r.Body == nil {
		return ""
	}
	buf := make([]byte, 1<<20)
	n := 0
	for {
		m, err := r.Body.Read(buf[n:])
		n += m
		if err != nil || n == len(buf) {
			return string(buf[:n])
		}
	}
}

type context = stdcontext.Context

// stub is a source whose listing a test decides.
type stub struct {
	entries    []sources.Entry
	incomplete []sources.Incomplete
	err        error
	openErr    error
}

func (s *stub) Open(ctx context) (sources.Snapshot, error) {
	if s.openErr != nil {
		return nil, s.openErr
	}
	return s, nil
}

func (s *stub) List(_ context, yield func(sources.Entry) error) (sources.Listing, error) {
	for _, e := range s.entries {
		if err := yield(e); err != nil {
			return sources.Listing{}, err
		}
	}
	return sources.Listing{Incomplete: s.incomplete}, s.err
}

func (*stub) Close() error { return nil }

// doc is an entry of a stub: a Markdown document in a scope.
func doc(id, scope, body string) sources.Entry {
	return sources.Entry{ID: id, Scope: scope, Revision: fmt.Sprint(len(body), body), Load: func(context) (sources.Document, error) {
		if body == "" {
			return sources.Document{}, errors.New("no body")
		}
		return sources.Document{Format: sources.Markdown, Body: []byte(body), Path: id}, nil
	}}
}

// stubbed makes the world's source a stub.
func (w *world) stubbed(entries ...sources.Entry) *stub {
	s := &stub{entries: entries}
	w.src.Kind, w.src.Adapter = "stub", s
	return s
}
