package render_test

import (
	"slices"
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

// TestRenderTools holds what single tools add.
func TestRenderTools(t *testing.T) {
	checkTable(t, sources.Markdown, []conversion{
		{"ReadMe box", "[block:callout]\n{\"type\": \"warning\", \"title\": \"Mind\", \"body\": \"The *step*.\"}\n[/block]\n\na", "<blockquote><p><strong>Warning: Mind</strong></p><p>The <em>step</em>.</p></blockquote><p>a</p>"},
		{"ReadMe table", "[block:parameters]\n{\"data\": {\"h-0\": \"A\", \"h-1\": \"B\", \"0-0\": \"`x|y`\", \"0-1\": \"1\\n2\"}, \"cols\": 2, \"rows\": 1}\n[/block]",
			"<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td><code>x|y</code></td><td>1<br>2</td></tr></tbody></table>"},
		{"ReadMe code", "[block:code]\n{\"codes\": [{\"code\": \"a\\nb\", \"language\": \"shell\", \"name\": \"Shell\"}]}\n[/block]", "<p><strong>Shell</strong></p><pre><code class=\"language-shell\">a\nb</code></pre>"},
		{"ReadMe block behind a text", "1. See: [block:code] { \"codes\": [\n{\"code\": \"a\\nb\", \"language\": \"sh\"}]} [/block]\n2. c `[block:code]`\n   [block:callout]\n   {\"body\": \"d\"}\n   [/block] e",
			"<ol><li><p>See:</p><pre><code class=\"language-sh\">a\nb</code></pre></li><li><p>c <code>[block:code]</code></p><blockquote><p>d</p></blockquote><p>e</p></li></ol>"},
		{"ReadMe table with blocks", "[block:parameters]\n{\"data\": {\"h-0\": \"A\", \"0-0\": \"b\\n- *c*\\n\\n```sh\\nd | e\\n```\"}}\n[/block]",
			"<table><thead><tr><th><p>A</p></th></tr></thead><tbody><tr><td><p>b</p><ul><li><em>c</em></li></ul><pre><code class=\"language-sh\">d | e</code></pre></td></tr></tbody></table>"},
		{"ReadMe HTML", "a\n\n<HTMLBlock>{`<div>\n<p>b &amp; **c**</p>\n\n<p>d \\` e</p>\n</div>`}</HTMLBlock>\n\n| f |\n|---|\n| <HTMLBlock>{`<b>g</b>`}</HTMLBlock> |", "<p>a</p><p>b &amp; **c**</p><p>d ` e</p><table><thead><tr><th>f</th></tr></thead><tbody><tr><td><strong>g</strong></td></tr></tbody></table>"},
		{"ReadMe cells", "<Table align={[\"left\"]}>\n  <thead>\n    <tr>\n      <th>A</th>\n    </tr>\n  </thead>\n  <tbody>\n    <tr>\n      <td>\n        b **c**\n\n        * d\n      </td>\n    </tr>\n  </tbody>\n</Table>",
			"<table><thead><tr><th><p>A</p></th></tr></thead><tbody><tr><td><p>b <strong>c</strong></p><ul><li>d</li></ul></td></tr></tbody></table>"},
		{"ReadMe caption and variables", "[block:image]\n{\"images\": [{\"image\": [\"https://h.example/a.png\", null, \"Alt\"], \"caption\": \"Cap *c*\"}]}\n[/block]\n\n[block:textarea]\n{\"text\": \"Text\"}\n[/block]\n\n<<name>> :fa-github:", "<p>Alt</p><p>Cap <em>c</em></p><p>Text</p><p>NAME</p>"},
		{"ReadMe boxes", "<Callout theme=\"error\" icon=\"x\">\n### A\n\nb\n</Callout>\n\n<Callout icon=\"y\">c</Callout>\n\n<Embed url=\"https://h.example/v\" /><Icon name=\"z\" />",
			`<blockquote><p><strong>Error</strong></p><h3>A</h3><p>b</p></blockquote><blockquote><p>c</p></blockquote><p><a href="https://h.example/v">https://h.example/v</a></p>`},
		{"ReadMe heading", "[block:api-header]\n{\"title\": \"Second\"}\n[/block]", "<h2>Second</h2>"},
		{"ReadMe image", "[block:image]\n{\"images\": [{\"image\": [\"https://h.example/a.png\", \"a.png\", 1, 2], \"caption\": \"The pump\"}]}\n[/block]", "<p>The pump</p>"},
		{"marks of lines of code", "```js\na() // [!code ++]\n// [!code focus:2]\nb() /* [!code highlight] */\nc() // [!code x]\n// highlight-next-line\nd()\n{/* error-start */}\n// at-start\n```\n\n`// [!code ++]`",
			"<pre><code class=\"language-js\">a()\nb()\nc() // [!code x]\nd()\n// at-start</code></pre><p><code>// [!code ++]</code></p>"},
		{"marks that are no comments", "```sql\nSELECT 1\n// highlight-next-line\n-- highlight-end\nx\n```", "<pre><code class=\"language-sql\">SELECT 1\n// highlight-next-line\nx</code></pre>"},
		{"calls that a list holds", "1. a\n\n    {{< note >}}\nb *c*\n\n```sh\n  d\n```\n    {{< /note >}}\n\n    e\n\n1. f\n\n    {{< gone >}}\ng",
			"<ol><li><p>a</p><blockquote><p><strong>Note</strong></p><p>b <em>c</em></p><pre><code class=\"language-sh\">  d</code></pre></blockquote><p>e</p></li><li><p>f</p></li></ol><p>g</p>"},
		{"titles of one's own calls", "{{% definition \"shard\" %}}\nA *part*.\n{{% /definition %}}\n\n{{< fold \"Show all\" >}}\nb\n{{< /fold >}}\n\n{{< cols 2 >}}\nc\n{{< /cols >}}\n\nd {{< mark \"E f\" >}}g{{< /mark >}}",
			"<p><strong>shard</strong></p><p>A <em>part</em>.</p><p><strong>Show all</strong></p><p>b</p><p>c</p><p>d g</p>"},
		{"tabs of one's own", "{{< mytabs id=\"x\" tab1=\"A\" tab2=\"B < c\" >}}\na\n\n-tab-sep-\n\n- b\n{{< /mytabs >}}\n\n-tab-sep-",
			"<p><strong>A</strong></p><p>a</p><p><strong>B &lt; c</strong></p><ul><li>b</li></ul><p>-tab-sep-</p>"},
		{"terminals of one's own", "{{< my-cli description=\"D\" >}}\n> GET a\n\n1) \"b\"\n{{< /my-cli >}}\n\n{{< example >}}\n> A *quote*: [b](https://h.example/)\n{{< /example >}}",
			`<p><strong>D</strong></p><pre><code>&gt; GET a

1) "b"</code></pre><blockquote><p>A <em>quote</em>: <a href="https://h.example/">b</a></p></blockquote>`},
		{"code in cells", "| a | b |\n|---|---|\n| {{<code>}}{<br />  \"c\": *d*<br />}{{</code>}} e | {{< code >}}f{{< /code >}} |\n| {{<code>}}\n[g\n\n  h] {{</code>}} | `{{<code>}}` |\n| {{<code>}} i | j |",
			"<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td><pre><code>{\n  \"c\": *d*\n}</code></pre>\ne</td><td><code>f</code></td></tr>" +
				"<tr><td><pre><code>[g\n\n  h]</code></pre></td><td><code>{{&lt;code&gt;}}</code></td></tr><tr><td>i</td><td>j</td></tr></tbody></table>"},
		{"borders in code", "```\n" + strings.Repeat("+--", 40) + "+\n```", "<pre><code>" + strings.Repeat("+--", 40) + "+</code></pre>"},
		{"code in a list of MkDocs", "!!! note\n    x\n\n1. a\n\n        b\n\n          c\n\n    d\n\ne\n\n    :::sh\n    f", "<blockquote><p><strong>Note</strong></p><p>x</p></blockquote><ol><li><p>a</p><pre><code>b\n\n  c</code></pre><p>d</p></li></ol><p>e</p><pre><code class=\"language-sh\">f</code></pre>"},
		{"box on a line", "{{% notice warning %}}Too *hot*.{{% /notice %}}\n\n{% hint %} a {% endhint %} b\n\nc {{< note >}}d{{< /note >}} e `{{< note >}}f{{< /note >}}`",
			"<blockquote><p><strong>Warning</strong></p><p>Too <em>hot</em>.</p></blockquote><blockquote><p><strong>Note</strong></p><p>a</p></blockquote><p>b</p><p>c Note: d e <code>{{&lt; note &gt;}}f{{&lt; /note &gt;}}</code></p>"},
		{"box with text on its lines", "{{% alert title=\"A\" %}}First.\n\n- b\n\nSecond `{{% /alert %}}`.{{% /alert %}}\n\nc {{% /alert %}}",
			"<blockquote><p><strong>Note: A</strong></p><p>First.</p><ul><li>b</li></ul><p>Second <code>{{% /alert %}}</code>.</p></blockquote><p>c</p>"},
		{"emojis", "## :rocket: Go\n\n:tada: a :+1:, 10:on:20 \\:smile: `:smile:` <code>:smile:</code> :gone: b:on: [c](https://h.example/:on:)",
			`<h2>🚀 Go</h2><p>🎉 a 👍, 10:on:20 :smile: <code>:smile:</code> <code>:smile:</code> :gone: b:on: <a href="https://h.example/:on:">c</a></p>`},
		{"marks of lines as text", "```md\n// highlight-next-line\n```", "<pre><code class=\"language-md\">// highlight-next-line</code></pre>"},
		{"Learn video", "> [!VIDEO https://h.example/v]\n\na", `<blockquote><p><a href="https://h.example/v">Video</a></p></blockquote><p>a</p>`},
		{"Learn div", "> [!div class=\"checklist\"]\n> * a\n> * b", "<blockquote><ul><li>a</li><li>b</li></ul></blockquote>"},
		{"Learn reference", "See <xref:System.String.Trim%2A?displayProperty=nameWithType>.", "<p>See <code>System.String.Trim</code>.</p>"},
		{"Learn columns", ":::row:::\n    :::column span=\"2\":::\n        Text *a*.\n\n        - b\n    :::column-end:::\n:::row-end:::\n\nc", "<p>Text <em>a</em>.</p><ul><li>b</li></ul><p>c</p>"},
		{"Learn within text", "Press :::no-loc text=\"Win + X\"::: or **:::no-loc text=\"Y\":::**, a :::image type=\"icon\" source=\"a.png\" alt-text=\"cross\"::: and `:::no-loc text=\"z\":::` and \\:::no-loc text=\"z\":::.",
			"<p>Press Win + X or <strong>Y</strong>, a cross and <code>:::no-loc text=\"z\":::</code> and :::no-loc text=\"z\":::.</p>"},
		{"Learn at the start of a line", ":::no-loc text=\"A\"::: b\n\n:::image source=\"a.png\" alt-text=\"c\":::d\n\n:::video source=\"https://h.example/v\" title=\"e\":::\n\n<xref href=\"F.G%2A?x=y\" data-throw-if-not-resolved=\"false\"/> <xref uid=\"h.i\">j</xref>",
			`<p>A b</p><p>cd</p><p><a href="https://h.example/v">e</a></p><p><code>F.G</code> j</p>`},
		{"boxes in one quote", "> [!NOTE]\n> a\n>\n> [!TIP]\n> b", "<blockquote><p><strong>Note</strong></p><p>a</p><p><strong>Tip</strong></p><p>b</p></blockquote>"},
		{"panes of Docsy", "{{< tabpane lang=\"sh\" >}}\n{{< tab header=\"A\" >}}\n# b\n\n{{</* c */>}}\n{{< /tab >}}\n{{< /tabpane >}}\n\n{{< card code=true header=\"d\" lang=\"x\" >}}\n{{ e }}\n{{< /card >}}\n\n{{% tab name=\"F\" %}}\n*g*\n{{% /tab %}}",
			"<p><strong>A</strong></p><pre><code class=\"language-sh\"># b\n\n{{&lt; c &gt;}}</code></pre><p><strong>d</strong></p><pre><code class=\"language-x\">{{ e }}</code></pre><p><strong>F</strong></p><p><em>g</em></p>"},
		{"GitBook block of a new kind", "{% marvel title=\"A\" %}\n*b*\n{% endmarvel %}\n\nc {% other %} d", "<p><strong>A</strong></p><p><em>b</em></p><p>c {% other %} d</p>"},
		{"GitBook API by hand", "{% swagger method=\"get\" path=\"/users\" summary=\"Users\" %}\n{% swagger-description %}\na\n{% endswagger-description %}\n\n{% swagger-parameter in=\"query\" name=\"limit\" type=\"Int\" required=\"true\" %}\nb\n{% endswagger-parameter %}\n\n{% swagger-response status=\"200: OK\" description=\"Them\" %}\nc\n{% endswagger-response %}\n{% endswagger %}",
			"<p><strong>Users: GET /users</strong></p><p>a</p><p><strong>limit</strong> (Int, required)</p><p>b</p><p><strong>200: OK: Them</strong></p><p>c</p>"},
		{"GitBook file and integration", "{% file src=\".gitbook/a.pdf\" %}\nManual\n{% endfile %}\n\n{% @github-files/block url=\"https://h.example/b\" %}",
			`<p><a href="https://docs.example.com/guide/.gitbook/a.pdf">a.pdf</a></p><p>Manual</p><p><a href="https://h.example/b">https://h.example/b</a></p>`},
		{"Azure video and account", "::: video\n<iframe src=\"https://h.example/v\"></iframe>\n:::\n\nBy @<8F1B2C3D-1234-4321-ABCD-1234567890AB>.", `<p><a href="https://h.example/v">https://h.example/v</a></p><p>By @….</p>`},
		{"files of a tree", "<Tree>\n  <Tree.Folder name=\"app\">\n    <Tree.File name=\"a.tsx\" />\n  </Tree.Folder>\n</Tree>", "<p>app</p><p>a.tsx</p>"},
		{"contents of kramdown", "1. TOC\n{:toc}\n\na", "<p>a</p>"},
		{"code behind a div", "<div markdown=\"1\">\na\n\nb\n</div>\n```md\nc\n```", "<p>a</p><p>b</p><pre><code class=\"language-md\">c</code></pre>"},
		{"Azure headings", "[[_TOSP_]]\n\n##Pumps and *valves*\na\n#12 is done\n# 13\n\n```\n##b\n```", "<h3>Pumps and <em>valves</em></h3><p>a #12 is done</p><h2>13</h2><pre><code>##b</code></pre>"},
		{"no headings of Azure's", "##Pumps", "<p>##Pumps</p>"},
		{"code in a table of HTML", "<table><tr>\n<td>\n```js\na < b\n```\n</td>\n<td>\n\n```\nc\n```\n\n</td></tr></table>", "<table><tbody><tr><td><pre><code class=\"language-js\">a &lt; b</code></pre></td><td><pre><code>c</code></pre></td></tr></tbody></table>"},
		{"tags in capitals", "<P><CODE>a <SPAN>\u00a0\nb</SPAN></CODE></P>\n\n<B>c</B> <A HREF=\"d.md\">e</A>", `<p><code>a   b</code></p><p><strong>c</strong> <a href="https://docs.example.com/guide/d.md">e</a></p>`},
		{"no-break space behind a tag", "<Note>a\u00a0\nb</Note>", "<blockquote><p><strong>Note</strong></p><p>a b</p></blockquote>"},
		{"box in a list of components", "<Steps>\n\n3. a\n  1. b\n    <Note>\n      c\n    </Note>\n  2. d\n\n</Steps>", "<ol start=\"3\"><li><p>a</p></li><li><p>b</p><blockquote><p><strong>Note</strong></p><p>c</p></blockquote></li><li><p>d</p></li></ol>"},
		{"list and box in a component", "<Tab title=\"A\">\n```sh\nb\n```\n\n    1. c\n\n    ```sh\n    d\n    ```\n\n    2. e\n\n    :::tip\n    f\n    :::\n</Tab>\n\n<Tab title=\"B\">\n- g\n        ```sh\n      h\n      ```\n  i\n</Tab>",
			"<p><strong>A</strong></p><pre><code class=\"language-sh\">b</code></pre><ol><li>c</li></ol><pre><code class=\"language-sh\">d</code></pre><ol start=\"2\"><li>e</li></ol><blockquote><p><strong>Tip</strong></p><p>f</p></blockquote><p><strong>B</strong></p><ul><li>g<pre><code class=\"language-sh\">h</code></pre>\ni</li></ul>"},
		{"video of one's own", "<video src=\"./images/a_b.mp4\"></video>\n\n<video src=\"https://h.example/c.mp4\"></video>", `<p><a href="https://docs.example.com/guide/images/a_b.mp4">a_b.mp4</a></p><p><a href="https://h.example/c.mp4">https://h.example/c.mp4</a></p>`},
		{"Azure name", "Ask @<Ada Lovelace>.", "<p>Ask @Ada Lovelace.</p>"},
		{"Azure diagram", "::: mermaid\ngraph TD;\n  A-->B;\n:::\n\na", "<pre><code class=\"language-mermaid\">graph TD;\n  A--&gt;B;</code></pre><p>a</p>"},
		{"Azure image", "![The pump](a.png =500x300) here", "<p>The pump here</p>"},
		{"Azure pages", "[[_TOSP_]]\n\na", "<p>a</p>"},
		{"contents", "[[toc]]\n\na", "<p>a</p>"},
		{"mdBook tabs", "{{#tabs }}\n{{#tab name=\"A\" }}\nx\n{{#endtab }}\n{{#endtabs }}", "<p><strong>A</strong></p><p>x</p>"},
		{"GitBook API", "{% openapi src=\"a.yaml\" path=\"/pets\" method=\"get\" %}\n[a.yaml](a.yaml)\n{% endopenapi %}", `<p><strong>GET /pets</strong></p><p><a href="https://docs.example.com/guide/a.yaml">a.yaml</a></p>`},
		{"PyMdown caption", "![A](a.png)\n\n/// caption\nThe *text*.\n///\n\nb", "<p>A</p><p>The <em>text</em>.</p><p>b</p>"},
		{"PyMdown box", "/// warning | Mind\nx\n///\n\n/// nothing", "<blockquote><p><strong>Warning: Mind</strong></p><p>x</p></blockquote><p>/// nothing</p>"},
		{"language of a span", "!!! note\n    `#!py x = 1` and `#!/bin/sh`", "<blockquote><p><strong>Note</strong></p><p><code>x = 1</code> and <code>#!/bin/sh</code></p></blockquote>"},
		{"sub and sup of MkDocs", "!!! note\n    H~2~O 2^10^ ~~a~~ 3^2 and 4^2", "<blockquote><p><strong>Note</strong></p><p>H<sub>2</sub>O 2<sup>10</sup> <del>a</del> 3^2 and 4^2</p></blockquote>"},
		{"marks beside scripts without spaces", "[[a]] 中文==b==中文:rocket:中文%%c%%文 x==y==z", `<p><a href="https://docs.example.com/guide/a">a</a> 中文b中文🚀中文文 x==y==z</p>`},
		{"Learn's word alone", "- :::no-loc text=\"Win *a*\":::\n\n<Tooltip tip=\"Long\">b</Tooltip>", "<ul><li>Win *a*</li></ul><p>b (Long)</p>"},
		{"ReadMe block that nobody knows", "[block:tabs]\n{\"tabs\": [{\"title\": \"A\", \"content\": \"b *c*\"}, {\"title\": \"D\"}]}\n[/block]\n\n[block:embed]\n{\"html\": false, \"url\": \"https://h.example/e\", \"title\": \"E\"}\n[/block]",
			`<p><strong>A</strong></p><p>b <em>c</em></p><p><strong>D</strong></p><p><a href="https://h.example/e">E</a></p>`},
		{"reference with a text in an address", "<xref:System.String?text=The%20text> <xref:A.B?x=y>", "<p>The text <code>A.B</code></p>"},
		{"Azure image with spaces", "![The pump](a b.png =500x)", "<p>The pump</p>"},
		{"GitBook diagram and VitePress wrapper", "{% @mermaid/diagram content=\"graph TD;\" %}\n\n::: raw\na\n:::", "<pre><code class=\"language-mermaid\">graph TD;</code></pre><p>a</p>"},
		{"parts of Vue", "<VPTeam>\n  <template #title>Our *Team*</template>\n</VPTeam>\n\n`<template #a>`", "<p>Our <em>Team</em></p><p><code>&lt;template #a&gt;</code></p>"},
		{"no language of a span", "`#!py x`", "<p><code>#!py x</code></p>"},
		{"Learn tabs", "# [One](#tab/one)\n\na\n\n# [Two](#tab/two)\n\nb", "<p><strong>One</strong></p><p>a</p><p><strong>Two</strong></p><p>b</p>"},
		{"reference with a text", "@\"System.String?text=String\" and ada@\"x\"", "<p>String and ada@\"x\"</p>"},
		{"GitBook reference", "{% content-ref url=\"b.md\" %}\n[b](b.md)\n{% endcontent-ref %}", `<p><a href="https://docs.example.com/guide/b.md">b</a></p>`},
		{"critic", "a {--b--} {++c++} {==d==}{>>e<<} {~~f~>g~~}", "<p>a <del>b</del> c d <del>f</del> g</p>"},
		{"tip of a word", "A <Tooltip tip=\"Long text\">word</Tooltip> here.", "<p>A word (Long text) here.</p>"},
		{"tip with more", "An <Tooltip headline=\"API\" tip=\"a &amp; b\" cta=\"Read on\" href=\"c.md\">API</Tooltip> here.", `<p>An API (a &amp; b <a href="https://docs.example.com/guide/c.md">Read on</a>) here.</p>`},
		{"what a module exports", "import A from \"a\"\nexport const name = \"Ada & co\";\nexport const n = 3\n\nHello {name}, {n} of { other }.\n\n<Card title=\"b\" href=\"c.md\" cta=\"Read on\">d</Card>",
			`<p>Hello Ada &amp; co, 3 of { other }.</p><p><a href="https://docs.example.com/guide/c.md"><strong>b</strong></a></p><p>d</p><p><a href="https://docs.example.com/guide/c.md">Read on</a></p>`},
		{"frame", "<Frame hint=\"a\" caption=\"b &quot;c&quot;\">\n  ![d](e.png)\n</Frame>", "<p>a</p><p>b \"c\"</p><p>d</p>"},
		{"answer", "<ResponseField type=\"List[str] | None\" required>\n  a\n</ResponseField>", "<p><strong>List[str] | None</strong> (required): a</p>"},
		{"entities in an address", "See https://h.example/a?b=1&amp;c=2.", `<p>See <a href="https://h.example/a?b=1&amp;c=2">https://h.example/a?b=1&amp;c=2</a>.</p>`},
		{"GitBook cards", `<table data-view="cards"><thead><tr><th></th><th data-hidden data-card-target data-type="content-ref"></th><th data-hidden data-card-cover></th></tr></thead><tbody><tr><td><strong>A</strong> <i class="fa-gear">:gear:</i></td><td><a href="x.md">x.md</a></td><td><a href="c.png">c.png</a></td></tr></tbody></table>`,
			`<table><thead><tr><th></th></tr></thead><tbody><tr><td><a href="https://docs.example.com/guide/x.md"><strong>A</strong></a></td></tr></tbody></table>`},
		{"GitBook text for some", "a\n\n{% if visitor.claims.unsigned.beta %}\nb\n\n{% if x %}\nc\n{% endif %}\nd\n{% endif %}\n\ne {% if \"x\" in visitor.claims.y %}f{% endif %} g", "<p>a</p><p>e g</p>"},
		{"GitBook address", "{% embed url=\"https://h.example/a?b=1&amp;c=2\" %}", `<p><a href="https://h.example/a?b=1&amp;c=2">https://h.example/a?b=1&amp;c=2</a></p>`},
		{"notes of Obsidian", "> [!todo]- A\n> ==b **c**== d^[e `f`] ^g1\n\nh ![[i.png|J k|300]] [[l|m \\| n]] 2 ^2\n\n| o |\n|---|\n| ![[p.png\\|100]] |", `<blockquote><p><strong>Todo: A</strong></p><p>b <strong>c</strong> d (e <code>f</code>)</p></blockquote><p>h J k <a href="https://docs.example.com/guide/l">m | n</a> 2 ^2</p><table><thead><tr><th>o</th></tr></thead><tbody><tr><td></td></tr></tbody></table>`},
		{"titles in a group of code", "<CodeGroup>\n```bash npm one\nx\n```\n\n```sh main.sh\ny\n```\n</CodeGroup>\n\n```rust ignore\nz\n```",
			"<p><strong>npm one</strong></p><pre><code class=\"language-bash\">x</code></pre><p><strong>main.sh</strong></p><pre><code class=\"language-sh\">y</code></pre><pre><code class=\"language-rust\">z</code></pre>"},
		{"comparison without bold", "set a<b and c>d here", "<p>set a&lt;b and c&gt;d here</p>"},
		{"storage format", "<ac:structured-macro ac:name=\"info\">\n<ac:rich-text-body>\n<p>a</p>\n\n<p>b</p>\n</ac:rich-text-body>\n</ac:structured-macro>\n\nc", "<blockquote><p><strong>Info</strong></p><p>a</p><p>b</p></blockquote><p>c</p>"},
		{"Markdown in storage format", "<ac:layout>\n<ac:layout-section>\n<ac:layout-cell>\n\n## A\n\n<ac:structured-macro ac:name=\"info\"><ac:rich-text-body>\n| b | c |\n|---|---|\n| d | **e** |\n\n<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[- f\n\n`g`]]></ac:plain-text-body></ac:structured-macro>\n</ac:rich-text-body></ac:structured-macro>\n\n</ac:layout-cell>\n<ac:layout-cell><p>h *</p></ac:layout-cell>\n</ac:layout-section>\n</ac:layout>\n\ni",
			"<h2>A</h2><blockquote><p><strong>Info</strong></p><table><thead><tr><th>b</th><th>c</th></tr></thead><tbody><tr><td>d</td><td><strong>e</strong></td></tr></tbody></table><pre><code>- f\n\n`g`</code></pre></blockquote><p>h *</p><p>i</p>"},
		{"storage format of code", "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[a <b>\n\nc]]></ac:plain-text-body></ac:structured-macro>", "<pre><code>a &lt;b&gt;\n\nc</code></pre>"},
		{"storage format in text", "a <ac:emoticon ac:name=\"tick\"/> `<ac:b/>` \\<ac:c>", "<p>a ✓ <code>&lt;ac:b/&gt;</code> &lt;ac:c&gt;</p>"},
		{"longer rows", "| a |\n|---|\n| b | c |\n| d | |", "<table><thead><tr><th>a</th><th></th></tr></thead><tbody><tr><td>b</td><td>c</td></tr><tr><td>d</td><td></td></tr></tbody></table>"},
		{"link by name in a cell", "| a | b |\n|---|---|\n| [[c|d]] | e |", `<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td><a href="https://docs.example.com/guide/c">d</a></td><td>e</td></tr></tbody></table>`},
	})
	source := files{"guide/a.ts": "x\n// #region b\n  y\n// #endregion b\n", "guide/a.cs": "// <c>\nd\n// </c>\n"}
	for from, want := range map[string]string{
		"<<< ./a.ts#b":                                                      "<pre><code class=\"language-ts\">y</code></pre>",
		"[!code-csharp[Main](a.cs?name=c)]":                                 "<pre><code class=\"language-csharp\">d</code></pre>",
		"[!code-csharp[](a.ts#L2-L3)]":                                      "<pre><code class=\"language-csharp\">// #region b\n  y</code></pre>",
		"[!code-js[](a.ts?range=1,3)]":                                      "<pre><code class=\"language-js\">x\n  y</code></pre>",
		"[!code-js[](a.ts?start=3&end=3)]":                                  "<pre><code class=\"language-js\">y</code></pre>",
		"[!code-csharp[Main](a.cs#c)]":                                      "<pre><code class=\"language-csharp\">d</code></pre>",
		":::code language=\"csharp\" source=\"a.cs\" id=\"c\":::":           "<pre><code class=\"language-csharp\">d</code></pre>",
		"1. x\n\n   :::code language=\"js\" source=\"a.ts\" range=\"3\":::": "<ol><li><p>x</p><pre><code class=\"language-js\">y</code></pre></li></ol>",
		"[!code-csharp[](gone.cs)]\n\nsome x":                               "<p>some x</p>",
	} {
		in := document(sources.Markdown, from)
		in.Document.Title, in.Include = "Title", source.include
		if got := flat(mustRender(t, in).HTML); got != want {
			t.Errorf("%q:\n got %s\nwant %s", from, got, want)
		}
	}
}

// TestRenderWikiAddresses holds that pages of an export are found by the
// addresses that their wiki gave them.
func TestRenderWikiAddresses(t *testing.T) {
	in := document(sources.ConfluenceExport, "")
	in.Link = func(path string) string { return "https://docs.example.com/" + path }
	in.Document.Find = func(ref sources.Reference) string {
		if ref.ID == "12" || ref.Space == "OPS" && ref.Title == "Big pump & co" {
			return "pump"
		}
		return ""
	}
	const pump = "https://docs.example.com/pump"
	for ref, want := range map[string]string{
		"/display/OPS/Big+pump+%26+co#valve":                                  pump + "#valve",
		"/display/OPS/2024/01/31/Big+pump+%26+co":                             pump,
		"/wiki/spaces/OPS/pages/12/Big+pump":                                  pump,
		"/wiki/spaces/OPS/blog/2024/01/31/12/Big+pump":                        pump,
		"/confluence/pages/viewpage.action?pageId=12":                         pump,
		"/pages/viewpage.action?spaceKey=OPS&amp;title=Big%20pump%20%26%20co": pump,
		"/display/OPS/Other":                                                  "",
	} {
		in.Document.Body = []byte(`<div id="main-content" class="wiki-content"><p>See <a href="` + ref +
			`">the pump</a> here</p></div>`)
		html := "<p>See the pump here</p>"
		if want != "" {
			html = `<p>See <a href="` + want + `">the pump</a> here</p>`
		}
		if got := flat(mustRender(t, in).HTML); got != html {
			t.Errorf("%s: %s", ref, got)
		}
	}
}

// TestRenderUnknownBlock holds that what no reader could use is told of.
func TestRenderUnknownBlock(t *testing.T) {
	for from, want := range map[string]string{
		"[block:widget]\n{\"a\": {\"b\": 1}}\n[/block]\n\nsome words that stay": "block widget left out",
		"[block:code]\n{broken\n[/block]\n\nsome words that stay":               "block code left out: its settings cannot be read",
		":::image source=\"a.png\"\n\nsome words that stay":                     "image without alt text left out: a.png",
		":::widget a=\"b\":::\n\nsome words that stay":                          "directive widget left out",
		"[!WORKSPACE custom]\n\nsome words that stay":                           "mark [!WORKSPACE] left out",
		":::query-table 1234:::\n\nsome words that stay":                        "table of a query left out: 1234",
	} {
		page := mustRender(t, document(sources.Markdown, from))
		if !slices.Contains(page.Warnings, want) || flat(page.HTML) != "<p>some words that stay</p>" {
			t.Errorf("%q: warnings %q, page %s", from, page.Warnings, page.HTML)
		}
	}
}

// TestRenderGutters holds that code comes without the numbers of its lines.
func TestRenderGutters(t *testing.T) {
	const code = "<pre><code>a b\n\n  c</code></pre><p>Text 1.</p>"
	for name, markup := range map[string]string{
		"Chroma, lines":     `<div class="highlight"><pre class="chroma"><code><span class="line"><span class="ln">1</span><span class="cl">a b` + "\n" + `</span></span><span class="line"><span class="ln">2</span><span class="cl">` + "\n" + `</span></span><span class="line"><span class="ln">3</span><span class="cl">  c</span></span></code></pre></div>`,
		"Chroma, table":     `<div class="highlight"><table class="lntable"><tr><td class="lntd"><pre><code><span class="lnt">1` + "\n" + `</span><span class="lnt">2` + "\n" + `</span></code></pre></td><td class="lntd"><pre><code>a b` + "\n\n" + `  c</code></pre></td></tr></table></div>`,
		"Chroma by styles":  `<pre class="chroma"><code><span style="display:flex"><span style="white-space:pre;-webkit-user-select:none;user-select:none">1</span><span>a b` + "\n" + `</span></span><span><span style="user-select: none">2</span><span>` + "\n" + `</span></span><span><span style="user-select:none">3</span><span>  c</span></span></code></pre>`,
		"Pygments":          `<table class="highlighttable"><tr><td class="linenos"><div class="linenodiv"><pre>1` + "\n2\n3" + `</pre></div></td><td class="code"><div class="highlight"><pre><span></span><code>a b` + "\n\n" + `  c</code></pre></div></td></tr></table>`,
		"Rouge":             `<div class="highlight"><pre class="highlight"><code><table class="rouge-table"><tbody><tr><td class="gutter gl"><pre class="lineno">1` + "\n2\n3\n" + `</pre></td><td class="code"><pre>a b` + "\n\n" + `  c</pre></td></tr></tbody></table></code></pre></div>`,
		"GitHub":            `<table class="highlight"><tr><td class="blob-num" data-line-number="1"></td><td class="blob-code">a b</td></tr><tr><td class="blob-num" data-line-number="2"></td><td class="blob-code">` + "\n" + `</td></tr><tr><td class="blob-num" data-line-number="3"></td><td class="blob-code">  c</td></tr></table>`,
		"Javadoc":           `<pre><span class="source-line-no">001</span><span>a b</span>` + "\n" + `<span class="source-line-no">002</span>` + "\n" + `<span class="source-line-no">003</span>  c</pre>`,
		"Doxygen":           `<div class="fragment"><div class="line"><span class="lineno">    1</span>&#160;a b</div><div class="line"><span class="lineno">    2</span>&#160;</div><div class="line"><span class="lineno">    3</span>&#160;&#160;&#160;c</div></div>`,
		"Redmine":           `<table class="filecontent syntaxhl"><tr><th class="line-num"><a href="#L1">1</a></th><td><pre>a b` + "\n" + `</pre></td></tr><tr><th class="line-num"><a>2</a></th><td><pre>` + "\n\n" + `</pre></td></tr><tr><th class="line-num"></th><td><pre>  c</pre></td></tr></table>`,
		"Crayon":            `<table class="crayon-table"><tr><td class="crayon-nums"><div>1</div><div>2</div><div>3</div></td><td class="crayon-code"><div><div class="crayon-line">a b</div><div class="crayon-line"></div><div class="crayon-line">&nbsp;&nbsp;c</div></div></td></tr></table>`,
		"language beside":   `<div class="language-"><span class="lang">x</span><pre><div class="language-id">x</div><code>a b` + "\n\n" + `  c</code></pre></div>`,
		"Prism":             `<pre class="line-numbers"><code>a b` + "\n\n" + `  c<span class="line-numbers-rows"><span></span><span></span></span></code></pre>`,
		"SyntaxHighlighter": `<pre class="syntaxhighlighter-pre" data-syntaxhighlighter-params="brush: java; gutter: true" data-theme="Confluence">a b` + "\n\n" + `  c</pre>`,
	} {
		for _, format := range []sources.Format{sources.HTML, sources.ConfluenceView} {
			in := document(format, "<p>"+markup+"</p><p>Text <span class=\"ln\">1.</span></p>")
			in.Document.Title = "Title"
			if got := strings.TrimPrefix(flat(mustRender(t, in).HTML), "<p></p>"); got != code {
				t.Errorf("%s, %s:\n got %q\nwant %q", name, format, got, code)
			}
		}
	}
}

func TestRenderMarkdoc(t *testing.T) {
	checkTable(t, sources.Markdown, []conversion{
		{"boxes and parts", "{% admonition type=\"warning\" name=\"Hot\" %}\na {% b c=\"d\" %}e{% /b %}\n{% /admonition %}\n\n{% tabs %}\n{% tab label=\"F\" %}\ng\n{% /tab %}\n{% /tabs %}\n\n{% own-box %}\nh\n{% /own-box %}",
			"<blockquote><p><strong>Warning: Hot</strong></p><p>a e</p></blockquote><p><strong>F</strong></p><p>g</p><p>h</p>"},
		{"notes and code", "# A {% #b .c %}\n\n- d {% align=\"right\" %}\n\nx {% $gone %}y `{% $z %}`\n\n{% e /%}\n{% f %}{% /f %}", "<ul><li>d</li></ul><p>x y <code>{% $z %}</code></p>"},
		{"table", "{% table %}\n- A\n- B\n---\n* c\n* - d\n  - e\n---\n* f {% colspan=2 %}\n{% /table %}\n\ng",
			"<table><tbody><tr><th><p>A</p></th><th><p>B</p></th></tr><tr><td><p>c</p></td><td><ul><li>d</li><li>e</li></ul></td></tr><tr><td><p>f</p></td></tr></tbody></table><p>g</p>"},
		{"for some readers", "{% if $rbac.staff %}\nsecret\n{% /if %}\n\na", "<p>a</p>"},
		{"for some readers, over lines", "a {% if\n$rbac.x %}s {% if $y %}s{% /if %}\n\ns{% /if %} b\n\n- c {% if equals($user.d, \"50%\") %}\n\n  s\n  {% /if %}\n- e\n\n<div>{% if $auth.x %}" + strings.Repeat("s ", 9000) + "{% /if %}</div>",
			"<p>a b</p><ul><li>c</li><li>e</li></ul>"},
		{"for other readers", "{% if $a %}b{% elsif $claims.c %}s{% else %}s{% /if %}d\n\n{% if $e %}\nf\n{% /if %}\n\ng\n\n{% if visitor.h %}\n\ns", "<p>bd</p><p>f</p><p>g</p>"},
		{"code for some readers", "`{% if $rbac.x %}` a ``{% if visitor.y %} ` b{% /if %}`` \\{% if visitor.z %}\n\n```\n{% if $user.x %}\nc\n{% /if %}\n```\n\n<code>{% if $user.x %}</code> d` {% if $user.x %}s{% /if %}",
			"<p><code>{% if $rbac.x %}</code> a <code>{% if visitor.y %} ` b{% /if %}</code> {% if visitor.z %}</p><pre><code>{% if $user.x %}\nc\n{% /if %}</code></pre><p><code>{% if $user.x %}</code> d`</p>"},
		{"Hugo's", "{{% notice %}}\na {% x %}\n{{% /notice %}}", "<blockquote><p><strong>Note</strong></p><p>a {% x %}</p></blockquote>"},
	})
}

func TestRenderStoplight(t *testing.T) {
	checkTable(t, sources.Markdown, []conversion{
		{"tabs", "<!--\ntype: tab\ntitle: A <b>\n-->\n\nc\n\n<!-- type: tab-end -->", "<p><strong>A &lt;b&gt;</strong></p><p>c</p>"},
		{"code", "<!--\ntitle: \"a.js\"\nlineNumbers: true\n-->\n\n```js\nb\n```", "<p><strong>a.js</strong></p><pre><code class=\"language-js\">b</code></pre>"},
		{"card", "<!-- type: card\ntitle: A\ndescription: b\n-->\n\nc", "<p><strong>A</strong></p><p>b</p><p>c</p>"},
		{"comment", "<!-- title: a -->\n\nb\n\n<!-- type: x, see title: y -->\n\nc", "<p>b</p><p>c</p>"},
	})
}

// TestRenderAsides holds that what stands beside the text is the author's where
// the content has a place of its own.
func TestRenderAsides(t *testing.T) {
	checkTable(t, sources.HTML, []conversion{
		{"Sphinx sidebar", "<body><main><p>The text that people came for.</p><aside class=sidebar><p class=sidebar-title>Beside</p><p>More of it.</p></aside></main></body>", "<p>The text that people came for.</p><p>Beside</p><p>More of it.</p>"},
		{"Sphinx footnote", `<body><main><p>The text <a class="footnote-reference brackets" href="#f" id="r" role="doc-noteref"><span>[</span>1<span>]</span></a>.</p><aside class="footnote brackets" id="f" role="doc-footnote"><span class="label"><span>[</span><a role="doc-backlink" href="#r">1</a><span>]</span></span><p>The note.</p></aside></main>`,
			"<p>The text [1].</p><p>[1]</p><p>The note.</p>"},
		{"furniture of sites", `<body><main><h1>A</h1><div id="siteSub">From the wiki</div><p>The text that people came for.</p><div id="toc" class="toc"><h2>Contents</h2></div><h2>Part<span class="mw-editsection">[<a href=e>edit</a>]</span></h2>` +
			`<p>More.</p><div class="md-sidebar">Site</div><div class="tableOfContents_x">Site</div><div class="entry-meta">By admin</div><div id="comments"><h2>Comments</h2></div><div id="catlinks">Categories</div></main></body>`, "<p>The text that people came for.</p><h2>Part</h2><p>More.</p>"},
		{"names of languages", `<body><main><p>The text that people came for.</p><div class="example-header"><span class="language-name">html</span></div><pre data-language="js"><code>a</code></pre><div class="listingblock"><pre><code data-lang="yaml">b</code></pre><div class="source-toolbox"><span class="source-lang">yaml</span></div></div></main></body>`,
			`<p>The text that people came for.</p><pre><code class="language-js">a</code></pre><pre><code class="language-yaml">b</code></pre>`},
		{"title of highlighted code", `<body><main><p>The text that people came for.</p><div class="highlight"><table class="highlighttable"><tr><th colspan="2" class="filename">a.go</th></tr><tr><td class="linenos"><pre>1</pre></td><td class="code"><pre>b</pre></td></tr></table></div></main></body>`,
			"<p>The text that people came for.</p><p><strong>a.go</strong></p><pre><code>b</code></pre>"},
		{"links", "<body><main><p>The text that people came for.</p><footer><a href=a>Previous</a> <a href=b>Next</a></footer></main></body>", "<p>The text that people came for.</p>"},
		{"header of an article", "<body><article><header><p>For beginners.</p></header><p>The text that people came for.</p></article><footer>Site</footer></body>", "<p>For beginners.</p><p>The text that people came for.</p>"},
		{"of the site", "<body><header>Site</header><p>The text that people came for.</p><aside>Site</aside><footer>Site</footer></body>", "<p>The text that people came for.</p>"},
	})
}

// TestRenderTextFrontMatter holds that plain text may keep itself out.
func TestRenderTextFrontMatter(t *testing.T) {
	page := mustRender(t, document(sources.Text,
		"---\ntitle: Spare keys\ndraft: true\n---\n\nThe key lies under stone four."))
	if page.Withheld() == "" || page.Title != "Spare keys" || strings.Contains(page.HTML, "draft") {
		t.Errorf("withheld %q, title %q, page %s", page.Withheld(), page.Title, page.HTML)
	}
	for _, text := range []string{"---\nName: Ada\n---\nwords", "---\nwords: and\nmore [words", "--- a\nb: c"} {
		page := mustRender(t, document(sources.Text, text))
		if got, want := words(page.HTML), strings.Join(strings.Fields(text), ""); got != want {
			t.Errorf("%q: page %s", text, page.HTML)
		}
	}
	if _, err := render.Render(document(sources.Text, "---\ndraft: true\nx: [\n---\nwords")); err == nil {
		t.Error("broken front matter that keeps a page out is no error")
	}
}
