package web_test

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/web"
)

// keys are the tokens of users, which may change.
type keys struct{ sync.Map }

func (k *keys) of(name string) func() (string, error) {
	return func() (string, error) {
		token, ok := k.Load(name)
		if !ok {
			return "", errors.New("the file is gone")
		}
		return token.(string), nil
	}
}

func token(name string) string { return "a-long-token-of-" + name + "-0123456789" }

// newShared makes a world of ana, who operates, bo, who reads, and a server
// token.
func newShared(t *testing.T) (*world, *keys, web.Options) {
	k := &keys{}
	for _, name := range []string{"", "ana", "bo"} {
		k.Store(name, token(name))
	}
	w := newWorld(t, []string{"handbook", "wiki"}, func(o *web.Options) {
		o.Token = k.of("")
		o.Users = []web.User{{Name: "ana", Role: api.Operate, Token: k.of("ana")},
			{Name: "bo", Role: api.Read, Token: k.of("bo")}}
	})
	w.scene2()
	return w, k, w.options
}

// as are the headers of a program that has a token.
func as(token string, more ...string) []string {
	return append([]string{"Authorization", "Bearer " + token, "Content-Type", "application/x-www-form-urlencoded"},
		more...)
}

// logIn returns the headers of a browser that is logged in.
func (w *world) logIn(token string) []string {
	w.t.Helper()
	a := w.post("/login", "token", token)
	w.want(a, http.StatusSeeOther)
	if len(a.Cookies()) == 0 {
		w.t.Fatal("no session")
	}
	c := a.Cookies()[0]
	return []string{"Cookie", c.Name + "=" + c.Value, "Content-Type", "application/x-www-form-urlencoded"}
}

// writes are what changes something: paths, with bodies.
var writes = [][2]string{
	{"/sources/wiki/sync", ""}, {"/sources/wiki/approve", "hold=x"}, {"/sources/handbook/retract", "id=refunds.md"},
	{"/sources/handbook/unretract", "id=refunds.md"}, {"/sources/handbook/undo", "id=old.md"}, {"/sources/handbook/whatever", ""},
	{"/api/v1/sync", `{}`}, {"/api/v1/sources/wiki/sync", ""}, {"/api/v1/sources/wiki/approve", `{"hold": ""}`},
	{"/api/v1/sources/handbook/retract", `{"page": "refunds.md"}`}, {"/api/v1/sources/handbook/undo", `{"page": "old.md"}`},
	{"/api/v1/sources/handbook/verify", `{}`}, {"/api/v1/sources/handbook/forget", `{"delete_pages": true}`},
}

func TestReadersSeeEverythingAndChangeNothing(t *testing.T) {
	w, _, _ := newShared(t)
	before := w.inFin()
	w.emu.ClearRequests()
	for name, headers := range map[string][]string{"program": as(token("bo")), "browser": w.logIn(token("bo"))} {
		for _, path := range []string{"/", "/sources/wiki", "/sources/handbook/page?id=refunds.md",
			"/sources/handbook/deleted",
			"/audit", "/metrics", "/api/v1/status", "/api/v1/audit"} {
			a := w.get(path, headers...)
			w.want(a, http.StatusOK)
			if forms := strings.Count(a.text, `method="post"`) - strings.Count(a.text, `action="/logout"`); forms != 0 {
				t.Errorf("%s: %s has %d buttons that change something", name, path, forms)
			}
		}
		for _, write := range writes {
			w.want(w.send("POST", write[0], write[1], headers...), http.StatusForbidden,
				"ou can see everything here, but change nothing")
		}
		w.want(w.send("POST", "/api/v1/sync", `{"plan": true}`, headers...), http.StatusOK, `"deleted":`)
	}
	w.want(w.get("/", w.logIn(token("bo"))...), http.StatusOK, "<bdi>bo</bdi>, reading only", "Log out")
	for _, r := range w.emu.Requests() {
		if r.Method != http.MethodGet {
			t.Errorf("a reader had %s %s done", r.Method, r.Path)
		}
	}
	if got := w.triggered() + " " + w.inFin(); got != " "+before {
		t.Errorf("a reader changed what is in Fin: %s", got)
	}
}

