package render_test

import (
	"slices"
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"

	"github.com/google/go-cmp/cmp"
)

// TestRenderEscapes holds that what is escaped, code, or part of an address is
// never markup of a dialect.
func TestRenderEscapes(t *testing.T) {
	checkTable(t, sources.Markdown, []conversion{
		{"tags", `Press \<Enter\>, then \<Ctrl-C\>. C:\<Dir\>\file`, `<p>Press &lt;Enter&gt;, then &lt;Ctrl-C&gt;. C:&lt;Dir&gt;\file</p>`},
		{"generics", "on(event: Event\\<Lamp\\>) and Map<K, V> and List<Lamp>", "<p>on(event: Event&lt;Lamp&gt;) and Map&lt;K, V&gt; and List&lt;Lamp&gt;</p>"},
		{"element by name", "The <lamp-shade> element", "<p>The &lt;lamp-shade&gt; element</p>"},
		{"percent", "Write %%a for the first and %%b for the second. 5%% off, 6%% more.", "<p>Write %%a for the first and %%b for the second. 5%% off, 6%% more.</p>"},
		{"percent in a note", "[[a]] Write %%a for the first and %%b. %%hidden%% 5%% off, 6%% more.",
			`<p><a href="https://docs.example.com/guide/a">a</a> Write %%a for the first and %%b. 5%% off, 6%% more.</p>`},
		{"percent in code", "[[a]] <code>%%b%%</code> `%%c%%` [d](?q=%%41%%)",
			`<p><a href="https://docs.example.com/guide/a">a</a> <code>%%b%%</code> <code>%%c%%</code> <a href="https://docs.example.com/guide/setup?q=%25%41%25%25">d</a></p>`},
		{"equals", "if a==b==c or x == y == z", "<p>if a==b==c or x == y == z</p>"},
		{"brackets", `\[[Other]] m[[1]] and \==x\==`, "<p>[[Other]] m[[1]] and ==x==</p>"},
		{"test of a shell", "if [[ -f x ]]; then", "<p>if [[ -f x ]]; then</p>"},
		{"comment in a line", "a {% comment %} hidden {% endcomment %} b", "<p>a b</p>"},
		{"comment at the start", "{% comment %} hidden\n\nhidden, too {% endcomment %} b\n\nc", "<p>b</p><p>c</p>"},
		{"comment of Hugo", "{{% comment %}} hidden\n\n- hidden, too\n\n{{% /comment %}}\nb", "<p>b</p>"},
		{"comment in code", "`{% comment %}` a `{% endcomment %}`", "<p><code>{% comment %}</code> a <code>{% endcomment %}</code></p>"},
		{"calls", `\{{< ref "x" >}} \{% include x %\}`, `<p>{{&lt; ref "x" &gt;}} {% include x %}</p>`},
		{"blocks", "\\:::note\nx\n\n\\!!! note", "<p>:::note x</p><p>!!! note</p>"},
		{"code over lines", "Use `the <Tabs> element\n<Note>x</Note> {{< ref \"x.md\" >}}\ninside` it.",
			"<p>Use <code>the &lt;Tabs&gt; element &lt;Note&gt;x&lt;/Note&gt; {{&lt; ref \"x.md\" &gt;}} inside</code> it.</p>"},
		{"code over lines of a list", "- a `b\n  {{< note >}}` c", "<ul><li>a <code>b {{&lt; note &gt;}}</code> c</li></ul>"},
		{"tick alone", "A ` tick and\n\n{{< note >}}\nx\n{{< /note >}}", "<p>A ` tick and</p><blockquote><p><strong>Note</strong></p><p>x</p></blockquote>"},
		{"titles of code and components", "```py title=\"src/__init__.py *a*\"\nx\n```\n\n<Card title=\"**b** `c` [[d]] :rocket: 1. %%e%% {f} <Tabs>\" href=\"x.md\">\n\ng\n\n</Card>",
			"<p><strong>src/__init__.py *a*</strong></p><pre><code class=\"language-py\">x</code></pre><p><a href=\"https://docs.example.com/guide/x.md\"><strong>**b** `c` [[d]] :rocket: 1. %%e%% {f} &lt;Tabs&gt;</strong></a></p><p>g</p>"},
		{"attributes", `<a title="<Note>" href="a.md">x</a> <b title="{{< y >}}">z</b>`, `<p><a href="https://docs.example.com/guide/a.md">x</a> <strong>z</strong></p>`},
		{"HTML block", "<div>\n<code>{{< note >}} <Tabs></code> {{< hl \"shown\" >}} <TOKEN>\n</div>",
			"<p><code>{{&lt; note &gt;}} &lt;Tabs&gt;</code> shown &lt;TOKEN&gt;</p>"},
		{"unknown call as an address", "a [b]({{% eturl c %}}) d", "<p>a b d</p>"},
		{"addresses by calls", "[a]({% link b/c.md %}) [d]({{ site.baseurl }}/e.md) [f]({{ \"/g.md\" | relative_url }})",
			`<p><a href="https://docs.example.com/guide/b/c.md">a</a> <a href="https://docs.example.com/e.md">d</a> <a href="https://docs.example.com/g.md">f</a></p>`},
	})
}

