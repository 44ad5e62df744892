// Package wikimacro tells what macros of a Confluence wiki mean, for all who
// read its storage format.
package wikimacro

import (
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// limited are macros that show their body to some of a page's readers, or only
// where it is exported: those of Visibility for Confluence, projectdoc, Security
// & Encryption, Scroll Exporters and their like.
var limited = set("secret secure secured private scroll-only scroll-office-only scroll-pdf-only scroll-html-only " +
	"show-if-user show-if-group only-for only-for-users")

// signs are parts of the names of such macros.
var signs = []string{
	"show-if", "showif", "show-to", "showto", "show-for", "showfor", "hide-if", "hideif", "hide-to", "hideto",
	"hide-for", "hidefor", "hide-from", "hidefrom", "restrict", "visibility", "conditional", "confidential",
	"audience", "encrypt", "if-user", "if-group", "if-role", "hidden-", "ifuser", "ifgroup", "viewif", "displayif",
	"display-for", "render-for", "reveal-to", "reveal-for", "for-group", "group-content", "security", "password",
	"authenticated",
}

// words are whole words of such names.
var words = set("if only private protected")

// audience are parameters by which a macro tells some readers from others, in
// letters and digits alone.
var audience = set("group groups groupname groupnames usergroup usergroups user users username usernames userlist " +
	"userid userids accountid accountids visibility visible visiblefor visibleto audience audiences roles viewers " +
	"readers permission permissions allowed allowedusers allowedgroups displayto showto showfor hidefrom hidefor " +
	"hideto restrictto role viewer reader access team teams teamname department departments dept departmentname allow " +
	"allows allowlist deny denies denylist condition conditions when unless member members membersof clearance persona " +
	"personas segment segments tenant tenants staff employees internal internalonly")

// audienceSigns are parts of the names of such parameters.
var audienceSigns = []string{
	"audience", "visibility", "visibleto", "visiblefor", "viewer", "readers", "authoriz", "authoris", "permission",
	"securitylevel", "accesslevel", "accessgroup", "accesslist", "restrict", "cansee", "usergroup", "matchgroup",
	"excludegroup", "ingroup", "hiddenfrom", "hiddenfor", "onlyto", "onlyfor", "denied", "loggedin",
	"allowto", "allowfor", "denyto", "denyfor", "allowteam", "allowdep", "forteam", "teamonly", "fordep", "clearance",
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		m[word] = true
	}
	return m
}

// LimitsReaders tells whether a macro with a body, by its name and the names of
// its parameters, shows that to some of a page's readers only. When in doubt it
// does.
func LimitsReaders(name string, parameters ...string) bool {
	name = strings.Map(dashes, strings.ToLower(name))
	if limited[name] || containsAny(name, signs) {
		return true
	}
	for word := range strings.SplitSeq(name, "-") {
		if words[word] {
			return true
		}
	}
	for _, p := range parameters {
		p = strings.Map(alphanumeric, strings.ToLower(p))
		if audience[p] || containsAny(p, audienceSigns) {
			return true
		}
	}
	return false
}

func containsAny(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// dashes makes one mark of all that names have between words.
func dashes(r rune) rune {
	if r == '_' || r == '.' || r == ' ' {
		return '-'
	}
	return r
}

func alphanumeric(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// inMarkup finds the macros in wiki markup: {name} or {name:parameter=value|…}.
// https://confluence.atlassian.com/doc/confluence-wiki-markup-251003035.html
var inMarkup = regexp.MustCompile(`\{\s*([\pL][\pL\pN_-]*)(?::([^}]*))?\}`)

// MarkupLimitsReaders tells whether wiki markup has such a macro.
func MarkupLimitsReaders(markup string) bool {
	for _, m := range inMarkup.FindAllStringSubmatch(markup, -1) {
		var parameters []string
		for parameter := range strings.SplitSeq(m[2], "|") {
			name, _, _ := strings.Cut(parameter, "=")
			parameters = append(parameters, name)
		}
		if LimitsReaders(m[1], parameters...) {
			return true
		}
	}
	return false
}
