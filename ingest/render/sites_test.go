package render_test

import (
	"slices"
	"strings"
	"testing"

	"finpages/sources"
)

// TestRenderReadMe holds what ReadMe adds to Markdown, and what it means only there.
func TestRenderReadMe(t *testing.T) {
	const sign = "\n\n[z](doc:x)"
	checkGenerated(t, nil, []generated{
		{"box with a heading", "", "> 📘 Title `a`\n> goes on\n>\n> Body\n\n- b\n\n  > 🎉 c\n\n> ❗️\n\n> 📘é d",
			"<blockquote><h3>📘 Title <code>a</code> goes on</h3><p>Body</p></blockquote><ul><li><p>b</p><blockquote><h3>🎉 c</h3></blockquote></li></ul><blockquote><p>❗️</p></blockquote><blockquote><p>📘é d</p></blockquote>"},
		{"quote of others", "hugo", "> 📘 Title", "<blockquote><p>📘 Title</p></blockquote>"},
		{"values", "", "<<a b>> <<glossary:c d>> {user.e} `<<f>> {user.g}` \\<<b>> \\<<h\\>> x<<y 1<<2>>1\n\n```\n<<i>>\n```" + sign,
			"<p>A B c d E <code>F G</code> &lt;&lt;b&gt;&gt; &lt;&lt;h&gt;&gt; x&lt;&lt;y 1&lt;&lt;2&gt;&gt;1</p><pre><code>&lt;&lt;i&gt;&gt;</code></pre><p>z</p>"},
		{"values of others", "", "<<a>> {user.e} `<<f>>`", "<p>&lt;&lt;a&gt;&gt; {user.e} <code>&lt;&lt;f&gt;&gt;</code></p>"},
		{"variables", "readme", "a <Variable name=\"x\" /> <Variable name=\"y\">z</Variable> <Glossary>c</Glossary>", "<p>a X Y c</p>"},
		{"tables in HTML", "readme", "1. a\n\n   <table>\n     <thead><td>A <<b>></td></thead>\n     <tr>\n       <td colspan=\"2\">\n         **c**\n\n         ```sh\n         d\n         ```\n       </td>\n     </tr>\n   </table>",
			`<ol><li><p>a</p><table><thead><tr><th><p>A B</p></th></tr></thead><tbody><tr><td colspan="2"><p><strong>c</strong></p><pre><code class="language-sh">d</code></pre></td></tr></tbody></table></li></ol>`},
		{"headings without a space", "readme", "#A\ntext\n##B\n\n#1 c", "<h2>A</h2><p>text</p><h3>B</h3><p>#1 c</p>"},
		{"Markdown within lists of HTML", "", "<ol>\n  <li>\n    <details>\n      <summary>A</summary>\n\n      ### B\n\n      ```json One\n      {\n\n      }\n      ```\n    </details>\n  </li>\n  <li>c **d**</li>\n</ol>" + sign,
			"<ol><li><p><strong>A</strong></p><h3>B</h3><pre><code class=\"language-json\">{\n\n}</code></pre></li><li>c **d**</li></ol><p>z</p>"},
		{"HTML as it is written", "", "<HTMLBlock safeMode={true}>{`<b>a</b>`}</HTMLBlock>\n\n<HTMLBlock>{`<b>a</b>`}</HTMLBlock>", "<pre><code>&lt;b&gt;a&lt;/b&gt;</code></pre><p><strong>a</strong></p>"},
		{"icon in place of the kind", "", "<Callout icon=\"🚧\" theme=\"warn\">\na\n</Callout>\n\n<Image src=\"a.png\" alt=\"b\" caption=\"c\" />", "<blockquote><p>🚧</p><p>a</p></blockquote><p>b</p><p>c</p>"},
		{"level of a heading", "", "[block:api-header]\n{\"title\": \"A\\nb\", \"level\": 3}\n[/block]", "<h3>A b</h3>"},
		{"emoji side by side", "", ":grin::tada: a:grin: std::grin: :grin:a :grin::nothing:", "<p>😁🎉 a:grin: std::grin: :grin:a :grin::nothing:</p>"},
	})
}

