package git_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"finpages/sources"

	"github.com/google/go-cmp/cmp"
)

const token = "s3cr3t-t0ken/+%&é"

// gitProgram finds one of git's own programs.
func gitProgram(t testing.TB, name string) string {
	t.Helper()
	dir := runGit(t, "", "", "--exec-path")
	if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
		t.Skipf("%s is not installed", name)
	}
	return filepath.Join(dir, name)
}

// server serves a folder of repositories by smart HTTP.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	user     string // "" for no login
	requests []string
	logins   []string // Authorization headers seen
	during   func()   // called in each request
	handlers map[string]http.HandlerFunc
}

// handle serves one path beside the repositories, behind the same login.
func (s *server) handle(path string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handlers[path] = h
}

func serveHTTP(t testing.TB, root, user string) *server {
	t.Helper()
	s := &server{user: user, handlers: map[string]http.HandlerFunc{}}
	backend := &cgi.Handler{Path: gitProgram(t, "git-http-backend"),
		Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1",
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"}, InheritEnv: []string{"HOME", "PATH"}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		s.mu.Lock()
		s.requests = append(s.requests, req.Method+" "+req.URL.Path)
		if a := req.Header.Get("Authorization"); a != "" {
			s.logins = append(s.logins, a)
		}
		user, during, own := s.user, s.during, s.handlers[req.URL.Path]
		s.mu.Unlock()
		if during != nil {
			during()
		}
		name, pass, _ := req.BasicAuth()
		if user != "" && (name != user || pass != token) {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		if own != nil {
			own(w, req)
			return
		}
		backend.ServeHTTP(w, req)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) count(request string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.requests {
		if strings.HasSuffix(r, request) {
			n++
		}
	}
	return n
}

func (s *server) sawLogin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.logins) > 0
}

func (s *server) onRequest(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.during = do
}

// overHTTP makes a repository that is served by HTTP to one user.
func overHTTP(t testing.TB, user string) (*repository, *server) {
	t.Helper()
	r := newRepository(t)
	s := serveHTTP(t, filepath.Dir(r.dir), user)
	r.opts.URL = s.URL + "/docs/.git"
	return r, s
}

func TestHTTPLogin(t *testing.T) {
	for name, tt := range map[string]struct {
		user  string
		setup func(r *repository)
	}{
		"token":      {"x-access-token", func(r *repository) { r.opts.Auth.Token = token }},
		"own user":   {"me", func(r *repository) { r.opts.Auth.Token = token; r.opts.Auth.User = "me" }},
		"token file": {"x-access-token", func(r *repository) { r.opts.Auth.TokenFile = r.file("token", token+"\n") }},
		"in the URL": {"me", func(r *repository) {
			r.opts.URL = strings.Replace(r.opts.URL, "://", "://me:s3cr3t-t0ken%2F+%25&%C3%A9@", 1)
		}},
		"user's credential helper": {"me", func(r *repository) {
			runGit(r.t, "", "", "config", "--global", "credential.helper",
				"!echo username=me; echo 'password="+token+"';:")
		}},
		"user's helper, user in the URL": {"me", func(r *repository) {
			runGit(r.t, "", "", "config", "--global", "credential.helper", "!echo 'password="+token+"';:")
			r.opts.URL = strings.Replace(r.opts.URL, "://", "://me@", 1)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := overHTTP(t, tt.user)
			tt.setup(r)
			r.Put("a.md", "a")
			r.sync()
			r.Put("b.md", "b")
			if diff := cmp.Diff(map[string]string{"README.md": "# Read me\n\ntext", "a.md": "a", "b.md": "b"},
				r.sync()); diff != "" {
				t.Error(diff)
			}
			r.assertNoSecretOnDisk()
		})
	}
}

func (r *repository) file(name, body string) string {
	r.t.Helper()
	file := filepath.Join(r.t.TempDir(), name)
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return file
}

func (r *repository) assertNoSecretOnDisk() {
	r.t.Helper()
	filepath.WalkDir(r.cache, func(name string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if b, _ := os.ReadFile(name); strings.Contains(string(b), "s3cr3t") {
				r.t.Errorf("%s holds the token", name)
			}
		}
		return nil
	})
}

