package render_test

import (
	"testing"

	"finpages/sources"
)

// generated is a document, in the dialect of a tool, "" if nobody says, and what
// becomes of it.
type generated struct{ name, tool, from, to string }

func checkGenerated(t *testing.T, source files, table []generated) {
	t.Helper()
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			in := document(sources.Markdown, c.from)
			in.Document.Title, in.Include, in.Link = "Title", source.include, source.link
			in.Tool = func() string { return c.tool }
			if got := flat(mustRender(t, in).HTML); got != c.to {
				t.Errorf("%s\n got %s\nwant %s", c.from, got, c.to)
			}
		})
	}
}

// TestRenderCalls holds what sites put in the places of calls: in addresses, tables
// and the text that elements of HTML hold.
func TestRenderCalls(t *testing.T) {
	source := files{"config.yaml": "params:\n  vers:\n    go: v1.2\n", "guide/Setup.md": "# S\n", "a.py": "a\nb\nc\nd\ne\n",
		"snippets/setup.md": "A part.\n", "guide/setup.md": "Itself.\n"}
	checkGenerated(t, source, []generated{
		{"addresses", "hugo", "[a](https://h.example/{{< param vers.go >}}/a) [b](https://h.example/{{< param vers.c >}}/b) [c][c] [d](https://h.example/d)\n\n[c]: https://h.example/{{% x %}}/c",
			`<p><a href="https://h.example/v1.2/a">a</a> b c <a href="https://h.example/d">d</a></p>`},
		{"addresses of macros", "mkdocs", "[a]({{ artifact(repo=\"a\",file=\"b\") }}) <a href=\"{{ x.y }}\">b</a>", "<p>a b</p>"},
		{"bars in code", "mkdocs", "a | b\n--|--\n`x|y` | c\n``P(`a|b`)`` | *d*\n`e` | f \\| g", "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>" +
			"<tr><td><code>x|y</code></td><td>c</td></tr><tr><td><code>P(`a|b`)</code></td><td><em>d</em></td></tr><tr><td><code>e</code></td><td>f | g</td></tr></tbody></table>"},
		{"bars in code, one cell too many", "", "|a|b|\n|-|-|\n|`x|y`|c|", "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td><code>x|y</code></td><td>c</td></tr></tbody></table>"},
		{"bars that part cells", "", "|a|b|\n|-|-|\n|`x|y`|", "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>`x</td><td>y`</td></tr></tbody></table>"},
		{"text in elements", "jekyll", "<span class=\"x\">\n[a](https://h.example/a){: .btn }\n</span>\n\n<b>\n# b\n</b>", `<p><a href="https://h.example/a">a</a></p><p><strong># b</strong></p>`},
		{"whole elements", "mkdocs", "<article>\n  <div>\n    <h3>A</h3>\n\n    <p>b</p>\n\n      <pre>c\n\n  d</pre>\n      </div>\n</article>\n*e*\n\n<div>\n*f*\n</div>",
			`<h3>A</h3><p>b</p><pre><code>c` + "\n\n" + `  d</code></pre><p><em>e</em></p><p>*f*</p>`},
		{"values in braces", "", "a | b\n--|--\n{attempt} | {x}\n\n- {call}\n\n{ .c }\n\n![d](https://h.example/d.png){ align=left }", `<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>{attempt}</td><td>{x}</td></tr></tbody></table><ul><li>{call}</li></ul><p>d</p>`},
		{"macros", "mkdocs", "a {{ feature(beta=\"0.24\") }} b {{ .Name }}\n\n```\n{{ f(x) }}\n```", "<p>a b {{ .Name }}</p><pre><code>{{ f(x) }}</code></pre>"},
		{"macros of others", "", "a {{ feature(beta=\"0.24\") }} b", "<p>a {{ feature(beta=\"0.24\") }} b</p>"},
		{"code by lines", "mkdocs", "{* a.py ln[2:3,5] hl[2] title[\"A\"] *}\n\n{* b.py *}", "<p><strong>A</strong></p><pre><code class=\"language-py\">b\nc\n\ne</code></pre>"},
		{"links in captions", "hugo", "{{< figure src=\"a.png\" alt=\"a\" caption=\"See [b](https://h.example/b?c&d) <e>\" >}}", `<p>a</p><p>See <a href="https://h.example/b?c&amp;d">b</a> &lt;e&gt;</p>`},
		{"code by a call", "hugo", "{{< readfile file=\"a.py\" code=\"true\" lang=\"python\" >}}", "<pre><code class=\"language-python\">a\nb\nc\nd\ne</code></pre>"},
		{"snippets of the file's own name", "mkdocs", "--8<-- \"setup.md\"", "<p>A part.</p>"},
		{"text in elements of others", "", "<span>\n*a*\n</span>", "<p>*a*</p>"},
		{"links", "", "See <Link to=\"https://h.example/a\">*a*</Link>.\n\n<Link\n  to=\"Setup.md\">\n  b\n</Link>\n\n- <Link id=\"x\"/> *c*\n- <router-link to=\"https://h.example/d\">d</router-link> <Link to={x}>e</Link>",
			`<p>See <a href="https://h.example/a"><em>a</em></a>.</p><p><a href="https://docs.example.com/guide/Setup.md">b</a></p><ul><li><em>c</em></li><li><a href="https://h.example/d">d</a> e</li></ul>`},
		{"colors of terminals", "", "```ansi\n\x1b[32m✓\x1b[0m a \x1b[1;31mb\x1b[39m [c]\x1b]8;;x\x1b\\\n```\n\nd \x1b[2me", `<pre><code class="language-ansi">✓ a b [c]</code></pre><p>d e</p>`},
		{"scripts that commands hide", "", "```bash npm2yarn\nnpm run publish -- -a\n```", "<p><strong>npm</strong></p><pre><code class=\"language-bash\">npm run publish -- -a</code></pre><p><strong>Yarn</strong></p>" +
			"<pre><code class=\"language-bash\">yarn run publish -a</code></pre><p><strong>pnpm</strong></p><pre><code class=\"language-bash\">pnpm run publish -a</code></pre><p><strong>Bun</strong></p><pre><code class=\"language-bash\">bun run publish -a</code></pre>"},
	})
}

