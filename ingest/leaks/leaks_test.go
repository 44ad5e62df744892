package leaks_test

import (
	"context"
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"finpages/ingest/leaks"
	"finpages/sources/limits/costtest"
)

var shared = sync.OnceValue(leaks.New)

func detector(t testing.TB) *leaks.Detector {
	t.Helper()
	return shared()
}

func find(t testing.TB, p leaks.Page) []leaks.Finding {
	t.Helper()
	found, err := detector(t).Page(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestPlantedSecretsAreFound(t *testing.T) {
	all, missed := 0, map[string]int{}
	r := rand.New(rand.NewPCG(1, 1))
	for _, k := range kinds() {
		for _, p := range plant(r, k) {
			all++
			found := find(t, leaks.Page{Title: p.title, HTML: p.html, Source: p.text})
			if len(found) == 0 {
				missed[p.kind+", "+p.form]++
			}
			if strings.Contains(fmt.Sprint(found), p.secret) {
				t.Errorf("%s, %s: a finding holds the secret", p.kind, p.form)
			}
		}
	}
	n := 0
	for _, m := range missed {
		n += m
	}
	t.Logf("found %d of %d, of %d kinds", all-n, all, len(kinds()))
	if n*50 > all || all < 200 || len(kinds()) < 40 {
		t.Errorf("missed %d of %d planted secrets of %d kinds: %v", n, all, len(kinds()), missed)
	}
}

func TestSecretsInTitlesAddressesAndLinks(t *testing.T) {
	key := "ghp_" + chars(rand.New(rand.NewPCG(1, 2)), alnum, 36)
	for place, p := range map[string]leaks.Page{
		"id":            {ID: "docs/" + key + ".md"},
		"title":         {Title: "Rotate " + key + " in May"},
		"address":       {URL: "https://wiki.corp.net/a?token=" + key},
		"link":          {HTML: `<p>See <a href="https://git.corp.net/a?private_token=` + key + `">the branch</a></p>`},
		"line 2":        {HTML: "<h1>Keys</h1><p>The token: <code>" + key + "</code>.</p>"},
		"source line 2": {HTML: "<p>Nothing</p>", Source: "---\ntoken: " + key + "\n---\n"},
	} {
		found := find(t, p)
		if len(found) != 1 || found[0].Place != place {
			t.Errorf("%s: %v", place, found)
		}
	}
}

// What documentation says about secrets, and what it shows in their place.
func TestTextWithoutSecretsIsLetPass(t *testing.T) {
	for _, text := range []string{
		"The password is required and must be at least 12 characters long.",
		"Password: changeme", "password = password", "api_key: <your-api-key>", "token: ${API_TOKEN}", "password: {{ vault_password }}",
		"export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"postgres://user:password@localhost:5432/db", "https://user:pass@example.com/", "mysql -u root -p", "mysql -u root -pPASSWORD",
		"token: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "--password=$DB_PASSWORD",
		"password: !vault |", "The token is valid for 3600 seconds.", "The secret is stored in /etc/app/secret.key.", "password: string (required)",
		"sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "commit 3f786850e387550fdab836ed7e6dc881de23001b",
		"key: kubernetes.io/hostname", "Use the API key that your administrator gave you.", "Your login is your e-mail address.",
		"Authorization: Bearer <token>", "Authorization: Basic dXNlcjpwYXNzd29yZA==", "apiVersion: v1\nkind: Secret\nmetadata:\n  name: db-password-2024",
		"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA...\n-----END RSA PRIVATE KEY-----", "sshpass -p <password> ssh host",
		"Password policy: 2024-05-01", "see RFC 6749 for the access token", "access_token=os.environ[\"TOKEN\"]", "password = getPassword(user1)",
		"https://wiki.corp.net/pages/viewpage.action?spaceKey=OPS&title=%E6%97%A5%E6%9C%AC%E8%AA%9E%E3%81%AE%E3%83%9A",
		"https://wiki.corp.net/pages/viewpage.action?a=1&spaceKey=OPS&title=JDK17Upgrade2024Plan",
	} {
		if found := find(t, leaks.Page{HTML: "<p>" + html.EscapeString(text) + "</p>"}); len(found) > 0 {
			t.Errorf("%q: %v", text, found)
		}
	}
}

func TestRedactedPagesKeepTheirText(t *testing.T) {
	d := detector(t)
	r := rand.New(rand.NewPCG(7, 7))
	for i, k := range kinds() {
		for j, p := range plant(r, k) {
			if p.text != "" || (i+j)%3 != 0 {
				continue
			}
			got, err := d.Redact(t.Context(), leaks.Page{Title: p.title, HTML: p.html}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if found := find(t, got); len(found) > 0 {
				t.Errorf("%s, %s: %v is left in %s", p.kind, p.form, found, got.HTML)
			}
			if strings.Count(got.HTML, strings.TrimSpace(filler)) < 2 || strings.Count(got.HTML, "<") != strings.Count(p.html, "<") {
				t.Errorf("%s, %s: text or tags are lost: %s", p.kind, p.form, got.HTML)
			}
		}
	}
}

func TestRedactionByPart(t *testing.T) {
	key := "glpat-" + chars(rand.New(rand.NewPCG(3, 2)), alnum, 20)
	p := leaks.Page{Title: "Key " + key, URL: "https://a.corp.net/?t=" + key,
		HTML: `<p>Key <b>` + key[:9] + `</b>` + key[9:] + ` &amp; <a href="https://git.corp.net/?t=` + key + `">a &lt; b</a></p>`}
	got, err := detector(t).Redact(t.Context(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := leaks.Page{Title: "Key [gitlab-pat]", HTML: `<p>Key <b>[gitlab-pat]</b> &amp; <a>a &lt; b</a></p>`}
	if got != want {
		t.Errorf("got %+v", got)
	}
	kept, _ := detector(t).Redact(t.Context(), p, func(leaks.Finding) bool { return true })
	if kept != p {
		t.Errorf("what is allowed was redacted: %+v", kept)
	}
}

func TestFingerprintsAreStable(t *testing.T) {
	text := func(secret string) leaks.Page { return leaks.Page{HTML: "<p>password: " + secret + "</p>"} }
	first, again, other := find(t, text("Kaffee87!x")), find(t, text("Kaffee87!x")), find(t, text("Kaffee88!x"))
	if first[0].Fingerprint != again[0].Fingerprint || first[0].Fingerprint == other[0].Fingerprint || len(first[0].Fingerprint) != 8 {
		t.Errorf("%v %v %v", first, again, other)
	}
	if first[0].Fingerprint != "6003ac7a" { // allow lists in configs hold it
		t.Errorf("the fingerprint of a secret has changed: %v", first)
	}
}

func TestManySecretsCostNoMoreThanTheFirst(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	var text strings.Builder
	for range 500 {
		text.WriteString("<p>password: " + chars(r, alnum, 14) + "7x</p>")
	}
	if found := find(t, leaks.Page{HTML: text.String()}); len(found) != 20 {
		t.Errorf("%d findings are told", len(found))
	}
}

func TestTheSearchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := detector(t).Page(ctx, leaks.Page{Source: strings.Repeat("password=", 1<<20)}); err == nil {
		t.Error("a search that did not end reports nothing found")
	}
}

func TestDetectorIsSharedByMany(t *testing.T) {
	d := detector(t)
	var group sync.WaitGroup
	for i := range uint64(4) {
		group.Go(func() {
			r := rand.New(rand.NewPCG(i, 9))
			for _, k := range kinds()[:4] {
				for _, p := range plant(r, k) {
					if found, _ := d.Page(context.Background(), leaks.Page{HTML: p.html, Source: p.text}); len(found) == 0 {
						t.Errorf("missed %s, %s", p.kind, p.form)
					}
				}
			}
		})
	}
	group.Wait()
}

func TestRulesHaveAHash(t *testing.T) {
	if a, b := detector(t).Rules(), leaks.New().Rules(); a != b || len(a) != 32 {
		t.Errorf("%q, %q", a, b)
	}
}

func FuzzPage(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for at, k := range kinds()[35:37] {
		for i, p := range plant(r, k) {
			if i%4 == 2*at { // the costs of forms are much alike
				f.Add(p.html, p.text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, markup, text string) {
		p := leaks.Page{Title: text, HTML: markup, Source: text}
		if _, err := detector(t).Redact(t.Context(), p, nil); err != nil {
			t.Error(err)
		}
		find(t, p)
		costtest.Check(t, markup+text, func(s string) {
			_, _ = detector(t).Page(t.Context(), leaks.Page{HTML: s, Source: s})
		})
	})
}
