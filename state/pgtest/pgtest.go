// Package pgtest starts PostgreSQL servers for tests.
package pgtest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// nobody is the user that a server runs as in tests of root, as which
// PostgreSQL refuses to run.
const nobody = 65534

// Start starts a server with an empty database, reached by a Unix socket, and
// returns the database's URL. The test skips where PostgreSQL is not
// installed, and fails if that is in CI.
func Start(t testing.TB) string {
	t.Helper()
	return NewServer(t).URL
}

// Server is a PostgreSQL server of a test.
type Server struct {
	URL    string // of its empty database
	Socket string // path of the Unix socket

	bin, dir string
	process  *exec.Cmd
}

// NewServer starts a server as [Start] does.
func NewServer(t testing.TB) *Server {
	t.Helper()
	bin := programs()
	if bin == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("PostgreSQL is not installed: see .ci/tools")
		}
		t.Skip("PostgreSQL is not installed")
	}
	dir, err := os.MkdirTemp("", "pg") // short: a socket's path may have 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Server{URL: "postgres://finpages@/postgres?host=" + dir, Socket: filepath.Join(dir, ".s.PGSQL.5432"), bin: bin, dir: dir}
	initdb := command(filepath.Join(bin, "initdb"), "-D", s.Data(), "-U", "finpages", "-A", "trust",
		"-N", "--no-locale", "-E", "UTF8")
	if os.Getuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := initdb.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	t.Cleanup(func() { s.stop(syscall.SIGQUIT) }) // at once
	s.start(t)
	return s
}

// Data returns the directory of the server's data.
func (s *Server) Data() string { return filepath.Join(s.dir, "data") }

func (s *Server) start(t testing.TB) {
	t.Helper()
	s.process = command(filepath.Join(s.bin, "postgres"), "-D", s.Data(), "-k", s.dir, "-c", "listen_addresses=", "-F")
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, s.URL)
}

func (s *Server) stop(signal os.Signal) {
	if s.process.ProcessState == nil {
		_ = s.process.Process.Signal(signal)
		_ = s.process.Wait()
	}
}

// Restart stops the server, with its connections, and starts it again once
// meanwhile has returned.
func (s *Server) Restart(t testing.TB, meanwhile func()) {
	t.Helper()
	s.stop(syscall.SIGINT) // transactions are undone
	meanwhile()
	s.start(t)
}

// programs returns the directory of PostgreSQL's programs, or "".
func programs() string {
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path)
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres") // where Debian has them
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}

func command(name string, args ...string) *exec.Cmd {
	c := exec.Command(name, args...)
	c.Dir = "/"
	if os.Getuid() == 0 {
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return c
}

func await(t testing.TB, url string) {
	t.Helper()
	const patience = 5 * time.Minute // on however slow a machine
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, url)
		if err == nil {
			_ = conn.Close(ctx)
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the server does not answer: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Database makes another empty database on a server and returns its URL.
func Database(t testing.TB, server, name string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "create database "+pgx.Identifier{name}.Sanitize()); err != nil {
		t.Fatal(err)
	}
	config := conn.Config()
	return "postgres://" + config.User + "@/" + name + "?host=" + config.Host
}