func TestTheAuditTrailNamesWhoOperates(t *testing.T) {
	w, _, _ := newShared(t)
	retract := func(headers []string, undo bool) {
		t.Helper()
		w.want(w.send("POST", "/api/v1/sources/handbook/retract", fmt.Sprintf(`{"page": "refunds.md", "undo": %v}`, undo),
			headers...), http.StatusOK)
	}
	retract(as(token("ana")), false)
	retract(as(token("")), true)
	retract(w.logIn(token("ana")), false)
	trail := w.get("/api/v1/audit?limit=3", as(token("bo"))...)
	for _, want := range []string{`"who":"user ana, from 127.0.0.1"`, `"who":"server token, from 127.0.0.1"`} {
		if !strings.Contains(trail.text, want) {
			t.Errorf("no %s in %s", want, trail.text)
		}
	}
	w.want(w.get("/", w.logIn(token("ana"))...), http.StatusOK, "<bdi>ana</bdi>", "Sync now")
}

// A session is its user's: it ends with the token and with the user, and has
// the role that the user has now.
func TestSessionsAreTheirUsers(t *testing.T) {
	w, k, o := newShared(t)
	pages := web.Handler(o)
	w.server.Config.Handler = pages
	ana, bo, server := w.logIn(token("ana")), w.logIn(token("bo")), w.logIn(token(""))
	for _, in := range [][]string{ana, bo, server} {
		w.want(w.get("/", in...), http.StatusOK)
	}
	value := ana[1][strings.Index(ana[1], "=")+1:]
	forged := strings.Join(strings.Split(value, ".")[:3], ".") + "."
	w.want(w.get("/", "Cookie", "finpages="+forged), http.StatusUnauthorized) // ana's as the server token's

	k.Store("ana", token("another ana"))
	w.want(w.get("/", ana...), http.StatusUnauthorized, "log in with your token")
	w.want(w.get("/", bo...), http.StatusOK)
	w.want(w.get("/", as(token("ana"))...), http.StatusUnauthorized)
	w.want(w.get("/", as(token("another ana"))...), http.StatusOK)
	k.Delete("ana")
	w.want(w.get("/", as(token("another ana"))...), http.StatusUnauthorized)
	w.want(w.get("/", bo...), http.StatusOK)

	o.Users = []web.User{{Name: "bo", Role: api.Operate, Token: k.of("bo")}}
	pages.Set(o)
	w.want(w.send("POST", "/sources/wiki/sync", "", bo...), http.StatusSeeOther)
	w.want(w.send("POST", "/logout", "", server...), http.StatusSeeOther)
	o.Users = nil
	pages.Set(o)
	w.want(w.get("/", bo...), http.StatusUnauthorized, "log in with the server token")
	w.want(w.get("/", server...), http.StatusUnauthorized) // who has logged out stays so
	w.runs.Wait()
}

func TestATokenOfTwoUsersIsNobodys(t *testing.T) {
	w, k, _ := newShared(t)
	k.Store("ana", token("bo"))
	w.want(w.get("/", as(token("bo"))...), http.StatusUnauthorized)
	w.want(w.post("/login", "token", token("bo")), http.StatusForbidden, "This is not your token.")
	w.want(w.get("/", as(token(""))...), http.StatusOK)
}

// Who follows the events must come again when the config changes, and is not
// told more once the token has.
func TestFollowersAreThoseWhoMayComeIn(t *testing.T) {
	w, k, o := newShared(t)
	pages := web.Handler(o)
	w.server.Config.Handler = pages
	for _, change := range []func(){
		func() { k.Store("bo", token("another bo")) },
		func() { pages.Set(o) },
	} {
		k.Store("bo", token("bo"))
		req, _ := http.NewRequestWithContext(t.Context(), "GET", w.server.URL+"/api/v1/events", nil)
		req.Header.Set("Authorization", "Bearer "+token("bo"))
		resp, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(resp.Body)
		if lines.Scan(); lines.Text() != "event: hello" {
			t.Fatalf("%s, %s", resp.Status, lines.Text())
		}
		change()
		for lines.Scan() { // until the server ends it
		}
		if err := lines.Err(); err != nil {
			t.Error(err)
		}
		resp.Body.Close()
	}
}

