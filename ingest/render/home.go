package render

import (
	"cmp"
	"html"
	"strings"

	"finpages/ingest/render/internal/frontmatter"
	"finpages/sources"
)

// homePage is the markup of what a site's first page has in its front matter, as
// VitePress, VuePress and Starlight show it above the document; "" for other pages.
func homePage(format sources.Format, front frontmatter.Fields) string {
	hero, _ := front["hero"].(frontmatter.Fields)
	isHome := truth(front["home"]) == yes || front.Text("layout") == "home"
	if format != sources.Markdown && format != sources.MDX || hero == nil && !isHome {
		return ""
	}
	var out strings.Builder
	block := func(element, text string) {
		if text = plainText(text); text != "" {
			out.WriteString("<" + element + ">" + text + "</" + element + ">\n")
		}
	}
	block("h1", cmp.Or(hero.Text("title"), hero.Text("name"), front.Text("herotext")))
	block("p", hero.Text("text"))
	block("p", cmp.Or(hero.Text("tagline"), front.Text("tagline")))
	for _, list := range []any{hero["actions"], front["actions"]} {
		for _, action := range fieldsIn(list) {
			block("p", homeLink(action.Text("text"), action.Text("link")))
		}
	}
	block("p", homeLink(front.Text("actiontext"), front.Text("actionlink")))
	for _, feature := range fieldsIn(front["features"]) {
		block("h2", homeLink(feature.Text("title"), feature.Text("link")))
		block("p", cmp.Or(feature.Text("details"), feature.Text("description")))
	}
	block("p", front.Text("footer"))
	if out.Len() > 0 {
		out.WriteString("\n")
	}
	return out.String()
}

// fieldsIn are the settings in a list.
func fieldsIn(value any) []frontmatter.Fields {
	list, _ := value.([]any)
	var out []frontmatter.Fields
	for _, item := range list {
		if fields, ok := item.(frontmatter.Fields); ok {
			out = append(out, fields)
		}
	}
	return out
}

func homeLink(text, address string) string {
	if text == "" || address == "" {
		return text
	}
	return `<a href="` + html.EscapeString(address) + `">` + text + "</a>"
}
