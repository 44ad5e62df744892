package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"finpages/sources/sourcestest"
	"finpages/state"
	"finpages/state/pgtest"

	"github.com/jackc/pgx/v5"
)

// TestTortureReplicas runs three daemons on one database through random
// histories: documents change, the API fails, processes are killed and paused for
// longer than their leases, connections are cut anywhere and hang, the database
// is restarted. Whenever all is left to settle, Fin has exactly what the folders
// have, nothing was deleted that was there all along, and no replica wrote a page
// whose source another one had.
//
// TORTURE_SEED replays a history, as far as time allows; TORTURE_STEPS makes it
// longer.
func TestTortureReplicas(t *testing.T) {
	t.Parallel()
	seed, steps := uint64(time.Now().UnixNano()), 10
	if s := os.Getenv("TORTURE_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	if s := os.Getenv("TORTURE_STEPS"); s != "" {
		steps, _ = strconv.Atoi(s)
	}
	t.Logf("replay with TORTURE_SEED=%d TORTURE_STEPS=%d", seed, steps)
	c := startCluster(t, seed)
	c.settle(0)
	c.pauseAmidDeletes()
	for step := 1; step <= steps; step++ {
		c.edit()
		c.disturb(step)
		if step%5 == 0 || step == steps {
			c.settle(step)
		}
	}
	t.Logf("%d steps, %d faults of the API, %v; %d leases taken", steps, c.faults.Load(), c.done, c.taken())
}

const (
	clusterLease = 3 * time.Second
	clusterSize  = 3
	inFlight     = 8                       // requests of a replica
	late         = 1500 * time.Millisecond // that a write is on its way, while the machine is busy
)

// cluster is the folders of a history, and daemons between them and Fin.
type cluster struct {
	*history
	server   *pgtest.Server
	replicas []*replica
	done     map[string]int // disturbances

	resumed []resumption // since the last look at writes

	mu     sync.Mutex
	writes []written
	names  map[string]string // external_ids by Intercom's ids
}

// written is a write of a page, as it arrived.
type written struct {
	at      time.Time
	replica int
	page    string // external_id
	method  string
}

// resumption is when a replica went on that had been paused.
type resumption struct {
	at      time.Time
	replica int
	late    int // writes that arrived then, while another replica had their source
}

// replica is a daemon with its way to the database.
type replica struct {
	number  int
	process *exec.Cmd
	ended   chan struct{}
	pids    []int
	log     *os.File
	proxy   *proxy
	listen  string
}

func startCluster(t *testing.T, seed uint64) *cluster {
	c := &cluster{history: newHistory(t, seed), server: pgtest.NewServer(t), done: map[string]int{}, names: map[string]string{}}
	c.sourceOf = func(name string) int { return min(int(name[1]-'0'), 2) } // as configure divides the folders
	srv := httptest.NewServer(http.HandlerFunc(c.serve))
	t.Cleanup(srv.Close)
	c.observeLeases()
	for n := range clusterSize {
		r := &replica{number: n, proxy: newProxy(t, c.server.Socket, seed+uint64(n)), listen: "127.0.0.1:" + sourcestest.Port(t)}
		c.replicas = append(c.replicas, r)
		c.configure(r, srv.URL)
		var err error
		if r.log, err = os.Create(c.path(fmt.Sprintf("log-%d", n))); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if r.process != nil {
				r.process.Process.Kill()
				<-r.ended
			}
			r.log.Close()
		})
		c.start(r)
	}
	return c
}