// TestRenderNuxt holds what Nuxt's Markdown adds: components between colons.
func TestRenderNuxt(t *testing.T) {
	checkGenerated(t, nil, []generated{
		{"boxes", "", "::note\nHot *glass*.\n::\n\n::prose-tip{title=\"Gloves\"}\na\n::\n\n::callout{icon=\"x\"}\nb\n::",
			"<blockquote><p><strong>Note</strong></p><p>Hot <em>glass</em>.</p></blockquote><blockquote><p><strong>Tip: Gloves</strong></p><p>a</p></blockquote><blockquote><p>b</p></blockquote>"},
		{"nested, with settings and slots", "", "::card-group\n  :::card\n  ---\n  title: Pump\n  to: https://h.example/p\n  icon: i-x\n  ---\n  #default\n  Text.\n\n    ::::tabs\n    - a\n\n    ```sh [b/[...c].sh]\n    d\n    ```\n    ::::\n  :::\n::\n\ne",
			`<p><a href="https://h.example/p"><strong>Pump</strong></a></p><p>Text.</p><ul><li>a</li></ul><p><strong>b/[...c].sh</strong></p><pre><code class="language-sh">d</code></pre><p>e</p>`},
		{"title and settings in a fence", "", "::accordion-item[Why]{label=\"A\"}\n```yaml [props]\nx: y\n```\nb\n::", "<p><strong>A</strong></p><p>Why</p><p>b</p>"},
		{"fields", "", "::field{name=\"limit\" type=\"number\" required}\nMost.\n::", "<p><strong>limit</strong> (number, required): Most.</p>"},
		{"within text", "nuxt", "Press :kbd{value=\"x\"} :badge[New]{color=\"y\"} [text]{.c} :icon{name=\"z\"} [l](https://h.example/:a) 10:30 \\:kbd[v] `:kbd[v]` :smile",
			`<p>Press <kbd>x</kbd> New text <a href="https://h.example/:a">l</a> 10:30 :kbd[v] <code>:kbd[v]</code> :smile</p>`},
		{"button and video on lines", "nuxt", ":u-button{label=\"Go\" to=\"https://h.example/go\"}\n\n:video{src=\"https://h.example/v.mp4\"}",
			`<p><a href="https://h.example/go">Go</a></p><p><a href="https://h.example/v.mp4">https://h.example/v.mp4</a></p>`},
		{"end in code", "", "::note\n```\n::\n```\na\n::\n\nb", "<blockquote><p><strong>Note</strong></p><pre><code>::</code></pre><p>a</p></blockquote><p>b</p>"},
		{"not closed", "", "::note\nHot.\n\nstd::vector and a:: b", "<p>::note Hot.</p><p>std::vector and a:: b</p>"},
		{"escaped", "", "\\::note\nHot.\n\\::", "<p>::note Hot. ::</p>"},
		{"text of others", "hugo", "a :badge[New]{b=\"c\"} d", "<p>a :badge[New] d</p>"},
	})
}

