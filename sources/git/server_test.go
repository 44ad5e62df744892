package git_test

import (
	"net"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

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
