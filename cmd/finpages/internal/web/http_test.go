package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"finpages/cmd/finpages/internal/web"
	"finpages/ingest/documents"
	"finpages/state"
)

func TestPagesSayHowFinStands(t *testing.T) {
	w := newWorld(t, []string{"handbook", "wiki", "old-docs", "new-docs"}, nil)
	w.scene()
	for path, texts := range map[string][]string{
		"/":                                {"the last sync of 1 of 4 sources failed", "8 deletes need your approval", "Fin is up to date.", "Nothing from this source has been sent to Fin yet", "1 page was rejected"},
		"/sources/handbook":                {"Refunds", "Left out", "draft: true in the front matter", "The last 2 syncs: 2 succeeded."},
		"/sources/wiki":                    {"these 8 pages from Fin", `name="hold" value="`, "page-03.md", "Rejected"},
		"/sources/wiki?show=problems":      {"broken.md", "front matter"},
		"/sources/wiki?text=PAGE+11":       {"Wiki page 11"},
		"/sources/wiki?text=xyzzy":         {"No page matches “xyzzy”"},
		"/sources/wiki/page?id=page-03.md": {"Review what needs approval"},
		"/sources/handbook/deleted":        {"Old page", ">Sync 2</a>"},
		"/sources/handbook/page?id=refunds.md": {"Refunds", site + "handbook/refunds.md", "Why it is in Fin", "sandbox src=",
			`Sent to Fin in its current version. <a href="/sources/handbook/syncs/1">Sync 1</a>`},
		"/sources/handbook/page?id=secret.md":       {"Why it is not in Fin", "Kept out: draft: true in the front matter."},
		"/sources/handbook/page?id=old.md":          {`Deleted from Fin. <a href="/sources/handbook/syncs/2">Sync 2</a>`, "Restore it in Fin"},
		"/sources/wiki/page?id=broken.md":           {"Rejected", "front matter", "failed on it"},
		"/sources/handbook/page?id=never-was.md":    {"Not in Fin", "finpages knows nothing about this page."},
		"/sources/handbook/page/text?id=refunds.md": {"| Plan | Days |", "Fin has this version."},
		"/sources/handbook/page/text?id=secret.md":  {"Kept out: draft: true in the front matter."},
		"/sources/handbook/page/html?id=secret.md":  {"Not sent to Fin: draft: true in the front matter."},
		"/sources/handbook/page/html?id=refunds.md": {"<strong>30 days</strong>", "/assets/preview.css"},
	} {
		w.want(w.get(path), 200, texts...)
	}
	if a := w.get("/sources/handbook/page/text?id=secret.md"); strings.Contains(a.text, "Secret plan") {
		t.Error("a draft is shown")
	}
	if a := w.get("/sources/handbook/page?id=secret.md"); strings.Contains(a.text, "Answers customers") {
		t.Error("a draft is said to be answered from")
	}
	for path, status := range map[string]int{
		"/sources/none": 404, "/sources/none/page?id=a": 404, "/sources/none/page/html?id=a": 404, "/sources/none/deleted": 404, "/nowhere": 404,
		"/assets/../server.go": 307, "/assets/": 404, "/assets/style.css": 200, "/assets/live.js": 200, "/healthz": 200, "/readyz": 200, "/metrics": 200,
		"/sources/handbook?show=nonsense": 400, "/api/v1/sources/handbook/inventory?limit=0": 400,
	} {
		w.want(w.get(path), status)
	}
	w.want(w.get("/api/v1/sync"), http.StatusNotFound, `{"error":"the API has no GET /api/v1/sync: `)
}