// TestRenderIndented holds that indentation means nothing within components.
func TestRenderIndented(t *testing.T) {
	const want = "<p><strong>Small</strong></p><p>Text.</p><blockquote><p><strong>Tip</strong></p><p>Gloves.</p></blockquote>" +
		"<ol><li>Open</li><li>Close</li></ol><pre><code class=\"language-sh\">pump\n  --slow</code></pre>"
	for _, format := range []sources.Format{sources.Markdown, sources.MDX} {
		for _, space := range []string{"", "  ", "    ", "\t", "      "} {
			body := "<Tabs>\n" + space + "<TabItem label=\"Small\">\n" + indented(space+space,
				"Text.", "", ":::tip", "", "Gloves.", "", ":::", "", "1. Open", "2. Close", "", "```sh", "pump", "  --slow", "```") +
				space + "</TabItem>\n</Tabs>"
			in := document(format, body)
			in.Document.Title = "Title"
			if got := flat(mustRender(t, in).HTML); got != want {
				t.Errorf("%s, %q:\n got %s\nwant %s", format, space, got, want)
			}
		}
	}
	checkTable(t, sources.Markdown, []conversion{
		{"details", "<details>\n    <summary>More</summary>\n\n    First.\n\n    - a\n      - b\n</details>\n\nc", "<p><strong>More</strong></p><p>First.</p><ul><li>a<ul><li>b</li></ul></li></ul><p>c</p>"},
		{"div in div", "<div>\n    <div>\n        Deep.\n\n        Deeper.\n    </div>\n</div>", "<p>Deep.</p><p>Deeper.</p>"},
		{"Markdown in a div", "<div markdown=\"1\">\n    ## A\n\n    b *c*\n</div>\n\n<div markdown=\"0\">\n  *d*\n</div>", "<h2>A</h2><p>b <em>c</em></p><p>*d*</p>"},
		{"code in a div", "<div>\n\n    code\n\n</div>", "<pre><code>code</code></pre>"},
		{"steps", "<Steps>\n    <Step title=\"One\">\n        First.\n\n        Second.\n    </Step>\n</Steps>", "<p><strong>One</strong></p><p>First.</p><p>Second.</p>"},
		{"one line", "<Note title=\"Careful\">Hot glass.</Note>", "<blockquote><p><strong>Note: Careful</strong></p><p>Hot glass.</p></blockquote>"},
		{"between words", "See<Note title=\"Careful\">hot</Note>and<Tip>cold</Tip>or <Badge>x</Badge>s.", "<p>See Careful: hot and cold or xs.</p>"},
		{"settings", "a<Badge text=\"B\"/>c <kbd>d</kbd><kbd>e</kbd>f\n\n<Alert heading=\"G\">h</Alert>\n\n<Details summary=\"I\">j</Details>\n\n<Term term=\"K\">l</Term>",
			"<p>a B c <kbd>d</kbd> <kbd>e</kbd>f</p><blockquote><p><strong>G</strong></p><p>h</p></blockquote><p><strong>I</strong></p><p>j</p><p><strong>K</strong></p><p>l</p>"},
		{"within text", "See <Note title=\"Careful\">hot glass</Note> here.", "<p>See Careful: hot glass here.</p>"},
		{"same component within", "<Box title=\"A\">\n<Box title=\"B\">\nx\n</Box>\ny\n</Box>\n\nz", "<p><strong>A</strong></p><p><strong>B</strong></p><p>x</p><p>y</p><p>z</p>"},
		{"tabs in a tab", "<Tabs>\n  <TabItem label=\"A\">\n  <Tabs>\n     <TabItem label=\"B\">\n\n*b*\n\n```sh\nc\n```\n\n   </TabItem>\n  </Tabs>\n  </TabItem>\n</Tabs>",
			"<p><strong>A</strong></p><p><strong>B</strong></p><p><em>b</em></p><pre><code class=\"language-sh\">c</code></pre>"},
		{"end tag in code", "<Box title=\"A\">\n`</Box>`\n\n```\n</Box>\n```\n</Box>\n\nz", "<p><strong>A</strong></p><p><code>&lt;/Box&gt;</code></p><pre><code>&lt;/Box&gt;</code></pre><p>z</p>"},
	})
}

