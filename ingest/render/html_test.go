package render_test

import (
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

func TestRenderSanitises(t *testing.T) {
	checkTable(t, sources.HTML, []conversion{
		{"scripts and styles", "<p onclick=x style=color:red class=y id=z>a<script>b</script><style>c</style><!-- d --></p>", "<p>a</p>"},
		{"addresses", "<p><a href='javascript:x'>a</a> <a href=' java\nscript:x'>b</a> <a href='data:text/html,x'>c</a> <a href='vbscript:x'>d</a> <a href='JAVASCRIPT&colon;x'>e</a> <a href=mailto:f@x.example>f</a> <a href=tel:1>g</a> <a href=file:///etc/passwd>h</a>", `<p>a b c d e <a href="mailto:f@x.example">f</a> <a href="tel:1">g</a> h</p>`},
		{"quotes in addresses", `<p><a href='https://x.example/"><script>x</script>'>a</a>`, `<p><a href="https://x.example/%22%3E%3Cscript%3Ex%3C/script%3E">a</a></p>`},
		{"password in an address", "<p><a href=https://user:secret@x.example/a>a</a>", `<p><a href="https://x.example/a">a</a></p>`},
		{"hidden", "<p>a</p><p hidden>b</p><div aria-hidden=true>c</div><p style='DISPLAY : none'>d</p><template>e</template>", "<p>a</p>"},
		{"forms", "<p>a <input value=b><select><option>c</select><textarea>d</textarea><button>e</button> f</p>", "<p>a f</p>"},
		{"containers part words", "<div>a</div><div>b</div>c<section>d</section>", "<p>a</p><p>b</p><p>c</p><p>d</p>"},
		{"phrasing elements do not", "<p>a<span>b</span><font>c</font><u>d</u><x-y>e</x-y></p>", "<p>abcde</p>"},
		{"blocks in phrasing elements", "<b>a<div>b</div></b><a href=/x><h3>c</h3>d</a>", `<p><strong>a</strong></p><p><strong>b</strong></p><h3><a href="https://docs.example.com/x">c</a></h3><p><a href="https://docs.example.com/x">d</a></p>`},
		{"white space", "<p> a\n\t b <b> c </b>d <br> e <br></p>", "<p>a b <strong>c</strong> d<br>e</p>"},
		{"breaks that part paragraphs", "a<br><br>b<br>c", "<p>a</p><p>b<br>c</p>"},
		{"empty elements", "<p></p><ul><li></li></ul><b></b><h2> </h2><table><tr><td></td></tr></table><p>a</p>", "<p>a</p>"},
		{"lists that are broken", "<ul>a<li>b<ul><li>c</ul><ul><li>d</ul></ul><li>e</li>", "<ul><li>a</li><li>b<ul><li>c</li></ul><ul><li>d</li></ul></li></ul><p>e</p>"},
		{"table", "<table border=1><caption>a</caption><colgroup><col></colgroup><tr><th colspan=2 scope=col>b</th></tr><tr><td rowspan='3' onclick=x>c<td></td></tr></table>", `<table><caption>a</caption><tbody><tr><th colspan="2">b</th></tr><tr><td>c</td><td></td></tr></tbody></table>`},
		{"table for layout", "<table><tr><td><p>a</p><p>b</p></td></tr></table>", "<p>a</p><p>b</p>"},
		{"table in a table", "<table><tr><td>a</td><td><table><tr><td>b</td><td>c</td></tr></table></td></tr></table>", "<table><tbody><tr><td>a</td><td><table><tbody><tr><td>b</td><td>c</td></tr></tbody></table></td></tr></tbody></table>"},
		{"definitions", "<dl><div><dt>a</dt><dd>b</dd></div>c</dl>", "<dl><dt>a</dt><dd>b</dd><dd>c</dd></dl>"},
		{"code", "<pre class='brush: js'>a\n  <b>b</b><br>&lt;c></pre><pre><code class='hljs language-go'>\nd\n</code></pre><div class=highlight-source-shell><pre>e</pre></div>", "<pre><code class=\"language-js\">a\n  b\n&lt;c&gt;</code></pre><pre><code class=\"language-go\">d</code></pre><pre><code class=\"language-shell\">e</code></pre>"},
		{"codes side by side", "<p><code>a</code> <tt>b</tt><code>c <b>d</b></code><br><code>e</code></p>", "<p><code>a</code> <code>bc <strong>d</strong></code><br><code>e</code></p>"},
		{"frames", `<iframe src="https://v.example/1" title="A video"></iframe><iframe src=/x></iframe><iframe srcdoc="<script>x</script>"></iframe><p>a`, `<p><a href="https://v.example/1">A video</a></p><p><a href="https://docs.example.com/x">https://docs.example.com/x</a></p><p>a</p>`},
		{"details", "<details><summary>a</summary><p>b</p></details><details><summary><h3>c</h3></summary>d</details>", "<p><strong>a</strong></p><p>b</p><h3>c</h3><p>d</p>"},
		{"images", `<p><img src=a.png alt="b"></p><p>c <img src=d.png alt=e><img src=f.png></p><figure><img src=g.png alt=h><figcaption>i</figcaption></figure>`, "<p>b</p><p>c e</p><p>h</p><p>i</p>"},
		{"drawings", `<p>a <svg><title>b</title><defs><text>c</text></defs><path d="x"/></svg>d</p><svg><style>e</style><text>f <tspan>g</tspan></text><g><foreignObject><div>h</div></foreignObject></g></svg>`, "<p>a d</p><p>f g h</p>"},
		{"names of images", `<p>see<img src=a.png alt=a><img src=b.png alt=b>here, <span><img src=c.png alt=c></span><span><img src=d.png alt="d e"></span>(<img src=f.png alt=f>)<img src=g.png alt="(g)">. <a href=https://a.example><img src=h.png alt=h></a><a href=https://b.example><img src=i.png alt=i></a><img src=j.png alt=j><code>k</code></p>`,
			`<p>see a b here, c d e(f)(g). <a href="https://a.example">h</a> <a href="https://b.example">i</a> j <code>k</code></p>`},
		{"signs", `<table><tr><td>a</td><td><img class=emoticon src=x.png alt="(error)"></td></tr><tr><td>b</td><td><img alt="(tick)"></td></tr></table>`, "<table><tbody><tr><td>a</td><td>✗</td></tr><tr><td>b</td><td>✓</td></tr></tbody></table>"},
		{"drawing with labels for old browsers", `<svg><g><switch><foreignObject><div>API <b>gateway</b></div></foreignObject><text>API gateway</text></switch><text>Users</text></g><switch><g></g><a><text>Text is not SVG</text></a></switch></svg>`, "<p>API gateway Users</p>"},
		{"lines by their style", `<p>a<span style="display: block">b</span><a href="https://x.example/" style="color:red;display:block;">c</a><span style="display:inline-block">d</span>e</p>`, "<p>a</p><p>b</p><p><a href=\"https://x.example/\">c</a></p><p>de</p>"},
		{"formula", "<p><math><semantics><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></semantics></math> <mjx-container><svg><text>b</text></svg></mjx-container></p>", "<p>x^2</p>"},
		{"reading", "<p><ruby>漢<rt>kan</rt></ruby><ruby>字<rp>(</rp><rt>ji</rt><rp>)</rp></ruby></p>", "<p>漢(kan)字(ji)</p>"},
		{"dates", "<p><time datetime=2024-01-01></time> <time datetime=x>today</time></p>", "<p>2024-01-01 today</p>"},
		{"characters that are none", "<p>a&#65279;b&#1;c&#xFFFE;d&#0;e&nbsp;f</p>", "<p>abcd\uFFFDe\u00a0f</p>"},
		{"headings", "<h1>T</h1><h3>a<br>b</h3><h2><div>c</div><ul><li>d</ul></h2>", "<h3>a b</h3><h2>c d</h2>"},
		{"broken", "<p>a <b>b<i>c</p><p>d</b>e</i> &lt;script> &amp;amp; <", "<p>a <strong>b<em>c</em></strong></p><p><strong><em>d</em></strong><em>e</em> &lt;script&gt; &amp;amp; &lt;</p>"},
	})
}

func TestRenderMainContent(t *testing.T) {
	const want = "<p>The text that people came for.</p>"
	checkTable(t, sources.HTML, []conversion{
		{"main", "<body><nav>n</nav><header>h</header><main><p>The text that people came for.</p><aside><a href=x>a</a></aside></main><footer>f</footer>", want},
		{"role", "<body><div role=navigation>n</div><div role=main><p>The text that people came for.</p></div>", want},
		{"article", "<body><div>menu</div><article><header><h1>T</h1></header><p>The text that people came for.</p></article>", want},
		{"body", "<body><nav>n</nav><form action=/search>Search <input></form><p>The text that people came for.</p><footer>f</footer></body>", want},
		{"fragment", "<p>The text that people came for.", want},
		{"a form around all", "<body><form><p>The text that people came for.</p></form>", want},
		{"Confluence", "<body><div id=breadcrumbs>b</div><div id=content><div class=page-metadata>Created by x</div><div id=main-content class=wiki-content><p>The text that people came for.</p></div><div class='pageSection group'><h2 id=attachments>Attachments:</h2><div class=greybox>a.png</div></div></div><div id=footer>f</div>", want},
		{"older Confluence", "<body><form id=search>s</form><a href=x>Edit Page</a><div class=wiki-content><div id=ConfluenceContent><p>The text that people came for.</p></div></div><a>Browse Space</a>", want},
		{"a menu that is long", "<body><nav>" + strings.Repeat("menu ", 1000) + "</nav><div id=content><p>The text that people came for.</p></div>", want},
		{"anchors of headings", "<main><h2>A <a class=headerlink href=#a>¶</a></h2><p>The text that people came for.</p></main>", "<h2>A</h2>" + want},
		{"notes in asides", "<main><aside class='callout note'>Mind this.</aside><p>The text that people came for.</p></main>", "<p>Mind this.</p>" + want},
		{"tabs", "<main><div><ul role=tablist><li role=tab>A</li><li role=tab>B</li></ul><div><div role=tabpanel>x</div><div role=tabpanel hidden>y</div></div></div></main>", "<p><strong>A</strong></p><p>x</p><p><strong>B</strong></p><p>y</p>"},
		{"contents", `<main><div class=table-of-contents><p>Contents</p><ul><li><a href="#a">First part</a></li><li><a href="#b">Second part</a></li></ul></div><section id=table-of-contents><h2>Table of contents</h2><p>Of them and of <a href=x>others</a>.</p></section></main>`,
			`<h2>Table of contents</h2><p>Of them and of <a href="https://docs.example.com/guide/x">others</a>.</p>`},
		{"admonition", "<main><div class='admonition warning'><p class=admonition-title>warning</p><p>x</p></div></main>", "<blockquote><p><strong>Warning</strong></p><p>x</p></blockquote>"},
	})
}

// TestRenderContent gives what a converter wrote: no block of it is a site's.
func TestRenderContent(t *testing.T) {
	checkTable(t, sources.Content, []conversion{
		{"names of a site's parts", "<nav><p>a</p></nav><header>b</header><div class=content>c</div><div id=footer>d</div><aside>e</aside><footer>f</footer><div id=sidebar class=menu role=navigation>g</div>", "<p>a</p><p>b</p><p>c</p><p>d</p><p>e</p><p>f</p><p>g</p>"},
		{"beside what looks like the main part", "<div id=toc><a href=https://x.example/>a</a></div><main><p>b</p></main><article><p>c</p></article><form><p>d</p></form><p class=breadcrumb>e</p>", `<p><a href="https://x.example/">a</a></p><p>b</p><p>c</p><p>d</p><p>e</p>`},
		{"unsafe", "<div class=content onclick=x><script>a</script><style>b</style><a href='javascript:x'>c</a><iframe srcdoc='<script>d</script>'></iframe><object data='javascript:e'></object></div><p style='display:none'>f</p><p id=footer>g<img src=x onerror=h></p>", "<p>c</p><p>g</p>"},
	})
}

func TestRenderXMLStyle(t *testing.T) {
	const in = `<div class="toc-macro" id="t"/><table><tr><th class="x" /><th><p />a</th></tr><tr><td>1</td><td>b<b/></td></tr></table><p>c <a href="https://x.example/"/>d <a href=https://x.example/>e</a></p><style/>.y{}</style>`
	const want = `<table><tbody><tr><th></th><th>a</th></tr><tr><td>1</td><td>b</td></tr></tbody></table><p>c d <a href="https://x.example/">e</a></p>`
	for _, format := range []sources.Format{sources.ConfluenceView, sources.ConfluenceExport} {
		checkTable(t, format, []conversion{{string(format), in, want}})
	}
	checkTable(t, sources.HTML, []conversion{
		{"HTML has no such slash", `<p>a <a href="https://x.example/"/>b</p>`, `<p>a <a href="https://x.example/">b</a></p>`},
	})
}

func TestRenderConfluence(t *testing.T) {
	checkTable(t, sources.HTML, []conversion{
		{"macro errors", `<p>Pass $<span class="error">Unknown macro: {it}</span> on</p><div class="error"><span class="error">Unknown macro: {bookmarks}</span> </div><div class=error><span class=error>Error formatting macro: snippet: java.lang.IndexOutOfBoundsException: Index: 20</span> </div>`, "<p>Pass ${it} on</p>"},
		{"macro error alone", `<p><span class="error">Unknown macro: {it}</span></p><p>a</p>`, "<p>a</p>"},
		{"code in a script", `<script type="syntaxhighlighter" class="brush: xml; gutter: false"><![CDATA[<a b="c"> ]]></script>`, `<pre><code class="language-xml">&lt;a b="c"&gt;</code></pre>`},
		{"default language", `<pre class="syntaxhighlighter-pre" data-syntaxhighlighter-params="brush: java; gutter: false">ls -l</pre>`, "<pre><code>ls -l</code></pre>"},
		{"toc", `<p><style>/*<![CDATA[*/ div.rbtoc1 {} /*]]>*/</style></p><div class="toc-macro rbtoc1"><ul><li><a href=#a>A</a></li></ul></div><h2>A</h2><p>x</p>`, "<h2>A</h2><p>x</p>"},
		{"info", `<div class="confluence-information-macro confluence-information-macro-tip"><p class="title">A title</p><span class="aui-icon confluence-information-macro-icon">!</span><div class="confluence-information-macro-body"><p>x</p></div></div>`, "<blockquote><p><strong>Tip: A title</strong></p><p>x</p></blockquote>"},
		{"expand", `<div class="expand-container"><div class="expand-control"><span class="expand-icon">+</span><span class="expand-control-text">More</span></div><div class="expand-content" style="display:none"><p>x</p></div></div>`, "<p><strong>More</strong></p><p>x</p>"},
		{"tasks", `<ul class="inline-task-list"><li class="checked" data-inline-task-id="1">a</li><li data-inline-task-id="2">b</li></ul>`, "<ul><li>☑ a</li><li>☐ b</li></ul>"},
		{"lost attachment", `<p>a <img src="plugins/servlet/confluence/placeholder/unknown-attachment?x" alt="x"></p>`, "<p>a</p>"},
	})
}

func TestRenderHTMLTitle(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"h1", "<title>Site</title><main><h1>The <i>page</i></h1><p>x", "The page"},
		{"title", "<title>A &amp; B</title><p>x", "A & B"},
		{"site's name", "<title>Page | Site</title><meta property=og:site_name content=Site><p>x", "Page"},
		{"no site's name", "<title>Page | Part</title><p>x", "Page | Part"},
		{"h1 outside", "<title>Page - Site</title><body><header><h1>Page</h1></header><main><p>x</main>", "Page"},
		{"sections", "<title>The page</title><body><h1>One</h1><p>x<h1>Two</h1><p>y", "The page"},
		{"space", "<title>My Space : A : B</title><ol id=breadcrumbs><li class=first><a>My Space</a></ol><h1><span id=title-text>My Space : A : B</span></h1><div id=main-content class=wiki-content><p>x", "A : B"},
		{"braces", "<title>{plugin-info:x}</title><p>x", "{plugin-info:x}"},
		{"script in a title", "<title><script>x</script></title><p>x", "<script>x</script>"},
		{"nothing", "<p>x", "Setup"},
	} {
		t.Run(c.name, func(t *testing.T) {
			page, err := render.Render(document(sources.HTML, c.body))
			if err != nil || page.Title != c.want {
				t.Errorf("got %q, want %q, %v", page.Title, c.want, err)
			}
		})
	}
}

