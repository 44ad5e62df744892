package main

import (
	"encoding/json"
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
	"sync"
	"testing"
	"time"

	"finpages/intercomapi/emulator"

	"github.com/google/go-cmp/cmp"
)

// TestAdaptersAmongKills runs the built program on the same documents as a
// website with a sitemap, as one without, and by an exec adapter. It is killed
// at random instants; the site falls into maintenance and the adapter fails;
// then documents go for good. Fin ends with exactly what there is, and nothing
// was deleted that was there all along.
//
// TORTURE_SEED replays a history; TORTURE_ROUNDS makes it longer.
func TestAdaptersAmongKills(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not installed, which the adapter needs")
	}
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("TORTURE_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	rounds := 3
	if s := os.Getenv("TORTURE_ROUNDS"); s != "" {
		rounds, _ = strconv.Atoi(s)
	}
	t.Logf("replay with TORTURE_SEED=%d TORTURE_ROUNDS=%d", seed, rounds)
	o := newOrigin(t, seed)
	o.killed()
	o.settle() // a site that was never seen well has nothing to be judged by
	for round := range rounds {
		o.edit(6)
		o.killed()
		o.maintain(outages[(int(seed%16)+round)%len(outages)])
		o.drop(3)
		o.killed()
		o.killed()
		o.settle()
	}
	t.Logf("%d kills in %d rounds", o.kills, rounds)
}

// origin is documents, served as a website and kept in a folder, and a program
// between them and Fin.
type origin struct {
	t     *testing.T
	rnd   *rand.Rand
	dir   string
	emu   *emulator.Server
	kept  map[string]bool // documents that were there all along since the last settling
	kills int
	next  int

	mu     sync.Mutex
	docs   map[string]string // text by name
	outage http.HandlerFunc  // nil while the site is well
}

// outages are what a site in maintenance answers to everything.
var outages = []http.HandlerFunc{
	func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
	func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "<html><h1>Maintenance</h1><p>Come back later.")
	},
	func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "<html><h1>Maintenance</h1><form><input type=password></form>")
	},
	func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/p-1") || !strings.Contains(r.URL.Path, "/p-") {
			fmt.Fprint(w, "<html><h1>Maintenance</h1>")
			return
		}
		http.NotFound(w, r)
	},
	func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
}

func newOrigin(t *testing.T, seed uint64) *origin {
	emu, err := emulator.New(emulator.Options{Limit: 1_000_000})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(emu)
	t.Cleanup(func() { srv.Close(); emu.Close() })
	o := &origin{t: t, rnd: rand.New(rand.NewPCG(seed, 3)), dir: t.TempDir(), emu: emu, docs: map[string]string{}}
	site := httptest.NewServer(o)
	t.Cleanup(site.Close)
	adapter, err := filepath.Abs("../../sources/exec/examples/articles.py")
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(`
intercom: {token: t, base_url: %q, max_in_flight: 8}
state: ./state.db
defaults: {availability: {ai_agent: true, ai_copilot: true}, deletes: {max_percent: 100, max_count: 1000, always_allow: 1000}}
sources:
  - name: mapped
    import_source: {url: https://mapped.example.com}
    website: {url: %q, max_rps: 1000}
  - name: linked
    import_source: {url: https://linked.example.com}
    website: {url: %q, sitemap: "off", max_rps: 1000}
  - name: adapter
    import_source: {url: https://adapter.example.com}
    exec: {command: [%q], options: {folder: %q}}
`, srv.URL, site.URL+"/mapped/", site.URL+"/linked/", adapter, filepath.Join(o.dir, "docs"))
	if err := errors.Join(os.WriteFile(filepath.Join(o.dir, "finpages.yaml"), []byte(config), 0o600),
		os.Mkdir(filepath.Join(o.dir, "docs"), 0o700),
		os.Symlink(os.Args[0], filepath.Join(o.dir, "finpages"))); err != nil {
		t.Fatal(err)
	}
	o.edit(30)
	o.keepAll()
	return o
}

