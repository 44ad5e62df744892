package render

import (
	"strings"

	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/frontmatter"
	regexp "finpages/sources/lazyregexp"
)

// readHidden withholds what a documentation tool does not show everybody: a
// page that it hides, that needs a password, or that only some readers may see.
// tool names the tool, "" if nobody knows.
func (p *Page) readHidden(front frontmatter.Fields, tool func() string) {
	if truth(front["fin"]) == yes {
		return // its author says so
	}
	p.readUnlisted(front)
	for _, key := range []string{"build", "_build"} { // Hugo
		if build, _ := front[key].(frontmatter.Fields); build != nil {
			if render := build.Text("render"); strings.EqualFold(render, "never") || truth(render) == no {
				p.withhold("%s.render: %s in the front matter", key, render)
			}
		}
	}
	p.readReaders(front, tool)
}

// readUnlisted withholds a page that its tool hides. A list or a map under
// hidden names parts of the page that are hidden, such as its table of contents.
func (p *Page) readUnlisted(front frontmatter.Fields) {
	for _, key := range []string{"hidden", "unlisted"} { // GitBook, Mintlify and ReadMe; Docusaurus
		switch value := front[key].(type) {
		case frontmatter.Fields, []any:
		default:
			if isStated(value) && truth(value) != no {
				p.withholdFor(key, value)
			}
		}
	}
	p.readPublished(front, "publish") // Obsidian
}

// dates are also what people write under published.
var dates = regexp.MustCompile(`(?i)^(?:[\d\s.,:/+-]|[tz]\b|\d(?:t|st|nd|rd|th)|(?:utc|gmt|am|pm)\b|` +
	`(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|` +
	`nov(?:ember)?|dec(?:ember)?|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\b)*$`)

func isDate(value any) bool {
	text, _ := value.(string)
	return strings.ContainsAny(text, "0123456789") && dates.MatchString(text)
}

// readPublished withholds a page that is not said to be published. A date says it.
func (p *Page) readPublished(front frontmatter.Fields, key string) {
	value := front[key]
	if isStated(value) && (truth(value) == no || truth(value) == unclear && !isDate(value)) {
		p.withholdFor(key, value)
	}
}

// readReaders withholds a page that its tool shows to some readers only.
func (p *Page) readReaders(front frontmatter.Fields, tool func() string) {
	if privacy, _ := front["privacy"].(frontmatter.Fields); privacy != nil { // ReadMe
		if view := privacy.Text("view"); view != "" && !strings.EqualFold(view, "public") {
			p.withhold("privacy.view: %s in the front matter", view)
		}
	}
	limits := func(key string) bool { return isStated(front[key]) && truth(front[key]) != no }
	some := ""
	switch {
	case limits("password"): // Hexo and VuePress
		some = "password"
	case limits("rbac"): // Redocly
		some = "rbac"
	case strings.Contains(front.Text("if"), "visitor"): // GitBook
		some = "if"
	case limits("groups") && mayBeMintlify(tool): // elsewhere a way to sort pages
		some = "groups"
	}
	if some != "" {
		p.withhold("%s in the front matter: only some readers may see the page", some)
	}
}

// withholdFor withholds a page for the value of a key.
func (p *Page) withholdFor(key string, value any) {
	if text, isText := value.(string); isText {
		p.withhold("%s: %s in the front matter", key, text)
		return
	}
	p.withhold("%s in the front matter is neither true nor false", key)
}

func mayBeMintlify(tool func() string) bool {
	name := tool()
	return name == "" || name == dialect.Mintlify
}

// isStated tells whether a setting says anything.
func isStated(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case string:
		return strings.TrimSpace(v) != ""
	case []any:
		return len(v) > 0
	case frontmatter.Fields:
		return len(v) > 0
	}
	return true
}
