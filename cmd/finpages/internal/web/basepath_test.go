package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"finpages/cmd/finpages/internal/config"
	"finpages/cmd/finpages/internal/web"
	"finpages/sources"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const base = "/tools/finpages"

// newWorldBelow makes a world with something of everything, below a path.
func newWorldBelow(t *testing.T, token string) *world {
	w := newWorld(t, []string{"handbook", "wiki", "old-docs", "new-docs"}, func(o *web.Options) {
		o.BasePath = base
		o.Help = []web.HelpTopic{{Name: "token", Title: "Getting a token", Text: "# Getting a token"}}
		if token != "" {
			o.Token = func() (string, error) { return token, nil }
		}
	})
	w.scene()
	return w
}

// addresses lists what a page leads to on its own server, and what its forms
// tell the server of addresses.
func addresses(t *testing.T, page string) (links, forms, told []string) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	add := func(list *[]string, s *goquery.Selection, attribute string) {
		address, ok := s.Attr(attribute)
		if u, err := url.Parse(address); ok && err == nil && u.Host == "" && (u.Path != "" || attribute == "value") {
			*list = append(*list, address)
		}
	}
	doc.Find("[href]").Each(func(_ int, s *goquery.Selection) { add(&links, s, "href") })
	doc.Find("[src]").Each(func(_ int, s *goquery.Selection) { add(&links, s, "src") })
	doc.Find("form").Each(func(_ int, s *goquery.Selection) {
		if strings.EqualFold(s.AttrOr("method", "get"), "post") {
			add(&forms, s, "action")
		} else {
			add(&links, s, "action")
		}
	})
	doc.Find("input[name=back], input[name=next]").Each(func(_ int, s *goquery.Selection) { add(&told, s, "value") })
	return links, forms, told
}

// Everything that any page leads to is below the path, and is there: with the
// path, and for a proxy that takes it away.
func TestAllLinksAreBelowTheBasePath(t *testing.T) {
	w := newWorldBelow(t, "")
	seen, queue, forms, firsts := map[string]bool{}, []string{base + "/"}, map[string]bool{}, map[string]bool{}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		at, _, _ = strings.Cut(at, "#")
		if seen[at] {
			continue
		}
		seen[at] = true
		below, ok := strings.CutPrefix(at, base+"/")
		if !ok {
			t.Errorf("%s is outside of %s", at, base)
			continue
		}
		first, _, _ := strings.Cut(below, "/")
		first, _, _ = strings.Cut(first, "?")
		firsts[first] = true
		a := w.get(at)
		if a.StatusCode != http.StatusOK && !strings.Contains(at, "/page/") { // a frame may have nothing to show
			t.Errorf("%s answers %s", at, a.Status)
		}
		if stripped := w.get("/" + below); stripped.StatusCode != a.StatusCode {
			t.Errorf("without the path, %s answers %s", at, stripped.Status)
		}
		if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			continue
		}
		links, posts, told := addresses(t, a.text)
		queue = append(queue, links...)
		for _, form := range posts {
			forms[form] = true
		}
		for _, address := range append(posts, told...) {
			if !strings.HasPrefix(address, base+"/") {
				t.Errorf("a form on %s names %s", at, address)
			}
		}
	}
	if len(seen) < 30 || !seen[base+"/assets/live.js"] || !seen[base+"/sources/wiki/page/text?id=page-09.md"] ||
		len(forms) < 5 {
		t.Errorf("only %d pages and %d forms", len(seen), len(forms))
	}
	for first := range firsts {
		wantOwnPath(t, first)
	}
}

// wantOwnPath wants the config to refuse a base path that begins as one of the
// server's own paths does.
func wantOwnPath(t *testing.T, first string) {
	if first == "" {
		return
	}
	_, err := config.Parse("x.yaml", []byte("intercom: {token: x}\nsources: []\nserver: {base_path: /"+first+"}"),
		sources.Registry{}, func(string) (string, bool) { return "", false })
	if err == nil || !strings.Contains(err.Error(), "is a path of finpages itself") {
		t.Errorf("server.base_path: /%s: %v", first, err)
	}
}

