package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"finpages/intercomapi/emulator"
)

// TestTorture runs the built program through random histories: people edit,
// add, remove, move and shut documents, the API fails in every way, and the
// process is killed at random instants. Whenever all is left to settle, Fin has
// exactly what the folder has, and nothing was deleted that the folder still
// had all along.
//
// TORTURE_SEED replays a history; TORTURE_STEPS makes it longer.
func TestTorture(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("TORTURE_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	steps := 64
	if s := os.Getenv("TORTURE_STEPS"); s != "" {
		steps, _ = strconv.Atoi(s)
	}
	t.Logf("replay with TORTURE_SEED=%d TORTURE_STEPS=%d", seed, steps)
	h := newHistory(t, seed)
	for step := 1; step <= steps; step++ {
		h.edit()
		h.sync()
		if step%8 == 0 {
			h.settle(step)
		}
	}
	t.Logf("%d steps, %d kills, %d faults", steps, h.kills, h.faults.Load())
}

// history is a folder, its expected pages, and a program between it and Fin.
type history struct {
	t      *testing.T
	rnd    *rand.Rand
	dir    string
	emu    *emulator.Server
	docs   map[string]string // body by path; withheld ones begin with front matter
	shut   map[string]bool
	kept   map[string]bool // documents that were there all along since the last settling
	kills  int
	faults atomic.Int64
	faulty atomic.Bool
	next   int

	sourceOf func(name string) int // of a document; nil where there is one source
}

func newHistory(t *testing.T, seed uint64) *history {
	emu, err := emulator.New(emulator.Options{Limit: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(emu)
	t.Cleanup(func() { srv.Close(); emu.Close() })
	h := &history{t: t, rnd: rand.New(rand.NewPCG(seed, 1)), dir: t.TempDir(), emu: emu, docs: map[string]string{},
		shut: map[string]bool{}}
	config := fmt.Sprintf(`
intercom: {token: t, base_url: %q, max_in_flight: 8}
state: ./state.db
defaults: {availability: {ai_agent: true, ai_copilot: true}, deletes: {max_percent: 100, max_count: 1000, always_allow: 1000}, split: {level: 2}}
sources:
  - name: docs
    import_source: {url: https://docs.example.com}
    page_url: https://docs.example.com/{path}
    filesystem: {root: ./docs}
`, srv.URL)
	if err := errors.Join(os.WriteFile(h.path("finpages.yaml"), []byte(config), 0o600), os.Mkdir(h.path("docs"), 0o700),
		os.Symlink(os.Args[0], h.path("finpages"))); err != nil {
		t.Fatal(err)
	}
	for range 12 {
		h.add()
	}
	faults := rand.New(rand.NewPCG(seed, 2))
	lock := make(chan struct{}, 1)
	emu.Fail(func(r *http.Request) *emulator.Fault {
		lock <- struct{}{}
		defer func() { <-lock }()
		if !h.faulty.Load() || faults.IntN(12) > 0 {
			return nil
		}
		h.faults.Add(1)
		return randomFault(faults)
	})
	h.keepAll()
	return h
}

func randomFault(rnd *rand.Rand) *emulator.Fault {
	faults := []*emulator.Fault{
		{Status: 500, Body: `{"type":"error.list","errors":[{"code":"server_error"}]}`},
		{Status: 502, Body: "<html>Bad Gateway</html>", Header: http.Header{"Content-Type": {"text/html"}}},
		{Status: 504, Effect: true, Body: "<html>Gateway Timeout</html>"},
		{Status: 429, Body: `{"type":"error.list","errors":[{"code":"rate_limit_exceeded"}]}`},
		{Cut: true},
		{Cut: true, Effect: true},
		{Truncate: 1 + rnd.IntN(60)},
		{Delay: time.Duration(rnd.IntN(30)) * time.Millisecond},
		{Slow: time.Millisecond},
	}
	return faults[rnd.IntN(len(faults))]
}

func (h *history) path(parts ...string) string {
	return filepath.Join(append([]string{h.dir}, parts...)...)
}

func (h *history) keepAll() {
	h.kept = map[string]bool{}
	for name := range h.docs {
		h.kept[name] = !h.shut[name]
	}
}

// edit makes one to four changes in the folder.
func (h *history) edit() {
	for range 1 + h.rnd.IntN(4) {
		name, change := h.pick(), h.rnd.IntN(7)
		if change >= 3 && change <= 5 && h.isLast(name) {
			change = 0
		}
		switch change {
		case 0, 1:
			h.add()
		case 2:
			h.write(name, h.body(name))
		case 3:
			h.drop(name)
		case 4:
			h.move(name)
		case 5:
			h.kept[name] = false
			h.write(name, "---\nfin: false\n---\n"+h.body(name))
		case 6: // the very same again: a new time, nothing else
			h.write(name, h.docs[name])
		}
	}
}

// isLast reports whether no other document of the source has a page: if it went,
// the source would be empty, and the delete would be held.
func (h *history) isLast(name string) bool {
	for other, shut := range h.shut {
		if !shut && other != name && (h.sourceOf == nil || h.sourceOf(other) == h.sourceOf(name)) {
			return false
		}
	}
	return !h.shut[name]
}

func (h *history) pick() string {
	if len(h.docs) == 0 {
		h.add()
	}
	names := slices.Sorted(maps.Keys(h.docs))
	return names[h.rnd.IntN(len(names))]
}

func (h *history) body(name string) string {
	h.next++
	body := fmt.Sprintf("# Title %d\n\nText %d of %s.\n", h.next, h.next, filepath.Base(name))
	for i := range h.rnd.IntN(4) {
		body += fmt.Sprintf("\n## Part %d\n\nText %d of part %d.\n", i+h.rnd.IntN(2), h.next, i)
	}
	return body
}

func (h *history) add() {
	h.next++
	name := fmt.Sprintf("d%d/page-%d.md", h.rnd.IntN(4), h.next)
	h.write(name, h.body(name))
}

func (h *history) write(name, body string) {
	h.shut[name] = strings.HasPrefix(body, "---")
	h.docs[name] = body
	path := h.path("docs", filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(body), 0o600)); err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) drop(name string) {
	delete(h.docs, name)
	delete(h.shut, name)
	h.kept[name] = false
	if err := os.Remove(h.path("docs", filepath.FromSlash(name))); err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) move(name string) {
	body := h.docs[name]
	h.drop(name)
	h.next++
	h.write(fmt.Sprintf("d%d/moved-%d.md", h.rnd.IntN(4), h.next), body)
}

// sync runs a backfill among faults, and mostly kills it on its way.
func (h *history) sync() {
	h.faulty.Store(true)
	defer h.faulty.Store(false)
	c := h.command("backfill")
	if err := c.Start(); err != nil {
		h.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	killed := time.Duration(h.rnd.IntN(260)) * time.Millisecond
	if h.rnd.IntN(5) == 0 {
		killed = 5 * time.Second
	}
	select {
	case <-ended:
	case <-time.After(killed):
		h.kills++
		c.Process.Kill()
		<-ended
	}
}

// command is the program: what the test binary is under that name, see TestMain.
func (h *history) command(args ...string) *exec.Cmd {
	c := exec.Command(h.path("finpages"), args...)
	c.Dir = h.dir
	c.Env = append(os.Environ(), "FINPAGES_CONFIG="+h.path("finpages.yaml"))
	return c
}

// settle lets two runs go through, and compares Fin with the folder.
func (h *history) settle(step int) {
	h.t.Helper()
	h.notDeleted(step)
	for run := 1; ; run++ {
		h.emu.ClearRequests()
		out, err := h.command("backfill").CombinedOutput()
		if err != nil {
			h.t.Fatalf("step %d: %v\n%s", step, err, out)
		}
		if run == 1 {
			h.notDeleted(step)
		}
		if run == 3 {
			break
		}
	}
	for _, r := range h.emu.Requests() {
		if r.Method != http.MethodGet {
			h.t.Errorf("step %d: %s %s on an unchanged folder", step, r.Method, r.ExternalID)
		}
	}
	h.compare(step)
	h.keepAll()
}

// notDeleted fails for each delete of a document that was there all along.
func (h *history) notDeleted(step int) {
	for _, r := range h.emu.Requests() {
		if r.Method == http.MethodDelete && h.kept[r.ExternalID] {
			h.t.Errorf("step %d: %s was deleted, and was in the folder all along", step, r.ExternalID)
		}
	}
}

func (h *history) compare(step int) {
	h.t.Helper()
	var want, got bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(h.docs)) {
		if body := h.docs[name]; !h.shut[name] {
			for _, page := range pagesOf(name, body) {
				fmt.Fprintln(&want, page)
			}
		}
	}
	pages := h.emu.Pages()
	slices.SortFunc(pages, func(a, b emulator.Page) int { return strings.Compare(a.ExternalID, b.ExternalID) })
	for _, p := range pages {
		fmt.Fprintf(&got, "%s|%s|%s|%s|%v %v\n", p.ExternalID, p.Title, strings.TrimSpace(p.HTML), p.URL,
			p.AIAgentAvailability, p.AICopilotAvailability)
	}
	if got.String() != want.String() {
		h.t.Fatalf("step %d: Fin has\n%s\nthe folder has\n%s", step, &got, &want)
	}
}

// pagesOf are the pages that a document becomes, in the order of their ids.
func pagesOf(name, body string) (pages []string) {
	body, rest, _ := strings.Cut(body, "\n## ")
	document, text, _ := strings.Cut(strings.TrimPrefix(body, "# "), "\n\n")
	id, title, address := name, document, ""
	seen := map[string]int{}
	for {
		pages = append(pages, fmt.Sprintf("%s|%s|<p>%s</p>|https://docs.example.com/%s%s|true true",
			id, title, strings.TrimSpace(text), name, address))
		if rest == "" {
			idOf := func(page string) string { return page[:strings.IndexByte(page, '|')] }
			slices.SortFunc(pages, func(a, b string) int { return strings.Compare(idOf(a), idOf(b)) })
			return pages
		}
		body, rest, _ = strings.Cut(rest, "\n## ")
		heading, below, _ := strings.Cut(body, "\n\n")
		address = "#" + strings.ReplaceAll(strings.ToLower(heading), " ", "-")
		if n := seen[heading]; n > 0 {
			seen[heading]++
			address += fmt.Sprintf("-%d", n)
		} else {
			seen[heading] = 1
		}
		id, title, text = name+address, document+": "+heading, below
	}
}
