package config_test

import (
	"errors"
	"strings"
	"testing"

	"finpages/cmd/finpages/internal/config"

	"github.com/google/go-cmp/cmp"
)

const sound = `intercom:
  token: ${TOKEN}
  region: us
defaults:
  schedule: "@every 15m"
  availability:
    ai_agent: false
    ai_copilot: true
sources:
  - name: handbook
    import_source:
      url: https://handbook.example.com
    filesystem:
      root: ./docs
      include: ["**/*.md"]
`

// Each slip of a hand gets one message, in our words, at its place.
func TestSlips(t *testing.T) {
	const quotes = ": put it in quotes"
	for _, c := range []struct{ from, to, want string }{
		{"    filesystem:", "   filesystem:", "13: wrong indentation: 3 spaces, but line 10 has its keys at 4"},
		{"    filesystem:", "  filesystem:", "13: wrong indentation: 2 spaces, but line 10 has its keys at 4"},
		{"intercom:", " intercom:", "1: wrong indentation: the keys of the first level begin the line, without spaces"},
		{"      url:", "  x:\n   - |\n      a\n  b: c\n      url:", "12: wrong indentation: 2 spaces, but line 10 has its keys at 4"},
		{"root: ./docs", "root:./docs", "14: there is no space after the colon of root: write root: and then the value"},
		{"  - name", "  -name", "10: there is no space after the dash: write - and a space before the item"},
		{`["**/*.md"]`, "\n        -\"**\"", "15: sources[0].filesystem.include: there is no space after the dash: " +
			"write - and a space before each item"},
		{"      url: h", "      url h", "11: sources[0].import_source: " +
			"there is no colon after url: write url: and then the value"},
		{`["**/*.md"]`, "\n        \"a\"\n        \"b\"", "17: each item of a list begins with a dash and a space"},
		{`["**/*.md"]`, `"a", "b"`, "15: a list on one line needs brackets: write [first, second]"},
		{`["**/*.md"]`, `["a" "b"]`, "15: there is no comma between two items"},
		{`["**/*.md"]`, "{\n  \"a\": 1\n  \"b\": 2\n}", "16: there is no comma after this item"},
		{`["**/*.md"]`, `["a"]]`, "15: there is no [ for this ]"},
		{`["**/*.md"]`, `"a"]`, "15: there is no [ for this ]"},
		{`["**/*.md"]`, `**/*.md`, "15: a value cannot begin with *" + quotes},
		{`["**/*.md"]`, `[*.md]`, "15: sources[0].filesystem.include[0]: a value cannot begin with *" + quotes},
		{`"@every 15m"`, `*/15 * * * *`, "5: a value cannot begin with *" + quotes},
		{`"@every 15m"`, `"@every 15m`, "5: the quote is not closed: put another at the end of the value"},
		{`handbook` + "\n    i", `"hand"book` + "\n    i", "10: there is text after the quote: put the whole value in quotes"},
		{"./docs", `"C:\docs"`, `14: in double quotes, \ has a meaning of its own: write \\, or put the value in single quotes`},
		{"name: h", "name: !h", "10: a value cannot begin with !" + quotes},
		{"name: handbook", "name: &handbook", "10: a value cannot begin with &" + quotes},
		{"name: h", "name: | h", "10: a value cannot begin with |" + quotes},
		{"${TOKEN}", "{{TOKEN}}", "2: a value cannot begin with {{: put it in quotes; variables are written ${NAME}"},
		{"  region: us", "<<<<<<< HEAD\n  region: us", "3: this line is from a merge with conflicts: " +
			"keep one of the versions, and remove the marks"},
		{"intercom:", "```yaml\nintercom:", "1: this line is Markdown, not part of the config: remove it"},
		{"region: us", "region:\u00a0us", "3: the character here looks like a space, and is U+00A0: write a plain space"},
		{`"@every 15m"`, "“@every 15m”", "5: defaults.schedule: “ is a curly quote: write a straight one, \" or '"},
		{"./docs", "$HOME/docs", "14: sources[0].filesystem.root: only ${NAME} stands for a variable: " +
			"write ${HOME}, or $$ for a dollar sign"},
		{"${TOKEN}", "${TOKEN:-x}", "2: intercom.token: ${TOKEN:-x} is no variable: write ${NAME} alone, " +
			"or $${TOKEN:-x} for the literal text"},
		{"token: ${TOKEN}", "token_file: ${NONE}/t", "2: intercom.token_file: environment variable NONE is not set: " +
			"set it, or write $${NONE} for the literal text"},
		{"${TOKEN}", "", "2: intercom.token: missing: set token: ${INTERCOM_TOKEN}, or token_file"},
		{"${TOKEN}", "#x", "2: intercom.token: missing: set token: ${INTERCOM_TOKEN}, or token_file; " +
			"what follows # is a comment, unless it is in quotes"},
		{"token:", "access_token:", `2: intercom.access_token: unknown key; did you mean "token"?`},
		{"filesystem:", "folder:", `13: sources[0].folder: unknown key; did you mean "filesystem"?`},
		{"filesystem:", "type: folder\n    filesystem:", "13: sources[0].type: unknown key: the kind of a source is a key " +
			"with its settings below; write filesystem: instead"},
		{"filesystem:", "zzz:", "13: sources[0].zzz: unknown key; known keys here: ..."},
		{"ai_copilot", "copilot", `8: defaults.availability.copilot: unknown key; did you mean "ai_copilot"?`},
		{"\n    ai_agent: false\n    ai_copilot: true", " ai_copilot",
			`6: defaults.availability: want keys with values, not "ai_copilot"`},
		{"\n    ai_agent: false", "\n    - ai_agent: false\n    -",
			"6: defaults.availability: want keys with values, not a list: remove the dashes"},
		{"\n      url: https://handbook.example.com", " h.example.com",
			`11: sources[0].import_source: want keys with values, not "h.example.com": write {url: h.example.com}`},
		{`["**/*.md"]`, `"*.md"`, `15: sources[0].filesystem.include: want a list, not "*.md": write ["*.md"]`},
		{"      url: https://handbook.example.com\n", "      url: https://handbook.example.com\n      page_url: https://x/{path}\n",
			"13: sources[0].import_source.page_url: unknown key here: it belongs beside import_source; indent it like that line"},
		{"false", "no", `7: defaults.availability.ai_agent: want true or false, not "no": write false`},
		{`"@every 15m"`, "02:05", `5: defaults.schedule: bad schedule "02:05": write "5 2 * * *"`},
		{`"@every 15m"`, `"@every 1 hour"`, `5: defaults.schedule: bad schedule "@every 1 hour": write "@every 1h"`},
		{`"@every 15m"`, `"@dayly"`, `5: defaults.schedule: bad schedule "@dayly": write "@daily"`},
		{`"@every 15m"`, `"0 25 * * *"`, `5: defaults.schedule: bad schedule "0 25 * * *": 25 is too large: at most 23 in this field`},
		{"defaults:", "memory: 1Gi\ndefaults:", `4: memory: want a size such as 512MiB or 2GiB, not "1Gi": write 1GiB`},
		{"  region", "  reserve: 0.2\n  region", `3: intercom.reserve: want a share in percent, not "0.2": write 20%, or 0.2%`},
		{"  region: us\ndefaults:\n", "  version: 2.14\ndefaults:\n  locale: de\n", "5: defaults.locale: " +
			"API version 2.14 supports only the locale en: remove it, or set intercom.version: \"2.17\""},
		{"./docs", `./docs"`, "14: sources[0].filesystem.root: there is a quote at the end, and none at the beginning: " +
			"remove it, or add the other"},
		{"region: us", "region: us,", "3: intercom.region: remove the , at the end"},
		{"intercom:", "- intercom:", "1: remove this dash: only the items of a list have one"},
		{"  region", "  - region", "3: remove this dash: only the items of a list have one"},
		{"    import_source:", "  - import_source:", "11: sources[1]: it has no name: " +
			"remove its dash if it belongs to the source above"},
		{"  token:", "token:", "2: wrong indentation: 0 spaces; indent it like line 3, below the line above"},
		{"ai_agent: false", "ai_agent:", "10: sources[0].availability: " +
			"ai_agent is missing here and in defaults: set true or false"},
		{"./docs", `"C:\Users\ann"`, `14: sources[0].filesystem.root: in double quotes, \ has a meaning of its own: ` +
			`write \\, or put the value in single quotes`},
		{"./docs", "[a]:b", "14: there is text after the bracket: put the whole value in quotes"},
		{"  region: us", "\t\n  region: us", "3: a tab cannot indent YAML: use spaces"},
		{"intercom:", "// c\nintercom:", "1: a comment begins with #"},
	} {
		if !strings.Contains(sound, c.from) {
			t.Fatalf("%q is not there", c.from)
		}
		_, err := parse(t, strings.Replace(sound, c.from, c.to, 1))
		var invalid *config.Invalid
		if !errors.As(err, &invalid) {
			t.Errorf("%q: %v", c.to, err)
			continue
		}
		got := err.Error()
		if before, known, ok := strings.Cut(got, "known keys here: "); ok && !strings.Contains(known, "\n") {
			got = before + "known keys here: ..."
		}
		if diff := cmp.Diff("finpages.yaml:"+c.want, got); diff != "" {
			t.Errorf("%q: %s", c.to, diff)
		}
		if !strings.Contains(invalid.Detailed(), "^") {
			t.Errorf("%q: no caret: %s", c.to, invalid.Detailed())
		}
	}
}