// TestRenderGitBook holds what GitBook adds to Markdown.
func TestRenderGitBook(t *testing.T) {
	source := files{
		".gitbook/vars.yaml": "version: v1 <b>\n",
		"guide/x.md":         "Part {% include \"x.md\" %}.\n\n{% include \"x.md\" %}\n",
	}
	checkGenerated(t, source, []generated{
		{"conditions", "gitbook", "a {% if x %}A{% elif y %}B{% else %}C{% endif %} b\n\n{% if x %}\nD\n{% else %}\nE\n{% endif %}", "<p>a A / B / C b</p><p>D</p><p>E</p>"},
		{"what is no call", "gitbook", "{% raw %}\n{% hint %} {{ x }} `{{ y }}`\n\n```\n{% z %}\n```\n{% endraw %}\n\n`{% raw %}{{ a }}{% endraw %}` {% raw %}**{{ b }}** {% hint %}{% endraw %} c",
			"<p>{% hint %} {{ x }} <code>{{ y }}</code></p><pre><code>{% z %}</code></pre><p><code>{{ a }}</code> <strong>{{ b }}</strong> {% hint %} c</p>"},
		{"expressions", "gitbook", "---\nvars:\n  a: One\n---\n<code class=\"expression\">space.vars.version</code> <code class=\"expression\">page.vars.a</code> <code class=\"expression\">page.vars.b ?? \"c\"</code> <code class=\"expression\">d + 1</code>\n\n<div><code class=\"expression\">page.vars.a</code></div>",
			"<p>v1 &lt;b&gt; One c d + 1</p><p>One</p>"},
		{"diagram", "gitbook", "{% @mermaid/diagram content=\"graph\n  A --> B\" %}", "<pre><code class=\"language-mermaid\">graph\n  A --&gt; B</code></pre>"},
		{"a file that includes itself", "gitbook", "{% include \"x.md\" %}", "<p>Part .</p>"},
	})
}

