package render

import (
	"fmt"
	"strings"

	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/frontmatter"
)

// readHidden withholds what a documentation tool does not show everybody: a
// page that it hides, that needs a password, or that only some readers may see.
// tool names the tool, "" if nobody knows.
func (p *Page) readHidden(front frontmatter.Fields, tool func() string) {
	if truth(front["fin"]) == yes {
		return // its author says so
	}
	for _, key := range []string{"hidden", "unlisted"} { // GitBook, Mintlify and ReadMe; Docusaurus
		if isStated(front[key]) && truth(front[key]) != no {
			p.withhold("%s: %v in the front matter", key, front[key])
		}
	}
	if truth(front["publish"]) == no { // Obsidian
		p.withhold("publish: %v in the front matter", front["publish"])
	}
	for _, key := range []string{"build", "_build"} { // Hugo
		if build, _ := front[key].(frontmatter.Fields); build != nil {
			if render := build.Text("render"); render == "never" || truth(render) == no {
				p.withhold("%s.render: %s in the front matter", key, render)
			}
		}
	}
	if privacy, _ := front["privacy"].(frontmatter.Fields); privacy != nil { // ReadMe
		if view := privacy.Text("view"); view != "" && view != "public" {
			p.withhold("privacy.view: %s in the front matter", view)
		}
	}
	p.readReaders(front, tool)
}

// readReaders withholds a page that its tool shows to some readers only.
func (p *Page) readReaders(front frontmatter.Fields, tool func() string) {
	some := ""
	switch {
	case isStated(front["password"]): // Hexo and VuePress
		some = "password"
	case isStated(front["rbac"]): // Redocly
		some = "rbac"
	case strings.Contains(front.Text("if"), "visitor."): // GitBook
		some = "if"
	case isStated(front["groups"]) && mayBeMintlify(tool): // elsewhere a way to sort pages
		some = "groups"
	}
	if some != "" {
		p.withhold("%s in the front matter: only some readers may see the page", some)
	}
}

func mayBeMintlify(tool func() string) bool {
	if tool == nil {
		return true
	}
	name := tool()
	return name == "" || name == dialect.Mintlify
}

// isStated tells whether a setting says anything.
func isStated(value any) bool {
	list, isList := value.([]any)
	return value != nil && !(isList && len(list) == 0) && strings.TrimSpace(fmt.Sprint(value)) != ""
}
