package confluence_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/confluence"
	"finpages/sources/confluence/emulator"

	"github.com/goccy/go-yaml"
)

func valid(edit func(*confluence.Options)) *confluence.Options {
	o := confluence.NewOptions()
	o.BaseURL, o.Spaces, o.Token = "https://wiki.example.com/confluence", []string{"OPS"}, token
	edit(o)
	return o
}

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		edit func(*confluence.Options)
		want []string
	}{
		"defaults":       {func(*confluence.Options) {}, nil},
		"personal space": {func(o *confluence.Options) { o.Spaces = []string{"~jane.doe"} }, nil},
		"cloud":          {func(o *confluence.Options) { o.BaseURL, o.Email = "https://site.atlassian.net/wiki/", "a@b.c" }, nil},
		"gateway":        {func(o *confluence.Options) { o.BaseURL = "https://api.atlassian.com/ex/confluence/11-22/wiki" }, nil},
		"nothing":        {func(o *confluence.Options) { *o = confluence.Options{} }, []string{"attachments.max_bytes", "base_url", "max_rps", "pages", "restricted", "spaces", "timeout", "token"}},
		"no path":        {func(o *confluence.Options) { o.BaseURL = "https://site.atlassian.net" }, []string{"base_url"}},
		"deep path":      {func(o *confluence.Options) { o.BaseURL = "https://site.atlassian.net/wiki/spaces/OPS" }, []string{"base_url"}},
		"bare gateway":   {func(o *confluence.Options) { o.BaseURL = "https://api.atlassian.com/wiki" }, []string{"base_url"}},
		"in the clear":   {func(o *confluence.Options) { o.BaseURL = "http://site.atlassian.net/wiki" }, []string{"base_url"}},
		"not cloud":      {func(o *confluence.Options) { o.BaseURL, o.Flavor = "https://site.atlassian.net/wiki", "datacenter" }, []string{"flavor"}},
		"flavor":         {func(o *confluence.Options) { o.Flavor = "server" }, []string{"flavor"}},
		"login in url":   {func(o *confluence.Options) { o.BaseURL = "https://me:" + token + "@wiki.example.com" }, []string{"base_url"}},
		"bad url":        {func(o *confluence.Options) { o.BaseURL = "https://me:" + token + "@wiki.example.com:x" }, []string{"base_url"}},
		"query":          {func(o *confluence.Options) { o.BaseURL = "https://wiki.example.com/?a=1" }, []string{"base_url"}},
		"api's path":     {func(o *confluence.Options) { o.BaseURL = "https://wiki.example.com/confluence/rest/api/" }, []string{"base_url"}},
		"no scheme":      {func(o *confluence.Options) { o.BaseURL = "wiki.example.com" }, []string{"base_url"}},
		"two tokens":     {func(o *confluence.Options) { o.TokenFile = "t" }, []string{"token_file"}},
		"broken token":   {func(o *confluence.Options) { o.Token = token + "\n" }, []string{"token"}},
		"broken email":   {func(o *confluence.Options) { o.Email = "a:b" }, []string{"email"}},
		"spaces":         {func(o *confluence.Options) { o.Spaces = []string{"", "a b", `a"b`, "x/y", "OPS", "ops"} }, []string{"spaces[0]", "spaces[1]", "spaces[2]", "spaces[3]", "spaces[5]"}},
		"root":           {func(o *confluence.Options) { o.Root = []string{"1", "Home", "-1"} }, []string{"root[1]", "root[2]"}},
		"labels":         {func(o *confluence.Options) { o.Labels.Exclude = []string{"ok", "a b"} }, []string{"labels.exclude[1]"}},
		"rate":           {func(o *confluence.Options) { o.MaxRPS = -1 }, []string{"max_rps"}},
		"timeout":        {func(o *confluence.Options) { o.Timeout = time.Millisecond }, []string{"timeout"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range valid(test.edit).Validate() {
				got = append(got, f.Field)
				if f.Message == "" || strings.Contains(f.Message, token) {
					t.Errorf("message of %s is %q", f.Field, f.Message)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, test.want) {
				t.Errorf("faults at %q, want %q", got, test.want)
			}
		})
	}
}

func TestOptionsFromYAML(t *testing.T) {
	const text = `
base_url: https://site.atlassian.net/wiki
flavor: cloud
spaces: [OPS, HR]
email: a@b.c
token: x
pages: false
blogposts: true
root: ["12", 34]
labels: {include: [a], exclude: [b]}
restricted: include
max_rps: 2.5
timeout: 30s
`
	o := confluence.NewOptions()
	if err := yaml.UnmarshalWithOptions([]byte(text), o, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(o.Validate()) > 0 || o.Root[1] != "34" || o.Timeout != 30*time.Second || o.Pages || !o.Blogposts ||
		o.MaxRPS != 2.5 || o.Labels.Exclude[0] != "b" {
		t.Errorf("options are %+v with the faults %v", o, o.Validate())
	}
}

func TestTokenFile(t *testing.T) {
	flavors(t, func(t *testing.T, w *wiki) {
		w.put("1", "Top", "", "")
		dir := t.TempDir()
		write := func(text string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(dir, "token"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		o := w.options(func(o *confluence.Options) { o.Token, o.TokenFile = "", "token" })
		src, err := o.Build(sources.Env{Dir: dir, CacheDir: w.cache, RetryPause: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := src.Open(t.Context()); err == nil || strings.Contains(err.Error(), dir) {
			t.Errorf("Open = %v without the file", err)
		}
		for _, secret := range []string{token, "the-next-one"} {
			write(secret + "\n")
			w.SetLogin(w.config.Email, secret)
			snap, err := src.Open(t.Context())
			if err != nil {
				t.Fatalf("after the file changed: %v", err)
			}
			snap.Close()
		}
		write("two\nlines")
		if _, err := src.Open(t.Context()); err == nil || strings.Contains(err.Error(), "lines\n") {
			t.Errorf("Open = %v with a bad file", err)
		}
	})
}

// The address tells the flavor of Atlassian's hosts, and the gateway's prefix
// stays on all requests although no link names it.
func TestGateway(t *testing.T) {
	w := newWiki(t, emulator.Config{Cloud: true, Prefix: "/ex/confluence/11-22/wiki",
		Base: "https://site.atlassian.net/wiki", Token: token})
	fill(w, 25, emulator.Traps{})
	entries := w.complete()
	if len(entries) != 25 {
		t.Errorf("%d entries, want 25", len(entries))
	}
	if want := "https://site.atlassian.net/wiki/spaces/OPS/pages/1/Page+0"; entries["1"].URL != want {
		t.Errorf("URL is %q, want %q", entries["1"].URL, want)
	}
	if doc := w.load("7"); len(doc.Body) == 0 {
		t.Error("no body")
	}
}