// What components say in their settings alone is shown, and where they lead.
func TestRenderSettingsOfComponents(t *testing.T) {
	checkTable(t, sources.MDX, []conversion{
		{"fields of a type", "<TypeTable\n  type={{\n    speed: { description: 'How `fast`', type: 'number', default: 0.2, required: false },\n" +
			"    'on-x': { type: '() => void', required: true, parse: () => 1 },\n  }}\n/>\n\n<PropsTable props={[{ name: 'a', type: 'b', description: <>c <b>d</b></> }]} />",
			"<p><strong>speed</strong> (number, default 0.2): How <code>fast</code></p><p><strong>on-x</strong> (() =&gt; void, required)</p><p><strong>a</strong> (b): c <strong>d</strong></p>"},
		{"popovers", "A <Popover trigger=\"hover me\">b</Popover> c.\n\n<Popover trigger=\"d\">\ne\n</Popover>\n\n<Popover trigger=\"click\">f</Popover>",
			"<p>A hover me: b c.</p><p><strong>d</strong></p><p>e</p><p>f</p>"},
		{"quotes", "<Quote author=\"Ann\" role=\"CEO\">a</Quote>\n\n<Testimonial name=\"Bo\">\nb\n</Testimonial>\n\nc <Quote author=\"Cy\">d</Quote>",
			"<p>a</p><p>— Ann, CEO</p><p>b</p><p>— Bo</p><p>c d — Cy</p>"},
		{"figures", "<Stat label=\"Users\" value=\"10k\" />\n\nWe have <Stat label=\"Pages\" value={5} /> now.\n\n<Option label=\"a\" value=\"b\" />",
			"<p><strong>Users</strong></p><p>10k</p><p>We have Pages: 5 now.</p><p><strong>a</strong></p>"},
		{"buttons", "<Button href=\"https://a.example/\">Go *on*</Button>\n\nPress <LinkButton to=\"https://a.example/\">b</LinkButton>, <Button>c</Button> or <Button href=\"https://a.example/\" label=\"d\" />.\n\n<Button href=\"https://a.example/\" text=\"e\" />",
			`<p><a href="https://a.example/">Go <em>on</em></a></p><p>Press <a href="https://a.example/">b</a>, c or <a href="https://a.example/">d</a>.</p><p><a href="https://a.example/">e</a></p>`},
		{"summaries", "<details>\n<summary>How `npm` **works**</summary>\n\nx\n\n</details>\n\n- a\n\n  <details><summary>`b`</summary>\n\n  c\n\n  </details>",
			"<p><strong>How <code>npm</code> works</strong></p><p>x</p><ul><li><p>a</p><p><strong><code>b</code></strong></p><p>c</p></li></ul>"},
	})
}