func TestFormsDoWhatTheySay(t *testing.T) {
	w := newWorld(t, []string{"handbook", "wiki"}, nil)
	w.scene2()
	hold := func() string {
		st, err := w.service.Status("wiki")
		if err != nil {
			t.Fatal(err)
		}
		return st.Hold.ID
	}
	done := func(a answer, to string) {
		t.Helper()
		w.want(a, http.StatusSeeOther)
		if got := a.Header.Get("Location"); got != to {
			t.Errorf("sent to %q, want %q", got, to)
		}
		w.runs.Wait()
	}
	done(w.post("/sources/handbook/sync"), "/sources/handbook?done=sync")
	done(w.post("/sources/handbook/sync", "back", "/"), "/?done=sync")
	done(w.post("/sources/handbook/sync", "back", "https://evil.example/"), "/?done=sync")
	if got := w.triggered(); got != "handbook handbook handbook" {
		t.Errorf("triggered %q", got)
	}

	w.want(w.post("/sources/wiki/approve", "hold", "another"), http.StatusConflict, "is no more")
	w.want(w.post("/sources/wiki/approve"), http.StatusConflict, "does not name the hold")
	if !strings.Contains(w.inFin(), "page-00.md") {
		t.Error("held pages were deleted without an approval")
	}
	done(w.post("/sources/wiki/approve", "hold", hold()), "/sources/wiki?done=approve")
	if strings.Contains(w.inFin(), "page-00.md") {
		t.Error("approved pages are still there")
	}
	w.want(w.get("/audit"), 200, "Approve", "no login, from 127.0.0.1", "page-00.md", "Sync", "deleted ",
		`<a href="/sources/wiki/syncs/1"><bdi>run `)
	w.want(w.post("/sources/wiki/approve", "hold", "x"), http.StatusConflict, "holds no deletes")

	w.want(w.get("/sources/wiki/deleted"), 200, "Restore all from sync 3", "page-02.md")
	done(w.post("/sources/wiki/undo", "id", "3"), "/sources/wiki/deleted?done=undo")
	if got := w.inFin(); !strings.Contains(got, "page-00.md") || !strings.Contains(got, "page-02.md") {
		t.Errorf("after all of a run was brought back Fin has %s", got)
	}

	done(w.post("/sources/handbook/retract", "id", "refunds.md"), "/sources/handbook/page?done=retract&id=refunds.md")
	if strings.Contains(w.inFin(), "refunds.md") {
		t.Error("a retracted page is still there")
	}
	done(w.post("/sources/handbook/unretract", "id", "refunds.md"), "/sources/handbook/page?done=unretract&id=refunds.md")
	if !strings.Contains(w.inFin(), "refunds.md") {
		t.Error("a page that was let in again is not there")
	}
	done(w.post("/sources/handbook/undo", "id", "old.md"), "/sources/handbook/deleted?done=undo")
	if !strings.Contains(w.inFin(), "old.md") {
		t.Error("a deleted page was not brought back")
	}
	w.want(w.post("/sources/handbook/undo", "id", "never-was.md"), http.StatusConflict, "no deleted page")
	w.want(w.post("/sources/none/sync"), http.StatusNotFound, "no source")
	w.want(w.get("/sources/handbook?done=sync"), 200, "A sync is starting.")
	if a := w.get("/sources/handbook?done=%3Cb%3Ehello"); strings.Contains(a.text, "hello") {
		t.Error("an address puts words into the page")
	}
}

// scene2 leaves held deletes in wiki and a deleted page in handbook.
func (w *world) scene2() {
	w.put("handbook", "refunds.md", "# Refunds", "old.md", "# Old page")
	w.sync("handbook")
	w.remove("handbook", "old.md")
	w.sync("handbook")
	w.put("wiki", "page-00.md", "# 0", "page-01.md", "# 1", "page-02.md", "# 2", "page-03.md", "# 3")
	w.sync("wiki")
	w.remove("wiki", "page-00.md", "page-01.md", "page-02.md")
	w.sync("wiki")
}

func TestHostileNamesAreShownAsText(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	const evil = `"><img src=x onerror=alert(1)><script>alert(2)</script>`
	w.put("docs", "x.md", "---\ntitle: '"+evil+"'\nurl: 'javascript:alert(3)'\n---\n"+evil+"\n\n<a href=\"javascript:alert(4)\">here</a>")
	id := `a"><script>alert(5)</script>'{{.}}&id=b%00` + "\u202e.md"
	err := w.db.Update("docs", func(tx *state.Tx) error {
		if err := tx.PutEntry("broken"+id, state.Entry{Refused: evil, Since: time.Now()}); err != nil {
			return err
		}
		if err := tx.PutHold(state.Hold{ID: evil, Pages: []string{id}, Reason: evil, Since: time.Now()}); err != nil {
			return err
		}
		if err := tx.PutRetraction(evil, state.Retraction{Since: time.Now()}); err != nil {
			return err
		}
		if err := tx.PutInfo(state.Info{Incomplete: []string{evil}}); err != nil {
			return err
		}
		return tx.PutPage(id, state.Page{Entry: id, IntercomID: "7", Title: evil, URL: "javascript:alert(6)",
			Pushed: time.Now()})
	})
	if err != nil {
		t.Fatal(err)
	}
	q := url.QueryEscape
	for _, path := range []string{"/", "/sources/docs", "/sources/docs?text=" + q(evil), "/sources/docs?show=held",
		"/sources/docs?show=problems&after=" + q(evil)[:9],
		"/sources/docs/page?id=" + q(id), "/sources/docs/page?id=x.md", "/sources/docs/page?id=" + q(evil), "/sources/" + url.PathEscape(evil), "/sources/docs?show=" + q(evil),
		"/login?next=" + q(evil), "/?done=" + q(evil)} {
		a := w.get(path)
		if a.StatusCode >= 500 || strings.Contains(a.text, "<script>alert") || strings.Contains(a.text, "<img src=x") ||
			strings.Contains(a.text, `href="javascript:`) {
			t.Errorf("%s: %d\n%s", path, a.StatusCode, a.text)
		}
	}
	a := w.get("/sources/docs")
	_, link, _ := strings.Cut(a.text, `<li><a href="/sources/docs/page?id=`)
	link, _, _ = strings.Cut(link, `"`)
	if got, err := url.QueryUnescape(strings.ReplaceAll(link, "&amp;", "&")); got != id {
		t.Errorf("the link of a held page leads to %q, want %q: %v\n%s", got, id, err, a.text)
	}
}

