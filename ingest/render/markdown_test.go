package render_test

import (
	"strings"
	"testing"

	"finpages/sources"
)

func TestRenderMarkdown(t *testing.T) {
	checkTable(t, sources.Markdown, []conversion{
		{"inline", "*a* **b** ~~c~~ `d  <e>` <kbd>f</kbd> H<sub>2</sub>O", "<p><em>a</em> <strong>b</strong> <del>c</del> <code>d  &lt;e&gt;</code> <kbd>f</kbd> H<sub>2</sub>O</p>"},
		{"quotes stay", `"it's" -- ok`, `<p>"it's" -- ok</p>`},
		{"table", "| a | b |\n|---|:-:|\n| `x|y` | |", "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>`x</td><td>y`</td></tr></tbody></table>"},
		{"tasks", "- [x] done\n- [ ] open", "<ul><li>☑ done</li><li>☐ open</li></ul>"},
		{"autolink", "see https://x.example/a_b and <m@x.example>", `<p>see <a href="https://x.example/a_b">https://x.example/a_b</a> and <a href="mailto:m@x.example">m@x.example</a></p>`},
		{"footnote", "a[^1]\n\n[^1]: b", "<p>a<sup>1</sup></p><hr><ol><li><p>b</p></li></ol>"},
		{"words in braces", "\\frac{a}{b} f(x){e} `c`{d} [l](https://x.example/){target=_blank}", `<p>\frac{a}{b} f(x){e} <code>c</code>{d} <a href="https://x.example/">l</a></p>`},
		{"links side by side", "[a](https://x.example/) [b](https://x.example/)", `<p><a href="https://x.example/">a</a> <a href="https://x.example/">b</a></p>`},
		{"definition", "a\n: b\n: c", "<dl><dt>a</dt><dd>b</dd><dd>c</dd></dl>"},
		{"code", "```go\nfunc  main() {\n\n\tx := \"<b>\"\n}\n```", "<pre><code class=\"language-go\">func  main() {\n\n\tx := \"&lt;b&gt;\"\n}</code></pre>"},
		{"code in a list", "1. a\n\n   ```\n   x\n     y\n   ```\n\n2. b", "<ol><li><p>a</p><pre><code>x\n  y</code></pre></li><li><p>b</p></li></ol>"},
		{"indented code", "a\n\n    !!! note\n    {{< x >}}\n    import a from 'b'", "<p>a</p><pre><code>!!! note\n{{&lt; x &gt;}}\nimport a from 'b'</code></pre>"},
		{"fences in a fence", "``` markdown\n=== \"A\"\n\n    ``` c\n    x\n    ```\n```\n\nb", "<pre><code class=\"language-markdown\">=== \"A\"\n\n    ``` c\n    x\n    ```</code></pre><p>b</p>"},
		{"longer fence", "````\n```\n:::note\n```\n````\n\nb", "<pre><code>```\n:::note\n```</code></pre><p>b</p>"},
		{"fence in a quote", "> ```\n> {{< x >}}\n> ```\n\nb", "<blockquote><pre><code>{{&lt; x &gt;}}</code></pre></blockquote><p>b</p>"},
		{"title of code", "```yaml title=\"a.yml\" hl_lines=\"1\"\nx: 1\n```", "<p><strong>a.yml</strong></p><pre><code class=\"language-yaml\">x: 1</code></pre>"},
		{"classes of code", "``` {.py .annotate linenums=\"1\"}\nx\n```", "<pre><code class=\"language-py\">x</code></pre>"},
		{"start of a list", "3. a\n4. b", `<ol start="3"><li>a</li><li>b</li></ol>`},
		{"raw html", "<div align=center>\n\n**a**\n\n</div>\n\n<script>x</script>\n\nb", "<p><strong>a</strong></p><p>b</p>"},
		{"details", "<details>\n<summary>More <b>here</b></summary>\n\nbody\n\n</details>", "<p><strong>More here</strong></p><p>body</p>"},
		{"comment", "a\n\n<!-- ```\nb -->\n\n!!! note\n    c", "<p>a</p><blockquote><p><strong>Note</strong></p><p>c</p></blockquote>"},
		{"heading attributes", "## A {#b}\n\n### C { #d .e data-toc-label=\"f\" }\n\nx", "<h2>A</h2><h3>C</h3><p>x</p>"},
		{"heading attributes of others", "## A b %{#b}%\n\n100%{x}% and %{y\n\nx", "<h2>A b</h2><p>100%{x}% and %{y</p><p>x</p>"},
		{"values and types", "use <name>, List<int> and <wbr>a <b>b</b>", "<p>use &lt;name&gt;, List&lt;int&gt; and a <strong>b</strong></p>"},
		{"values of a letter or two", "run --id <id> --x <x> <y> <n> <k> <N> now\n\n<id> a\n\n| a <id> | b |\n|---|---|\n| <x> | `<k>` <j> <b>l</b> |", "<p>run --id &lt;id&gt; --x &lt;x&gt; &lt;y&gt; &lt;n&gt; &lt;k&gt; &lt;N&gt; now</p><p>&lt;id&gt; a</p><table><thead><tr><th>a &lt;id&gt;</th><th>b</th></tr></thead><tbody><tr><td>&lt;x&gt;</td><td><code>&lt;k&gt;</code> &lt;j&gt; <strong>l</strong></td></tr></tbody></table>"},
		{"values in HTML", "<div>use <id> <x> <name> <b>m</b></div>\n\n<p>a <id> <code>b <y></code>\n\nx <code>b <y> <Foo> <b>c</b></code>\n\n<pre>\ncp <a1> <Foo> <VAR>d</VAR>\n</pre>", "<p>use &lt;id&gt; &lt;x&gt; &lt;name&gt; <strong>m</strong></p><p>a &lt;id&gt; <code>b &lt;y&gt;</code></p><p>x <code>b &lt;y&gt; &lt;Foo&gt; <strong>c</strong></code></p><pre><code>cp &lt;a1&gt; &lt;Foo&gt; d</code></pre>"},
		{"elements, also without an end", "<b>a</b> <i>b</i> <u>c</u> <q>d</q> <s>e</s> <ruby>f<rt>g</ruby> <a href=\"https://h.example/\">h</a> <x>i</x> <my-el>j</my-el> <p>k", "<p><strong>a</strong> <em>b</em> c “d” <del>e</del> f(g) <a href=\"https://h.example/\">h</a> i j</p><p>k</p>"},
		{"placeholder", "use <TOKEN> or <YOUR-NAME>", "<p>use &lt;TOKEN&gt; or &lt;YOUR-NAME&gt;</p>"},
		{"image", "text ![a *b*](c.png) text\n\n![d](e.png)\n\n![](f.png)", "<p>text a b text</p><p>d</p>"},
		{"hard break", "a  \nb\\\nc", "<p>a<br>b<br>c</p>"},
	})
}

