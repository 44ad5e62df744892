package rclone_test

import (
	"fmt"
	"net"
	"os"
	osexec "os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/internal/process"
	"finpages/sources/rclone"
	"finpages/sources/sourcestest"

	"golang.org/x/text/unicode/norm"
)

// storage is a folder, read through rclone: as it lies, or from a server.
type storage struct {
	t      *testing.T
	dir    string
	cache  string
	opts   rclone.Options
	server *process.Process
}

func newStorage(t *testing.T) *storage {
	t.Helper()
	if _, err := osexec.LookPath("rclone"); err != nil {
		t.Skip("rclone is not installed")
	}
	s := &storage{t: t, dir: filepath.Join(t.TempDir(), "docs"), cache: t.TempDir()}
	if err := os.Mkdir(s.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	s.config("")
	s.opts.Remote = s.dir
	return s
}

func (s *storage) config(text string) {
	s.t.Helper()
	s.opts.Config = filepath.Join(s.cache, "rclone.conf")
	if err := os.WriteFile(s.opts.Config, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// serve has rclone serve the folder.
func (s *storage) serve(kind string, args ...string) string {
	s.t.Helper()
	addr := "127.0.0.1:" + sourcestest.Port(s.t)
	var err error
	cmd := osexec.Command("rclone", append([]string{"serve", kind, s.dir, "--addr", addr, "--dir-cache-time", "0",
		"--config", s.opts.Config}, args...)...)
	if s.server, err = process.Start(cmd); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { s.server.Stop(0) })
	for {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return addr
		}
		select {
		case <-s.server.Done():
			s.t.Fatalf("rclone serve %s: %v", kind, s.server.Err())
		default:
		}
	}
}

func (s *storage) Source() sources.Source {
	s.t.Helper()
	if faults := s.opts.Validate(); len(faults) > 0 {
		s.t.Fatalf("options: %v", faults)
	}
	src, err := s.opts.Build(sources.Env{Name: "s", CacheDir: s.cache})
	if err != nil {
		s.t.Fatal(err)
	}
	return src
}

func (s *storage) Put(name, body string) string {
	s.t.Helper()
	at := filepath.Join(s.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(body), 0o644); err != nil {
		s.t.Fatal(err)
	}
	return norm.NFC.String(name)
}

func (s *storage) Remove(name string) {
	if err := os.Remove(filepath.Join(s.dir, filepath.FromSlash(name))); err != nil {
		s.t.Fatal(err)
	}
}

func (s *storage) Break() {
	if s.server != nil {
		s.server.Stop(0)
	}
	if err := os.Rename(s.dir, s.dir+".gone"); err != nil {
		s.t.Fatal(err)
	}
}

// servers are the ways to the folder.
var servers = map[string]func(*storage){
	"local": func(*storage) {},
	"webdav": func(s *storage) {
		s.config("[dav]\ntype = webdav\nvendor = other\nurl = http://" + s.serve("webdav") + "\n")
		s.opts.Remote = "dav:"
	},
	"http": func(s *storage) {
		s.config("[web]\ntype = http\nurl = http://" + s.serve("http") + "\n")
		s.opts.Remote = "web:"
	},
	"sftp": func(s *storage) {
		host, port, _ := strings.Cut(s.serve("sftp", "--user", "u", "--pass", "password1"), ":")
		pass, err := osexec.Command("rclone", "obscure", "password1").Output()
		if err != nil {
			s.t.Fatal(err)
		}
		s.config(fmt.Sprintf("[box]\ntype = sftp\nhost = %s\nport = %s\nuser = u\npass = %s\n", host, port, pass))
		s.opts.Remote = "box:"
	},
}

func TestContract(t *testing.T) {
	for _, name := range []string{"local", "webdav"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sourcestest.Run(t, func(t *testing.T) sourcestest.Fixture {
				s := newStorage(t)
				servers[name](s)
				return s
			})
		})
	}
}

func TestServers(t *testing.T) {
	for name, set := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStorage(t)
			set(s)
			s.Put("a.md", "# A")
			s.Put("dir/b c.md", "# B")
			snap, err := s.Source().Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer snap.Close()
			var entries []sources.Entry
			if _, err := snap.List(t.Context(), func(e sources.Entry) error {
				entries = append(entries,
					e)
				return nil
			}); err != nil || len(entries) != 2 {
				t.Fatalf("%d entries, %v", len(entries), err)
			}
			if err := snap.(sources.Prefetcher).Prefetch(t.Context(), entries); err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if doc, err := e.Load(t.Context()); err != nil || !strings.HasPrefix(string(doc.Body), "# ") || doc.Path != e.ID {
					t.Errorf("%s: %q, %v", e.ID, doc.Body, err)
				}
			}
			s.Break()
			if _, err := snap.List(t.Context(), func(sources.Entry) error { return nil }); err == nil {
				t.Error("a storage that is gone is listed without an error")
			}
			if gone, err := snap.(sources.Confirmer).Gone(t.Context(), "a.md"); gone || err == nil {
				t.Errorf("its documents are gone: %v, %v", gone, err)
			}
		})
	}
}

// ids lists the storage.
func (s *storage) ids() (ids []string, l sources.Listing) {
	s.t.Helper()
	entries, l := sourcestest.List(s.t, s.Source())
	for id, e := range entries {
		if e.Err != nil {
			id += " (error)"
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, l
}
