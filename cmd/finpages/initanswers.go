package main

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"os"
	"regexp"
	"strings"

	"finpages/cmd/finpages/internal/config"
	"finpages/sources"
)

// answers are what a first config is made of, as people give them.
type answers struct {
	path, baseURL               string // of the config and of the API, which nobody is asked for
	token, region               string
	kind, place, spaces, email  string
	login                       string
	name, importSource, pageURL string
	who                         string // customers, teammates, both or nobody
	adapters                    sources.Registry
}

func newAnswers() *answers { return &answers{path: "finpages.yaml", adapters: adapters()} }

// places says for each kind of source under which key its place stands, and
// how it is asked for.
var places = map[string]struct{ key, text, otherwise string }{
	"filesystem":        {"root", "Which folder has the documents?", "./docs"},
	"git":               {"url", "What is the address of the repository (https or ssh)?", ""},
	"confluence":        {"base_url", "What is the address of the wiki, with its context path?", ""},
	"confluence_export": {"path", "Which folder or zip file is the HTML export?", ""},
	"rclone":            {"remote", "Which rclone remote, and which folder in it (REMOTE:FOLDER)?", ""},
	"website":           {"url", "At which address does the site begin?", ""},
	"exec":              {"command", "Which program brings the documents, with its arguments?", ""},
}

// logins says how the token of a kind of source is asked for.
var logins = map[string]struct{ text, otherwise string }{
	"git": {"Where is the token for the repository, or the SSH key: an environment variable, or a file " +
		"(empty: log in as git does)?", ""},
	"confluence": {"Where is the token for the wiki: an environment variable, or a file?", "CONFLUENCE_TOKEN"},
	"website":    {"Where is the site's bearer token: an environment variable, or a file (empty: none)?", ""},
}

// ask gets all answers. What is asked for depends on those before.
func (a *answers) ask(ctx context.Context, asks *interview) error {
	for i := range a.questions() {
		if err := asks.ask(ctx, a.questions()[i]); err != nil {
			return err
		}
	}
	if fault := a.valid("")(); fault != "" {
		return usageError("%s", fault)
	}
	return nil
}

// questions are always the same, with the texts that fit the answers so far.
func (a *answers) questions() []question {
	kinds := strings.Join(a.adapters.Kinds(), ", ")
	place, login := places[a.kind], logins[a.kind]
	list := []question{
		{flag: "token", answer: &a.token, otherwise: "INTERCOM_TOKEN", check: placeOfSecret(&a.token),
			usage: "where the Intercom access token is: an environment variable, or the path of a file",
			text:  "Where is the Intercom access token: an environment variable, or a file?"},
		{flag: "region", answer: &a.region, otherwise: "us", check: a.valid("intercom.region"),
			usage: "region of the workspace: us, eu or au", text: "In which region is the workspace: us, eu or au?"},
		{flag: "source", answer: &a.kind, otherwise: "filesystem", check: a.checkKind,
			usage: "kind of the first source: " + kinds, text: "Which kind of source: " + kinds + "?"},
		{flag: "place", answer: &a.place, otherwise: place.otherwise, check: a.valid(a.at(place.key)),
			usage: "where its documents are: a folder, file, address, remote or command", text: place.text},
		{flag: "spaces", answer: &a.spaces, check: a.valid(a.at("spaces")),
			usage: "keys of the Confluence spaces, such as OPS,HR", text: "Which spaces, by their keys, such as OPS,HR?"},
		{flag: "email", answer: &a.email, optional: true, check: a.valid(a.at("email")),
			usage: "account of the token, on Confluence Cloud",
			text:  "Which account has the token: its email on Cloud, empty on Data Center?"},
		{flag: "login", answer: &a.login, otherwise: login.otherwise, optional: true, check: placeOfSecret(&a.login),
			usage: "where the token of the source is: an environment variable, or the path of a file", text: login.text},
		{flag: "name", answer: &a.name, otherwise: "docs", check: a.valid("sources[0].name"),
			usage: "name of the source", text: "What is the source called?"},
		{flag: "import-source", answer: &a.importSource, otherwise: a.webAddress(),
			check: a.valid("sources[0].import_source.url"),
			usage: "address that identifies the source in Intercom, such as https://handbook.example.com",
			text:  "Which address identifies the source in Intercom (it is found there, or created)?"},
		{flag: "page-url", answer: &a.pageURL, optional: true, check: a.valid("sources[0].page_url"),
			usage: "address that Fin cites, with {path}, {stem} or {id}",
			text:  "Which address should Fin cite, with {path}, {stem} or {id} (empty: none)?"},
		{flag: "answers", answer: &a.who, check: a.checkWho,
			usage: "who may answer from the pages: customers (Fin), teammates (Copilot), both or nobody",
			text:  "Who may answer from the pages: customers (Fin), teammates (Copilot), both or nobody?"},
	}
	return a.fitting(list)
}