// TestRenderLearn holds what DocFX and Microsoft Learn add to Markdown.
func TestRenderLearn(t *testing.T) {
	source := files{
		"inc/two.md":     "---\ntitle: x\n---\nOne **a|b**.\n\nTwo.\n",
		"guide/other.md": "---\nuid: guide/other\n---\n# The *other*\n\nx\n",
		"guide/wrong.md": "---\nuid: guide/else\n---\n# Wrong\n",
		"guide/a.cs":     "// <c>\nd\n  // <e>\n  f\n  // </e>\n#region g\nh\n#region i\nj\n#endregion\nk\n#endregion\n// </c>\n",
		".openpublishing.redirection.json": `{"redirections": [{"source_path": "guide/old.md", "redirect_url": "/site/guide/mid"},` +
			`{"source_path_from_root": "/guide/mid.md", "redirect_url": "/site/guide/other#s"}, {"source_path": "guide/out.md", "redirect_url": "https://h.example/o"}]}`,
	}
	const other = `<a href="https://docs.example.com/guide/other.md">The other</a>`
	for from, want := range map[string]string{
		"| a | b |\n|---|---|\n| x [!INCLUDE [y](../inc/two.md)] | c |":                                       `<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>x One <strong>a|b</strong>.<br>Two.</td><td>c</td></tr></tbody></table>`,
		"<b title=\"[!INCLUDE[y](../inc/two.md)]\">a</b> [b](https://h.example/[!INCLUDE[y](../inc/two.md)])": `<p><strong>a</strong> <a href="https://h.example/%5B!INCLUDE%5By%5D(../inc/two.md)%5D">b</a></p>`,
		"<xref:guide/other>, @guide/other. @guide/wrong @guide/gone a@guide/other \\<xref:guide/other>":       "<p>" + other + ", " + other + ". @guide/wrong @guide/gone a@guide/other &lt;xref:guide/other&gt;</p>",
		"[](xref:guide/other), [a](xref:guide/other#p?displayProperty=fullName), [b](xref:System.Int32)":      "<p>" + other + `, <a href="https://docs.example.com/guide/other.md#p">a</a>, b</p>`,
		"<xref href=\"guide/other\"></xref>, <xref:System.Int32>":                                             "<p>" + other + ", <code>System.Int32</code></p>",
		"[a](old.md), [b](out.md), [c](gone.md)":                                                              `<p><a href="https://docs.example.com/guide/other.md#s">a</a>, <a href="https://h.example/o">b</a>, c</p>`,
		"[!code-csharp[](a.cs?name=c)]":                                                                       "<pre><code class=\"language-csharp\">d\n  f\n#region g\nh\n#region i\nj\n#endregion\nk\n#endregion</code></pre>",
		":::code source=\"a.cs\"\n  id=\"g\":::":                                                              "<pre><code>h\nj\nk</code></pre>",
		":::image source=\"a.png\"\nalt-text=\"b\"::: c :::no-loc\n  text=\"d\":::":                           "<p>b c d</p>",
		":::moniker range=\"x\"\na":                                                                           "<p>a</p>",
		"# [A](#tab/a)\n\nb\n\n---\n\nc\n\n---\n\n[!UICONTROL Save] [!X y]":                                   "<p><strong>A</strong></p><p>b</p><p>c</p><hr><p>Save [!X y]</p>",
	} {
		in := document(sources.Markdown, from)
		in.Document.Title, in.Dialect, in.Include, in.Link = "Title", "docfx", source.include, source.link
		in.Exists = func(path string) bool { return source[path] != "" }
		in.Named = func(name string) string {
			for path := range source {
				if strings.TrimSuffix(path, ".md") == name {
					return path
				}
			}
			return ""
		}
		page := mustRender(t, in)
		if got := flat(page.HTML); got != want {
			t.Errorf("%q:\n got %s\nwant %s", from, got, want)
		}
		if strings.Contains(from, "old.md") && !slices.Contains(page.Included, ".openpublishing.redirection.json") {
			t.Errorf("%q: not noted that the page depends on its redirections: %q", from, page.Included)
		}
	}
}

// TestRenderMdBook holds what mdBook adds to Markdown.
func TestRenderMdBook(t *testing.T) {
	source := files{
		"guide/x.md": "One **a**\ntwo {{#include y.md}}\n", "guide/y.md": "y {{#include x.md}}",
		"guide/a.rs": "// ANCHOR: b\nuse c;\n# d\n// ANCHOR_END: b\nfn e() {}\n",
	}
	checkGenerated(t, source, []generated{
		{"files within text", "mdbook", "a {{#include x.md:1}} `{{ #include x.md:1}}` \\{{#include x.md}} {{#title b}}c\n\n| d |\n|---|\n| {{#include x.md:1:2}} |\n\n{{#include y.md}}",
			"<p>a One <strong>a</strong> <code>One **a**</code> {{#include x.md}} c</p><table><thead><tr><th>d</th></tr></thead><tbody><tr><td>One <strong>a</strong><br>two y</td></tr></tbody></table><p>y One <strong>a</strong> two</p>"},
		{"code of others", "", "`{{#include x.md:1}}`", "<p><code>{{#include x.md:1}}</code></p>"},
		{"hidden lines", "mdbook", "```rust,ignore\n# a\n#\n  # b\n##c\n#[d]\n{{#include a.rs:b}}\nx {{#include a.rs:5}}\n```\n\n```py,hidelines=!!\n!!a\n# b\n```\n\n```sh\n# c\n```",
			"<pre><code class=\"language-rust\">#c\n#[d]\nuse c;\nx fn e() {}</code></pre><pre><code class=\"language-py\"># b</code></pre><pre><code class=\"language-sh\"># c</code></pre>"},
		{"lines of others", "", "```rust\n# a\n```", "<pre><code class=\"language-rust\"># a</code></pre>"},
		{"boxes", "mdbook", "- a\n\n  ```admonish warning \"B\"\n  *c*\n  ```\n\n```admonish title='D' collapsible=true\ne\n```\n\n```admonish\nf",
			"<ul><li><p>a</p><blockquote><p><strong>Warning: B</strong></p><p><em>c</em></p></blockquote></li></ul><blockquote><p><strong>Note: D</strong></p><p>e</p></blockquote><blockquote><p><strong>Note</strong></p><p>f</p></blockquote>"},
		{"contents within text", "azure", "a [[_TOC_]] b", "<p>a b</p>"},
	})
}