func (c *cluster) configure(r *replica, api string) {
	config := fmt.Sprintf(`
intercom: {token: t, base_url: "%s/%d", max_in_flight: %d}
state: "postgres://finpages@%s/postgres?sslmode=disable"
lease: %v
cache: ./cache-%d
server: {listen: %q}
defaults:
  availability: {ai_agent: true, ai_copilot: true}
  schedule: "@every 1s"
  deletes: {max_percent: 100, max_count: 1000, always_allow: 1000}
  split: {level: 2}
sources:
`, api, r.number, inFlight, r.proxy.address(), clusterLease, r.number, r.listen)
	for i, include := range []string{`"d0/**"`, `"d1/**"`, `"d2/**", "d3/**"`} {
		config += fmt.Sprintf("  - {name: docs-%d, import_source: {url: \"https://docs-%d.example.com\"}, "+
			"page_url: \"https://docs.example.com/{path}\", filesystem: {root: ./docs, include: [%s]}}\n", i, i, include)
	}
	if err := os.WriteFile(c.config(r), []byte(config), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cluster) config(r *replica) string { return c.path(fmt.Sprintf("finpages-%d.yaml", r.number)) }

func (c *cluster) start(r *replica) {
	r.process = exec.Command(c.path("finpages"), "run", "--config", c.config(r), "--log-format", "json")
	r.process.Stderr = r.log
	r.ended = make(chan struct{})
	if err := r.process.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	r.pids = append(r.pids, r.process.Process.Pid)
	c.mu.Unlock()
	go func(p *exec.Cmd, ended chan struct{}) {
		_ = p.Wait()
		close(ended)
	}(r.process, r.ended)
}

// supervise starts daemons again that have ended, as a service manager does.
func (c *cluster) supervise() {
	for _, r := range c.replicas {
		select {
		case <-r.ended:
			c.start(r)
		default:
		}
	}
}

// serve notes which replica writes which page, and has the emulator answer.
func (c *cluster) serve(w http.ResponseWriter, r *http.Request) {
	number, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	wr := written{at: time.Now(), method: r.Method}
	wr.replica, _ = strconv.Atoi(number)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // cut off on its way: nothing of it takes effect
	}
	r.Body, r.URL.Path = io.NopCloser(bytes.NewReader(body)), "/"+path
	id, isPage := strings.CutPrefix(path, "ai/external_pages")
	if !isPage || r.Method == http.MethodGet {
		c.emu.ServeHTTP(w, r)
		return
	}
	var page struct {
		ID         string `json:"id"`
		ExternalID string `json:"external_id"`
	}
	_ = json.Unmarshal(body, &page)
	c.mu.Lock()
	wr.page = page.ExternalID
	if r.Method == http.MethodDelete {
		wr.page = c.names[strings.TrimPrefix(id, "/")]
	}
	c.writes = append(c.writes, wr)
	c.mu.Unlock()
	c.emu.ServeHTTP(w, r)
	if r.Method == http.MethodDelete {
		return
	}
	for _, p := range c.emu.Pages() {
		if p.ExternalID == page.ExternalID {
			c.mu.Lock()
			c.names[p.ID] = p.ExternalID
			c.mu.Unlock()
		}
	}
}

// observeLeases has the database write down who has had which lease since when.
func (c *cluster) observeLeases() {
	db, err := state.Open(c.server.URL, state.Options{})
	if err != nil {
		c.t.Fatal(err)
	}
	db.Close()
	c.query(nil, `create table taken (source text, holder text, epoch bigint, at timestamptz);
		create function note_lease() returns trigger language plpgsql as $$ begin
			insert into taken values (new.source, new.holder, new.epoch, clock_timestamp()); return new; end $$;
		create trigger note after update on finpages_leases for each row
			when (old.epoch <> new.epoch) execute function note_lease()`)
}

func (c *cluster) query(row func(pgx.Rows) error, sql string, args ...any) {
	c.t.Helper()
	conn, err := pgx.Connect(c.t.Context(), c.server.URL)
	if err != nil {
		c.t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if row == nil {
		_, err = conn.Exec(c.t.Context(), sql)
	} else {
		var rows pgx.Rows
		rows, err = conn.Query(c.t.Context(), sql, args...)
		for err == nil && rows.Next() {
			err = row(rows)
		}
		if err == nil {
			err = rows.Err()
		}
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *cluster) taken() (n int) {
	c.query(func(r pgx.Rows) error { return r.Scan(&n) }, "select count(*) from taken")
	return n
}

// disturb does one of the things that happen to replicas and databases.
func (c *cluster) disturb(step int) {
	c.faulty.Store(true)
	defer c.faulty.Store(false)
	c.supervise()
	r := c.replicas[c.rnd.IntN(len(c.replicas))]
	<-time.After(time.Duration(c.rnd.IntN(400)) * time.Millisecond)
	what := []string{"kill", "cut", "cut within", "stop", "hang", "restart"}[c.rnd.IntN(6)]
	c.done[what]++
	switch what {
	case "kill":
		r.process.Process.Kill()
		<-r.ended
		c.start(r)
	case "cut":
		r.proxy.cut()
	case "cut within":
		r.proxy.within.Store(true)
		<-time.After(time.Duration(200+c.rnd.IntN(800)) * time.Millisecond)
		r.proxy.within.Store(false)
	case "stop":
		c.stop(r)
	case "hang":
		r.proxy.hang(clusterLease + time.Second)
	case "restart":
		c.server.Restart(c.t, func() { <-time.After(time.Duration(c.rnd.IntN(1500)) * time.Millisecond) })
	}
}

// stop pauses a replica for longer than its leases.
func (c *cluster) stop(r *replica) {
	_ = r.process.Process.Signal(syscall.SIGSTOP)
	<-time.After(clusterLease + 3*time.Second)
	c.resumed = append(c.resumed, resumption{at: time.Now(), replica: r.number})
	_ = r.process.Process.Signal(syscall.SIGCONT)
}

// pauseAmidDeletes pauses the replica that deletes pages.
func (c *cluster) pauseAmidDeletes() {
	c.t.Helper()
	c.write("d0/stays.md", c.body("stays.md"))
	for range 40 {
		c.write(fmt.Sprintf("d0/bulk-%d.md", c.next), c.body("bulk"))
	}
	c.settle(0)
	for name := range c.docs {
		if strings.Contains(name, "/bulk-") {
			c.drop(name)
		}
	}
	deleting := -1
	c.until("pages are deleted", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, w := range c.writes {
			if w.method == http.MethodDelete && strings.Contains(w.page, "bulk") {
				deleting = w.replica
			}
		}
		return deleting >= 0
	})
	c.stop(c.replicas[deleting])
	c.settle(0)
}

func (c *cluster) until(what string, condition func() bool) {
	c.t.Helper()
	for end := time.Now().Add(patience); !condition(); <-time.After(20 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("it never came to this: %s\n%s", what, c.logs())
		}
	}
}