func TestRenderAdmonitions(t *testing.T) {
	const box = "<blockquote><p><strong>Note: A <code>b</code></strong></p><p>c</p></blockquote><p>d</p>"
	checkTable(t, sources.Markdown, []conversion{
		{"GitHub", "> [!NOTE]\n> c\n\nd", "<blockquote><p><strong>Note</strong></p><p>c</p></blockquote><p>d</p>"},
		{"Obsidian", "> [!note]- A `b`\n> c\n\nd", box},
		{"in a list", "- x\n\n  > [!TIP]\n  > c", "<ul><li><p>x</p><blockquote><p><strong>Tip</strong></p><p>c</p></blockquote></li></ul>"},
		{"plain quote", "> [NOTE] c", "<blockquote><p>[NOTE] c</p></blockquote>"},
		{"MkDocs", "!!! note \"A `b`\"\n\n    c\n\nd", box},
		{"MkDocs, folded", "???+ note \"A `b`\"\n    c\n\nd", box},
		{"MkDocs, no title", "!!! warning\n    c", "<blockquote><p><strong>Warning</strong></p><p>c</p></blockquote>"},
		{"MkDocs, empty title", "!!! note \"\"\n    c", "<blockquote><p>c</p></blockquote>"},
		{"MkDocs, place", "!!! info inline end \"A\"\n    c", "<blockquote><p><strong>Info: A</strong></p><p>c</p></blockquote>"},
		{"MkDocs, own kind", "!!! pied-piper \"Pied Piper\"\n    c", "<blockquote><p><strong>Pied Piper</strong></p><p>c</p></blockquote>"},
		{"MkDocs, nested", "!!! note\n    c\n\n    !!! tip\n        d\n\n        ```\n        !!! x\n        ```", "<blockquote><p><strong>Note</strong></p><p>c</p><blockquote><p><strong>Tip</strong></p><p>d</p><pre><code>!!! x</code></pre></blockquote></blockquote>"},
		{"MkDocs, in a list", "1. x\n\n    !!! note\n        c\n\n2. y", "<ol><li><p>x</p><blockquote><p><strong>Note</strong></p><p>c</p></blockquote></li><li><p>y</p></li></ol>"},
		{"exclaimed", "!!! this is no note, is it?", "<p>!!! this is no note, is it?</p>"},
		{"Docusaurus", ":::note[A `b`]\n\nc\n\n:::\n\nd", box},
		{"a title among settings", ":::note{.x title=\"A `b`\"}\nc\n:::\nd", box},
		{"Docusaurus, old title", ":::note A `b`\nc\n:::\nd", box},
		{"Docusaurus, nested", "::::tip\n\na\n\n:::note\nb\n:::\n\nc\n\n::::\n\nd", "<blockquote><p><strong>Tip</strong></p><p>a</p><blockquote><p><strong>Note</strong></p><p>b</p></blockquote><p>c</p></blockquote><p>d</p>"},
		{"Docusaurus, code", ":::note\n```\n:::\n```\n:::\nd", "<blockquote><p><strong>Note</strong></p><pre><code>:::</code></pre></blockquote><p>d</p>"},
		{"never closed", ":::note\na\n\nb", "<blockquote><p><strong>Note</strong></p><p>a</p><p>b</p></blockquote>"},
		{"DocFX image", ":::image type=\"content\" source=\"a.png\" alt-text=\"A screen\":::", "<p>A screen</p>"},
		{"GitBook", "{% hint style=\"warning\" %}\nc\n{% endhint %}\n\nd", "<blockquote><p><strong>Warning</strong></p><p>c</p></blockquote><p>d</p>"},
		{"Hugo", "{{< note >}}\nc\n{{< /note >}}\n\nd", "<blockquote><p><strong>Note</strong></p><p>c</p></blockquote><p>d</p>"},
		{"MDX", "<Admonition type=\"tip\" title=\"A\">\n\nc\n\n</Admonition>\n\nd", "<blockquote><p><strong>Tip: A</strong></p><p>c</p></blockquote><p>d</p>"},
	})
}

