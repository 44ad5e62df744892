package config_test

import (
	"encoding/json"
	"strings"
	"testing"

	"finpages/cmd/finpages/internal/config"
	"finpages/sources"
	"finpages/sources/exec"

	"github.com/google/go-cmp/cmp"
)

const execConfig = `
intercom: {token: x}
sources:
  - name: kb
    import_source: {url: https://kb.example.com}
    availability: {ai_agent: true, ai_copilot: true}
    exec:
      command: [./kb-adapter]
      env: {KB_TOKEN: "${TOKEN}", EMPTY: ""}
      options: {space: docs, deep: {list: [1, 2.5, true, null, "3", "a$$b"], on: "yes"}, "a b": ${TOKEN}}
`

func TestKeysOfTheUsersChoice(t *testing.T) {
	adapters := sources.Registry{"exec": {Options: func() sources.Options { return exec.NewOptions() }}}
	vars := env(map[string]string{"TOKEN": "s3cret"})
	c, err := config.Parse("finpages.yaml", []byte(execConfig), adapters, vars)
	if err != nil {
		t.Fatal(err)
	}
	opts := c.Sources[0].Options.(*exec.Options)
	if diff := cmp.Diff(map[string]string{"KB_TOKEN": "s3cret", "EMPTY": ""}, opts.Env); diff != "" {
		t.Error(diff)
	}
	got, err := json.Marshal(opts.Options)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"a b":"s3cret","deep":{"list":[1,2.5,true,null,"3","a$b"],"on":"yes"},"space":"docs"}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}

	_, err = config.Parse("finpages.yaml", []byte(strings.ReplaceAll(execConfig, "${TOKEN}", "${NONE}")), adapters, vars)
	for _, want := range []string{"finpages.yaml:9: sources[0].exec.env.KB_TOKEN: environment variable NONE",
		"finpages.yaml:10: sources[0].exec.options.a b: env"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse = %v, want %q", err, want)
		}
	}
	_, err = config.Parse("finpages.yaml", []byte(strings.Replace(execConfig, `{KB_TOKEN: "${TOKEN}", EMPTY: ""}`, "[A]",
		1)), adapters, vars)
	if err == nil || !strings.Contains(err.Error(), "want keys with values in braces, not a list") {
		t.Errorf("Parse = %v", err)
	}
}