// TestRenderMyST holds what Sphinx adds to Markdown: directives and roles.
func TestRenderMyST(t *testing.T) {
	source := files{
		"conf.py":           "myst_substitutions = {\n    \"lamp\": \"[lamps](https://h.example/l)\",\n    'min': f\"{x}\",\n}\n",
		"guide/other.md":    "# The *other*\n\ntext\n",
		"guide/part.md":     "Part *one*.\n",
		"guide/x.py":        "# start\na = 1\n# end\nb = 2\n",
		"guide/t.csv":       "1,\"2, 3\"\n",
		"guide/manual.pdf":  "x",
		"guide/_config.yml": "x: y\n",
	}
	checkGenerated(t, source, []generated{
		{"boxes", "", "```{note}\nHot *glass*.\n```\n\n````{admonition} Mind\n:class: tip\n\n```{code-block} sh\n:caption: Run\n:linenos:\n\nx\n```\n````\n\n:::{seealso}\ny\n:::",
			"<blockquote><p><strong>Note</strong></p><p>Hot <em>glass</em>.</p></blockquote><blockquote><p><strong>Mind</strong></p><p><strong>Run</strong></p><pre><code class=\"language-sh\">x</code></pre></blockquote><blockquote><p><strong>See also</strong></p><p>y</p></blockquote>"},
		{"in lists and quotes", "", "- ```{tip}\n  a\n  ```\n\n> ```{warning} b\n> c\n> ```", "<ul><li><blockquote><p><strong>Tip</strong></p><p>a</p></blockquote></li></ul><blockquote><blockquote><p><strong>Warning</strong></p><p>b c</p></blockquote></blockquote>"},
		{"versions", "", "```{versionadded} 1.2\nSay.\n```\n```{deprecated} 3\n```", "<p><strong>New in version 1.2</strong>: Say.</p><p><strong>Deprecated since version 3</strong></p>"},
		{"what lists others is left out", "", "```{toctree}\n:maxdepth: 2\n\na\nb\n```\n\nc", "<p>c</p>"},
		{"tabs and cards", "", "::::{tab-set}\n:::{tab-item} A\n*b*\n:::\n::::\n\n:::{card} C\n:link: https://h.example/c\nd\n+++\ne\n:::",
			`<p><strong>A</strong></p><p><em>b</em></p><p><a href="https://h.example/c"><strong>C</strong></a></p><p>d</p><p>e</p>`},
		{"figure", "", "```{figure} a.png\n:alt: A pump\n\nThe *caption*.\n```", "<p>A pump</p><p>The <em>caption</em>.</p>"},
		{"tables", "", "```{list-table} T\n:header-rows: 1\n\n* - A\n  - B\n* - c `|`\n  - d\n    e\n```\n\n```{csv-table}\n:header: x, y\n:file: t.csv\n```",
			"<p><strong>T</strong></p><table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>c <code>|</code></td><td>d e</td></tr></tbody></table><table><thead><tr><th>x</th><th>y</th></tr></thead><tbody><tr><td>1</td><td>2, 3</td></tr></tbody></table>"},
		{"formulas", "", "```{math}\na_b\n```\n\n\\begin{align}\na_b_c\n\\end{align}", "<pre><code class=\"language-math\">a_b</code></pre><pre><code class=\"language-math\">\\begin{align}\na_b_c\n\\end{align}</code></pre>"},
		{"files", "", "```{include} part.md\n```\n\n```{literalinclude} x.py\n:start-after: \"# start\"\n:end-before: \"# end\"\n```", "<p>Part <em>one</em>.</p><pre><code class=\"language-py\">a = 1</code></pre>"},
		{"glossary", "", "```{glossary}\nPump\n  Moves *water*.\n\nValve\n  Stops it.\n```", "<dl><dt>Pump</dt><dd>Moves <em>water</em>.</dd><dt>Valve</dt><dd>Stops it.</dd></dl>"},
		{"roles", "", "{func}`~a.b.run` {py:class}`a.B` {kbd}`Ctrl` H{sub}`2`O {term}`lamp <lamps>` {guilabel}`Save` {abbr}`A (b)` `{ref}`x`` {a}`b` \\{ref}`c`",
			"<p><code>run()</code> <code>a.B</code> Ctrl H<sub>2</sub>O lamp <strong>Save</strong> A (b) <code>{ref}</code>x`` {a}<code>b</code> {ref}<code>c</code></p>"},
		{"roles whose text is the author's", "", "{code}`List<String>` {command}`ls <dir>` {samp}`a <{b}>` {kbd}`<F5>` {guilabel}`<None>` {emphasis}`<em>` {sub}`<n>` {file}`~/<user>/notes` {envvar}`~A` {cpp:class}`vector<int>` {py:func}`run <a.b>` {class}`It <~a.B>`",
			"<p><code>List&lt;String&gt;</code> <code>ls &lt;dir&gt;</code> <code>a &lt;b&gt;</code> &lt;F5&gt; <strong>&lt;None&gt;</strong> &lt;em&gt; <sub>&lt;n&gt;</sub> <code>~/&lt;user&gt;/notes</code> <code>~A</code> <code>vector&lt;int&gt;</code> <code>run</code> <code>It</code></p>"},
		{"values of others", "myst", "## A {{ item }}\n\nHelm uses {{ .Values.x }} and GHA ${{ secrets.X }} and {{ item }} or {{ a | b }} end.\n\n{{ item }}\n\n| a |\n|---|\n| {{ lamp }} {{ b.c }} |",
			`<h2>A {{ item }}</h2><p>Helm uses {{ .Values.x }} and GHA ${{ secrets.X }} and {{ item }} or {{ a | b }} end.</p><p>{{ item }}</p><table><thead><tr><th>a</th></tr></thead><tbody><tr><td><a href="https://h.example/l">lamps</a> {{ b.c }}</td></tr></tbody></table>`},
		{"places and documents", "", "(the-place)=\n## The *place*\n\n{ref}`the-place` {ref}`here <the-place>` {doc}`other` {doc}`that <other>` {download}`the manual <manual.pdf>` {doc}`gone/x`",
			`<h2>The <em>place</em></h2><p>The place here <a href="https://docs.example.com/guide/other.md">The other</a> <a href="https://docs.example.com/guide/other.md">that</a> <a href="https://docs.example.com/guide/manual.pdf">the manual</a> x</p>`},
		{"values and comments", "myst", "---\nmyst:\n  substitutions:\n    own: \"*mine*\"\n---\n% a comment\n\n{{ own }} {{lamp}} {{ min }}\\{{ own }} `{{ own }}` 5 % of it\n\n+++\n\n(1)=",
			`<p><em>mine</em> <a href="https://h.example/l">lamps</a> {{ min }}{{ own }} <code>{{ own }}</code> 5 % of it</p>`},
		{"unknown", "myst", "```{marvel} A\nb *c*\n```\n\n```{python}\nd\n```\n\n{strange}`e`", "<p><strong>A</strong></p><p>b <em>c</em></p><pre><code class=\"language-python\">d</code></pre><p>e</p>"},
		{"of others", "", "```{r}\nplot(1)\n```\n\n```{marvel}\nb\n```\n\n(1)=\n\n% text", "<pre><code class=\"language-r\">plot(1)</code></pre><pre><code class=\"language-marvel\">b</code></pre><p>(1)=</p><p>% text</p>"},
	})
}