func TestRenderTabs(t *testing.T) {
	const tabs = "<p><strong>A</strong></p><p>x</p><p><strong>B</strong></p><p>y</p>"
	checkTable(t, sources.Markdown, []conversion{
		{"MkDocs", "=== \"A\"\n\n    x\n\n=== \"B\"\n\n    y", tabs},
		{"MkDocs, empty", "=== \"A\"\n\n=== \"B\"\n\nx", "<p>x</p>"},
		{"MDX", "<Tabs>\n<TabItem value=\"a\" label=\"A\">\n\nx\n\n</TabItem>\n<TabItem value=\"B\">\n\ny\n\n</TabItem>\n</Tabs>", tabs},
		{"MDX, labels in front", "<Tabs\n  values={[\n    {label: 'A', value: 'a'},\n    {label: 'B', value: 'b'},\n  ]}>\n<TabItem value=\"a\">\n\nx\n\n</TabItem>\n<TabItem value=\"b\">\n\ny\n\n</TabItem>\n</Tabs>", tabs},
		{"MDX, on one line", "<Tabs><TabItem label=\"A\">x</TabItem><TabItem label=\"B\">y</TabItem></Tabs>", tabs},
		{"Hugo", "{{< tabs >}}\n{{% tab \"A\" %}}\nx\n{{% /tab %}}\n{{% tab title=\"B\" %}}\ny\n{{% /tab %}}\n{{< /tabs >}}", tabs},
		{"GitBook", "{% tabs %}\n{% tab title=\"A\" %}\nx\n{% endtab %}\n\n{% tab title=\"B\" %}\ny\n{% endtab %}\n{% endtabs %}", tabs},
	})
}