const ssoHeader = "X-Forwarded-User"

// newSignedOn makes a world behind a proxy at 127.0.0.1 that names who is
// logged in.
func newSignedOn(t *testing.T, change func(*web.Options)) *world {
	w := newWorld(t, []string{"handbook", "wiki"}, func(o *web.Options) {
		o.Users = []web.User{{Name: "ana", Role: api.Operate}}
		o.Proxy = &web.TrustedProxy{Header: ssoHeader, From: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
			Role: api.Read}
		if change != nil {
			change(o)
		}
	})
	w.scene2()
	return w
}

func TestATrustedProxyNamesWhoIsLoggedIn(t *testing.T) {
	w := newSignedOn(t, nil)
	a := w.get("/", ssoHeader, "ana", "Host", "docs.example.com")
	w.want(a, http.StatusOK, "<bdi>ana</bdi>", "Sync now")
	if strings.Contains(a.text, "Log out") || len(a.Cookies()) > 0 {
		t.Error("there is something to log out of")
	}
	w.want(w.get("/", ssoHeader, " cy@example.com "), http.StatusOK, "<bdi>cy@example.com</bdi>, reading only")
	w.want(w.send("POST", "/api/v1/sources/wiki/sync", "", ssoHeader, "cy@example.com"), http.StatusForbidden)
	w.want(w.send("POST", "/api/v1/sources/handbook/retract", `{"page": "refunds.md"}`, ssoHeader, "ana"), http.StatusOK)
	w.want(w.get("/api/v1/audit?limit=1", ssoHeader, "cy"), http.StatusOK,
		`"who":"user ana by single sign-on, from 127.0.0.1"`)
	w.want(w.get("/login?next=/audit", ssoHeader, "ana"), http.StatusSeeOther)
	// What else the proxy passes on is no token of ours.
	w.want(w.get("/", ssoHeader, "ana", "Authorization", "Bearer ey.of.theirs"), http.StatusOK)
}

func TestOnlyTheProxyIsBelieved(t *testing.T) {
	open := func(from string) *world {
		return newSignedOn(t, func(o *web.Options) {
			o.Proxy.From = []netip.Prefix{netip.MustParsePrefix(from)}
			o.Token = func() (string, error) { return token(""), nil }
		})
	}
	w := open("10.0.0.0/8")
	for _, spoof := range [][]string{
		{ssoHeader, "ana"}, {ssoHeader, "ana", "X-Forwarded-For", "10.0.0.7"}, {ssoHeader, "ana", "X-Real-Ip", "10.0.0.7"},
		{ssoHeader, "ana", "Forwarded", "for=10.0.0.7"}, {ssoHeader, "ana", "Host", "10.0.0.7"},
	} {
		w.want(w.get("/", spoof...), http.StatusUnauthorized,
			"the header X-Forwarded-User does not count from 127.0.0.1: only from")
		w.want(w.get("/metrics", spoof...), http.StatusUnauthorized)
		for _, write := range writes {
			w.want(w.send("POST", write[0], write[1], spoof...), http.StatusUnauthorized)
		}
	}
	w.want(w.get("/", as(token(""), ssoHeader, "ana")...), http.StatusOK)
	trail := w.send("POST", "/api/v1/sources/handbook/retract", `{"page": "refunds.md"}`,
		as(token(""), ssoHeader, "ana")...)
	w.want(trail, http.StatusOK)
	w.want(w.get("/api/v1/audit?limit=1", as(token(""))...), http.StatusOK, `"who":"server token, from 127.0.0.1"`)

	// A prefix of another family, or of what is mapped, is another address.
	w = open("::ffff:0:0/96")
	w.want(w.get("/", ssoHeader, "ana"), http.StatusUnauthorized)
}

