package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestBasePath(t *testing.T) {
	for text, want := range map[string]string{
		"/finpages": "/finpages", "/finpages/": "/finpages", "/tools/v1.2/fin_pages~": "/tools/v1.2/fin_pages~", "/": "", `""`: "",
		"finpages": "error", "//": "", "//evil": "error", "/a//b": "error", "/a/../b": "error", "/.": "error", "/a b": "error",
		"/a?b": "error", "/a%2fb": "error", `"/{x}"`: "error", "/api": "error", "/sources/x": "error", "/apis": "/apis",
	} {
		c, err := parse(t, "intercom: {token: x}\nsources: []\nserver: {base_path: "+text+"}")
		switch {
		case want == "error" && (err == nil || !strings.Contains(err.Error(), "finpages.yaml:3: server.base_path: ")):
			t.Errorf("%s: %v", text, err)
		case want != "error" && (err != nil || c.Server.BasePath != want):
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestUsersAndTheirRoles(t *testing.T) {
	c, err := parse(t, `
intercom: {token: x}
server:
  listen: 0.0.0.0:9464
  users:
    - {name: ana@example.com, token_file: users/ana, role: operate}
    - {name: Bo Řehák, token_file: /secrets/bo}
    - {name: 'CORP\cy'}
  trusted_header: {header: X-Forwarded-User, from: [127.0.0.1, 10.0.3.7/24, "::ffff:10.0.0.1", "fd00::/8"]}
sources: []`)
	if err != nil {
		t.Fatal(err)
	}
	// What is relative is so to the config, in full: programs run elsewhere.
	c.Server.Users[0].TokenFile = strings.Replace(c.Server.Users[0].TokenFile, here(t)+"/", "HERE/", 1)
	got := fmt.Sprintf("%+v %+v", c.Server.Users, *c.Server.TrustedHeader)
	want := `[{Name:ana@example.com TokenFile:HERE/users/ana Role:operate} {Name:Bo Řehák TokenFile:/secrets/bo Role:read} {Name:CORP\cy TokenFile: Role:read}] ` +
		`{Header:X-Forwarded-User From:[127.0.0.1 10.0.3.7/24 ::ffff:10.0.0.1 fd00::/8] Role:read Networks:[127.0.0.1/32 10.0.3.0/24 10.0.0.1/32 fd00::/8]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// here is the folder of the config that [parse] parses.
func here(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