// ServeHTTP is the website.
func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	w.Header().Set("Content-Type", "text/html")
	dir, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	text, there := o.docs[name]
	switch {
	case o.outage != nil:
		o.outage(w, r)
	case name == "sitemap.xml" && dir == "mapped":
		fmt.Fprint(w, "<urlset>")
		for _, name := range slices.Sorted(maps.Keys(o.docs)) {
			fmt.Fprintf(w, "<url><loc>http://%s/mapped/%s</loc></url>", r.Host, name)
		}
		fmt.Fprint(w, "</urlset>")
	case name == "" && dir != "":
		fmt.Fprint(w, "<html><title>Start</title><main><h1>Start</h1><p>All there is.</p></main><nav>")
		for _, name := range slices.Sorted(maps.Keys(o.docs)) {
			fmt.Fprintf(w, "<a href=%s>%s</a> ", name, name)
		}
	case there:
		w.Header().Set("ETag", strconv.Quote(text))
		if r.Header.Get("If-None-Match") == strconv.Quote(text) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprintf(w, "<html><title>%s</title><main><h1>%s</h1><p>%s</p></main>", name, name, text)
	default:
		http.NotFound(w, r)
	}
}

// edit writes documents, new ones and known ones.
func (o *origin) edit(n int) {
	for range n {
		o.next++
		name := "p-" + strconv.Itoa(1+o.rnd.IntN(o.next))
		o.write(name, fmt.Sprintf("Text %d of %s.", o.next, name))
	}
}

func (o *origin) write(name, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.docs[name] = text
	article, err := json.Marshal(map[string]string{"title": name, "html": "<p>" + text + "</p>"})
	if err == nil {
		err = os.WriteFile(filepath.Join(o.dir, "docs", name+".json"), article, 0o600)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// drop removes documents for good.
func (o *origin) drop(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	names := slices.Sorted(maps.Keys(o.docs))
	for _, i := range o.rnd.Perm(len(names))[:n] {
		delete(o.docs, names[i])
		o.kept[names[i]] = false
		if err := os.Remove(filepath.Join(o.dir, "docs", names[i]+".json")); err != nil {
			o.t.Fatal(err)
		}
	}
}

func (o *origin) keepAll() {
	o.kept = map[string]bool{}
	for name := range o.docs {
		o.kept[name] = true
	}
}

// maintain lets runs meet a site in maintenance and an adapter that fails.
func (o *origin) maintain(outage http.HandlerFunc) {
	o.t.Helper()
	docs := filepath.Join(o.dir, "docs")
	o.broken(outage)
	if err := os.Rename(docs, docs+".away"); err != nil {
		o.t.Fatal(err)
	}
	o.killed()
	if out, err := o.command("backfill").CombinedOutput(); err == nil {
		o.t.Errorf("a run on what is down is called well:\n%s", out)
	}
	if err := os.Rename(docs+".away", docs); err != nil {
		o.t.Fatal(err)
	}
	o.broken(nil)
	for _, r := range o.emu.Requests() {
		if r.Method == http.MethodDelete {
			o.t.Errorf("%s was deleted while all was down", r.ExternalID)
		}
	}
	for _, p := range o.emu.Pages() {
		if strings.Contains(p.HTML+p.Title, "Maintenance") {
			o.t.Errorf("%s has the text of the maintenance page", p.ExternalID)
		}
	}
}

func (o *origin) broken(outage http.HandlerFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.outage = outage
}

// killed starts a run and kills it on its way.
func (o *origin) killed() {
	c := o.command("backfill")
	if err := c.Start(); err != nil {
		o.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case <-ended:
	case <-time.After(time.Duration(o.rnd.IntN(600)) * time.Millisecond):
		o.kills++
		_ = c.Process.Kill()
		<-ended
	}
}

func (o *origin) command(args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(o.dir, "finpages"), args...)
	c.Dir = o.dir
	c.Env = append(os.Environ(), "FINPAGES_CONFIG="+filepath.Join(o.dir, "finpages.yaml"))
	return c
}

// settle lets a run go through, and compares Fin with what there is.
func (o *origin) settle() {
	o.t.Helper()
	if out, err := o.command("backfill").CombinedOutput(); err != nil {
		o.t.Fatalf("%v\n%s", err, out)
	}
	for _, r := range o.emu.Requests() {
		name := r.ExternalID[strings.LastIndexByte(r.ExternalID, '/')+1:]
		if r.Method == http.MethodDelete && o.kept[name] {
			o.t.Errorf("%s was deleted, and was there all along", r.ExternalID)
		}
	}
	o.emu.ClearRequests()
	want, got := []string{"/linked/|<p>All there is.</p>"}, []string{}
	for name, text := range o.docs {
		for _, id := range []string{name, "/mapped/" + name, "/linked/" + name} {
			want = append(want, fmt.Sprintf("%s|<p>%s</p>", id, text))
		}
	}
	for _, p := range o.emu.Pages() {
		got = append(got, p.ExternalID+"|"+strings.TrimSpace(p.HTML))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		o.t.Fatalf("Fin lacks (-) or has (+)\n%s", diff)
	}
	o.keepAll()
}