func TestNamesThatAreNotOneNameAreRefused(t *testing.T) {
	w := newSignedOn(t, func(o *web.Options) { o.Token = func() (string, error) { return token(""), nil } })
	for _, name := range []string{"ana, bo", "ana,", "an\ta", strings.Repeat("a", 257), "ana\u202e", "\xff", "ana\u2028"} {
		w.want(w.get("/", ssoHeader, name), http.StatusForbidden, "the header X-Forwarded-User is not one name")
		w.want(w.get("/", as(token(""), ssoHeader, name)...), http.StatusForbidden)
	}
	if got := w.raw("GET / HTTP/1.1\r\nHost: localhost\r\n" + ssoHeader + ": mallory\r\n" + ssoHeader +
		": ana\r\nConnection: close\r\n\r\n"); got != "HTTP/1.1 403 Forbidden" {
		t.Errorf("two headers: %s", got)
	}
	if got := w.raw("GET / HTTP/1.1\r\nHost: localhost\r\n" + ssoHeader +
		": an\x00a\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 400") {
		t.Errorf("a zero byte: %s", got)
	}
	for _, empty := range []string{"", "  "} { // nobody is logged in at the proxy
		w.want(w.get("/", ssoHeader, empty), http.StatusUnauthorized)
		w.want(w.get("/", as(token(""), ssoHeader, empty)...), http.StatusOK)
	}
	// A client that has the proxy drop the header is nobody, and no other header is it.
	w.want(w.get("/", "Connection", ssoHeader), http.StatusUnauthorized)
	w.want(w.get("/", "X_Forwarded_User", "ana", "X-Forwarded-Users", "ana"), http.StatusUnauthorized)
	w.want(w.get("/", ssoHeader, "<script>alert(1)</script>"), http.StatusOK, "&lt;script&gt;")
}

// Without tokens there is no way in but by the proxy, and strangers may be kept out.
func TestWhoIsNoUserIsKeptOut(t *testing.T) {
	w := newSignedOn(t, func(o *web.Options) { o.Proxy.Role = api.None })
	w.want(w.get("/", ssoHeader, "ana"), http.StatusOK)
	w.want(w.get("/", ssoHeader, "Ana"), http.StatusForbidden, "you are logged in as Ana, who is not one of the users")
	for _, path := range []string{"/", "/login", "/metrics", "/api/v1/status", "/api/v1/events"} {
		w.want(w.get(path, "Accept", "text/html"), http.StatusUnauthorized, "log in through the reverse proxy")
	}
	w.want(w.get("/healthz"), http.StatusOK)
	if a := w.post("/login", "token", ""); a.StatusCode < 400 || len(a.Cookies()) > 0 {
		t.Errorf("an empty token: %s", a.Status)
	}
}

// A browser that is logged in at the proxy sends requests of other sites' pages
// with its login. They change nothing, also below a path.
func TestOtherSitesCannotUseTheSingleSignOn(t *testing.T) {
	w := newSignedOn(t, func(o *web.Options) { o.BasePath = "/tools/finpages" })
	before := w.inFin()
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
	} {
		for _, write := range writes {
			for _, at := range []string{"", "/tools/finpages"} {
				a := w.send("POST", at+write[0], write[1],
					append(headers, ssoHeader, "ana", "Content-Type", "application/x-www-form-urlencoded")...)
				w.want(a, http.StatusForbidden)
			}
		}
	}
	if got := w.triggered() + " " + w.inFin(); got != " "+before {
		t.Errorf("another site did something: %s", got)
	}
	form := []string{ssoHeader, "ana", "Content-Type", "application/x-www-form-urlencoded", "Host", "tools.example.com"}
	w.want(w.send("POST", "/tools/finpages/sources/wiki/sync", "",
		append(form, "Origin", "https://tools.example.com")...), http.StatusSeeOther)
	w.runs.Wait()
}