func TestRenderMDX(t *testing.T) {
	checkTable(t, sources.MDX, []conversion{
		{"imports", "import A from './a';\nimport {\n  B,\n  C,\n} from 'b';\nimport 'c.css';\n\nx", "<p>x</p>"},
		{"exports", "import A from 'a'\n\nexport const b = {\n  c: 1,\n\n  d: 2,\n};\n\nx", "<p>x</p>"},
		{"prose that begins alike", "import the data from a file\n\nexport it again", "<p>import the data from a file</p><p>export it again</p>"},
		{"comments", "a {/* b */} c\n\n{/*\nd\n\n```\n*/}\n\ne{' '}f", "<p>a c</p><p>e f</p>"},
		{"no indented code", "<Tabs>\n  <TabItem label=\"A\">\n\n    x\n\n  </TabItem>\n</Tabs>", "<p><strong>A</strong></p><p>x</p>"},
		{"component", "<Card title=\"Install\" href=\"./install\" description=\"How to\" onClick={() => { a > b }} />\n\nx", `<p><a href="https://docs.example.com/guide/install"><strong>Install</strong></a></p><p>How to</p><p>x</p>`},
		{"at the start of text", "<Highlight color=\"red\">Red</Highlight> is *my* color.", "<p>Red is <em>my</em> color.</p>"},
		{"indented code block in a component", "<Steps>\n    <Step>\n\n        ```js\n        a\n          b\n        ```\n\n        c\n\n    </Step>\n</Steps>", "<pre><code class=\"language-js\">a\n  b</code></pre><p>c</p>"},
		{"within text", "a <Icon name=\"x\"/> b <Foo bar={1}>c</Foo>", "<p>a x b c</p>"},
		{"styles", "<div style={{color: 'red'}} className=\"x\">\n\na\n\n</div>\n\n<img src={require('./x.png').default} alt=\"An image\" />", "<p>a</p><p>An image</p>"},
		{"code", "```jsx\nimport A from 'a';\n<Tabs>{/* x */}</Tabs>\n```\n\n`{/* y */} <Tabs>`", "<pre><code class=\"language-jsx\">import A from 'a';\n&lt;Tabs&gt;{/* x */}&lt;/Tabs&gt;</code></pre><p><code>{/* y */} &lt;Tabs&gt;</code></p>"},
		{"SnackPlayer", "```SnackPlayer name=My%20App&ext=tsx\nx\n```", "<p><strong>My App</strong></p><pre><code class=\"language-tsx\">x</code></pre>"},
		{"texts in data", "<Feat items={[{title:\"F1\",icon:\"star\",text:\"T1's <words>\"},\n  {'question': 'Why\\'s', answer: `So\n it`, link: {href: \"/a b\", label: \"Go\"}, tags: ['x y'], icon: {name: 'z'}}, {a: <p>don't</p>, text: 'last'}]} />\n\n<List items={[\"one words\", 'two']} style={{content: \"no\"}} onClick={() => { f({text: 'no'}) }}/>\n\n<Box title=\"B\" data={{hero: {heading: \"H\", n: 1}}}>\n\nc\n\n</Box>",
			"<p><strong>F1</strong></p><p>T1's &lt;words&gt;</p><p><strong>Why's</strong></p><p>So it</p><p><strong>Go</strong></p><p>last</p><ul><li><p>one words</p></li><li><p>two</p></li></ul><p><strong>B</strong></p><p><strong>H</strong></p><p>c</p>"},
		{"heading id", "# A {#b}\n\n## C {#d}\n\nx", "<h2>C</h2><p>x</p>"},
	})
}

func TestRenderShortcodes(t *testing.T) {
	checkTable(t, sources.Markdown, []conversion{
		{"shown", "a {{</* b */>}} {{%/* c d=\"e\" */%}}\n\n```\n{{</* f */>}}\n```\n\n`{{</* g */>}}`", "<p>a {{&lt; b &gt;}} {{% c d=\"e\" %}}</p><pre><code>{{&lt; f &gt;}}</code></pre><p><code>{{&lt; g &gt;}}</code></p>"},
		{"code", "{{< highlight go \"linenos=table\" >}}\na_b_c\n{{< /highlight >}}", "<pre><code class=\"language-go\">a_b_c</code></pre>"},
		{"code within text", "a {{< highlight go \"hl_inline=true\" >}}x<y{{< /highlight >}} b", "<p>a <code>x&lt;y</code> b</p>"},
		{"settings", "{{< code-toggle file=hugo >}}\nx = 1\n{{< /code-toggle >}}", "<pre><code class=\"language-toml\">x = 1</code></pre>"},
		{"word", "a {{% glossary-term shortcode %}} b", "<p>a shortcode b</p>"},
		{"reference", "[a]({{< ref \"b/c.md#d\" >}}) [e]({{% relref \"f\" %}})", `<p><a href="https://docs.example.com/guide/b/c.md#d">a</a> <a href="https://docs.example.com/guide/f">e</a></p>`},
		{"figure", "{{< figure src=\"a.png\" alt=\"An image\" caption=\"A caption\" >}}", "<p>An image</p><p>A caption</p>"},
		{"video", "{{< youtube abc123 >}}", `<p><a href="https://www.youtube.com/watch?v=abc123">YouTube video</a></p>`},
		{"unknown", "a\n\n{{< whatever x=\"y\" >}}\n\n{{% include \"b.md\" %}}\n\nc", "<p>a</p><p>c</p>"},
		{"comment", "a {{/* b */}}\n\n{{% comment %}}\nc\n{{% /comment %}}\n\nd", "<p>a</p><p>d</p>"},
		{"on many lines", "{{< figure\n  src=\"a.png\"\n  alt=\"An image\"\n>}}", "<p>An image</p>"},
		{"other braces", "{{ user.name }} and {% unknown %} and ${x} and {x}", "<p>{{ user.name }} and {% unknown %} and ${x} and {x}</p>"},
		{"in code", "```\n{{< note >}}\n```\n\n`{{< note >}}` and `{% hint %}`", "<pre><code>{{&lt; note &gt;}}</code></pre><p><code>{{&lt; note &gt;}}</code> and <code>{% hint %}</code></p>"},
		{"Jekyll", "{% raw %}\na\n{% endraw %}\n\n{% highlight ruby %}\nx_y_z\n{% endhighlight %}", "<p>a</p><pre><code class=\"language-ruby\">x_y_z</code></pre>"},
	})
}

