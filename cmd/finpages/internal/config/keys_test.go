package config_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"finpages/cmd/finpages/internal/config"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestEveryKeyIsDocumented(t *testing.T) {
	for _, k := range config.Keys(exampleRegistry) {
		if !strings.HasSuffix(k.Doc, ".") {
			t.Errorf("%s: say what it is in keyDocs (keydocs.go), in sentences: %q", k.Path, k.Doc)
		}
		if k.Type == "" || k.Since == "" {
			t.Errorf("%s: %+v", k.Path, k)
		}
	}
	known := map[string]string{}
	for _, k := range config.Keys(exampleRegistry) {
		known[k.Path] = k.Default
	}
	for key, want := range map[string]string{"intercom.version": "2.16", "intercom.reserve": "20%", "defaults.journal": "30d",
		"defaults.timeout": "30m", "sources[].timeout": "", "sources[].git.depth": "1", "server.listen": "127.0.0.1:9464"} {
		if known[key] != want {
			t.Errorf("%s: default %q, want %q", key, known[key], want)
		}
	}
}

// The schema takes the example as it is, and none of its keys misspelled.
func TestSchemaHoldsTheExample(t *testing.T) {
	var doc any
	if err := json.Unmarshal(config.Schema(exampleRegistry), &doc); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("finpages.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("finpages.json")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(text string) error {
		inJSON, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(inJSON)))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
	if err := valid(string(data)); err != nil {
		t.Error(err)
	}
	for _, key := range []string{"intercom:", "region:", "reserve:", "sources:", "import_source:", "filesystem:",
		"labels:", "deletes:"} {
		if valid(strings.Replace(string(data), key, "x"+key, 1)) == nil {
			t.Errorf("the schema takes x%s", key)
		}
	}
}
