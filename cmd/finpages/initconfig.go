package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// whoMayAnswer are the values of availability for the answers.
var whoMayAnswer = map[string]string{
	"customers": "{ai_agent: true, ai_copilot: false}",
	"teammates": "{ai_agent: false, ai_copilot: true}",
	"both":      "{ai_agent: true, ai_copilot: true}",
	"nobody":    "{ai_agent: false, ai_copilot: false}",
}

// config writes the answers down as a config file.
func (a *answers) config() string {
	var b strings.Builder
	api := "region: " + quoted(a.region)
	if a.baseURL != "" {
		api = "base_url: " + quoted(a.baseURL)
	}
	page := ""
	if a.pageURL != "" {
		page = quoted(a.pageURL)
	}
	if err := configTemplate.Execute(&b, map[string]any{
		"token": secretLine("token", a.token), "api": api, "state": a.state(), "availability": whoMayAnswer[a.who],
		"name": quoted(a.name), "import": quoted(a.importSource), "page": page, "kind": a.kind, "lines": a.lines(),
	}); err != nil {
		panic(err) // the template takes any text
	}
	return b.String()
}

var configTemplate = template.Must(template.New("finpages.yaml").Parse(
	`# The config of finpages. "finpages help config" documents every key.
intercom:
  # Access token of an Intercom app that may read and write AI content: "finpages help token".
  {{.token}}
  {{.api}}
  # The ID that "finpages check" shows. With it, finpages never writes to another workspace.
  # workspace: abc123

# What was pushed, and more that has to be remembered. Keep this file.
state: {{.state}}

# The status page of "finpages run". Other machines can reach it only with server.token_file.
server: {listen: 127.0.0.1:9464}

defaults:
  schedule: "@every 15m"
  # Who may answer from the pages: ai_agent is Fin for customers, ai_copilot is Copilot for teammates.
  availability: {{.availability}}
  # More deletes than this in one run wait for "finpages approve".
  deletes: {max_percent: 20, max_count: 500, always_allow: 10}

sources:
  - name: {{.name}}
    # The content import source in Intercom that holds the pages. It is found by this address, or created.
    import_source: {url: {{.import}}}
{{- if .page}}
    # The address that Fin cites: {path}, {stem} (the path without its extension), {dir} and {id}.
    page_url: {{.page}}
{{- end}}
    {{.kind}}:
{{- range .lines}}
      {{.}}
{{- end}}
`))

// state is beside the config, but for one of the system.
func (a *answers) state() string {
	if path, err := filepath.Abs(a.path); err == nil && filepath.Dir(path) == filepath.Dir(systemConfig) {
		return "/var/lib/finpages/state.db"
	}
	return "./state.db"
}

// lines are the keys of the kind of source.
func (a *answers) lines() (lines []string) {
	key, value := places[a.kind].key, quoted(inFull(a.place))
	if a.kind == "exec" {
		value = list(strings.Fields(a.place))
	}
	lines = append(lines, key+": "+value)
	if a.kind == "filesystem" {
		lines = append(lines, `# Patterns of paths sync a part: include: ["**/*.md"], exclude: ["drafts/**"]`)
	}
	if a.spaces != "" {
		keys := strings.FieldsFunc(a.spaces, func(r rune) bool { return r == ',' || r == ' ' })
		lines = append(lines, "spaces: "+list(keys))
	}
	if a.email != "" {
		lines = append(lines, "email: "+quoted(a.email))
	}
	switch {
	case a.login == "":
	case a.kind == "git" && a.webAddress() == "":
		lines = append(lines, "auth: {ssh_key_file: "+quoted(inFull(a.login))+"}")
	case a.kind == "git":
		lines = append(lines, "auth: {"+secretLine("token", a.login)+"}")
	default:
		lines = append(lines, secretLine("token", a.login))
	}
	return lines
}

// secretLine writes where a secret is.
func secretLine(key, place string) string {
	if variableName.MatchString(place) {
		return key + `: "${` + place + `}"`
	}
	return key + "_file: " + quoted(inFull(place))
}

// inFull writes ~/ out, which shells do, but not for answers.
func inFull(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

// quoted writes text as YAML, which takes JSON's strings.
func quoted(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // text always can be
	return strings.TrimSuffix(b.String(), "\n")
}

func list(items []string) string {
	for i := range items {
		items[i] = quoted(items[i])
	}
	return "[" + strings.Join(items, ", ") + "]"
}
