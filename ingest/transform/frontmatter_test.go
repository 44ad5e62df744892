package transform_test

import (
	"strings"
	"testing"

	"finpages/ingest/transform"
	"finpages/sources"
)

// Everybody who writes a document writes its front matter: it shows a page to
// fewer people, and sends readers nowhere else, unless the source says so.
func TestFrontMatterNarrows(t *testing.T) {
	open := transform.Availability{AIAgent: true, AICopilot: true, AISalesAgent: new(true)}
	shut := transform.Availability{AISalesAgent: new(false)}
	const all = "fin: {ai_agent: true, ai_copilot: true, ai_sales_agent: true}"
	for name, c := range map[string]struct {
		source   transform.Availability
		rules    transform.FrontMatter
		front    string
		flags    [3]bool
		url      string
		warnings string
	}{
		"nothing":           {source: open, front: "title: A", flags: [3]bool{true, true, true}},
		"narrows":           {source: open, front: "fin: {ai_agent: false, ai_sales_agent: false}", flags: [3]bool{false, true, false}},
		"agrees":            {source: open, front: all, flags: [3]bool{true, true, true}},
		"widens":            {source: shut, front: all, warnings: "ai_agent: true is ignored"},
		"may widen":         {source: shut, front: all, rules: transform.FrontMatter{MayWiden: true}, flags: [3]bool{true, true, true}},
		"may narrow, too":   {source: open, front: "fin: {ai_agent: false}", rules: transform.FrontMatter{MayWiden: true}, flags: [3]bool{false, true, true}},
		"same host":         {front: "url: HTTPS://Docs.Example.com:443/b", url: "https://docs.example.com:443/b"},
		"other host":        {front: "url: https://evil.example/b", warnings: "its host is not that of page_url"},
		"other port":        {front: "url: https://docs.example.com:8443/b", warnings: "its host is not that of page_url"},
		"a part of it":      {front: "url: https://docs.example.com.evil.example/b", warnings: "its host is not that of page_url"},
		"login in front":    {front: "url: https://docs.example.com@evil.example/b", warnings: "its host is not that of page_url"},
		"cited host":        {front: "url: https://evil.example/b", rules: transform.FrontMatter{CitationHosts: []string{"Evil.example"}}, url: "https://evil.example/b"},
		"cited, other port": {front: "url: https://evil.example:81/b", rules: transform.FrontMatter{CitationHosts: []string{"evil.example"}}, warnings: "its host"},
		"cited IDN":         {front: "url: https://münchen.example/b", rules: transform.FrontMatter{CitationHosts: []string{"münchen.example"}}, url: "https://xn--mnchen-3ya.example/b"},
	} {
		t.Run(name, func(t *testing.T) {
			maker := transform.NewMaker(&transform.Options{Availability: c.source, FrontMatter: c.rules}, nil, 1)
			doc := sources.Document{Format: sources.Markdown, Body: []byte("---\n" + c.front + "\n---\n# Title\n\nText."),
				Path: "a.md"}
			made, err := maker.Make(t.Context(), sources.Entry{ID: "a.md", URL: "https://docs.example.com/a"}, doc)
			if err != nil {
				t.Fatal(err)
			}
			q := made.Request
			if got := [3]bool{q.AIAgent, q.AICopilot, q.AISalesAgent != nil && *q.AISalesAgent}; got != c.flags {
				t.Errorf("pushed with %v, want %v", got, c.flags)
			}
			want := c.url
			if want == "" {
				want = "https://docs.example.com/a"
			}
			if q.URL != want {
				t.Errorf("cites %s, want %s", q.URL, want)
			}
			if all := strings.Join(made.Page.Warnings, "\n"); !strings.Contains(all, c.warnings) || c.warnings == "" &&
				strings.Contains(all, "ignored") {
				t.Errorf("warnings: %q", all)
			}
		})
	}
}

// Without an address of its own a page cites only hosts that the source names.
func TestPagesWithoutAnAddressCiteNamedHostsOnly(t *testing.T) {
	doc := sources.Document{Format: sources.Markdown,
		Body: []byte("---\nurl: https://other.example.com/x\n---\n# Title\n\nText."), Path: "a.md"}
	for hosts, want := range map[string]string{"": "", "other.example.com": "https://other.example.com/x"} {
		src := &transform.Options{}
		if hosts != "" {
			src.FrontMatter.CitationHosts = []string{hosts}
		}
		made, err := transform.NewMaker(src, nil, 1).Make(t.Context(), sources.Entry{ID: "a.md"}, doc)
		if err != nil || made.Request.URL != want {
			t.Errorf("with %q it cites %q, %v; want %q", hosts, made.Request.URL, err, want)
		}
	}
}
