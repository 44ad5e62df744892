package git_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/sourcestest"

	"github.com/google/go-cmp/cmp"
)

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

func TestGitDaemon(t *testing.T) {
	r := newRepository(t)
	port := sourcestest.Port(t)
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
		r.opts.URL = scheme + "://127.0.0.1:" + sourcestest.Port(t) + "/docs.git"
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