func TestRenderLinks(t *testing.T) {
	in := document(sources.HTML, "")
	files := map[string]string{
		"setup.md":             "https://docs.example.com/setup",
		"guide/next.md":        "https://docs.example.com/guide/next?v=1",
		"guide/a b%.md":        "https://docs.example.com/guide/a%20b%25",
		"guide/sub/index.md":   "https://docs.example.com/guide/sub/",
		"README.md":            "https://docs.example.com/",
		"guide/日本語.md":         "https://docs.example.com/guide/ja",
		"guide/files/data.pdf": "https://docs.example.com/files/data.pdf",
	}
	in.Link = func(p string) string { return files[p] }
	for ref, want := range map[string]string{
		"../setup.md#install":   "https://docs.example.com/setup#install",
		"next.md":               "https://docs.example.com/guide/next?v=1",
		"./next.md?x=y#z":       "https://docs.example.com/guide/next?x=y#z",
		"next":                  "https://docs.example.com/guide/next?v=1",
		"a%20b%25.md":           "https://docs.example.com/guide/a%20b%25",
		"a b%.md":               "https://docs.example.com/guide/a%20b%25",
		"sub/":                  "https://docs.example.com/guide/sub/",
		"sub":                   "https://docs.example.com/guide/sub/",
		"..":                    "https://docs.example.com/",
		"../":                   "https://docs.example.com/",
		"日本語.md":                "https://docs.example.com/guide/ja",
		`files\data.pdf`:        "https://docs.example.com/files/data.pdf",
		"/setup.md":             "https://docs.example.com/setup",
		"/unknown":              "https://docs.example.com/unknown",
		"unknown.md":            "",
		"../../../etc":          "https://docs.example.com/etc",
		"#there":                "https://docs.example.com/guide/setup#there",
		"#":                     "",
		"":                      "",
		"//other.example/x":     "https://other.example/x",
		"https://x.example":     "https://x.example",
		"HTTPS://X.example/ä b": "https://X.example/%C3%A4%20b",
		"http://":               "",
		"http:foo":              "",
		"https://[bad":          "",
		"ftp://x.example/y":     "",
		"?q=1":                  "https://docs.example.com/guide/setup?q=1",
	} {
		in.Document.Body = []byte(`<p><a href="` + ref + `">text</a></p>`)
		got := flat(mustRender(t, in).HTML)
		full := "<p>text</p>"
		if want != "" {
			full = `<p><a href="` + strings.ReplaceAll(want, "&", "&amp;") + `">text</a></p>`
		}
		if got != full {
			t.Errorf("%q: got %s, want %s", ref, got, full)
		}
	}
}

