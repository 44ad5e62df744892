package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"finpages/cmd/finpages/internal/config"
	"finpages/sources/limits/costtest"

	"github.com/google/go-cmp/cmp"
)

func TestOutline(t *testing.T) {
	t.Setenv("PORT", "9000")
	server := func(listen, cert string) config.Server {
		return config.Server{Listen: listen, TLS: config.TLS{CertFile: cert}}
	}
	for name, c := range map[string]struct {
		text string
		want config.Outline
	}{
		"empty":            {"", config.Outline{Server: server("127.0.0.1:9464", "")}},
		"good":             {"server: {listen: 'x:${PORT}'}\nsources: [{name: a}, {name: b}]", config.Outline{Server: server("x:9000", ""), Sources: []string{"a", "b"}}},
		"unset variables":  {"intercom: {token: ${NOT_SET}}\nserver: {tls: {cert_file: ${NOT_SET}}}", config.Outline{Server: server("127.0.0.1:9464", "${NOT_SET}")}},
		"faults":           {"server: {listen: x:1, nosuch: 1}\nsources:\n  - {name: a, nosuch: {a: 1}}\n  - 7\nnosuch: 1", config.Outline{Server: server("x:1", ""), Sources: []string{"a"}}},
		"no YAML below":    {"server:\n  # here\n\n  listen: x:1\nsources: [", config.Outline{Server: server("x:1", "")}},
		"no YAML above":    {"intercom: {token: \"x}\nserver: {listen: x:1,\n  tls: {cert_file: c}\n}\nsources: []\n", config.Outline{Server: server("x:1", "c")}},
		"no text above":    {"intercom: {token: \xff}\r\nserver:\r\n  listen: x:1\r\n", config.Outline{Server: server("x:1", "")}},
		"nothing readable": {"\x00server: [", config.Outline{Server: server("127.0.0.1:9464", "")}},
		"wrong types":      {"server: {listen: [1], tls: 7}\nsources: {name: a}", config.Outline{Server: server("127.0.0.1:9464", "")}},
		"set to nothing":   {"server: {listen: ''}", config.Outline{Server: server("127.0.0.1:9464", "")}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "finpages.yaml")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := config.ReadOutline(path)
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Error(err, diff)
			}
		})
	}
	got, err := config.ReadOutline(filepath.Join(t.TempDir(), "nosuch.yaml"))
	if err == nil || got.Server.Listen != "127.0.0.1:9464" {
		t.Errorf("no file: %v, %+v", err, got)
	}
}

func FuzzOutline(f *testing.F) {
	f.Add([]byte("server: {listen: x:1}\nsources: [{name: a}]"))
	f.Add([]byte("a: [\nserver:\n  tls: {cert_file: ${A}}\n"))
	path := filepath.Join(f.TempDir(), "finpages.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := config.ReadOutline(path); err != nil || got.Server.Listen == "" {
			t.Errorf("%v, %+v", err, got)
		}
		costtest.Check(t, data, func(b []byte) {
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			_, _ = config.ReadOutline(path)
		})
	})
}