func (c *cluster) logs() string {
	var all strings.Builder
	for _, r := range c.replicas {
		data, _ := os.ReadFile(r.log.Name())
		fmt.Fprintf(&all, "replica %d:\n%s\n", r.number, data[max(len(data)-6000, 0):])
	}
	return all.String()
}

// settle lets all sources run twice, compares Fin with the folders, and looks
// whether what is as it was costs nothing, and nobody wrote what was not his.
func (c *cluster) settle(step int) {
	c.t.Helper()
	c.supervise()
	c.notDeleted(step)
	for round := range 3 {
		if round == 2 {
			c.emu.ClearRequests()
		}
		c.round()
		c.notDeleted(step)
	}
	for _, r := range c.emu.Requests() {
		if r.Method != http.MethodGet {
			c.t.Errorf("step %d: %s %s on unchanged folders\n%s", step, r.Method, r.ExternalID, c.logs())
		}
	}
	c.compare(step)
	c.nobodyElse()
	c.keepAll()
}

// round waits until each source was run from the beginning to the end.
func (c *cluster) round() {
	c.t.Helper()
	var now time.Time
	c.query(func(r pgx.Rows) error { return r.Scan(&now) }, "select clock_timestamp()")
	c.until("all sources are run", func() bool {
		c.supervise()
		n := 0
		c.query(func(r pgx.Rows) error { return r.Scan(&n) },
			"select count(*) from finpages_jobs where kind = 'sync' and began > $1 and under is null", now)
		return n == 3
	})
}

// nobodyElse fails for each write of a replica while another one had the source.
// What a replica was about to hand to the kernel when it was paused, its lease just
// looked at, arrives once it goes on.
func (c *cluster) nobodyElse() {
	c.t.Helper()
	type holding struct {
		pid int
		at  time.Time
	}
	had := map[string][]holding{}
	c.query(func(r pgx.Rows) error {
		var source, holder string
		var h holding
		err := r.Scan(&source, &holder, &h.at)
		host, _, _ := strings.Cut(holder, " ")
		h.pid, _ = strconv.Atoi(host[strings.LastIndex(host, "/")+1:])
		had[source] = append(had[source], h)
		return err
	}, "select source, holder, at from taken order by at")
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.writes {
		source := map[string]string{"d0": "docs-0", "d1": "docs-1", "d2": "docs-2", "d3": "docs-2"}[strings.Split(w.page, "/")[0]]
		ok := source == ""
		for i, h := range had[source] {
			last := i == len(had[source])-1
			if h.at.Before(w.at.Add(late)) && (last || had[source][i+1].at.After(w.at.Add(-late))) {
				ok = ok || slices.Contains(c.replicas[w.replica].pids, h.pid)
			}
		}
		if !ok && !c.wasPaused(w) {
			c.t.Errorf("replica %d: %s %s at %s, while it did not have source %s\n%s", w.replica, w.method, w.page,
				w.at.Format(time.StampMilli), source, c.logs())
		}
	}
	c.writes, c.resumed = nil, nil
}

// wasPaused tells whether a write may have been under way when its replica was
// paused, which is so for as many as it has in flight.
func (c *cluster) wasPaused(w written) bool {
	for i := range c.resumed {
		r := &c.resumed[i]
		if r.replica == w.replica && r.late < inFlight && !w.at.Before(r.at) && w.at.Before(r.at.Add(late)) {
			r.late++
			return true
		}
	}
	return false
}