// TestRenderDocsify holds what Docsify adds.
func TestRenderDocsify(t *testing.T) {
	source := files{"guide/b.md": "B *c*\n", "guide/d.js": "/// [x]\ne()\n/// [x]\nf()\n", "guide/page.html": "<p>g</p>",
		"guide/setup.md": "S\n\n[n](setup.md ':include')\n\n[n](e.md ':include')\n", "guide/e.md": "E\n\n[n](f.md ':include')\n", "guide/f.md": "F\n\n- z\n\n  [n](e.md ':include')\n"}
	checkGenerated(t, source, []generated{
		{"embedded document", "", "[n](b.md ':include')\n\n- a\n\n  [n](b.md \":include\")", "<p>B <em>c</em></p><ul><li><p>a</p><p>B <em>c</em></p></li></ul>"},
		{"files that embed each other", "", "S\n\n[n](setup.md ':include')\n\n[n](e.md ':include')", "<p>S</p><p>E</p><p>F</p><ul><li>z</li></ul>"},
		{"embedded code", "", "[n](d.js ':include')\n\n[n](d.js ':include :type=code :fragment=x')\n\n[n](b.md ':include :type=code')",
			"<pre><code class=\"language-js\">/// [x]\ne()\n/// [x]\nf()</code></pre><pre><code class=\"language-js\">e()</code></pre><pre><code class=\"language-md\">B *c*</code></pre>"},
		{"what is shown in a frame", "", "[The page](page.html ':include :type=iframe width=100%')\n\n[far](https://h.example/x.md ':include')",
			`<p><a href="https://docs.example.com/guide/page.html">The page</a></p><p><a href="https://h.example/x.md">far</a></p>`},
		{"no embedding", "", "a [n](b.md ':include') b `[n](b.md ':include')`\n\n[m](b.md ':ignore')\n\n[gone](gone.md ':include')",
			`<p>a <a href="https://docs.example.com/guide/b.md">n</a> b <code>[n](b.md ':include')</code></p><p><a href="https://docs.example.com/guide/b.md">m</a></p>`},
		{"headings", "", "## A :id=b\n\n## C {docsify-ignore}\n\n## D <!-- {docsify-ignore-all} -->\n\n`{docsify-ignore}`", "<h2>A</h2><h2>C</h2><h2>D</h2><p><code>{docsify-ignore}</code></p>"},
	})
}