// fitting leaves out the texts of what the kind of source does not have.
func (a *answers) fitting(list []question) []question {
	for i := range list {
		q := &list[i]
		switch q.flag {
		case "region":
			if a.baseURL != "" {
				*q = question{flag: q.flag, usage: q.usage, answer: q.answer, optional: true}
			}
		case "spaces", "email":
			if a.kind != "confluence" {
				q.text, q.optional = "", true
			}
		case "page-url":
			if a.kind == "confluence" || a.kind == "website" || a.kind == "git" && gitHost.MatchString(a.place) {
				q.text = "" // these know the addresses of their pages
			}
		}
	}
	return list
}

// at returns where a key of the source's kind stands.
func (a *answers) at(key string) string { return "sources[0]." + a.kind + "." + key }

// valid returns a check of what the config says about the key; "" is all of it.
func (a *answers) valid(key string) func() string {
	return func() string {
		some := func(string) (string, bool) { return "x", true }
		_, err := config.Parse(a.path, []byte(a.complete().config()), a.adapters, some)
		var invalid *config.Invalid
		if !errors.As(err, &invalid) {
			return ""
		}
		for _, f := range invalid.Faults {
			if fault, ok := strings.CutPrefix(f.Message, key); ok {
				return strings.TrimPrefix(fault, ": ")
			}
		}
		return ""
	}
}

// complete stands something in for each answer that is not there yet.
func (a *answers) complete() *answers {
	all := *a
	for _, answer := range []struct {
		to        *string
		otherwise string
	}{
		{&all.token, "TOKEN"}, {&all.region, "us"}, {&all.kind, "filesystem"}, {&all.place, "place"},
		{&all.name, "docs"}, {&all.importSource, "https://docs.example.com"}, {&all.who, "nobody"},
	} {
		*answer.to = cmp.Or(*answer.to, answer.otherwise)
	}
	return &all
}

func (a *answers) checkKind() string {
	if _, err := a.adapters.Lookup(a.kind); err != nil {
		if near := config.Nearest(a.kind, a.adapters.Kinds()); near != "" {
			return err.Error() + "; did you mean " + near + "?"
		}
		return err.Error()
	}
	return ""
}

func (a *answers) checkWho() string {
	if _, ok := whoMayAnswer[a.who]; !ok {
		return "want customers, teammates, both or nobody"
	}
	return ""
}

// gitHost matches the addresses of hosts whose pages the git source knows.
var gitHost = regexp.MustCompile(`github|gitlab|bitbucket|/scm/|gitea|forgejo|codeberg|/_git/|dev\.azure\.com|visualstudio`)

var (
	variableName = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)
	filePath     = regexp.MustCompile(`[/\\.]`)
)

// placeOfSecret keeps the secret itself out of the config.
func placeOfSecret(answer *string) func() string {
	return func() string {
		if variableName.MatchString(*answer) || filePath.MatchString(*answer) {
			return ""
		}
		if _, err := os.Stat(*answer); err == nil {
			return ""
		}
		return "want the name of an environment variable in capitals, such as INTERCOM_TOKEN, or the path of a file " +
			"with the token, not the token itself"
	}
}

// webAddress is where the source is on the web, as far as its place tells.
func (a *answers) webAddress() string {
	u, err := url.Parse(a.place)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.User = nil
	return strings.TrimSuffix(strings.TrimSuffix(u.String(), "/"), ".git")
}
