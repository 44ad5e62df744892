package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest"
	"finpages/intercomapi/emulator"
)

// heldUp starts a sync of a source that has something to push, and holds it up
// there until finish is called.
func (w *world) heldUp(start func()) (finish func()) {
	w.t.Helper()
	release, entered := make(chan struct{}), make(chan struct{}, 1)
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == "POST" {
			select {
			case entered <- struct{}{}:
			default:
			}
			<-release
		}
		return nil
	})
	start()
	<-entered
	return func() {
		close(release)
		w.runs.Wait()
		w.emu.Fail(nil)
	}
}

// What was wrong when the last sync ended is wrong until one ends well.
func TestASyncUnderWayHidesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		before   func(w *world) // leaves the source with something to push
		kind     string
		overview []string
		after    string
	}{
		"failed": {
			func(w *world) {
				w.sync("docs")
				w.remove("docs", "../docs")
				w.sync("docs")
				w.put("docs", "a.md", "# A", "b.md", "# B")
			}, "bad",
			[]string{"Fin is not up to date: the last sync of 1 of 2 sources failed.",
				"the last sync failed; a sync is running", "does not exist"},
			"Fin is up to date.",
		},
		"held": {
			func(w *world) {
				for i := range 10 {
					w.put("docs", fmt.Sprintf("%d.md", i), "# Page")
				}
				w.sync("docs")
				w.remove("docs", "1.md", "2.md", "3.md", "4.md", "5.md")
				w.sync("docs")
				w.put("docs", "new.md", "# New")
			}, "waiting",
			[]string{"5 deletes need your approval; a sync is running", "Review and approve"},
			"5 deletes need your approval.",
		},
		"partial": {
			func(w *world) {
				w.put("docs", "broken.md", "---\ntitle: [\n---\nbroken")
				w.sync("docs")
				w.put("docs", "new.md", "# New")
			}, "warn",
			[]string{"Fin is up to date, except for some pages.", "1 page was rejected; a sync is running"},
			"Fin is up to date, except for some pages.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, []string{"docs", "well"}, nil)
			w.put("docs", "a.md", "# A")
			w.sync("well")
			c.before(w)
			finish := w.heldUp(func() { w.trigger("docs") })
			overview, source := w.get("/"), w.get("/sources/docs")
			w.want(overview, 200, append(c.overview, `class="headline `+c.kind+`"`, `class="card `+c.kind+`"`,
				`<span data-progress="docs">Syncing now`, "Started <time")...)
			w.want(source, 200, `<span class="badge `+c.kind+`">`, `<span data-progress="docs">Syncing now`)
			finish()
			overview = w.get("/")
			w.want(overview, 200, c.after)
			if strings.Contains(overview.text, "under way") || strings.Contains(overview.text, "Syncing") {
				t.Errorf("a sync that has ended is under way:\n%s", overview.text)
			}
		})
	}
}

// Who interrupts a command that waits for the daemon is told what that does.
func TestTheDaemonStopsWhatAnInterruptedCommandAskedFor(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "a.md", "# A")
	c := api.NewClient(w.server.Listener.Addr().String(), "")
	defer c.Close()
	ctx, interrupt := context.WithCancelCause(t.Context())
	ended := make(chan error)
	finish := w.heldUp(func() {
		go func() {
			_, err := c.RunAll(ctx, nil, ingest.RunOptions{})
			ended <- err
		}()
	})
	interrupt(errors.New("interrupt signal received"))
	if err := <-ended; err == nil || err.Error() != "interrupt signal received: the daemon stops this request, too" {
		t.Errorf("it says: %v", err)
	}
	for {
		st, err := w.service.Status("docs")
		if err != nil {
			t.Fatal(err)
		}
		if st.LastRun != nil {
			if !st.LastRun.Interrupted {
				t.Errorf("the sync went on: %+v", st.LastRun)
			}
			break
		}
		runtime.Gosched()
	}
	finish()
}