// TestRenderVue holds what VuePress and VitePress add.
func TestRenderVue(t *testing.T) {
	checkGenerated(t, nil, []generated{
		{"tabs", "", "::: code-tabs#shell\n\n@tab pnpm\n\n```sh\na\n```\n\n@tab:active npm <x>#v\n\nb\n\n:::\n\nc", "<p><strong>pnpm</strong></p><pre><code class=\"language-sh\">a</code></pre><p><strong>npm &lt;x&gt;</strong></p><p>b</p><p>c</p>"},
		{"no tab", "", "@tab pnpm\n\n@tabby", "<p>@tab pnpm</p><p>@tabby</p>"},
		{"values", "vitepress", "a {{ count }} {{ 'x' }} \\{{ b }} `{{ c }}`\n\n```\n{{ d }}\n```", "<p>a x {{ b }} <code>{{ c }}</code></p><pre><code>{{ d }}</code></pre>"},
		{"values as text", "vitepress", "::: v-pre\n{{ count }}\n:::\n\n<b v-pre>{{ d }}</b>", "<p>{{ count }}</p><p><strong>{{ d }}</strong></p>"},
		{"first page", "vitepress", "---\nlayout: home\nhero:\n  name: Pumps\n  tagline: Move <em>water</em>\n  actions:\n    - {text: Start, link: https://h.example/s}\nfeatures:\n  - title: Fast\n    details: A < b\n---\n\n# More\n",
			`<h2>Pumps</h2><p>Move <em>water</em></p><p><a href="https://h.example/s">Start</a></p><h3>Fast</h3><p>A &lt; b</p><h2>More</h2>`},
		{"first page of VuePress", "", "---\nhome: true\nheroText: Pumps\nactionText: Start →\nactionLink: https://h.example/s\nfooter: MIT\n---\n", `<h2>Pumps</h2><p><a href="https://h.example/s">Start →</a></p><p>MIT</p>`},
		{"no first page", "", "---\nlayout: post\nfeatures: [a]\nfooter: x\n---\na", "<p>a</p>"},
	})
}

