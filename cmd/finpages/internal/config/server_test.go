package config_test

import (
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
