package website_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"finpages/sources/sourcestest"
)

const (
	passwordForm = `<form action=/login><label>Name <input name=u></label><label>Password <input type=password name=p></label><button>Log in</button></form>`
	longText     = `<h1>Logging in</h1><p>Open the portal and enter your name and the password that the help desk has sent to you. ` +
		`Names are written in small letters, without the domain. After five wrong passwords the account is locked for an hour, ` +
		`and a mail goes out to its owner.</p><p>Whoever has forgotten the password asks for a new one below the form. The link ` +
		`in that mail is good for a day and works once. Those who use a key do not need a password at all: they touch it when ` +
		`the form asks for it. Keys are registered in the settings of the account, and each account should have two of them.</p>`
	shortText = `<h1>Office hours</h1><p>The office is open from nine to five, Mondays to Fridays. On holidays it stays closed all day.</p>`
	banner    = `<p>You are entering a system of the company, which is for authorized use only. All that is done here is recorded and may be given ` +
		`to the authorities. By going on you agree to this and to the rules on the use of information systems, which lie in the reading room. ` +
		`Who does not agree leaves this page now. Report anything unusual to the security desk at once, by telephone, at any hour of the ` +
		`day. Devices that are not registered are refused. Passwords are changed every year, and never told to anybody, not even to us.</p>`
)

// A form that asks for a password does not make a login page of a page that has
// its own text.
func TestPagesWithALoginForm(t *testing.T) {
	for name, body := range map[string]string{
		"documents a form":   longText + passwordForm,
		"widget in its head": "<header><nav>Home</nav>" + passwordForm + "</header>" + shortText,
		"widget in a margin": shortText + "<div role=complementary>" + passwordForm + "</div>",
		"a form around all":  "<form id=aspnetForm><header><input type=password></header>" + longText + "</form>",
	} {
		for _, mapped := range []bool{false, true} {
			t.Run(fmt.Sprint(name, mapped), func(t *testing.T) {
				s := newSite(t)
				s.mapped = mapped
				s.page("/docs/a", body)
				s.wantIDs("", "a")
				if doc, err := sourcestest.Load(t, s.Source(), "/docs/a"); err != nil ||
					!strings.Contains(string(doc.Body), "<h1>") {
					t.Errorf("loaded %q, %v", doc.Body, err)
				}
			})
		}
	}
}

func TestPagesThatAreALoginForm(t *testing.T) {
	for name, body := range map[string]string{
		"a form alone":          passwordForm,
		"with a greeting":       "<header>Intranet</header><h1>Welcome back</h1><p>Please log in to see this page.</p>" + passwordForm + "<footer>" + longText + "</footer>",
		"below a refusal":       "<header>" + passwordForm + "</header><p>You must log in to see this page.</p>",
		"in a dialog":           "<p>Please log in.</p><dialog open>" + passwordForm + "</dialog>",
		"with scripts":          "<script>" + longText + "</script><noscript>" + longText + "</noscript>" + passwordForm,
		"with a long notice":    banner + passwordForm,
		"a widget, long notice": "<header>" + passwordForm + "</header>" + banner,
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.page("/docs/a", "A")
			s.list()
			s.answer(func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/robots.txt" {
					return false
				}
				again := "for " + r.URL.Path
				if strings.HasSuffix(name, "long notice") { // which are known by being everywhere
					again = ""
				}
				fmt.Fprintf(w, "<html><body>%s %s</body></html>", body, again)
				return true
			})
			if snap, err := s.Source().Open(t.Context()); err == nil || !strings.Contains(err.Error(), "a form to log in") {
				if err == nil {
					snap.Close()
				}
				t.Errorf("opened: %v", err)
			}
		})
	}
}