func TestFormsAndLoginStayBelowTheBasePath(t *testing.T) {
	const token = "a-token-of-twenty-characters"
	w := newWorldBelow(t, token)
	wantLocation := func(a answer, status int, location string) {
		t.Helper()
		w.want(a, status)
		if got := a.Header.Get("Location"); got != location {
			t.Errorf("%s %s leads to %q, want %q", a.Request.Method, a.Request.URL.Path, got, location)
		}
	}
	html := []string{"Accept", "text/html"}
	login := base + "/login?" + url.Values{"next": {base + "/sources/wiki?show=held"}}.Encode()
	wantLocation(w.get(base+"/sources/wiki?show=held", html...), http.StatusSeeOther, login)
	wantLocation(w.get("/sources/wiki?show=held", html...), http.StatusSeeOther, login)
	wantLocation(w.get(base), http.StatusTemporaryRedirect, base+"/")
	wantLocation(w.get(base+"//sources/wiki"), http.StatusTemporaryRedirect, base+"/sources/wiki")
	w.want(w.get(login), http.StatusOK, `action="`+base+`/login"`, `value="`+base+`/sources/wiki?show=held"`)

	for next, want := range map[string]string{base + "/audit": base + "/audit", "/audit": base + "/", "//evil.example": base + "/",
		base + "//evil.example": base + "/", base + "evil": base + "/", base + "/\\evil": base + "/"} {
		wantLocation(w.post(base+"/login", "token", token, "next", next), http.StatusSeeOther, want)
	}
	a := w.post(base+"/login", "token", token, "next", base+"/")
	cookie := a.Cookies()[0]
	if cookie.Path != base {
		t.Errorf("the cookie is for %q", cookie.Path)
	}
	in := []string{"Cookie", cookie.Name + "=" + cookie.Value}
	w.want(w.get(base+"/", in...), http.StatusOK, "Fin is not up to date")
	wantLocation(w.get(login, in...), http.StatusSeeOther, base+"/sources/wiki?show=held")
	form := append([]string{"Content-Type", "application/x-www-form-urlencoded"}, in...)
	wantLocation(w.send("POST", base+"/sources/wiki/sync", "back="+url.QueryEscape(base+"/"), form...),
		http.StatusSeeOther, base+"/?done=sync")
	wantLocation(w.send("POST", base+"/sources/wiki/sync", "back=/", form...), http.StatusSeeOther, base+"/?done=sync")
	wantLocation(w.send("POST", base+"/sources/wiki/sync", "", form...), http.StatusSeeOther,
		base+"/sources/wiki?done=sync")
	wantLocation(w.send("POST", base+"/logout", "", form...), http.StatusSeeOther, base+"/login")
	if w.get(base+"/sources/wiki", in...).StatusCode != http.StatusUnauthorized {
		t.Error("the session goes on after the logout")
	}
	w.runs.Wait()
}

// Programs find everything with the path and without.
func TestProgramsBelowTheBasePath(t *testing.T) {
	w := newWorldBelow(t, "")
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/api/v1/status", "/api/v1/openapi.json", "/help"} {
		w.want(w.get(path), http.StatusOK)
		w.want(w.get(base+path), http.StatusOK)
	}
	w.want(w.get(base+"/api/v1/openapi.json"), http.StatusOK, `"url": "`+base+`"`)
	for _, path := range []string{"/hooks", "/hooks/wiki", "/hooks/wiki/more", "/assets", "/assets/none.js", "/assets/"} {
		for _, at := range []string{path, base + path} {
			if a := w.send("POST", at, ""); !slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed},
				a.StatusCode) {
				t.Errorf("POST %s: %s, to %q", at, a.Status, a.Header.Get("Location"))
			}
		}
	}
	w.want(w.get("/tools/elsewhere"), http.StatusNotFound)
	w.want(w.get(base+base+"/"), http.StatusNotFound)
}

// The script of a page follows what happens below the path, too, and says
// where to log in again.
func TestPagesBelowTheBasePathAreKeptUpToDate(t *testing.T) {
	w := newWorldBelow(t, "a-token-of-twenty-characters")
	p := &person{world: w, ctx: openBrowser(t)}
	p.listen()
	p.visit(base + "/sources/handbook")
	p.do(chromedp.SendKeys(chromedp.CSS("#token"), "a-token-of-twenty-characters"+kb.Enter))
	p.see("Refunds")
	w.put("handbook", "new.md", "# Brand new")
	w.trigger("handbook")
	p.see("The last 3 syncs")
	w.runs.Wait()
	if _, err := chromedp.Call(p.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		p.lost(err)
	}
	w.put("handbook", "newer.md", "# Newer")
	w.trigger("handbook")
	p.until(`document.querySelector("#lost a")?.getAttribute("href") === "` + base +
		`/login?next=" + encodeURIComponent("` + base + `/sources/handbook")`)
	w.runs.Wait()
}
