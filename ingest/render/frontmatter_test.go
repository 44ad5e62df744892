package render_test

import (
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

// When in doubt, out: a draft is one in every form of front matter.
func TestDraftsInEveryForm(t *testing.T) {
	for name, text := range map[string]string{
		"JSON":              "{\n  \"title\": \"Secret\",\n  \"draft\": true\n}\n\n# Secret",
		"JSON on one line":  "{\"draft\": true}\n# Secret",
		"JSON, fin":         "{\"fin\": {\"ai_agent\": \"maybe\"}}\n# Secret",
		"below blank lines": "\n\n---\ndraft: true\n---\n# Secret",
		"TOML below one":    "\n+++\ndraft = true\n+++\n# Secret",
	} {
		p, err := render.Render(render.Input{Document: sources.Document{Format: sources.Markdown, Path: "a.md",
			Body: []byte(text)}})
		if err == nil && p.Withheld() == "" {
			t.Errorf("%s: not withheld: %+v", name, p)
		}
	}
	for name, text := range map[string]string{
		"a shortcode":     "{{< toc >}}\n\ntext that must stay",
		"an object in it": "{\"a\": 1} is an object; text that must stay",
		"not JSON":        "{braces} and text that must stay",
		"a rule":          "\n---\n\ntext that must stay",
	} {
		p, err := render.Render(render.Input{Document: sources.Document{Format: sources.Markdown, Path: "a.md",
			Body: []byte(text)}})
		if err != nil || p.Withheld() != "" || !strings.Contains(p.HTML, "text that must stay") {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}