// TestRenderCodeComponents holds that code in the settings of components is shown.
func TestRenderCodeComponents(t *testing.T) {
	source := files{"guide/x.json": "{\"a\": 1}\n"}
	for _, c := range []struct{ from, to string }{
		{"import raw from './x.json?raw';\n\nexport const a = `b(\\`c\\`);\n\nd();`;\n\nexport const e = \"f\";\n\n<Code code={a} lang=\"js\" title=\"t.js\" />\n\n<Code code={e} />\n\n<Code code={raw} lang=\"json\" />\n\n<Code code=\"g\" />",
			"<p><strong>t.js</strong></p><pre><code class=\"language-js\">b(`c`);\n\nd();</code></pre><pre><code>f</code></pre><pre><code class=\"language-json\">{\"a\": 1}</code></pre><pre><code>g</code></pre>"},
		{"<Code\n  code={`h\n  'i'`}\n/>\n\n<LinkCard\n  title=\"Written in markdown here\"\n/>\n\n<div markdown=\"1\">\n*j*\n</div>", "<pre><code>h\n  'i'</code></pre><p><strong>Written in markdown here</strong></p><p><em>j</em></p>"},
		{"```js title=\"a.js\" tab=\"New\"\nb(); // [!code ++]\n// c [!code highlight:2]\n// [!code --] d\ne(/* [!code focus] */ f)\n```\n\n```sh collapse title My graph\na\n```\n\n## G [#h]\n\n## I [!toc]\n\n[j](#h)\n\n<Card title={<>K <code>l</code></>} />",
			"<p><strong>New: a.js</strong></p><pre><code class=\"language-js\">b();\n// c\n// d\ne(f)</code></pre><p><strong>My graph</strong></p><pre><code class=\"language-sh\">a</code></pre><h2>G</h2><h2>I</h2><p><a href=\"https://docs.example.com/guide/setup#h\">j</a></p><p><strong>K l</strong></p>"},
		{"<Tabs items={['pnpm', \"npm\"]}>\n  <Tabs.Tab>\n    A *a*\n  </Tabs.Tab>\n  <Tabs.Tab>B</Tabs.Tab>\n</Tabs>\n\n<Tabs items={[{label: 'X', off: true}, 'Y']} n={1}>\n<Tab>c</Tab>\n<Tab>d</Tab>\n</Tabs>\n\n<Tabs items={['One']}>\n<Tab value=\"One\">e</Tab>\n</Tabs>\n\n<Tabs items={names}><Tab title='g'>h</Tab></Tabs>\n\n{'i'} {\"j\"} \\{'k'} `{'l'}` {'m'",
			"<p><strong>pnpm</strong></p><p>A <em>a</em></p><p><strong>npm</strong></p><p>B</p><p><strong>X</strong></p><p>c</p><p><strong>Y</strong></p><p>d</p><p><strong>One</strong></p><p>e</p><p><strong>g</strong></p><p>h</p><p>i j {'k'} <code>{'l'}</code> {'m'</p>"},
		{"```bash npm2yarn\n$ npm install -g a && npm run b -- --c\nnpx d\n```\n\n- e\n\n  ```npm\n  f install\n  ```\n\n```package-install\ng -D\n```\n\n```bash npm2yarn\nnpm audit\n```",
			"<p><strong>npm</strong></p><pre><code class=\"language-bash\">$ npm install -g a &amp;&amp; npm run b -- --c\nnpx d</code></pre><p><strong>Yarn</strong></p><pre><code class=\"language-bash\">$ yarn global add a &amp;&amp; yarn b --c\nyarn dlx d</code></pre><p><strong>pnpm</strong></p><pre><code class=\"language-bash\">$ pnpm add -g a &amp;&amp; pnpm run b --c\npnpm dlx d</code></pre><p><strong>Bun</strong></p><pre><code class=\"language-bash\">$ bun add --global a &amp;&amp; bun run b --c\nbun x d</code></pre>" +
				"<ul><li><p>e</p><pre><code class=\"language-npm\">f install</code></pre></li></ul><p><strong>npm</strong></p><pre><code class=\"language-bash\">npm install g -D</code></pre><p><strong>pnpm</strong></p><pre><code class=\"language-bash\">pnpm add g -D</code></pre><p><strong>yarn</strong></p><pre><code class=\"language-bash\">yarn add g --dev</code></pre><p><strong>bun</strong></p><pre><code class=\"language-bash\">bun add g --dev</code></pre><pre><code class=\"language-bash\">npm audit</code></pre>"},
	} {
		in := document(sources.MDX, c.from)
		in.Document.Title, in.Include = "Title", source.include
		if got := flat(mustRender(t, in).HTML); got != c.to {
			t.Errorf("%s\n got %s\nwant %s", c.from, got, c.to)
		}
	}
}