func TestEveryAnswerIsLockedUp(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "a.md", "# A\n\ntext")
	w.sync("docs")
	for _, path := range []string{"/", "/sources/docs", "/sources/docs/page?id=a.md", "/login", "/api/v1/status",
		"/metrics", "/healthz", "/nowhere", "/assets/live.js"} {
		h := w.get(path).Header
		policy := h.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") ||
			strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
	a := w.get("/sources/docs/page/html?id=a.md")
	if policy := a.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "sandbox;") ||
		strings.Contains(policy, "script") || strings.Contains(policy, "allow") {
		t.Errorf("the preview's policy is %q", policy)
	}
	for _, path := range []string{"/", "/sources/docs", "/sources/docs/page?id=a.md"} {
		text := w.get(path).text
		for _, inline := range []string{"<style", " style=", " onclick", "<script>"} {
			if strings.Contains(text, inline) {
				t.Errorf("%s has %q, which the policy forbids", path, inline)
			}
		}
	}
}

func TestWritesOfOtherSitesAreRefused(t *testing.T) {
	w := newWorld(t, []string{"docs"}, func(o *web.Options) { o.Token = func() (string, error) { return "s3cret", nil } })
	for name, headers := range map[string][]string{
		"fetch metadata": {"Sec-Fetch-Site", "cross-site"},
		"sibling":        {"Sec-Fetch-Site", "same-site"},
		"origin":         {"Origin", "https://evil.example"},
		"null origin":    {"Origin", "null"},
	} {
		for _, path := range []string{"/sources/docs/sync", "/sources/docs/retract", "/api/v1/sync",
			"/api/v1/sources/docs/forget", "/login", "/logout"} {
			a := w.send("POST", path, "{}", append(headers, "Authorization", "Bearer s3cret")...)
			if a.StatusCode != http.StatusForbidden {
				t.Errorf("%s: POST %s: %d, want 403", name, path, a.StatusCode)
			}
		}
	}
	w.want(w.send("POST", "/sources/docs/sync", "", "Sec-Fetch-Site", "same-origin", "Authorization", "Bearer s3cret"),
		http.StatusSeeOther)
	w.want(w.send("POST", "/api/v1/sources/docs/sync", "", "Authorization", "Bearer s3cret"), http.StatusOK)
}

