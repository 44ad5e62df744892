package config_test

import (
	"fmt"
	"strings"
	"testing"

	"finpages/cmd/finpages/internal/config"
	"finpages/sources"
	"finpages/sources/confluence"
)

// A section that can be turned on by a word takes keys, too.
func TestSwitchedSections(t *testing.T) {
	registry := sources.Registry{"confluence": {Options: func() sources.Options { return confluence.NewOptions() }}}
	for value, want := range map[string]string{
		"true":                           "true [] 16777216",
		"false":                          "false [] 16777216",
		"":                               "false [] 16777216",
		"${ON}":                          "true [] 16777216",
		"{media_types: [application/*]}": "true [application/*] 16777216",
		"{max_bytes: 5}":                 "true [] 5",
		"yes":                            `attachments: want true, false or keys with values, not "yes"`,
		"1":                              `attachments: want true, false or keys with values, not "1"`,
		"[application/pdf]":              "want true, false or keys with values, not a list",
		"{max_byte: 5}":                  `unknown key; did you mean "max_bytes"?`,
		"{media_types: [pdf]}":           `"pdf" is no media type`,
	} {
		text := strings.Replace(minimal, "filesystem: {root: ./docs}",
			`confluence: {base_url: "http://wiki.test", flavor: datacenter, token: "${TOKEN}", spaces: [OPS], attachments: `+value+"}", 1)
		vars := env(map[string]string{"TOKEN": "s3cret", "ON": "true"})
		c, err := config.Parse("finpages.yaml", []byte(text), registry, vars)
		got := fmt.Sprint(err)
		if err == nil {
			a := c.Sources[0].Options.(*confluence.Options).Attachments
			got = fmt.Sprint(a.On, " ", a.MediaTypes, " ", a.MaxBytes)
		}
		if !strings.Contains(got, want) {
			t.Errorf("attachments: %s gives %s, want %s", value, got, want)
		}
	}
	if schema := string(config.Schema(registry)); !strings.Contains(strings.Join(strings.Fields(schema), ""),
		`"type":["boolean","string","object","null"]`) {
		t.Error("the schema takes no true")
	}
}