func TestRenderExtras(t *testing.T) {
	checkTable(t, sources.Markdown, []conversion{
		{"wiki links", "[[Some note]] [[a/b#C d|text]] [[#^x1y2|here]]", `<p><a href="https://docs.example.com/guide/Some%20note">Some note</a> <a href="https://docs.example.com/guide/a/b#c-d">text</a> here</p>`},
		{"no wiki links", "[[1]](a) [[2]][b] [3] [[b]]\n\n[b]: c", `<p><a href="https://docs.example.com/guide/a">[1]</a> <a href="https://docs.example.com/guide/c">[2]</a> [3] [<a href="https://docs.example.com/guide/c">b</a>]</p>`},
		{"embeds", "![[Note#^b15695]] ![[a.png|An image]]", `<p><a href="https://docs.example.com/guide/Note">Note</a> An image</p>`},
		{"block ids", "a ^b15695\n\n- b ^c1\n- c ^abc-def\n\n2 ^10", "<p>a</p><ul><li>b ^c1</li><li>c</li></ul><p>2 ^10</p>"},
		{"attribute lists", "[a](b){ .md-button target=\"_blank\" } c\n{: .d}\n\n![e](f.png){ width=\"300\" align=left } g\n\n{ .annotate }\n\n{x} {a: b} {1}", `<p><a href="https://docs.example.com/guide/b">a</a> c</p><p>e g</p><p>{x} {a: b} {1}</p>`},
		{"icons", ":material-home: a :smile: b:c:d", "<p>a 😄 b:c:d</p>"},
		{"marks", "==a== ^^b^^ ++ctrl+alt+del++ a == b ++ c", "<p>a b <kbd>Ctrl</kbd>+<kbd>Alt</kbd>+<kbd>Del</kbd> a == b ++ c</p>"},
		{"snippets", "a\n\n--8<-- \"b.md\"\n\n--8<--\nc.md\n--8<--\n\nd", "<p>a</p><p>d</p>"},
		{"toc", "[TOC]\n\n[[_TOC_]]\n\na", "<p>a</p>"},
		{"abbreviations", "a\n\n*[HTML]: Hyper Text", "<p>a</p><ul><li>HTML: Hyper Text</li></ul>"},
		{"versions", "<!-- md:version 8.3.0 -->\n\na", "<p>a</p>"},
		{"formula", "$$\na_b = c_d * e * f\n$$\n\n$5 and $10", "<pre><code class=\"language-math\">a_b = c_d * e * f</code></pre><p>$5 and $10</p>"},
		{"DocFX include", "[!INCLUDE [x](../y.md)]\n\na", "<p>a</p>"},
		{"markdown in html", "<div class=\"grid\" markdown>\n**a**\n</div>\nb", "<p><strong>a</strong></p><p>b</p>"},
		{"comments", "a %%b%% c\n\n%%\nd\n%%\n\n100%% sure", "<p>a c</p><p>100%% sure</p>"},
	})
}

type conversion struct{ name, from, to string }

// checkTable checks conversions of documents that have a title of their own.
func checkTable(t *testing.T, format sources.Format, table []conversion) {
	t.Helper()
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			in := document(format, c.from)
			if !strings.HasPrefix(c.from, "# ") && format != sources.HTML {
				in.Document.Title = "Title"
			}
			if got := flat(mustRender(t, in).HTML); got != c.to {
				t.Errorf("%s\n got %s\nwant %s", c.from, got, c.to)
			}
		})
	}
}