func TestLogin(t *testing.T) {
	token := "s3cret"
	w := newWorld(t, []string{"docs"}, func(o *web.Options) { o.Token = func() (string, error) { return token, nil } })
	inside := []string{"/", "/sources/docs", "/sources/docs/page?id=a", "/sources/docs/page/html?id=a", "/metrics",
		"/api/v1/status", "/api/v1/events", "/api/v1/sources/docs/inventory", "/nowhere"}
	for _, path := range inside {
		w.want(w.get(path), http.StatusUnauthorized)
		w.want(w.get(path, "Cookie", "finpages=99999999999.00"), http.StatusUnauthorized)
		w.want(w.send("POST", path, ""), http.StatusUnauthorized)
		a := w.get(path, "Accept", "text/html")
		w.want(a, http.StatusSeeOther)
		if !strings.HasPrefix(a.Header.Get("Location"), "/login?next=") {
			t.Errorf("%s: a browser is sent to %q", path, a.Header.Get("Location"))
		}
	}
	for _, path := range []string{"/", "/metrics", "/api/v1/status"} {
		w.want(w.get(path, "Authorization", "Bearer wrong"), http.StatusUnauthorized)
	}
	w.want(w.get("/", "Authorization", "Bearer s3cret"), 200)
	w.want(w.get("/", "Authorization", "bearer s3cret"), 200)
	w.want(w.get("/", "Authorization", "Basic YW55Ym9keTpzM2NyZXQ="), 200) // anybody:s3cret
	for _, open := range []string{"/healthz", "/readyz", "/login", "/assets/style.css"} {
		w.want(w.get(open), 200)
	}

	w.want(w.post("/login", "token", "wrong"), http.StatusForbidden, "not the server token")
	w.want(w.post("/login"), http.StatusForbidden)
	a := w.post("/login", "token", "s3cret", "next", "/sources/docs?show=fin")
	w.want(a, http.StatusSeeOther)
	cookie := a.Header.Get("Set-Cookie")
	if a.Header.Get("Location") != "/sources/docs?show=fin" || !strings.Contains(cookie, "HttpOnly") ||
		!strings.Contains(cookie, "SameSite=Strict") ||
		strings.Contains(cookie, "Secure") || strings.Contains(cookie, token) {
		t.Errorf("sent to %q with the cookie %q", a.Header.Get("Location"), cookie)
	}
	cookie, _, _ = strings.Cut(cookie, ";")
	w.want(w.get("/", "Cookie", cookie), 200, "Log out")
	w.want(w.get("/", "Cookie", strings.Replace(cookie, "finpages=1", "finpages=2", 1)), http.StatusUnauthorized)
	if a := w.send("POST", "/login", "token=s3cret", "Content-Type", "application/x-www-form-urlencoded",
		"X-Forwarded-Proto", "https"); !strings.Contains(a.Header.Get("Set-Cookie"), "Secure") {
		t.Error("behind TLS the cookie is not marked Secure")
	}
	a = w.send("POST", "/logout", "", "Cookie", cookie)
	if !strings.Contains(a.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("logging out sets %q", a.Header.Get("Set-Cookie"))
	}
	token = "another"
	w.want(w.get("/", "Cookie", cookie), http.StatusUnauthorized)
	token = ""
	w.want(w.get("/", "Authorization", "Bearer "), http.StatusInternalServerError)

	for _, next := range []string{"https://evil.example/", "//evil.example/", "///evil.example/", `/\evil.example`,
		"/\t/evil.example", "javascript:alert(1)", "", "a/b", "/%0d%0a\t"} {
		token = "s3cret"
		if to := w.post("/login", "token", token, "next", next).Header.Get("Location"); to != "/" && to != "/%0d%0a\t" {
			t.Errorf("logging in leads to %q for %q", to, next)
		}
	}
}

func TestWithoutALoginOnlyLocalNamesAreAnswered(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	for host, status := range map[string]int{"localhost:9464": 200, "localhost": 200, "127.0.0.1:9464": 200, "[::1]:9464": 200, "[::1]": 200, "10.1.2.3": 200,
		"finpages.localhost": 200, "evil.example": 403, "evil.example:9464": 403, "127.0.0.1.evil.example": 403, "": 200} {
		if host != "" {
			w.want(w.get("/api/v1/status", "Host", host), status)
		}
	}
	w.want(w.get("/", "Host", "evil.example"), http.StatusForbidden, "server.token_file")
	w.want(w.get("/healthz", "Host", "evil.example"), 200)
}

func TestRequestsAreBounded(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.want(w.send("POST", "/api/v1/sync", strings.Repeat(" ", 1<<20+1)), http.StatusRequestEntityTooLarge)
	w.want(w.send("POST", "/sources/docs/retract", "id="+strings.Repeat("a", 1<<20)), http.StatusRequestEntityTooLarge)
	w.want(w.send("POST", "/api/v1/sync", "{"), http.StatusBadRequest)
	w.want(w.send("POST", "/api/v1/sync", `{"nonsense":1}`), http.StatusBadRequest)
}

func TestInventory(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	const n = 5000
	w.fillState("docs", n)
	for _, q := range []documents.InventoryQuery{{Limit: 7}, {Limit: 1000}, {Limit: 50, Text: "PAGE-0"}} {
		ids := w.all("docs", q)
		if len(ids) != n || ids[0] != "guide/page-000000" || ids[n-1] != "guide/page-004999" {
			t.Errorf("%+v: %d documents", q, len(ids))
		}
	}
	for show, want := range map[string]int{documents.ShowInFin: n - n/100, documents.ShowLeftOut: n / 100, documents.ShowProblems: 0, documents.ShowHeld: 0} {
		if ids := w.all("docs", documents.InventoryQuery{Show: show, Limit: 13}); len(ids) != want {
			t.Errorf("%q shows %d, want %d", show, len(ids), want)
		}
	}
	if ids := w.all("docs", documents.InventoryQuery{Text: "Thing 1234", Limit: 13}); len(ids) != 1 {
		t.Errorf("found %q", ids)
	}
	w.want(w.get("/api/v1/sources/docs/inventory?text=thing+1234"), 200, `"id":"guide/page-001234.md"`)
	w.want(w.get("/sources/docs?after=guide%2Fpage-004990.md"), 200, "How to do thing 4998", "Back to the beginning")
}
