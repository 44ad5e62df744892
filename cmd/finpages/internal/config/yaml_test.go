package config_test

import (
	"errors"
	"strings"
	"testing"

	"finpages/cmd/finpages/internal/config"
	"finpages/sources/filesystem"

	"github.com/google/go-cmp/cmp"
)

// The same config in every way to write it that YAML has.
func TestWaysToWriteAConfig(t *testing.T) {
	for name, text := range map[string]string{
		"plain": `
intercom: {token: "${TOKEN}"}
defaults: {availability: {ai_agent: true, ai_copilot: true}}
sources:
  - name: a
    import_source: {url: https://a.example.com}
    filesystem: {root: ./a, include: ["**/*.md"]}
  - name: b
    import_source: {url: https://b.example.com}
    filesystem: {root: ./b, include: ["**/*.md"]}
`,
		"JSON": `{
	"intercom": {"token": "${TOKEN}"},
	"defaults": {"availability": {"ai_agent": true, "ai_copilot": true}},
	"sources": [
		{"name": "a", "import_source": {"url": "https:\/\/a.example.com"}, "filesystem": {"root": "./a", "include": ["**/*.md"]}},
		{"name": "b", "import_source": {"url": "https://b.example.com"}, "filesystem": {"root": "./b", "include": ["**\u002f*.md"]}}
	]
}`,
		"quoted keys": `%YAML 1.2
---
"intercom": {'token': ${TOKEN}}
"defaults": {"availability": {'ai_agent': true, "ai_copilot": true}}
? sources
: - "name": a
    'import_source': {"url": https://a.example.com}
    "filesystem": {root: ./a, "include": ["**/*.md"]}
  - name: !!str b
    import_source:
      url: >-
        https://b.example.com
    filesystem:
      root: ./b
      include:
      - "**/*.md"
`,
		"anchors, aliases and merge keys": `
x-files: &files
  root: ./none
  include: &all ["**/*.md"]
x-both: &both {ai_agent: true}
x-other: &other {ai_agent: false, ai_copilot: true}
sources:
  - &a
    name: a
    import_source: {url: https://a.example.com}
    filesystem: {<<: *files, root: ./a}
  - <<: *a
    name: b
    import_source: {url: https://b.example.com}
    filesystem: {root: ./b, include: *all}
defaults: {availability: {<<: [*both, *other]}}
intercom: &i {token: "${TOKEN}"}
`,
	} {
		t.Run(name, func(t *testing.T) {
			c, err := parse(t, text)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range c.Sources {
				f := s.Options.(*filesystem.Options)
				got = append(got, s.Name, s.ImportSource.URL, f.Root, strings.Join(f.Include, " "))
				if *s.Availability != (config.Availability{AIAgent: true, AICopilot: true}) {
					t.Errorf("%s: availability %+v", s.Name, *s.Availability)
				}
			}
			want := []string{"a", "https://a.example.com", "./a", "**/*.md", "b", "https://b.example.com", "./b", "**/*.md"}
			if diff := cmp.Diff(want, got); diff != "" || string(c.Intercom.Token) != "s3cret" {
				t.Error(diff)
			}
		})
	}
}

// Aliases that stand for many others do not grow without end.
func TestAliasesAreBounded(t *testing.T) {
	bomb := "x-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		bomb += strings.NewReplacer("N", string(rune('0'+i)), "M",
			string(rune('1'+i))).Replace("x-M: &aM [*aN, *aN, *aN, *aN, *aN, *aN, *aN, *aN, *aN]\n")
	}
	for name, text := range map[string]string{
		"bomb":     bomb + "sources: *a9",
		"merges":   "x: &m {<<: *m}\n<<: *m\n" + "sources: []",
		"itself":   "sources: &s [*s]",
		"brackets": "state: " + strings.Repeat("[", 100_000),
		"size":     "state: " + strings.Repeat("x", 2<<20),
	} {
		_, err := parse(t, text)
		var invalid *config.Invalid
		if !errors.As(err, &invalid) || len(invalid.Faults) > 2000 {
			t.Errorf("%s: %.300v", name, err)
		}
	}
}

func TestFaultsShowTheirLine(t *testing.T) {
	_, err := parse(t, `intercom: {token: dG9rOmFiY2RlZl8xMjM0, regoin: us}
defaults: {availability: {ai_agent: true, ai_copilot: maybe}}
sources:
  - name: docs
    import_source: {url: "https://user:pass@docs.example.com/"}
    filesystem: {root: ${UNSET}/docs}
`)
	var invalid *config.Invalid
	if !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	want := `finpages.yaml:1: intercom.regoin: unknown key; did you mean "region"?
    1 | intercom: {token: ********************, regoin: us}
      |                                         ^^^^^^
finpages.yaml:2: defaults.availability.ai_copilot: want true or false, not "maybe"
    2 | defaults: {availability: {ai_agent: true, ai_copilot: maybe}}
      |                                                       ^^^^^
finpages.yaml:5: sources[0].import_source.url: remove the login from the address
    5 |     import_source: {url: "https://*********@docs.example.com/"}
      |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
finpages.yaml:6: sources[0].filesystem.root: environment variable UNSET is not set: ` +
		`set it, or write $${UNSET} for the literal text
    6 |     filesystem: {root: ${UNSET}/docs}
      |                        ^^^^^^^^^^^^^`
	if diff := cmp.Diff(want, invalid.Detailed()); diff != "" {
		t.Error(diff)
	}
}

func TestAnAddressWithoutPlaceholderIsWarnedOf(t *testing.T) {
	c, err := parse(t, minimal+"    page_url: https://docs.example.com/\n")
	if err != nil || len(c.Warnings) != 1 || c.Warnings[0].Line != 8 ||
		!strings.Contains(c.Warnings[0].Message, "add {path}") {
		t.Errorf("%+v, %v", c, err)
	}
}

// What is nested without brackets costs the parser as much.
func TestNestingIsBounded(t *testing.T) {
	for _, text := range []string{strings.Repeat("[", 60), "sources:\n  " + strings.Repeat("- ", 60) + "x\n"} {
		_, err := config.Parse("finpages.yaml", []byte(text), nil, nil)
		if err == nil || !strings.Contains(err.Error(), "nested too deeply") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}