func TestHTTPLoginRefused(t *testing.T) {
	for name, setup := range map[string]func(r *repository){
		"no login":    func(r *repository) {},
		"wrong token": func(r *repository) { r.opts.Auth.Token = "s3cr3t-wrong" },
		"wrong password in the URL": func(r *repository) {
			r.opts.URL = strings.Replace(r.opts.URL, "://", "://me:s3cr3t-wrong@", 1)
		},
		"asking programs": func(r *repository) {
			ask := r.file("ask", "#!/bin/sh\nsleep 1000\n")
			os.Chmod(ask, 0o700)
			r.t.(*testing.T).Setenv("GIT_ASKPASS", ask)
			r.t.(*testing.T).Setenv("SSH_ASKPASS", ask)
			runGit(r.t, "", "", "config", "--global", "core.askPass", ask)
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := overHTTP(t, "me")
			setup(r)
			why := r.listable()
			if !strings.Contains(why, "the login was refused: check git.auth") || strings.Contains(why, "s3cr3t") {
				t.Errorf("error %q", why)
			}
		})
	}
}

// A token is for the host of the URL, not for one that the host points to.
func TestTokenStaysWithItsHost(t *testing.T) {
	r, other := overHTTP(t, "x-access-token")
	from := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if _, _, ok := req.BasicAuth(); !ok && req.URL.Query().Get("auth") == "" &&
			strings.HasPrefix(req.URL.Path, "/login") {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.Redirect(w, req, other.URL+strings.TrimPrefix(req.URL.Path, "/login")+"?"+req.URL.RawQuery,
			http.StatusFound)
	}))
	defer from.Close()
	for _, prefix := range []string{"", "/login"} {
		r.opts.URL = from.URL + prefix + "/docs/.git"
		r.opts.Auth.Token = token
		if why := r.listable(); !strings.Contains(why, "the login was refused") || strings.Contains(why, "s3cr3t") {
			t.Errorf("error %q", why)
		}
	}
	if other.sawLogin() {
		t.Errorf("the token went to another host: %q", other.logins)
	}
}

func TestRedirectIsFollowed(t *testing.T) {
	r, to := overHTTP(t, "")
	from := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		http.Redirect(w, req, to.URL+req.URL.RequestURI(), http.StatusMovedPermanently)
	}))
	defer from.Close()
	r.opts.URL = from.URL + "/docs/.git"
	if got := r.sync(); len(got) != 1 {
		t.Errorf("got %q", got)
	}
}

// While git runs, nobody else sees the token.
func TestTokenIsNotSeen(t *testing.T) {
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		t.Skip("no /proc")
	}
	r, s := overHTTP(t, "x-access-token")
	r.opts.Auth.Token = token
	own := fmt.Sprintf("/proc/%d/", os.Getpid())
	looks := 0
	s.onRequest(func() {
		for _, pattern := range []string{"/proc/[0-9]*/cmdline", "/proc/[0-9]*/environ"} {
			files, _ := filepath.Glob(pattern)
			for _, f := range files {
				b, err := os.ReadFile(f)
				if err != nil || strings.HasPrefix(f, own) {
					continue
				}
				looks++
				if strings.Contains(string(b), "s3cr3t") {
					t.Errorf("%s holds the token: %.300q", f, b)
				}
			}
		}
	})
	r.sync()
	if looks == 0 || !s.sawLogin() {
		t.Errorf("looked at %d files", looks)
	}
}

