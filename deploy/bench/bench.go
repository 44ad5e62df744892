package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"finpages/intercomapi/emulator"
)

// bench is what the rows share.
type bench struct {
	ctx      context.Context
	scale    scale
	finpages string // absolute path of the binary
	dir      string // for everything, removed at the end
	texts    []string
	api      string // base URL
	paced    bool   // whether the API is ours to set its limits
	closers  []func() error
	worlds   int
	folder   *world // of many small documents, synced; nil until a row needs it
}

// scale is how much is measured.
type scale struct {
	rounds      int
	files       int   // of a folder and a repository
	realPages   int   // of a first sync
	memory      []int // pages, of folders that grow
	pacedPages  int
	daemonPages int           // of each of its sources
	daemonTime  time.Duration // for which the daemon is watched
	limits      []int         // requests per window, beside the usual one
}

const daemonSources = 20

var (
	full = scale{rounds: 5, files: 38_390, realPages: 3_096, memory: []int{10_000, 100_000, 1_000_000}, pacedPages: 20_000,
		daemonPages: 5_000, daemonTime: 2 * time.Minute, limits: []int{83, 167, 5_000}}
	quick = scale{rounds: 3, files: 20_000, realPages: 800, memory: []int{4_000, 16_000}, pacedPages: 4_000,
		daemonPages: 500, daemonTime: time.Minute}
)

func newBench(ctx context.Context, o options, dir string) (*bench, error) {
	b := &bench{ctx: ctx, scale: full, dir: dir, api: o.api, paced: o.api == ""}
	if o.quick {
		b.scale = quick
	}
	var err error
	if b.finpages, err = filepath.Abs(o.finpages); err != nil {
		return nil, err
	}
	if _, err := os.Stat(b.finpages); err != nil {
		return nil, fmt.Errorf("%w: make build makes it", err)
	}
	if b.texts, err = readTexts(o.corpus); err != nil {
		return nil, err
	}
	if b.paced {
		b.api, err = b.serve(emulator.Options{Limit: 1 << 30, Lists: emulator.ListsUnbounded}, nil)
	}
	return b, err
}

func (b *bench) close() {
	for _, c := range b.closers {
		_ = c() // the process ends
	}
}

// serve starts an emulator, seen through a handler where one is given.
func (b *bench) serve(opts emulator.Options, through func(http.Handler) http.Handler) (string, error) {
	emu, err := emulator.New(opts)
	if err != nil {
		return "", err
	}
	var handler http.Handler = emu
	if through != nil {
		handler = through(emu)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(l) }() // until it is closed
	b.closers = append(b.closers, srv.Close)
	return "http://" + l.Addr().String(), nil
}

// world is a config with a state of its own.
type world struct {
	*bench
	dir     string
	api     string
	sources []string // the adapter of each, in YAML
	number  int      // so that each has import sources of its own
}

func (b *bench) newWorld(sources ...string) (*world, error) {
	b.worlds++
	w := &world{bench: b, dir: filepath.Join(b.dir, fmt.Sprintf("world-%d", b.worlds)), api: b.api, sources: sources}
	if err := os.MkdirAll(w.dir, 0o755); err != nil {
		return nil, err
	}
	return w, w.startOver()
}

// startOver forgets what was synced.
func (w *world) startOver() error {
	w.number++
	var text strings.Builder
	fmt.Fprintf(&text, "intercom: {token: bench, base_url: %q, reserve: 0%%}\nstate: state.db\n"+
		"server: {listen: 127.0.0.1:0}\n"+
		"defaults:\n  availability: {ai_agent: true, ai_copilot: true}\n  schedule: \"@every 1m\"\n  timeout: 4h\n"+
		"sources:\n", w.api)
	for i, s := range w.sources {
		address := fmt.Sprintf("https://bench-%d-%d-%d.example.com", w.worlds, w.number, i)
		fmt.Fprintf(&text, "  - name: s%d\n    import_source: {url: %s}\n    page_url: %s/{path}\n    %s\n", i, address,
			address, s)
	}
	states, _ := filepath.Glob(filepath.Join(w.dir, "state.db*"))
	var err error
	for _, name := range states {
		err = errors.Join(err, os.RemoveAll(name))
	}
	return errors.Join(err, os.WriteFile(filepath.Join(w.dir, "finpages.yaml"), []byte(text.String()), 0o600))
}

func (w *world) command(args ...string) command {
	return command{w.dir, append([]string{w.finpages, "--log-level", "error"}, args...)}
}

// backfill is one sync of all sources.
func (w *world) backfill(int) (usage, error) { return w.command("backfill").run(w.ctx) }

// watched is one sync whose memory is looked at.
func (w *world) watched(int) (usage, error) { return w.command("backfill").runWatched(w.ctx) }

func (w *world) stateSize() (int64, error) {
	info, err := os.Stat(filepath.Join(w.dir, "state.db"))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func folderSource(root string) string { return fmt.Sprintf("filesystem: {root: %q}", root) }
