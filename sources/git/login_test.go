package git_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const token = "s3cr3t-t0ken/+%&é"

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