// TestRenderHonKit holds what the templates of GitBook's books show.
func TestRenderHonKit(t *testing.T) {
	source := files{"book.json": `{"variables": {"version": "5.2", "a": {"b": "c"}}}`, "guide/part.md": "Part {{ book.version }}.\n"}
	checkGenerated(t, source, []generated{
		{"values", "gitbook", "{% set icon = '<b>!</b>' %}\n\n{{ icon }} {{book.version}} {{ gone }}[a](https://h.example/{{ book.a.b }}) \\{{ icon }} `x{{ book.version }}`\n\n    y=={{ book.version }} {{ gone }}\n\n{% include \"./part.md\" %}",
			`<p><strong>!</strong> 5.2 <a href="https://h.example/c">a</a> {{ icon }} <code>x5.2</code></p><pre><code>y==5.2 {{ gone }}</code></pre><p>Part 5.2.</p>`},
		{"sections", "", "<!--sec data-title=\"Windows <8>\" data-id=\"x\"\ndata-collapse=true ces-->\n\na\n\n<!--endsec-->\n\n<!-- second -->\n\nb", "<p><strong>Windows &lt;8&gt;</strong></p><p>a</p><p>b</p>"},
		{"of others", "hugo", "{{ book.version }} {{ icon }}", "<p>{{ book.version }} {{ icon }}</p>"},
	})
}

// TestRenderValueNames holds that values named as elements are text, and nothing
// behind them is lost.
func TestRenderValueNames(t *testing.T) {
	checkTable(t, sources.Markdown, []conversion{
		{"within text", "git add <path> <title> <link> <style> <script> <select> and <template> more.\n\nb <input> c", "<p>git add &lt;path&gt; &lt;title&gt; &lt;link&gt; &lt;style&gt; &lt;script&gt; &lt;select&gt; and &lt;template&gt; more.</p><p>b &lt;input&gt; c</p>"},
		{"at the start of a line", "<style> first\n\n- <title>\n- <button>\n\nlast", "<p>&lt;style&gt; first</p><ul><li>&lt;title&gt;</li><li>&lt;button&gt;</li></ul><p>last</p>"},
		{"ended elsewhere", "The <title> element and <button>\n\n```html\n<title>x</title>\n```\n\nlast </title>", "<p>The &lt;title&gt; element and &lt;button&gt;</p><pre><code class=\"language-html\">&lt;title&gt;x&lt;/title&gt;</code></pre><p>last</p>"},
		{"elements", "a <time>b</time> <label>c</label> <input type=\"text\"> <img src=\"d.png\" alt=\"e\"> <style>f</style>g <br> <p>h", "<p>a b c e g</p><p>h</p>"},
		{"block", "<form>\n\na\n\n</form>\n\n<style>\nb\n\nc\n</style>\n\nd", "<p>a</p><p>d</p>"},
	})
}