// TestRenderOneTool holds that what one tool alone reads as markup is the
// author's text elsewhere.
func TestRenderOneTool(t *testing.T) {
	const text = "Write ==a== and %%b%% or ++q++ and ^^d^^, [[e]]."
	const link = `<a href="https://docs.example.com/guide/e">e</a>`
	for name, c := range map[string]struct{ dialect, settings, before, want string }{
		"nothing known":    {want: "Write a and or ++q++ and ^^d^^, " + link + "."}, // the link by name shows a note
		"MkDocs by config": {dialect: "mkdocs", want: "Write a and %%b%% or <kbd>Q</kbd> and d, " + link + "."},
		"MkDocs by folder": {dialect: "auto", settings: "mkdocs.yml", want: "Write a and %%b%% or <kbd>Q</kbd> and d, " + link + "."},
		"Obsidian":         {settings: ".obsidian", want: "Write a and or ++q++ and ^^d^^, " + link + "."},
		"a comment alone":  {before: "%% nobody reads this %%\n\n", want: "Write a and or ++q++ and ^^d^^, " + link + "."},
		"comment of lines": {before: "%% nobody\nreads this %%\n\n", want: "Write a and or ++q++ and ^^d^^, " + link + "."},
		"vault in MkDocs":  {settings: "mkdocs.yml", before: "%%\nx\n%%\n\n", want: "Write a and or <kbd>Q</kbd> and d, " + link + "."},
		"MkDocs named":     {dialect: "mkdocs", before: "> [!tip]- A\n> x\n\n", want: "Write a and %%b%% or <kbd>Q</kbd> and d, " + link + "."},
		"Docusaurus":       {settings: "docusaurus.config.ts", want: "Write ==a== and %%b%% or ++q++ and ^^d^^, [[e]]."},
		"plain":            {dialect: "markdown", settings: "mkdocs.yml", want: "Write ==a== and %%b%% or ++q++ and ^^d^^, [[e]]."},
		"MkDocs' own hand": {before: "!!! note\n    x\n\n", want: "Write a and or <kbd>Q</kbd> and d, " + link + "."},
	} {
		in := document(sources.Markdown, c.before+text)
		in.Document.Title, in.Dialect = "Title", c.dialect
		in.Tool = func() string {
			return render.ToolAt("docs", func(p string) bool { return p == "docs/"+c.settings })
		}
		if got := flat(mustRender(t, in).HTML); !strings.HasSuffix(got, "<p>"+c.want+"</p>") || strings.Contains(got, "nobody") {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// TestRenderFormulas holds that nothing in a formula is markup, and that prices are
// no formulas.
func TestRenderFormulas(t *testing.T) {
	checkTable(t, sources.Markdown, []conversion{
		{"in text", `See $\sum_{i=1}^{n} i = \frac{n(n+1)}{2}$ and $a_1 * b_1 * c_1$.`, `<p>See $\sum_{i=1}^{n} i = \frac{n(n+1)}{2}$ and $a_1 * b_1 * c_1$.</p>`},
		{"in brackets", `A \(\lim _{x\rightarrow \infty }\frac{1}{x}=0\) and \[a_{2}\], but \(see *there*\).`, `<p>A \(\lim _{x\rightarrow \infty }\frac{1}{x}=0\) and \[a_{2}\], but (see <em>there</em>).</p>`},
		{"on its line", `$$\frac{-b\pm \sqrt{b^{2}-4ac}}{2a}$$`, `<p>$$\frac{-b\pm \sqrt{b^{2}-4ac}}{2a}$$</p>`},
		{"over lines", "$$\na_{1}\n\nb\n$$\n\n$$c_1 +\nd_1$$\n\n\\[\ne_1\n\\]\n\nf",
			"<pre><code class=\"language-math\">a_{1}\n\nb</code></pre><pre><code class=\"language-math\">c_1 +\nd_1</code></pre><pre><code class=\"language-math\">e_1</code></pre><p>f</p>"},
		{"prices", "It costs $5 and *$6*, or $5/$6, $10-$20, `$a$` and US$3 to US$4.", "<p>It costs $5 and <em>$6</em>, or $5/$6, $10-$20, <code>$a$</code> and US$3 to US$4.</p>"},
		{"variables", "Set $HOME or **$PATH**, $a and $b.", "<p>Set $HOME or <strong>$PATH</strong>, $a and $b.</p>"},
		{"states", "* ![gray one][STATUS-GRAY]\n* ![a][b]", "<ul><li>gray one</li><li>![a][b]</li></ul>"},
	})
}

// TestRenderRawText holds that elements whose content is no markup end where
// they hold nothing.
func TestRenderRawText(t *testing.T) {
	const video = `<p><a href="https://h.example/v">https://h.example/v</a></p>`
	for from, want := range map[string]string{
		"<iframe src=\"https://h.example/v\" />\n\na":                                                                         video + "<p>a</p>",
		"<iframe src=\"https://h.example/v\" />\n\na\n\n<iframe src=\"https://h.example/v\"></iframe>":                        video + "<p>a</p>" + video,
		"<iframe src=\"https://h.example/v\">\n\na":                                                                           video + "<p>a</p>",
		"<div style={{top: 0}}>\n  <iframe\n    src=\"https://h.example/v\"\n    style={{top: 0}}\n  ></iframe>\n</div>\n\na": video + "<p>a</p>",
		"<Textarea id=\"x\" />\n\na":                                                                                          "<p>a</p>",
		"<CodeBlock className=\"language-sh\">{`\na\n\n  ${b}\n`}</CodeBlock>\n\nc":                                           "<pre><code class=\"language-sh\">a\n\n  ${b}</code></pre><p>c</p>",
		"=== \"A\"\n\n    ```\n    a\n\n=== \"B\"\n\n    b":                                                                   "<p><strong>A</strong></p><pre><code>a</code></pre><p><strong>B</strong></p><p>b</p>",
		"<!-- md:option x -->\n\n:   Text *a*.\n\n    ```\n    b\n    ```\n\nc":                                               "<p>Text <em>a</em>.</p><pre><code>b</code></pre><p>c</p>",
		"## A { data-b }\n\nc": "<h2>A</h2><p>c</p>",
	} {
		in := document(sources.MDX, from)
		in.Document.Title = "Title"
		if got := flat(mustRender(t, in).HTML); got != want {
			t.Errorf("%q:\n got %s\nwant %s", from, got, want)
		}
	}
}

func indented(space string, lines ...string) string {
	var out strings.Builder
	for _, line := range lines {
		if line != "" {
			line = space + line
		}
		out.WriteString(line + "\n")
	}
	return out.String()
}

func TestRenderFields(t *testing.T) {
	checkTable(t, sources.MDX, []conversion{
		{"text", "<ParamField body=\"lamp_id\" type=\"string\" required>\nThe id.\n</ParamField>", "<p><strong>lamp_id</strong> (string, required): The id.</p>"},
		{"default", "<ParamField query=\"limit\" type=\"integer\" default={10}>\nHow many.\n</ParamField>", "<p><strong>limit</strong> (integer, default 10): How many.</p>"},
		{"default object", "<ParamField query=\"v\" default={{a: 1}} type=\"object\">F</ParamField>", "<p><strong>v</strong> (object, default {a: 1}): F</p>"},
		{"list", "<ParamField path=\"4000\" type=\"Error\" toc={true}>\n\n- a\n</ParamField>", "<p><strong>4000</strong> (Error)</p><ul><li>a</li></ul>"},
		{"labels beside it", "<ParamField body=\"a\" type=\"b\" default={[]} initialValue=\"c\" pre={[\"d\"]} post={['e f']}>F</ParamField>", "<p><strong>a</strong> (b, default [], d, e f): F</p>"},
		{"empty", "<ParamField header=\"X-Lamp\" type=\"string\" />", "<p><strong>X-Lamp</strong> (string)</p>"},
		{"not required", "<ResponseField name=\"watt\" type=\"integer\" required={false}>\n  Power.\n</ResponseField>", "<p><strong>watt</strong> (integer): Power.</p>"},
		{"type as a template", "<ParamField body=\"c\" type={`Record<string, \"a\" | 'b'>`}>C.</ParamField>", "<p><strong>c</strong> (Record&lt;string, \"a\" | 'b'&gt;): C.</p>"},
		{"text as a setting", "<ApiParam name=\"lim\" type=\"number\" description=\"How many.\" />\n\n<Field label=\"Name\" type=\"text\" hint=\"Yours\" />", "<p><strong>lim</strong> (number): How many.</p><p><strong>Name</strong> (text): Yours</p>"},
		{"in a cell", "| a |\n|---|\n| <Param name=\"x\" type=\"int\" required /> |", "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td><strong>x</strong> (int, required)</td></tr></tbody></table>"},
		{"own name", "<APIField name=\"mood\" type=\"string\">Mood.</APIField>", "<p><strong>mood</strong> (string): Mood.</p>"},
	})
}

func TestRenderTitleText(t *testing.T) {
	for from, want := range map[string]string{
		"---\ntitle: How to set a<b and c>d\n---\nx":                             "How to set a<b and c>d",
		"---\ntitle: The *big* [lamp](lamp.md), 2*3*4, f[a](b) and *.md\n---\nx": "The big lamp, 2*3*4, f[a](b) and *.md",
		"---\ntitle: \"Tank<Water, Air> explained\"\n---\nx":                     "Tank<Water, Air> explained",
		"---\ntitle: '<lamp-shade> reference'\n---\nx":                           "<lamp-shade> reference",
		"---\ntitle: The <b>big</b> `lamp`<br>here\n---\nx":                      "The big lamp here",
		"+++\ntitle = \"Option<T> and Result<T, E>\"\n+++\nx":                    "Option<T> and Result<T, E>",
		"# Component\\<P, S\\> explained\n\nx":                                   "Component<P, S> explained",
		"# Tank<Water, Air> explained\n\nx":                                      "Tank<Water, Air> explained",
		"# Map&lt;K, V&gt; explained\n\nx":                                       "Map<K, V> explained",
		"# Plan for `I<TCore, TOther>`\n\nx":                                     "Plan for I<TCore, TOther>",
		"# The <lamp-shade> element\n\nx":                                        "The <lamp-shade> element",
	} {
		if got := mustRender(t, document(sources.Markdown, from)).Title; got != want {
			t.Errorf("%q: title %q, want %q", from, got, want)
		}
	}
}

// files are those of a source, by their path.
type files map[string]string

func (f files) include(path string) ([]byte, bool) {
	text, ok := f[path]
	return []byte(text), ok
}

func (f files) link(path string) string {
	if _, ok := f[path]; !ok {
		return ""
	}
	return "https://docs.example.com/" + path
}

func (f files) named(name string) string {
	for path := range f {
		if strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], ".md") == name {
			return path
		}
	}
	return ""
}

// TestRenderIncludes holds that the text of what a document includes stands in
// its place.
func TestRenderIncludes(t *testing.T) {
	source := files{
		"guide/_part.mdx":     "---\ntitle: x\n---\n:::tip\nShared {props.name}.\n:::\n",
		"guide/part.md":       "Shared *text*.\n\n{{#include deep/inner.md}}\n",
		"guide/deep/inner.md": "Inner.\n",
		"guide/loop.md":       "Again.\n\n--8<-- \"loop.md\"\n",
		"guide/code.py":       "a = 1\n# --8<-- [start:b]\nb = 2\n# --8<-- [end:b]\nc = 3\n",
		"_includes/foot.md":   "Foot.",
		"guide/Note.md":       "# Note\n\nIntro.\n\n## Part\n\nOf the part.\n\n## Other\n\nNot this. ^id12345\n",
		"shared/root.md":      "Root.",
		"guide/cut.md":        "No.\n<!--from-->\n# Cut\n\n```\n# c\n```\n<!--to-->\nNo.\n",
		"guide/x.ts":          "`a${b}`\n",
		"guide/embeds/e.md":   "Embedded.",
	}
	for name, c := range map[string]struct {
		format         sources.Format
		from, want     string
		included, lost string
	}{
		"MDX":             {sources.MDX, "import Part from './_part.mdx';\n\na\n\n<Part name=\"Lamp\" />\n\nb", "<p>a</p><blockquote><p><strong>Tip</strong></p><p>Shared Lamp.</p></blockquote><p>b</p>", "guide/_part.mdx", ""},
		"MkDocs":          {sources.Markdown, "a\n\n--8<-- \"part.md\"\n\nb", "<p>a</p><p>Shared <em>text</em>.</p><p>Inner.</p><p>b</p>", "guide/part.md", ""},
		"MkDocs section":  {sources.Markdown, "a\n\n```py\n--8<-- \"code.py:b\"\n```", "<p>a</p><pre><code class=\"language-py\">b = 2</code></pre>", "guide/code.py", ""},
		"mdBook lines":    {sources.Markdown, "```py\n{{#include code.py:1:1}}\n```", "<pre><code class=\"language-py\">a = 1</code></pre>", "guide/code.py", ""},
		"itself":          {sources.Markdown, "--8<-- \"loop.md\"", "", "guide/loop.md", "included file left out: loop.md"},
		"Learn":           {sources.Markdown, "a [!INCLUDE [x](../shared/root.md)] b\n\n[!INCLUDE [x](../shared/root.md)]", "<p>a Root. b</p><p>Root.</p>", "shared/root.md", ""},
		"Jekyll":          {sources.Markdown, "{% include_relative part.md %}\n\n{% include foot.md %}", "<p>Shared <em>text</em>.</p><p>Inner.</p><p>Foot.</p>", "_includes/foot.md", ""},
		"Hugo":            {sources.Markdown, "{{% include \"/shared/root.md\" %}}", "<p>Root.</p>", "shared/root.md", ""},
		"note":            {sources.Markdown, "![[Note#Part]]\n\nb", "<h2>Part</h2><p>Of the part.</p><p>b</p>", "guide/Note.md", ""},
		"block of a note": {sources.Markdown, "![[Note#^id12345]]", "<p>Not this.</p>", "guide/Note.md", ""},
		"Python-Markdown": {sources.Markdown, "{!part.md!}\n\n- b\n\n  ```py\n  {! code.py [ln:3-3] !}\n  ```\n\n`{!part.md!}`",
			"<p>Shared <em>text</em>.</p><p>Inner.</p><ul><li><p>b</p><pre><code class=\"language-py\">b = 2</code></pre></li></ul><p><code>{!part.md!}</code></p>", "guide/part.md", ""},
		"mdBook in text": {sources.Markdown, "a {{#include ../shared/root.md}} b \\{{#include c}} `{{#include c}}`", "<p>a Root. b {{#include c}} <code>{{#include c}}</code></p>", "shared/root.md", ""},
		"between marks": {sources.Markdown, "{%\n  include-markdown \"cut.md\"\n  start=\"<!--from-->\"\n  end=\"<!--to-->\"\n  heading-offset=1\n%}",
			"<h2>Cut</h2><pre><code># c</code></pre>", "guide/cut.md", ""},
		"call in code":      {sources.Markdown, "```py\n{% include \"code.py\" %}\n{% include \"gone.py\" %}\n```", "<pre><code class=\"language-py\">a = 1\n# --8&lt;-- [start:b]\nb = 2\n# --8&lt;-- [end:b]\nc = 3\n{% include \"gone.py\" %}</code></pre>", "guide/code.py", ""},
		"file as code":      {sources.MDX, "import Code from '!!raw-loader!./x.ts';\n\n<CodeBlock language=\"ts\">{Code}</CodeBlock>", "<pre><code class=\"language-ts\">`a${b}`</code></pre>", "guide/x.ts", ""},
		"call of one's own": {sources.Markdown, "{{< embed-md \"embeds/e.md\" >}}\n\n{{< other \"embeds/e.md\" >}}", "<p>Embedded.</p>", "guide/embeds/e.md", "shortcode other left out"},
		"missing":           {sources.Markdown, "a\n\n--8<-- \"gone.md\"", "<p>a</p>", "guide/gone.md", "included file left out: gone.md"},
		"outside":           {sources.Markdown, "a\n\n--8<-- \"../../../etc/passwd\"", "<p>a</p>", "", "included file left out: ../../../etc/passwd"},
	} {
		in := document(c.format, c.from)
		in.Document.Title, in.Include, in.Link = "Title", source.include, source.link
		page := mustRender(t, in)
		page.Warnings = slices.DeleteFunc(page.Warnings, func(w string) bool { return strings.Contains(w, "text") })
		if got := flat(page.HTML); c.want != "" && got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
		if c.included != "" && !slices.Contains(page.Included, c.included) {
			t.Errorf("%s: included %q", name, page.Included)
		}
		if c.lost != "" && !slices.Contains(page.Warnings, c.lost) || c.lost == "" && len(page.Warnings) > 0 {
			t.Errorf("%s: warnings %q", name, page.Warnings)
		}
	}
}

// TestRenderSelfEmbeds holds that what would hold itself is shown once.
func TestRenderSelfEmbeds(t *testing.T) {
	source := files{"guide/n.md": "# N\n\n![[n]]\n\n![[o]]\n\n## Part\n\nb\n\n![[n#Part]]\n\n```sh\n# c\n```\n\nd\n\n## End\n\ne\n",
		"guide/o.md": "![[n]]\n\n![[n#Part]]\n"}
	checkGenerated(t, source, []generated{
		{"a note and its part", "obsidian", "![[n]]", "<h2>N</h2><h3>Part</h3><p>b</p><pre><code class=\"language-sh\"># c</code></pre><p>d</p>" +
			"<h3>Part</h3><p>b</p><pre><code class=\"language-sh\"># c</code></pre><p>d</p><h3>End</h3><p>e</p>"},
	})
}

// TestRenderWikiLinks holds that a link by a name leads to the note, or is its
// text.
// TestRenderEmbeds holds that a part of a note is only that part.
func TestRenderEmbeds(t *testing.T) {
	source := files{"guide/n.md": "a\n\n## *One* two\n\nb\n\n- c ^x1y2\n- d\n\n| e |\n|---|\n| f |\n\n^y\n\n## " +
		"Three\n\ng\n"}
	for from, want := range map[string]string{
		"![[n#One two]]": "<h2><em>One</em> two</h2><p>b</p>",
		"![[n#^x1y2]]":   "<ul><li>c</li></ul>",
		"![[n#^y]]":      "<table><thead><tr><th>e</th></tr></thead><tbody><tr><td>f</td></tr></tbody></table>",
		"![[n#Three]]":   "<h2>Three</h2><p>g</p>",
		"![[n#Gone]]":    "n &gt; Gone",
		"in ![[n]] text": "/n\">n</a> text",
	} {
		in := document(sources.Markdown, "## Top\n\n"+from)
		in.Document.Title, in.Include = "Title", source.include
		page := mustRender(t, in)
		if got := flat(page.HTML); !strings.Contains(got, want) || strings.Contains(got, "<p>a</p>") {
			t.Errorf("%q:\n got %s\nwant %s", from, got, want)
		}
		if told := strings.Contains(strings.Join(page.Warnings, "\n"), "only linked"); told != (strings.HasPrefix(from, "in") || strings.Contains(from, "Gone")) {
			t.Errorf("%q: warnings: %q", from, page.Warnings)
		}
	}
}

func TestRenderWikiLinks(t *testing.T) {
	source := files{"guide/Other page.md": "", "notes/sub/Deep.md": "", "Root.md": "", "notes/日本語.md": ""}
	in := document(sources.Markdown, "[[Other page]], [[Deep#Part two|deep]], [[Root]], [[日本語]], [[Gone]] and "+
		"[[Gone|the text]]\n\n| a |\n|---|\n| [[Root\\|b]] |")
	in.Document.Title, in.Link, in.Named = "Title", source.link, source.named
	page := mustRender(t, in)
	const want = `<p><a href="https://docs.example.com/guide/Other%20page.md">Other page</a>, ` +
		`<a href="https://docs.example.com/notes/sub/Deep.md#part-two">deep</a>, <a href="https://docs.example.com/Root.md">Root</a>, ` +
		`<a href="https://docs.example.com/notes/%E6%97%A5%E6%9C%AC%E8%AA%9E.md">日本語</a>, Gone and the text</p>` +
		`<table><thead><tr><th>a</th></tr></thead><tbody><tr><td><a href="https://docs.example.com/Root.md">b</a></td></tr></tbody></table>`
	if got := flat(page.HTML); got != want {
		t.Errorf(" got %s\nwant %s", got, want)
	}
	if diff := cmp.Diff([]string{`link to "Gone" leads nowhere`}, page.Warnings); diff != "" {
		t.Error(diff)
	}
}

// TestRenderToolLinks holds that links lead where those of their tool do.
func TestRenderToolLinks(t *testing.T) {
	source := files{"guide/Set-Up.md": "", "guide/Be%2Dterna-é.md": "", "Big-pump.md": "", "Introduction.md": "", "a.md": "", "guide/5.2-end.md": "",
		"part/README.md": "", ".attachments/a b.zip": ""}
	for _, c := range []struct{ tool, from, want string }{
		{"docfx", "[x](set-up.md#a)", `<a href="https://docs.example.com/guide/Set-Up.md#a">x</a>`},
		{"docfx", "[x](~/guide/SET-UP.md)", `<a href="https://docs.example.com/guide/Set-Up.md">x</a>`},
		{"docfx", "[x](~/set-up.md) and [y](~/gone.md)", `<a href="https://docs.example.com/guide/Set-Up.md">x</a> and y`},
		{"docfx", "[x](~/Set-Up.md)", `<a href="https://docs.example.com/guide/Set-Up.md">x</a>`},
		{"docfx", "[x](gone.md) [y](/dotnet/api) [z](../../above.md)", `x <a href="https://docs.example.com/dotnet/api">y</a> <a href="https://docs.example.com/above.md">z</a>`},
		{"mkdocs", "[x](set-up.md) [y](img/x.png) [z](../routes/)", `x y <a href="https://docs.example.com/routes/">z</a>`},
		{"mkdocs", "[x](../Set-Up) [y](/5.2-end) [z](../a.html)", `<a href="https://docs.example.com/guide/Set-Up.md">x</a> <a href="https://docs.example.com/guide/5.2-end.md">y</a> <a href="https://docs.example.com/a.md">z</a>`},
		{"", "[x](../part/) [y](gone) [z](/gone) [w](api.html)", `<a href="https://docs.example.com/part/README.md">x</a> y <a href="https://docs.example.com/gone">z</a> <a href="https://docs.example.com/guide/api.html">w</a>`},
		{"", "[x](https://docs.example.com/part/#a) [y](https://docs.example.com/no/) [z](https://x.example/part)",
			`<a href="https://docs.example.com/part/README.md#a">x</a> <a href="https://docs.example.com/no/">y</a> <a href="https://x.example/part">z</a>`},
		{"docusaurus", "[x](guide/Set-Up.md#a) [y](a.md) [z](part/none.md)", `<a href="https://docs.example.com/guide/Set-Up.md#a">x</a> y z`},
		{"docusaurus", "[x](set-up#a) [y](./big-pump) [z](gone)", `<a href="https://docs.example.com/guide/Set-Up.md#a">x</a> <a href="https://docs.example.com/guide/big-pump">y</a> <a href="https://docs.example.com/guide/gone">z</a>`},
		{"gitbook", "[x](/broken/pages/Ab1) [y](/part)", `x <a href="https://docs.example.com/part/README.md">y</a>`},
		{"obsidian", "[x](introduction.md) [y](Gone.md)", `<a href="https://docs.example.com/Introduction.md">x</a> y`},
		{"azure", "[x](/guide/Gone) [y](</.attachments/a b.zip>)", `x <a href="https://docs.example.com/.attachments/a%20b.zip">y</a>`},
		{"azure", "[x](/guide/Be%2Dterna-%C3%A9)", `<a href="https://docs.example.com/guide/Be%252Dterna-%C3%A9.md">x</a>`},
		{"azure", "[x](5.2%20end) [y](b.zip)", `<a href="https://docs.example.com/guide/5.2-end.md">x</a> y`},
		{"azure", "[x](</guide/set up>) [y](/big%20pump)", `<a href="https://docs.example.com/guide/Set-Up.md">x</a> <a href="https://docs.example.com/Big-pump.md">y</a>`},
		{"readme", "<<name>> and <<glossary:term>>: [x](doc:Introduction#a) [y](ref:gone)", `NAME and term: <a href="https://docs.example.com/Introduction.md#a">x</a> y`},
		{"obsidian", "[[Introduction|Pumps]]", `<a href="https://docs.example.com/Introduction.md">Pumps</a>`},
		{"", "[[Introduction|Pumps]] and [[The text|Introduction]]", `<a href="https://docs.example.com/Introduction.md">Pumps</a> and <a href="https://docs.example.com/Introduction.md">The text</a>`},
		{"obsidian", "[[a|`b` and **c**]] ![[x.svg#icon]]", `<a href="https://docs.example.com/a.md"><code>b</code> and <strong>c</strong></a>`},
	} {
		in := document(sources.Markdown, c.from)
		in.Document.Title = "Title"
		in.Link = func(path string) string { return strings.ReplaceAll(source.link(path), "%", "%25") }
		in.Tool = func() string { return c.tool }
		in.Exists = func(path string) bool { return source.link(path) != "" }
		in.Named = func(name string) string {
			for path := range source {
				if strings.EqualFold(path, name) || strings.EqualFold(path, name+".md") {
					return path
				}
			}
			return ""
		}
		if got := flat(mustRender(t, in).HTML); got != "<p>"+c.want+"</p>" {
			t.Errorf("%s, %s:\n got %s\nwant %s", c.tool, c.from, got, c.want)
		}
	}
}

func TestIsPartial(t *testing.T) {
	for path, want := range map[string]bool{
		"guide/_part.mdx": true, "_includes/foot.md": true, "content/_common/a/b.md": true,
		"guide/part.md": false, "_index.md": false, "guide/_index.md": false, "a_b/c_d.md": false,
		"_posts/2024-01-31-tea.md": false, "_docs/guide.md": false,
	} {
		if got := render.IsPartial(path); got != want {
			t.Errorf("%s: %v", path, got)
		}
	}
}
