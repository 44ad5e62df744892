package exec_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/exec"
	"finpages/sources/internal/process"
	"finpages/sources/sourcestest"
)

// Debian's package mediawiki puts it here.
const mediawiki = "/usr/share/mediawiki"

// wiki is a real MediaWiki with a database of its own.
type wiki struct {
	t       *testing.T
	config  string
	address string
}

func newWiki(t *testing.T) *wiki {
	t.Helper()
	needs(t, "php", "python3")
	if _, err := os.Stat(mediawiki); err != nil {
		t.Skip("MediaWiki is not installed")
	}
	listen, dir := "127.0.0.1:"+sourcestest.Port(t), t.TempDir()
	w := &wiki{t: t, config: filepath.Join(dir, "LocalSettings.php"), address: "http://" + listen}
	w.php("install.php", "", "--dbtype", "sqlite", "--dbpath", filepath.Join(dir, "db"), "--dbname", "wiki",
		"--confpath", dir,
		"--server", w.address, "--scriptpath", "", "--pass", "a-long-password", "Wiki", "Admin")
	w.set("$wgRateLimits = []; $wgMainCacheType = CACHE_NONE;")
	server := osexec.Command("php", "-S", listen, "-t", mediawiki)
	server.Env = append(os.Environ(), "MW_CONFIG_FILE="+w.config, "PHP_CLI_SERVER_WORKERS=4")
	running, err := process.Start(server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { running.Stop(0) })
	for {
		if conn, err := net.Dial("tcp", listen); err == nil {
			conn.Close()
			return w
		}
		select {
		case <-running.Done():
			t.Fatalf("the wiki's server ended: %v", running.Err())
		default:
		}
	}
}

// set adds a line of PHP to the settings.
func (w *wiki) set(line string) {
	w.t.Helper()
	f, err := os.OpenFile(w.config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("\n" + line + "\n"); err != nil {
		w.t.Fatal(err)
	}
}

// php runs one of MediaWiki's maintenance scripts.
func (w *wiki) php(script, input string, args ...string) {
	w.t.Helper()
	cmd := osexec.Command("php", append([]string{filepath.Join(mediawiki, "maintenance", script)}, args...)...)
	cmd.Stdin = strings.NewReader(input)
	if script != "install.php" {
		cmd.Env = append(os.Environ(), "MW_CONFIG_FILE="+w.config)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("%s: %v\n%s", script, err, out)
	}
}

// edit changes a page as anybody may, and returns its id.
func (w *wiki) edit(title, text string) string {
	w.t.Helper()
	res, err := http.PostForm(w.address+"/api.php", url.Values{"action": {"edit"}, "title": {title}, "text": {text},
		"token": {`+\`}, "format": {"json"}})
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		Edit struct {
			Result string `json:"result"`
			PageID int    `json:"pageid"`
		} `json:"edit"`
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || answer.Edit.Result != "Success" {
		w.t.Fatalf("edit %s: %+v, %v", title, answer, err)
	}
	return strconv.Itoa(answer.Edit.PageID)
}

func (w *wiki) source(address string, options map[string]any, env map[string]string) *exec.Exec {
	options["api"] = address + "/api.php"
	return build(w.t, exec.Options{Command: []string{"examples/mediawiki.py"}, Options: options, Env: env})
}

// wikiFixture is a wiki behind a proxy that can break.
type wikiFixture struct {
	*wiki
	proxy *httptest.Server
}

func (f wikiFixture) Source() sources.Source { return f.source(f.proxy.URL, map[string]any{}, nil) }
func (f wikiFixture) Put(name, body string) string {
	return f.edit(titleOf(name), body)
}
func (f wikiFixture) Remove(name string) { f.php("deleteBatch.php", titleOf(name)+"\n") }
func (f wikiFixture) Break()             { f.proxy.Close() }

func titleOf(name string) string { return fmt.Sprintf("Page %x", name) }

func TestMediaWikiKeepsTheContract(t *testing.T) {
	t.Parallel()
	w := newWiki(t)
	to, err := url.Parse(w.address)
	if err != nil {
		t.Fatal(err)
	}
	sourcestest.Run(t, func(t *testing.T) sourcestest.Fixture {
		proxy := httptest.NewServer(httputil.NewSingleHostReverseProxy(to))
		t.Cleanup(proxy.Close)
		own := *w
		own.t = t
		return wikiFixture{&own, proxy}
	})
	t.Run("its own", func(t *testing.T) { w.t = t; mediaWikiOnly(w) })
}

func mediaWikiOnly(w *wiki) {
	t := w.t
	w.edit("Template:Notice", "Closed on Sundays.")
	id := w.edit("Opening hours", "== Times ==\nFrom nine to five. {{Notice}}")
	w.edit("Times", "#REDIRECT [[Opening hours]]")
	src := w.source(w.address, map[string]any{}, nil)
	entries, _ := sourcestest.List(t, src)
	e := entries[id]
	if e.URL != w.address+"/index.php/Opening_hours" || e.Scope != "0" {
		t.Errorf("entry %+v", e)
	}
	doc, err := sourcestest.Load(t, src, id)
	if err != nil || doc.Title != "Opening hours" || !strings.Contains(string(doc.Body), "Closed on Sundays") {
		t.Errorf("loaded %q, %s, %v", doc.Title, doc.Body, err)
	}
	for id, e := range entries {
		if strings.HasSuffix(e.URL, "/Times") || strings.Contains(e.URL, "Template") {
			t.Errorf("entry %s is %s", id, e.URL)
		}
	}
	login := map[string]string{"MEDIAWIKI_USER": "Admin", "MEDIAWIKI_PASSWORD": "a-long-password"}
	lines, err := w.source(w.address, map[string]any{}, login).Check(t.Context())
	if err != nil || len(lines) != 2 || !strings.HasSuffix(lines[1], "as Admin") {
		t.Errorf("check: %q, %v", lines, err)
	}
	login["MEDIAWIKI_PASSWORD"] = "wrong-password"
	if _, err := w.source(w.address, map[string]any{}, login).Open(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "refuses the login") {
		t.Errorf("a wrong login: %v", err)
	}
}
