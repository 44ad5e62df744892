package git_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/git"
	"finpages/sources/limits/costtest"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

func TestOptionsFromYAML(t *testing.T) {
	got := git.NewOptions()
	err := yaml.NewDecoder(strings.NewReader(`{url: "git@h:o/r.git", ref: main, path: docs, include: ["**/*.md"], exclude: ["x/**"], depth: 3, timeout: 90s,
		auth: {token: t, token_file: f, user: u, ssh_key_file: k, known_hosts_file: h}}`), yaml.Strict()).Decode(got)
	if err != nil {
		t.Fatal(err)
	}
	want := &git.Options{URL: "git@h:o/r.git", Ref: "main", Path: "docs",
		Selection: sources.Selection{Include: []string{"**/*.md"},
			Exclude: []string{"x/**"}}, Depth: 3, Timeout: 90 * time.Second,
		Auth: git.Auth{Token: "t", TokenFile: "f", User: "u", SSHKeyFile: "k", KnownHostsFile: "h"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestValidate(t *testing.T) {
	good := func(change func(o *git.Options)) *git.Options {
		o := git.NewOptions()
		o.URL = "https://git.example.com/o/r.git"
		change(o)
		return o
	}
	url := func(u string) *git.Options { return good(func(o *git.Options) { o.URL = u }) }
	for want, o := range map[string]*git.Options{
		"":                        good(func(*git.Options) {}),
		" ":                       url("git@git.example.com:o/r.git"),
		"  ":                      url("/srv/docs.git"),
		"   ":                     url("ssh://git@[::1]:22/o/r.git"),
		"    ":                    url("https://me:pass@git.example.com/o/r.git"),
		"     ":                   good(func(o *git.Options) { o.Ref, o.Path = "feature/x-1.2", "/docs/" }),
		"url: missing":            git.NewOptions(),
		"url: begins with a dash": url("--upload-pack=x"),
		`url: the transport "ext::" is not allowed`:   url("ext::sh -c x"),
		`url: the transport "fd::" is not allowed`:    url("fd::17"),
		`url: the scheme "ftp" is not supported`:      url("ftp://h/x"),
		"url: lacks a host":                           url("ssh://-oProxyCommand=x/y"),
		"url: lacks a host, or its host, user":        url("https:///x"),
		"url: begins with a dash: give":               url("-x@h:y"),
		"url: not an address: give":                   url("docs.git"),
		"url: holds a password":                       url("ssh://me:s3cr3t@h/x"),
		"url: holds ? or #":                           url("https://h/x?s3cr3t=1"),
		"url: not a URL":                              url("https://me:s3cr3t%zz@h/x"),
		"url: holds a space or control character":     url("https://h/x\n"),
		"url: holds an escaped control character":     url("https://me:s3cr3t%0a@h/x"),
		"url: a file URL has three slashes":           url("file://host/x"),
		`ref: "-x" is not the name of a ref`:          good(func(o *git.Options) { o.Ref = "-x" }),
		`ref: "a b" is not the name of a ref`:         good(func(o *git.Options) { o.Ref = "a b" }),
		`ref: "a:b" is not the name of a ref`:         good(func(o *git.Options) { o.Ref = "a:b" }),
		`ref: "HEAD~1" is not the name of a ref`:      good(func(o *git.Options) { o.Ref = "HEAD~1" }),
		`path: "a/../.." leads out of the repository`: good(func(o *git.Options) { o.Path = "a/../.." }),
		"depth: -1 is negative":                       good(func(o *git.Options) { o.Depth = -1 }),
		"timeout: 0s is not positive":                 good(func(o *git.Options) { o.Timeout = 0 }),
		`include[1]: bad glob pattern "["`:            good(func(o *git.Options) { o.Include = []string{"a.md", "["} }),
		"auth.token: given together":                  good(func(o *git.Options) { o.Auth.Token, o.Auth.TokenFile = "s3cr3t", "f" }),
		"auth.token: holds a line break":              good(func(o *git.Options) { o.Auth.Token = "s3cr3t\n" }),
		"auth.user: given without a token":            good(func(o *git.Options) { o.Auth.User = "me" }),
		"auth: token and user are for http":           good(func(o *git.Options) { o.URL, o.Auth.Token = "git@h:x", "s3cr3t" }),
		"auth: ssh_key_file and known_hosts_file":     good(func(o *git.Options) { o.Auth.SSHKeyFile = "k" }),
		"url: holds a password beside auth.token":     good(func(o *git.Options) { o.URL, o.Auth.Token = "https://a:s3cr3t@h/x", "s3cr3t" }),
	} {
		got := ""
		for _, f := range o.Validate() {
			got += f.Field + ": " + f.Message + "\n"
		}
		want = strings.TrimSpace(want)
		if (want == "") != (got == "") || !strings.HasPrefix(got, want) || strings.Contains(got, "s3cr3t") {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	all := &git.Options{Ref: "-", Path: "..", Depth: -1, Selection: sources.Selection{Exclude: []string{"{"}}}
	if faults := all.Validate(); len(faults) != 6 {
		t.Errorf("%d faults, want all 6: %v", len(faults), faults)
	}
}

func TestWebAddresses(t *testing.T) {
	const name = "a b/ü#?.md"
	const esc = "a%20b/%C3%BC%23%3F.md"
	for _, tt := range []struct{ url, ref, want string }{
		{"https://github.com/o/r.git", "", "https://github.com/o/r/blob/main/docs/" + esc},
		{"https://github.com/o/r", "f/x", "https://github.com/o/r/blob/f/x/docs/" + esc},
		{"git@github.com:o/r.git", "", "https://github.com/o/r/blob/main/docs/" + esc},
		{"ssh://git@ssh.github.com:443/o/r.git", "", "https://github.com/o/r/blob/main/docs/" + esc},
		{"https://github.example.com:8443/o/r.git", "v1", "https://github.example.com:8443/o/r/blob/v1/docs/" + esc},
		{"https://gitlab.com/g/s/r.git", "", "https://gitlab.com/g/s/r/-/blob/main/docs/" + esc},
		{"ssh://git@gitlab.example.com:2222/g/r.git", "", "https://gitlab.example.com/g/r/-/blob/main/docs/" + esc},
		{"https://bitbucket.org/w/r.git", "", "https://bitbucket.org/w/r/src/main/docs/" + esc},
		{"https://me@bitbucket.org/w/r.git", "", "https://bitbucket.org/w/r/src/main/docs/" + esc},
		{"https://code.example.com/scm/PRJ/r.git", "", "https://code.example.com/projects/PRJ/repos/r/browse/docs/" + esc + "?at=refs%2Fheads%2Fmain"},
		{"https://example.com/bitbucket/scm/PRJ/r.git", "v1", "https://example.com/bitbucket/projects/PRJ/repos/r/browse/docs/" + esc + "?at=refs%2Ftags%2Fv1"},
		{"ssh://git@code.example.com:7999/~me/r.git", "", "https://code.example.com/users/me/repos/r/browse/docs/" + esc + "?at=refs%2Fheads%2Fmain"},
		{"https://codeberg.org/o/r.git", "v1", "https://codeberg.org/o/r/src/tag/v1/docs/" + esc},
		{"git@gitea.example.com:o/r.git", "f/x", "https://gitea.example.com/o/r/src/branch/f/x/docs/" + esc},
		{"https://dev.azure.com/o/p%20q/_git/r", "", "https://dev.azure.com/o/p%20q/_git/r?path=/docs/a%20b/%C3%BC%23%3F.md&version=GBmain"},
		{"git@ssh.dev.azure.com:v3/o/p/r", "v1", "https://dev.azure.com/o/p/_git/r?path=/docs/a%20b/%C3%BC%23%3F.md&version=GTv1"},
		{"https://o.visualstudio.com/DefaultCollection/p/_git/r", "", "https://o.visualstudio.com/DefaultCollection/p/_git/r?path=/docs/a%20b/%C3%BC%23%3F.md&version=GBmain"},
		{"o@vs-ssh.visualstudio.com:v3/o/p/r", "", "https://o.visualstudio.com/p/_git/r?path=/docs/a%20b/%C3%BC%23%3F.md&version=GBmain"},
		{"https://git.example.com/o/r.git", "", ""},
		{"https://github.com/just-one", "", ""},
	} {
		t.Run(tt.url, func(t *testing.T) {
			r := newRepository(t)
			r.Put("docs/"+name, "x")
			r.git("branch", "f/x")
			r.git("tag", "v1")
			runGit(t, "", "", "config", "--global", "url."+r.dir+".insteadOf",
				strings.Replace(tt.url, "me@bit", "bit", 1))
			r.opts.URL, r.opts.Ref, r.opts.Path = tt.url, tt.ref, "docs"
			var got string
			_, err := r.open().List(t.Context(), func(e sources.Entry) error { got = e.URL; return nil })
			if err != nil || got != tt.want {
				t.Errorf("%v\n got %s\nwant %s", err, got, tt.want)
			}
		})
	}
}

func TestVariablesAndDates(t *testing.T) {
	t.Setenv("GIT_COMMITTER_DATE", "2024-02-03T04:05:06+0100")
	r := newRepository(t)
	snap := r.open()
	want := map[string]string{"ref": "main", "commit": r.git("rev-parse", "HEAD")}
	if diff := cmp.Diff(want, snap.(sources.URLVariables).Variables()); diff != "" {
		t.Error(diff)
	}
	_, err := snap.List(t.Context(), func(e sources.Entry) error {
		if !e.Modified.Equal(time.Date(2024, 2, 3, 3, 5, 6, 0, time.UTC)) {
			t.Errorf("modified %v", e.Modified)
		}
		return nil
	})
	must(t, err)
}

func TestRelativeToTheConfig(t *testing.T) {
	r := newRepository(t)
	o := git.NewOptions()
	o.URL = "./docs"
	src, err := o.Build(sources.Env{Name: "x", Dir: filepath.Dir(r.dir),
		CacheDir: filepath.Join(r.cache, "not", "made", "yet")})
	must(t, err)
	snap, err := src.Open(t.Context())
	must(t, err)
	must(t, snap.Close())
	if info, err := os.Stat(filepath.Join(r.cache, "not", "made", "yet")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("cache directory: %v, %v", info, err)
	}
}

func FuzzURL(f *testing.F) {
	for _, s := range []string{"https://h/x", "git@h:x", "ssh://u@h:1/x", "/p", "file:///p", "ext::x", "-x",
		"https://u:p@h/x", "http://[::1]/", "a:b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		o := git.NewOptions()
		o.URL = s
		faults := o.Validate()
		_, err := o.Build(sources.Env{Name: "x", CacheDir: "/none"})
		if (len(faults) == 0) != (err == nil) {
			t.Errorf("%q: Validate %v, Build %v", s, faults, err)
		}
		if strings.HasPrefix(s, "-") && err == nil {
			t.Errorf("%q was accepted", s)
		}
		_ = fmt.Sprint(faults)
		costtest.Check(t, s, func(s string) {
			o.URL = s
			_ = o.Validate()
		})
	})
}

// The settings by which the engine tells a changed config hold no login.
func TestJSONHoldsNoLogin(t *testing.T) {
	o := git.NewOptions()
	o.URL, o.Ref, o.Include = "https://me:s3cr3t@git.example.com/o/r.git", "main", []string{"**/*.md"}
	o.Auth.Token = "s3cr3t"
	got, err := json.Marshal(o)
	const want = `{"URL":"https://git.example.com/o/r.git","Ref":"main","Path":"","Include":["**/*.md"],"Exclude":null}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	if diff := cmp.Diff([]string{"ref", "commit"}, o.Placeholders()); diff != "" {
		t.Error(diff)
	}
}
