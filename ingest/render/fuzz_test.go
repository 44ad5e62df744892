package render_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"finpages/ingest/render"
	"finpages/sources"
)

var formats = []sources.Format{sources.Markdown, sources.MDX, sources.HTML, sources.Text, sources.ConfluenceView,
	sources.ConfluenceExport, sources.ConfluenceStorage}

// FuzzRender holds that whatever goes in, only clean pages come out, and that
// a page that is rendered again keeps its words.
func FuzzRender(f *testing.F) {
	for _, seed := range []string{
		"# Title\n\ntext [a](b.md#c) <b>x</b>\n", "---\ntitle: x\n---\nbody", "+++\ntitle='x'\n+++\nbody", "!!! note \"x\"\n    y\n",
		":::tip[x]\ny\n:::\n", "<Tabs><TabItem label=\"x\">\n\ny\n</TabItem></Tabs>", "{{< note >}}x{{< /note >}}", "{% hint %}\nx\n{% endhint %}",
		"<div><p>x<table><tr><td>y", "<a href=javascript:x>y</a>", "<ul><li>a<ul>b", "<dl><dd>x<dt>y", "<pre>\n\nx <b>y</b></pre>", "> [!NOTE] x\n> y",
		"[[a|b]] ![[c]] ^abcd", "| a | b |\n|---|---|\n| 1 |", "a\n: b", "x[^1]\n\n[^1]: y", "```go title=\"x\"\ny\n```", "<details><summary>x</summary>y</details>",
		"<h2><div>a</div><ul><li>b</ul></h2>", "<ruby>x<rt>y", "<math><annotation encoding=tex>x", "\xff\xfea\x00b\x00", "\xef\xbb\xbf# x", "a\r\nb\rc",
		"<svg><style><!--</style><img src=x onerror=y>", "<noscript><p title=\"</noscript><img src=x>\">", "<table><caption>a<tr><td>b<table><td>c",
	} {
		for i := range formats {
			f.Add(i, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, format int, body []byte) {
		if format < 0 || format >= len(formats) {
			return
		}
		in := render.Input{
			Document: sources.Document{Format: formats[format], Body: body, Path: "dir/page.md"},
			URL:      "https://h.example/dir/page",
			Link:     func(p string) string { return "https://h.example/" + strings.Repeat("x", len(p)) },
		}
		page, err := render.Render(in)
		if err != nil {
			return
		}
		if !utf8.ValidString(page.HTML) || !utf8.ValidString(page.Title) {
			t.Error("invalid UTF-8")
		}
		checkPage(t, page)
		in.Document = sources.Document{Format: sources.ConfluenceView, Body: []byte(page.HTML), Title: "zzz"}
		again, err := render.Render(in)
		if err != nil {
			t.Fatal(err)
		}
		if again.HTML != page.HTML && words(again.HTML) != words(page.HTML) {
			t.Errorf("rendered again, %q becomes %q", page.HTML, again.HTML)
		}
	})
}

func words(markup string) string { return strings.Join(strings.Fields(text(markup)), "") }