func TestServersThatCanLess(t *testing.T) {
	for name, config := range map[string]map[string]string{
		"no partial clone":             {"uploadpack.allowFilter": "false"},
		"no filter by size":            {"uploadpack.allowFilter": "true", "uploadpackfilter.blob:limit.allow": "false"},
		"protocol 0":                   {"uploadpack.allowFilter": "true", "protocol.version": "0"},
		"protocol 0, no partial clone": {"uploadpack.allowFilter": "false", "protocol.version": "0"},
		"protocol 0, any object":       {"uploadpack.allowFilter": "true", "uploadpack.allowAnySHA1InWant": "true", "protocol.version": "0"},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := overHTTP(t, "")
			for k, v := range config {
				r.git("config", k, v)
			}
			if v := config["protocol.version"]; v != "" {
				runGit(t, "", "", "config", "--global", "protocol.version", v)
			}
			r.Put("a.md", "a")
			r.sync()
			r.Put("b.md", "b")
			want := map[string]string{"README.md": "# Read me\n\ntext", "a.md": "a", "b.md": "b"}
			for range 2 {
				if diff := cmp.Diff(want, r.sync()); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestDumbHTTP(t *testing.T) {
	r := newRepository(t)
	r.Put("a.md", "a")
	r.git("update-server-info")
	s := httptest.NewServer(http.FileServer(http.Dir(r.dir)))
	defer s.Close()
	r.opts.URL = s.URL + "/.git"
	if got := r.sync(); got["a.md"] != "a" {
		t.Errorf("got %q", got)
	}
}

func TestSHA256(t *testing.T) {
	r := newRepository(t)
	must(t, os.RemoveAll(r.dir))
	must(t, os.Mkdir(r.dir, 0o755))
	r.git("init", "-q", "-b", "main", "--object-format=sha256")
	r.git("config", "uploadpack.allowFilter", "true")
	r.Put("a.md", "a")
	r.sync()
	r.Put("b.md", "b")
	if got := r.sync(); got["a.md"] != "a" || got["b.md"] != "b" {
		t.Errorf("got %q", got)
	}
}

// freePort is a port on which nobody listens.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// serve runs a server until the test ends, once it listens on the port.
func serve(t testing.TB, port string, cmd *exec.Cmd) {
	t.Helper()
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Skipf("start %s: %v", cmd.Path, err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() { cmd.Process.Kill(); <-ended })
	for {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			conn.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%s ended: %s", cmd.Path, log.String())
		default:
		}
	}
}

func TestGitDaemon(t *testing.T) {
	r := newRepository(t)
	port := freePort(t)
	serve(t, port, exec.Command(gitProgram(t, "git-daemon"), "--reuseaddr", "--listen=127.0.0.1", "--port="+port,
		"--export-all",
		"--base-path="+filepath.Dir(r.dir)))
	r.opts.URL = "git://127.0.0.1:" + port + "/docs"
	r.sync()
	r.Put("a.md", "a")
	if got := r.sync(); got["a.md"] != "a" {
		t.Errorf("got %q", got)
	}
	r.opts.URL = "git://127.0.0.1:" + port + "/none"
	if why := r.listable(); !strings.Contains(why, "there is no such repository") {
		t.Errorf("error %q", why)
	}
}

func TestUnreachable(t *testing.T) {
	r := newRepository(t)
	for _, scheme := range []string{"http", "git", "ssh"} {
		r.opts.URL = scheme + "://127.0.0.1:" + freePort(t) + "/docs.git"
		if why := r.listable(); !strings.Contains(why, "the host cannot be reached: check git.url") {
			t.Errorf("%s: error %q", scheme, why)
		}
	}
}

// A server that never answers ends with the timeout, and so do git's children.
func TestTimeout(t *testing.T) {
	r := newRepository(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	r.opts.URL = "http://" + l.Addr().String() + "/docs.git"
	r.opts.Timeout = 200e6
	if why := r.listable(); !strings.Contains(why, "did not answer within 200ms") {
		t.Errorf("error %q", why)
	}
}

// Variables of the environment that would lead git elsewhere do not.
func TestParentEnvironment(t *testing.T) {
	r := newRepository(t)
	trace := filepath.Join(t.TempDir(), "trace")
	for k, v := range map[string]string{"GIT_DIR": "/nowhere", "GIT_WORK_TREE": "/nowhere",
		"GIT_INDEX_FILE": "/nowhere", "GIT_OBJECT_DIRECTORY": "/nowhere",
		"GIT_NAMESPACE": "other", "GIT_TRACE": trace, "GIT_TRACE_CURL": trace, "GIT_CEILING_DIRECTORIES": "/", "GIT_COMMON_DIR": "/nowhere",
		"GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nowhere", "GIT_CONFIG_PARAMETERS": "'core.bare'='false'", "GIT_SHALLOW_FILE": "/nowhere"} {
		t.Setenv(k, v)
	}
	if got := r.sync(); len(got) != 1 {
		t.Errorf("got %q", got)
	}
	if _, err := os.Stat(trace); err == nil {
		t.Error("git wrote a trace")
	}
}

func TestUsersConfiguration(t *testing.T) {
	r := newRepository(t)
	r.opts.URL = "https://docs.example.com/handbook.git"
	runGit(t, "", "", "config", "--global", "url."+r.dir+".insteadOf", "https://docs.example.com/handbook.git")
	if got := r.sync(); len(got) != 1 {
		t.Errorf("insteadOf: got %q", got)
	}
	pwned := filepath.Join(t.TempDir(), "pwned")
	runGit(t, "", "", "config", "--global", "protocol.ext.allow", "always")
	runGit(t, "", "", "config", "--global", "url.ext::touch "+pwned+" .insteadOf", "https://ext.example.com/")
	r.opts.URL = "https://ext.example.com/x"
	if why := r.listable(); !strings.Contains(why, "the protocol is not allowed") {
		t.Errorf("error %q", why)
	}
	if _, err := os.Stat(pwned); err == nil {
		t.Error("a command transport ran")
	}
}

func TestCheck(t *testing.T) {
	r := newRepository(t)
	r.Put("docs/a.md", "a")
	r.opts.Path = "docs"
	lines, err := r.Source().(sources.Checker).Check(t.Context())
	if err != nil || len(lines) != 3 || !strings.HasPrefix(lines[0], "git ") ||
		!strings.HasPrefix(lines[1], "ref main at ") || lines[2] != "/docs: 1 documents, 0 left out by rule" {
		t.Errorf("Check = %q, %v", lines, err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := r.Source().(sources.Checker).Check(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "install git") {
		t.Errorf("without git: %v", err)
	}
	old := t.TempDir()
	must(t, os.WriteFile(filepath.Join(old, "git"), []byte("#!/bin/sh\necho git version 2.17.1\n"), 0o755))
	t.Setenv("PATH", old+":/bin:/usr/bin")
	if _, err := r.Source().(sources.Checker).Check(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "git 2.17.1 is too old") {
		t.Errorf("old git: %v", err)
	}
}

// A server that stops serving partial clones has a clone anew.
func TestServerLosesPartialClone(t *testing.T) {
	r, _ := overHTTP(t, "")
	r.Put("a.md", "a")
	r.cached() // without blobs
	r.git("config", "uploadpack.allowFilter", "false")
	r.Put("b.md", "b")
	if got := r.sync(); got["a.md"] != "a" || got["b.md"] != "b" {
		t.Errorf("got %q", got)
	}
}

// A server that repeats the login in its answer does not bring it into an error.
func TestErrorsHideWhatTheServerSays(t *testing.T) {
	for name, setup := range map[string]func(r *repository){
		"token": func(r *repository) { r.opts.Auth.Token = token },
		"in the URL": func(r *repository) {
			r.opts.URL = strings.Replace(r.opts.URL, "://", "://me:s3cr3t-t0ken%2F+%25&%C3%A9@", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
				_, pass, ok := req.BasicAuth()
				if !ok {
					w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				http.Error(w,
					"fatal: no: "+pass+" "+url.QueryEscape(pass)+" "+req.Header.Get("Authorization")+" \x1b[31mred "+strings.Repeat("x", 1<<20), http.StatusForbidden)
			}))
			defer s.Close()
			r.opts.URL = s.URL + "/x"
			setup(r)
			why := r.listable()
			if !strings.Contains(why, "no: *** ***") || strings.Contains(why, "s3cr3t") ||
				strings.Contains(why, "czNjcjN0") ||
				strings.Contains(why, "\x1b") || len(why) > 1000 {
				t.Errorf("error %.2000q", why)
			}
		})
	}
}

// The user's own helper is not given finpages' token to keep.
func TestTokenIsNotStored(t *testing.T) {
	r, _ := overHTTP(t, "x-access-token")
	r.opts.Auth.Token = token
	store := filepath.Join(t.TempDir(), "store")
	runGit(t, "", "", "config", "--global", "credential.helper", "store --file="+store)
	r.sync()
	if _, err := os.Stat(store); err == nil {
		t.Error("the user's credential helper has stored the token")
	}
}
