// Package ingesttest holds the world that tests run sources in: a folder of
// documents, an emulated Intercom, and a state between them.
package ingesttest

import (
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

// World is a folder of documents, an emulated Intercom, and a state between them.
type World struct {
	T       *testing.T
	Dir     string
	Emu     *emulator.Server
	Server  *httptest.Server
	DB      *state.DB
	DBPath  string
	Engine  *ingest.Engine
	Src     *ingest.Source
	Options filesystem.Options
	Formats sources.Formats // of documents that are converted
	Loads   sync.Mutex
}

// Root is the address of the documents, and of the import source.
const Root = "https://docs.example.com"

func New(t *testing.T) *World {
	t.Helper()
	return NewOf(t, emulator.Options{})
}

// NewOf is New with another Intercom.
func NewOf(t *testing.T, o emulator.Options) *World {
	t.Helper()
	o.Limit = 100_000
	emu, err := emulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	w := &World{T: t, Dir: t.TempDir(), Emu: emu, Server: httptest.NewServer(emu),
		DBPath: filepath.Join(t.TempDir(), "state.db")}
	t.Cleanup(func() { w.Server.Close(); emu.Close() })
	page, err := render.ParseURLTemplate(Root + "/{path}")
	if err != nil {
		t.Fatal(err)
	}
	w.Src = &ingest.Source{Name: "docs", Kind: "filesystem", ImportSource: destination.ImportSource{URL: Root},
		Journal: time.Hour,
		Options: transform.Options{PageURL: page, PageURLText: Root + "/{path}", Locale: "en",
			Availability: transform.Availability{AIAgent: true, AICopilot: true}},
		Deletes: decide.Deletes{MaxPercent: 20, MaxCount: 500, AlwaysAllow: 2}}
	w.Connect()
	w.OpenState()
	return w
}

func (w *World) Connect() {
	client, err := intercomapi.New(intercomapi.Options{BaseURL: w.Server.URL, Version: "2.16", RetryFor: -1,
		Token: func() (string, error) { return "token", nil }})
	if err != nil {
		w.T.Fatal(err)
	}
	w.T.Cleanup(client.Close)
	w.Engine = &ingest.Engine{Client: client, APIVersion: "2.16", InFlight: 8, Log: slog.New(slog.DiscardHandler)}
	w.Engine.State = w.DB
}

func (w *World) OpenState() {
	db, err := state.Open(w.DBPath, state.Options{})
	if err != nil {
		w.T.Fatal(err)
	}
	w.T.Cleanup(func() { db.Close() })
	w.DB, w.Engine.State = db, db
}

// Reopen opens the state file in another way.
func (w *World) Reopen(opts state.Options) {
	w.T.Helper()
	w.DB.Close()
	db, err := state.Open(w.DBPath, opts)
	if err != nil {
		w.T.Fatal(err)
	}
	w.T.Cleanup(func() { db.Close() })
	w.DB, w.Engine.State = db, db
}

// LoseState throws the state file away.
func (w *World) LoseState() {
	w.DB.Close()
	if err := os.Remove(w.DBPath); err != nil {
		w.T.Fatal(err)
	}
	w.OpenState()
}

// Put writes documents: names and bodies in turn. They are dated back, so that
// they have a revision.
func (w *World) Put(namesAndBodies ...string) {
	w.T.Helper()
	for i := 0; i < len(namesAndBodies); i += 2 {
		path := filepath.Join(w.Dir, filepath.FromSlash(namesAndBodies[i]))
		w.mkdir(filepath.Dir(path))
		if err := os.WriteFile(path, []byte(namesAndBodies[i+1]), 0o644); err != nil {
			w.T.Fatal(err)
		}
		w.Date(namesAndBodies[i], time.Now().Add(-time.Hour))
	}
}

func (w *World) mkdir(path string) {
	w.T.Helper()
	if err := os.MkdirAll(path, 0o755); err != nil {
		w.T.Fatal(err)
	}
}

// Date gives a document a time of change.
func (w *World) Date(name string, mtime time.Time) {
	if err := os.Chtimes(filepath.Join(w.Dir, name), mtime, mtime); err != nil {
		w.T.Fatal(err)
	}
}

// Fill writes n documents page-00.md and so on.
func (w *World) Fill(n int) {
	for i := range n {
		w.Put(fmt.Sprintf("page-%02d.md", i), fmt.Sprintf("# Page %d\n\nText number %d.", i, i))
	}
}

func (w *World) Remove(names ...string) {
	w.T.Helper()
	for _, name := range names {
		if err := os.RemoveAll(filepath.Join(w.Dir, name)); err != nil {
			w.T.Fatal(err)
		}
	}
}

func (w *World) Rename(from, to string) {
	w.T.Helper()
	w.mkdir(filepath.Dir(filepath.Join(w.Dir, to)))
	if err := os.Rename(filepath.Join(w.Dir, from), filepath.Join(w.Dir, to)); err != nil {
		w.T.Fatal(err)
	}
}

func (w *World) Source() *ingest.Source {
	w.T.Helper()
	if w.Src.Adapter == nil || w.Src.Kind == "filesystem" {
		opts := w.Options
		opts.Root = w.Dir
		adapter, err := opts.Build(sources.Env{Formats: w.Formats})
		if err != nil {
			w.T.Fatal(err)
		}
		w.Src.Adapter = adapter
	}
	return w.Src
}

func (w *World) Service() *operate.Service {
	s := operate.NewService(w.Engine)
	s.Configure([]*ingest.Source{w.Source()})
	return s
}

// Run runs the source with a fresh request log.
func (w *World) Run(opts ingest.RunOptions) ingest.Report {
	w.T.Helper()
	w.Emu.ClearRequests()
	return w.Engine.Run(w.T.Context(), w.Source(), opts)
}

// Sync runs the source and fails the test if the run fails.
func (w *World) Sync() ingest.Report {
	w.T.Helper()
	r := w.Run(ingest.RunOptions{})
	if r.Result == ingest.Failed {
		w.T.Fatalf("run failed: %s", r.Error)
	}
	return r
}

// Writes returns the writes of pages since the last run began.
func (w *World) Writes() (writes []string) {
	for _, r := range w.Emu.Requests() {
		if strings.Contains(r.Path, "/external_pages") && r.Method != http.MethodGet {
			writes = append(writes, r.Method+" "+r.ExternalID)
		}
	}
	return writes
}

// InFin returns the external_ids that Intercom has.
func (w *World) InFin() (ids []string) {
	for _, p := range w.Emu.Pages() {
		ids = append(ids, p.ExternalID)
	}
	slices.Sort(ids)
	return ids
}

func (w *World) Page(id string) emulator.Page {
	w.T.Helper()
	for _, p := range w.Emu.Pages() {
		if p.ExternalID == id {
			return p
		}
	}
	w.T.Fatalf("Intercom has no page %q", id)
	return emulator.Page{}
}

// Counts spells a report's counts that are not zero.
func Counts(r ingest.Report) string {
	s := string(r.Result)
	for _, c := range []struct {
		name string
		n    int
	}{{"listed", r.Listed}, {"excluded", r.Excluded}, {"unchanged", r.Unchanged}, {"created", r.Created},
		{"updated", r.Updated}, {"moved", r.Moved},
		{"deleted", r.Deleted}, {"held", r.Held}, {"failed", r.Failed}, {"waiting", r.Waiting}} {
		if c.n != 0 {
			s += fmt.Sprintf(" %s=%d", c.name, c.n)
		}
	}
	return s
}

func (w *World) WantCounts(r ingest.Report, want string) {
	w.T.Helper()
	if got := Counts(r); got != want {
		w.T.Errorf("report: %s\n  want: %s\nerrors: %v %s", got, want, r.Errors, r.Error)
	}
}

func (w *World) WantInFin(want ...string) {
	w.T.Helper()
	if got := w.InFin(); !slices.Equal(got, want) {
		w.T.Errorf("in Fin: %q\n  want: %q", got, want)
	}
}

func (w *World) WantWrites(want ...string) {
	w.T.Helper()
	if got := w.Writes(); !slices.Equal(got, want) {
		w.T.Errorf("writes: %q\n  want: %q", got, want)
	}
}

// FailWrites has the emulator answer the writes of a page with a status.
func (w *World) FailWrites(id string, status int, body string) {
	w.Emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method != http.MethodPost || !strings.Contains(ReadBody(r), `"`+id+`"`) {
			return nil
		}
		return &emulator.Fault{Status: status, Body: body}
	})
}

func ReadBody(r *http.Request) string {
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
