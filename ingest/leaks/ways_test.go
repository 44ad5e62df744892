package leaks_test

import (
	"encoding/base64"
	"fmt"
	"html"
	"math/rand/v2"
	"strings"
	"testing"

	"finpages/ingest/leaks"
)

// TestWaysToGiveANameAValue plants passwords and keys as files of settings,
// commands, tables and sentences have them.
func TestWaysToGiveANameAValue(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	code := func(text string) string { return "<pre><code>" + html.EscapeString(text) + "</code></pre>" }
	for _, way := range []string{
		"ENV DB_PASSWORD %s", `<add key="DbPassword" value="%s" />`, "define( 'DB_PASSWORD', '%s' );",
		"- name: DB_PASSWORD\n  value: \"%s\"", "variable \"db_password\" {\n  default = \"%s\"\n}", "DB_PASSWORD=%s",
		"requests.get(url, auth=('svc', '%s'))", "echo 'deploy:%s' | sudo chpasswd", "echo '%s' | sudo -S reboot",
		"psk=\"%s\"", "docker login -u ci -p %s registry.corp.net",
	} {
		secret := chars(r, lowers, 4) + "@" + chars(r, lowers, 6) + chars(r, "3456789", 2)
		if found := find(t, leaks.Page{HTML: code(fmt.Sprintf(way, secret))}); len(found) == 0 {
			t.Errorf("missed %s in %s", secret, way)
		}
	}
	for _, way := range []string{
		"<dl>\n<dt>Signing key</dt>\n<dd>%s</dd>\n</dl>", "<table>\n<tr>\n<td>API token</td>\n<td><code>%s</code></td>\n</tr>\n</table>",
		"<p>Paste the API token:</p>\n<p><code>%s</code></p>", "<h1>API token %s</h1>", "<p>For the API token take “%s” (since May).</p>",
		"<p><a href=\"https://api.corp.net/?api_token=%%2B%s\">list</a></p>", code("TWILIO_AUTH_TOKEN=%s"), code("APP_KEY=base64:%s="),
		code("client-key-data: " + base64.StdEncoding.EncodeToString([]byte(chars(r, alnum, 300))) + "%s"),
		"<p>Cookie: theme=dark; sessionid=%s</p>", "<p>enable secret 5 $1$abcd$%s</p>", "<p>admin:$apr1$abcdefgh$%s</p>",
	} {
		for _, set := range []string{hexes, alnum} {
			secret := chars(r, set, 43)
			if found := find(t, leaks.Page{HTML: fmt.Sprintf(way, secret)}); len(found) == 0 {
				t.Errorf("missed %s in %s", secret, way)
			}
		}
	}
}

// TestKeysOfLettersAlone plants what has no digit by chance.
func TestKeysOfLettersAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, key := range []string{
		"AKIA" + chars(r, uppers, 16), "dckr_pat_" + chars(r, lowers+uppers, 27), "whsec_" + chars(r, lowers+uppers, 32),
		"GOCSPX-" + chars(r, lowers+uppers, 28),
	} {
		if found := find(t, leaks.Page{HTML: "<p>Take " + key + " for it.</p>"}); len(found) == 0 {
			t.Errorf("missed %s", key)
		}
	}
}

// TestSecretsAreCoveredToTheirEnd redacts one that is longer than the part of
// the text in which it is looked for.
func TestSecretsAreCoveredToTheirEnd(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	secret := chars(r, alnum, 3000)
	got, err := detector(t).Redact(t.Context(), leaks.Page{HTML: "<p>client-key-data: " + secret + " and more</p>"}, nil)
	if err != nil || strings.Contains(got.HTML, secret[len(secret)-30:]) || !strings.HasSuffix(got.HTML, " and more</p>") {
		t.Errorf("%s, %v", got.HTML, err)
	}
}
