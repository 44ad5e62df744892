package exec_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finpages/sources/exec"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schema judges lines by the definitions of protocol.schema.json.
type schema struct{ toAdapter, fromAdapter []*jsonschema.Schema }

func newSchema(t *testing.T) schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	compile := func(names ...string) (all []*jsonschema.Schema) {
		for _, name := range names {
			s, err := c.Compile("protocol.schema.json#/$defs/" + name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
		return all
	}
	return schema{compile("open", "request"), compile("hello", "answer")}
}

// judge says what is wrong with a line that only one of the definitions fits.
func judge(defs []*jsonschema.Schema, line string) error {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
	if err != nil {
		return err
	}
	object, _ := value.(map[string]any)
	if _, opens := object["finpages"]; opens {
		return defs[0].Validate(value)
	}
	return defs[1].Validate(value)
}

func TestProtocolsExamplesFitTheSchema(t *testing.T) {
	s := newSchema(t)
	seen := map[string]int{}
	for line := range strings.Lines(exec.Protocol) {
		for arrow, defs := range map[string][]*jsonschema.Schema{"→ ": s.toAdapter, "← ": s.fromAdapter} {
			_, text, ok := strings.Cut(strings.TrimSpace(line), arrow)
			if !ok || !strings.HasPrefix(text, "{") {
				continue
			}
			text = text[:strings.LastIndex(text, "}")+1]
			if err := judge(defs, text); err != nil {
				t.Errorf("%s: %v", text, err)
			}
			seen[arrow]++
		}
	}
	if seen["→ "] < 8 || seen["← "] < 14 {
		t.Errorf("only %v examples were found", seen)
	}
}

func TestSchemaRefusesWhatFinpagesRefuses(t *testing.T) {
	s := newSchema(t)
	for _, line := range []string{
		`{"id":1,"entry":{}}`, `{"id":1,"end":{}}`, `{"entry":{"id":"a"}}`, `{"id":1,"entry":{"id":"a","revision":7}}`,
		`{"id":2,"document":{"format":"html"}}`, `{"id":1,"entry":{"id":"a","url":"/a"}}`, `{"finpages":2}`,
		`{"id":1,"entry":{"id":"a","modified":"yesterday"}}`,
	} {
		if err := judge(s.fromAdapter, line); err == nil {
			t.Errorf("%s fits", line)
		}
	}
}

// What finpages and the example adapters say to each other fits the schema.
func TestTalksFitTheSchema(t *testing.T) {
	needs(t, "python3", "jq")
	s := newSchema(t)
	for program, suffix := range map[string]string{"examples/articles.py": ".json", "examples/folder.sh": ".md"} {
		dir, logs := t.TempDir(), t.TempDir()
		e := &example{t, dir, program, suffix, func(body string) string { return body }}
		e.Put("a", `{"title":"A","html":"text"}`)
		e.Put("b/c", `{"title":"A","html":"text","group":"hr"}`)
		src := build(t, exec.Options{Options: map[string]any{"folder": dir},
			Command: []string{"/bin/sh", "-c", `tee "$1/in" | "$0" | tee "$1/out"`, "./" + program, logs}})
		snap, err := src.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		entries := listAll(t, snap)
		if _, err := entries["a"+strings.TrimPrefix(suffix, ".json")].Load(t.Context()); err != nil {
			t.Error(err)
		}
		if err := snap.Close(); err != nil {
			t.Error(err)
		}
		for name, defs := range map[string][]*jsonschema.Schema{"in": s.toAdapter, "out": s.fromAdapter} {
			talk, err := os.ReadFile(filepath.Join(logs, name))
			if err != nil || bytes.Count(talk, []byte("\n")) < 4 {
				t.Errorf("the talk is %q, %v", talk, err)
			}
			for line := range strings.Lines(string(talk)) {
				if err := judge(defs, line); err != nil || !json.Valid([]byte(line)) {
					t.Errorf("%s: %v", line, err)
				}
			}
		}
	}
}