func TestRenderLinksWithoutAddress(t *testing.T) {
	in := document(sources.HTML, `<p><a href="x.md">a</a> <a href="#b">b</a> <a href="/c">c</a> <a href="https://d.example/">d</a></p>`)
	in.URL = ""
	if got, want := flat(mustRender(t, in).HTML), `<p>a b c <a href="https://d.example/">d</a></p>`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	in.Document.Body = []byte(`<base href="https://base.example/dir/"><p><a href="x.md">a</a> <a href="/c">c</a></p>`)
	if got, want := flat(mustRender(t, in).HTML),
		`<p><a href="https://base.example/dir/x.md">a</a> <a href="https://base.example/c">c</a></p>`; got != want {
		t.Errorf("base: got %s, want %s", got, want)
	}
}

func TestURLTemplate(t *testing.T) {
	for _, c := range []struct{ template, id, path, want string }{
		{"https://h/{path}", "", "a/b.md", "https://h/a/b.md"},
		{"https://h/{stem}", "", "a/b.tar.md", "https://h/a/b.tar"},
		{"https://h/{stem}/", "", "a/.bookmarks", "https://h/a/.bookmarks/"},
		{"https://h/x/{dir}/{id}", "7", "a/b.md", "https://h/x/a/7"},
		{"https://h/x/{dir}/{id}", "7", "b.md", "https://h/x/7"},
		{"https://h/{dir}/", "", "b.md", "https://h/"},
		{"https://h/{path}", "", "%.md", "https://h/%25.md"},
		{"https://h/{path}", "", "a b/[.md", "https://h/a%20b/%5B.md"},
		{"https://h/{path}", "", "a#b?c.md", "https://h/a%23b%3Fc.md"},
		{"https://h/{path}", "", "日本.md", "https://h/%E6%97%A5%E6%9C%AC.md"},
		{"https://h/pages?id={id}", "a&b=c/d", "", "https://h/pages?id=a%26b%3Dc%2Fd"},
		{"https://h/blob/{ref}/{path}", "", "a.md", "https://h/blob/feature/x/a.md"},
		{"https://h/fixed", "", "a.md", "https://h/fixed"},
	} {
		tmpl, err := render.ParseURLTemplate(c.template, "ref", "commit")
		if err != nil {
			t.Errorf("%s: %v", c.template, err)
			continue
		}
		if got := tmpl.Expand(c.id, c.path, map[string]string{"ref": "feature/x"}); got != c.want {
			t.Errorf("%s with %q: %s, want %s", c.template, c.path, got, c.want)
		}
	}
	tmpl, err := render.ParseURLTemplate("https://h/{stem}")
	if got := tmpl.ExpandFile("a/b.zip", nil); err != nil || got != "https://h/a/b.zip" {
		t.Errorf("a file: %s, %v", got, err)
	}
	for template, want := range map[string]string{
		"https://h/{file}":           "unknown placeholder {file}: use one of {path}, {stem}, {dir}, {id}, {ref}",
		"https://h/{path":            "without its }",
		"https://h/path}":            "without its {",
		"{path}":                     "must be a web address",
		"/x/{path}":                  "must be a web address",
		"ftp://h/{path}":             "must be a web address",
		"https://{path}":             "put a / between the host",
		"https://h{path}":            "put a / between the host",
		"https://u:secret@h/{path}":  "must not hold a user name",
		"https://u:secret@h/{path}}": "without its {",
		"":                           "must be a web address",
	} {
		_, err := render.ParseURLTemplate(template, "ref")
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v, want %q", template, err, want)
		}
	}
}

func TestRenderStorageLinks(t *testing.T) {
	in := render.Input{Document: sources.Document{
		Format: sources.ConfluenceStorage, Title: "T",
		Body: []byte(`<p>See <ac:link><ri:page ri:content-title="A" /></ac:link>, <ac:link><ri:page ri:content-title="B" /></ac:link>.</p>`),
		Address: func(r sources.Reference) string {
			return map[string]string{"A": "https://me:secret@w.example/a"}[r.Title]
		},
	}}
	page, err := render.Render(in)
	if want := "<p>See <a href=\"https://w.example/a\">A</a>, B.</p>\n"; err != nil || page.HTML != want {
		t.Errorf("%q, %v", page.HTML, err)
	}
}
