package render_test

import (
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

func benchmark(b *testing.B, format sources.Format, body string) {
	in := document(format, body)
	in.Link = func(p string) string { return "https://docs.example.com/" + p }
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := render.Render(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRenderMarkdown(b *testing.B) {
	part := "## A heading\n\nSome *text* with `code`, a [link](../other.md#part) and **more**, which goes on for a " +
		"while.\n\n" +
		"!!! note \"Mind this\"\n\n    The text of the note.\n\n```yaml title=\"a.yml\"\nkey: value\nlist:\n  - a\n```\n\n" +
		"| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two\n  - three\n\n"
	benchmark(b, sources.Markdown, "# Title\n\n"+strings.Repeat(part, 8<<10/len(part)))
}

func BenchmarkRenderHTML(b *testing.B) {
	part := "<h2 id=x>A heading</h2><p>Some <em>text</em> with <code>code</code>, a <a " +
		"href='../other.md#part'>link</a> and <b>more</b>.</p>" +
		"<div class='code panel'><pre class='brush: java'>key: value\n  list</pre></div><table><tr><th>a<th>b<tr><td>1<td>2</table><ul><li>one<li>two</ul>"
	benchmark(b, sources.HTML, "<html><head><title>T</title></head><body><nav>n</nav><main>"+strings.Repeat(part,
		8<<10/len(part))+"</main>")
}