// TestRenderVitePress holds how VitePress shows files as code.
func TestRenderVitePress(t *testing.T) {
	source := files{"guide/a.ts": "// #region b\nx // [!code focus]\n// #region c\ny\n// #endregion c\n// #endregion b\n"}
	checkGenerated(t, source, []generated{
		{"parts and marks", "vitepress", "<<< ./a.ts#b\n\n> <<< ./a.ts#c{1} [No title]", "<pre><code class=\"language-ts\">x\ny</code></pre><blockquote><pre><code class=\"language-ts\">y</code></pre></blockquote>"},
		{"titles in a group", "vitepress", "::: code-group\n<<< ./a.ts#c\n<<< ./a.ts#c [D]\n:::\n\n<<< ./a.ts#c",
			"<p><strong>a.ts</strong></p><pre><code class=\"language-ts\">y</code></pre><p><strong>D</strong></p><pre><code class=\"language-ts\">y</code></pre><pre><code class=\"language-ts\">y</code></pre>"},
	})
}

// TestRenderObsidian holds what Obsidian adds to Markdown, and what is in a block of a note.
func TestRenderObsidian(t *testing.T) {
	source := files{"guide/n.md": "- a ^a\n    - b ^b\n\n      c\n- d\n"}
	checkGenerated(t, source, []generated{
		{"items with what lies in them", "obsidian", "![[n#^a]]\n\nx\n\n![[n#^b]]", "<ul><li>a<ul><li><p>b</p><p>c</p></li></ul></li></ul><p>x</p><ul><li><p>b</p><p>c</p></li></ul>"},
		{"text behind a comment", "obsidian", "%%\na\n\nb %% c\n\n- d\n  %%\n  e\n  %% f", "<p>c</p><ul><li>d f</li></ul>"},
		{"widths, tasks, notes", "obsidian", "![a|100](b.png) ![c|1x2](d.png)\n\n- [/] e\n- [f](https://h.example/)\n- [ ] g ^[h *i*]",
			`<p>a c</p><ul><li>☑ e</li><li><a href="https://h.example/">f</a></li><li>☐ g (h <em>i</em>)</li></ul>`},
		{"links at words", "obsidian", "a[[guide/n.md]]c \\[[b]] `d[[e]]`", `<p>a<a href="https://docs.example.com/guide/n.md">guide/n.md</a>c [[b]] <code>d[[e]]</code></p>`},
		{"of others", "hugo", "![a|100](b.png)\n\n- [/] e", "<p>a|100</p><ul><li>[/] e</li></ul>"},
	})
}

// TestRenderKramdown holds that comments leave the page wherever they are no code.
func TestRenderKramdown(t *testing.T) {
	checkGenerated(t, nil, []generated{
		{"comments that are indented", "jekyll", "- a\n\n    {::comment}\n    b\n    {:/comment}\n\n      {::comment}c{:/}\n\n    - d\n\n        {::comment}e{:/} f\n\ng\n    {::comment}h{:/}\n\n    {::comment}i{:/}",
			"<ul><li><p>a</p><pre><code>{::comment}c{:/}</code></pre><ul><li><p>d</p><p>f</p></li></ul></li></ul><p>g</p><pre><code>{::comment}i{:/}</code></pre>"},
	})
}
