package emulator

import (
	"html"
	"strconv"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

func itoa(n int) string { return strconv.Itoa(n) }

var (
	includeMacro = regexp.MustCompile(`(?s)<ac:structured-macro[^>]*ac:name="(?:include|excerpt-include)".*?</ac:structured-macro>`)
	codeMacro    = regexp.MustCompile(`(?s)<ac:structured-macro[^>]*ac:name="(?:code|noformat)".*?<ac:plain-text-body><!\[CDATA\[(.*?)\]\]></ac:plain-text-body>\s*</ac:structured-macro>`)
	childMacro   = regexp.MustCompile(`(?s)<ac:structured-macro[^>]*ac:name="children".*?(?:/>|</ac:structured-macro>)`)
	parameter    = regexp.MustCompile(`(?s)<ac:parameter[^>]*>.*?</ac:parameter>`)
	leftover     = regexp.MustCompile(`</?(?:ac|ri):[^>]*>`)
	pageTitle    = regexp.MustCompile(`ri:content-title="([^"]*)"`)
	pageSpace    = regexp.MustCompile(`ri:space-key="([^"]*)"`)
	pageID       = regexp.MustCompile(`ri:content-id="([^"]*)"`)
)

// render returns a page as people see it, with the pages that it includes.
func (s *Server) render(p *Page) string { return s.renderWithin(p, 0) }

func (s *Server) renderWithin(p *Page, depth int) string {
	if p.View != "" {
		return p.View
	}
	view := codeMacro.ReplaceAllStringFunc(p.Storage, func(m string) string {
		return "<pre>" + html.EscapeString(codeMacro.FindStringSubmatch(m)[1]) + "</pre>"
	})
	view = includeMacro.ReplaceAllStringFunc(view, func(m string) string {
		q := s.target(m, p.Space)
		if q == nil || depth > 5 {
			return `<div class="error">Unable to render {include}</div>`
		}
		return s.renderWithin(q, depth+1)
	})
	view = childMacro.ReplaceAllStringFunc(view, func(string) string { return s.childList(p) })
	return leftover.ReplaceAllString(parameter.ReplaceAllString(view, ""), "")
}

func (s *Server) target(macro, home string) *Page {
	if m := pageID.FindStringSubmatch(macro); m != nil {
		return s.visible(m[1])
	}
	m := pageTitle.FindStringSubmatch(macro)
	if m == nil {
		return nil
	}
	if k := pageSpace.FindStringSubmatch(macro); k != nil {
		home = k[1]
	}
	for _, p := range s.pages {
		if p.Space == home && p.Title == html.UnescapeString(m[1]) && p.Status == "current" {
			return s.visible(p.ID)
		}
	}
	return nil
}

func (s *Server) childList(p *Page) string {
	var b strings.Builder
	b.WriteString("<ul>")
	for _, q := range s.listed(p.Space, "page", []string{"current"}) {
		if q.Parent == p.ID {
			b.WriteString("<li>" + html.EscapeString(q.Title) + "</li>")
		}
	}
	return b.String() + "</ul>"
}
