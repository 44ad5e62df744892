package transclusion

import (
	"regexp"
	"slices"
	"strings"
)

// ownText are macros that show what their parameters say, and no page.
var ownText = []string{
	"anchor", "code", "cheese", "color", "column", "drawio", "excerpt", "expand", "gallery", "gliffy", "info", "jira",
	"jiraissues", "mathblock", "mathinline", "noformat", "note", "panel", "profile", "profile-picture", "section",
	"status", "success", "tip", "toc", "toc-zone", "ui-expand", "view-file", "viewpdf", "viewdoc", "viewppt", "viewxls",
	"warning",
}

const (
	maxTitle = 255 // characters, as the wiki has it
	maxTexts = 1000
)

// inAddress finds the id of a page in its address.
var inAddress = regexp.MustCompile(`(?i)(?:pageId=|/(?:pages|blog)/(?:[a-z-]+/)?)([0-9]+)`)

// mention notes the text of a parameter, under whatever name, that may be the title,
// the id or the address of a page.
func (s *scanner) mention(m *macro, text string) {
	if text == "" || len(text) > 4*maxTitle || slices.Contains(ownText, m.name) {
		return
	}
	texts := []string{text}
	if len(text) < 5 && strings.Trim(text, "0123456789") == "" {
		texts = nil // a size
	}
	if _, title, ok := strings.Cut(text, ":"); ok {
		texts = append(texts, strings.TrimSpace(title))
	}
	if id := inAddress.FindStringSubmatch(text); id != nil {
		texts = append(texts, id[1])
	}
	for _, t := range texts {
		switch {
		case t == "" || s.texts[t]:
		case len(s.texts) >= maxTexts:
			s.report("its macros name too much that may be a page")
		default:
			if s.texts == nil {
				s.texts = map[string]bool{}
			}
			s.texts[t] = true
			s.found.Texts = append(s.found.Texts, t)
		}
	}
}
