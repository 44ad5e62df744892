package confluence_test

import (
	"slices"
	"strings"
	"testing"

	"finpages/ingest/render/internal/confluence"
	"finpages/ingest/render/internal/dom"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// macro writes a macro as current versions store it.
func macro(name, inner string) string {
	return `<ac:structured-macro ac:name="` + name + `" ac:schema-version="1">` + inner + `</ac:structured-macro>`
}

func param(name, value string) string {
	return `<ac:parameter ac:name="` + name + `">` + value + `</ac:parameter>`
}

func rich(inner string) string { return `<ac:rich-text-body>` + inner + `</ac:rich-text-body>` }

func plain(inner string) string {
	return `<ac:plain-text-body><![CDATA[` + inner + `]]></ac:plain-text-body>`
}

func inner(t testing.TB, root *html.Node) string {
	t.Helper()
	var out strings.Builder
	for c := range root.ChildNodes() {
		if err := html.Render(&out, c); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func checkStorage(t *testing.T, in, want string) {
	t.Helper()
	root, _, err := confluence.Storage(in, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, inner(t, root)); diff != "" {
		t.Errorf("%s\n%s", in, diff)
	}
}

func TestStorageMacros(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"code", macro("code", param("language", "Py")+param("title", "a.py")+param("linenumbers", "true")+plain("if a < b &amp;& c:\n    x()")),
			"<p><strong>a.py</strong></p><pre><code class=\"language-py\">if a &lt; b &amp;amp;&amp; c:\n    x()</code></pre>"},
		{"code, language without a name", macro("code", param("", "sql")+plain("x")), `<pre><code class="language-sql">x</code></pre>`},
		{"code, no language", macro("code", param("language", "none")+plain("x")), `<pre><code>x</code></pre>`},
		{"code with the end of CDATA", macro("code", plain("a]]]]><![CDATA[>b")), `<pre><code>a]]&gt;b</code></pre>`},
		{"code in a list", "<ul><li>a" + macro("code", plain("<b>")) + "</li></ul>", "<ul><li>a<pre><code>&lt;b&gt;</code></pre></li></ul>"},
		{"code as rich text", macro("code", rich("\n<p>a &lt; b</p>\n<p>c<br/>p</p>\n")), "<pre><code>a &lt; b\nc\np</code></pre>"},
		{"noformat", macro("noformat", plain("  a\n  b")), "<pre><code>  a\n  b</code></pre>"},
		{"macro of Confluence 4", `<ac:macro ac:name="code"><ac:default-parameter>xml</ac:default-parameter>` + plain("x") + `</ac:macro>`, `<pre><code class="language-xml">x</code></pre>`},
		{"info", macro("info", rich("<p>a</p>")), "<blockquote><p><strong>Info</strong></p><div><p>a</p></div></blockquote>"},
		{"warning with a title", macro("warning", param("title", "Hot")+rich("a")), "<blockquote><p><strong>Warning: Hot</strong></p>a</blockquote>"},
		{"title that says the kind", macro("tip", param("title", "Tip of the day")+rich("a")), "<blockquote><p><strong>Tip of the day</strong></p>a</blockquote>"},
		{"text that says the kind", macro("note", rich("<p><b>Note</b></p><p>a</p>")), "<blockquote><div><p><b>Note</b></p><p>a</p></div></blockquote>"},
		{"panel", macro("panel", param("panelIcon", ":bulb:")+param("bgColor", "#fff")+param("title", "T")+rich("<p>a</p>")), "<blockquote><p><strong>T</strong></p><div><p>a</p></div></blockquote>"},
		{"expand", macro("expand", param("title", "More")+rich("<p>a</p>")), "<p><strong>More</strong></p><div><div><p>a</p></div></div>"},
		{"tabs", macro("ui-tabs", rich(macro("ui-tab", param("title", "One")+rich("<p>1</p>"))+macro("ui-tab", param("title", "Two")+rich("<p>2</p>")))),
			"<div><p><strong>One</strong></p><div><div><p>1</p></div></div><p><strong>Two</strong></p><div><div><p>2</p></div></div></div>"},
		{"columns", macro("section", param("border", "true")+rich(macro("column", param("width", "30%")+rich("<p>a</p>"))+macro("column", rich("<p>b</p>")))), "<div><div><p>a</p></div><div><p>b</p></div></div>"},
		{"status", "<p>a " + macro("status", param("colour", "Green")+param("title", "DONE")) + "</p>", "<p>a DONE</p>"},
		{"anchor", "<h2>" + macro("anchor", param("", "anchors")) + "Anchors</h2>", "<h2>Anchors</h2>"},
		{"jira issue", macro("jira", param("server", "JIRA")+param("key", "OPS-1")), "OPS-1"},
		{"jira issue with an address", macro("jira", param("baseurl", "https://jira.example.com/")+param("key", "OPS-1")), `<a href="https://jira.example.com/browse/OPS-1">OPS-1</a>`},
		{"jira issue with a script", macro("jira", param("baseurl", "javascript:x")+param("key", "OPS-1")), "OPS-1"},
		{"formula in text", "a " + macro("mathinline", param("body", `\frac{1}{2}`)) + " b", `a <code>\frac{1}{2}</code> b`},
		{"formula", macro("mathblock", plain(`a<b`)), `<pre><code class="language-latex">a&lt;b</code></pre>`},
		{"formula with an address's escapes", macro("mathinline", param("body", "--uriencoded--%5Cfrac%7Ba%7D%7Bb%7D+1")) + macro("mathblock", plain("--uriencoded--100%")),
			`<code>\frac{a}{b}+1</code><pre><code class="language-latex">100%</code></pre>`},
		{"gallery", macro("gallery", param("title", "G")), "<p><strong>G</strong></p>"},
		{"chart", macro("chart", param("title", "C")+param("type", "pie")+rich("<p>a</p>")), "<p><strong>C</strong></p><div><div><p>a</p></div></div>"},
		{"excerpt", macro("excerpt", param("name", "x")+rich("<p>a</p>")), "<div><p>a</p></div>"},
		{"hidden excerpt", "<p>a</p>" + macro("excerpt", param("hidden", "true")+rich("<p>b</p>")), "<p>a</p>"},
		{"include", macro("include", param("", `<ac:link><ri:page ri:content-title="Setup" /></ac:link>`)), "<p><strong>See: Setup</strong></p>"},
		{"file", macro("view-file", param("name", `<ri:attachment ri:filename="a b.pdf" />`)+param("height", "250")), "a b.pdf"},
		{"drawing", macro("drawio", param("diagramName", "plan")+param("zoom", "1")), `<p><img alt="plan"/></p>`},
		{"drawing with two names", macro("drawio", param("diagramName", "a-1.drawio")+param("diagramDisplayName", "a plan")), `<p><img alt="a plan"/></p>`},
		{"status beside status", "<p>" + macro("status", param("title", "A")) + macro("status", param("title", "B")) + "</p>", "<p>A  B</p>"},
		{"what is elsewhere", macro("toc", param("maxLevel", "3")) + macro("children", param("all", "true")) + macro("recently-updated", "") + macro("pagetree", "") + macro("livesearch", "") + macro("attachments", "") + macro("contributors", "") + "<p>a</p>", "<p>a</p>"},
		{"part with its own contents", macro("toc-zone", rich("<h2>a</h2>")), "<div><h2>a</h2></div>"},
		{"html", macro("html", plain(`<p onclick="x">a &amp; b</p><script>c</script>`)), `<div><p onclick="x">a &amp; b</p></div>`},
		{"video", macro("widget", param("url", `<ri:url ri:value="https://v.example.com/1" />`)), `<a href="https://v.example.com/1">https://v.example.com/1</a>`},
		{"unknown with text", "<p>a</p>" + macro("foo", param("colour", "red")+param("title", "T")+rich("<p>b</p>")), "<p>a</p><p><strong>T</strong></p><div><p>b</p></div>"},
		{"unknown in text", "<p>a " + macro("foo", rich("b")) + " c</p>", "<p>a b c</p>"},
		{"unknown with plain text", macro("foo", plain("a\nb")), "<pre><code>a\nb</code></pre>"},
		{"tooltip", "<p>Ask " + macro("tooltip", param("linkText", "Fin")+param("tooltip", "who answers customers")) + ".</p>", "<p>Ask Fin (who answers customers).</p>"},
		{"tooltip with a body", "<p>" + macro("ui-tooltip", param("text", "who answers")+rich("Fin")) + " knows</p>", "<p>Fin (who answers) knows</p>"},
		{"footnote", "<p>Fin" + macro("footnote", rich("<p>See chapter 3.</p>")) + ".</p>", "<p>Fin (See chapter 3.).</p>"},
		{"footnote in a parameter", "<p>Fin" + macro("footnote", param("", "see below")) + "</p>", "<p>Fin (see below)</p>"},
		{"unknown with text in a parameter", "<p>" + macro("teaser", param("colour", "dark red")+param("text", "All about tables")) + "</p>", "<p>All about tables</p>"},
		{"unknown with a setting", "<p>a" + macro("teaser", param("content", "{a: b c}")) + "</p>", "<p>a</p>"},
		{"secret in a parameter", "<p>a" + macro("secret", param("content", "the pay list")) + "</p>", "<p>a</p>"},
		{"button", "<p>a" + macro("some-button", param("label", "Order")+param("href", "https://h.example/o")) + "</p>", `<p>a <a href="https://h.example/o">Order</a></p>`},
		{"term", "<p>a" + macro("some-term", param("abbr", "PSU")+param("title", "power supply")) + "</p>", "<p>a PSU (power supply)</p>"},
		{"HTML in a parameter", macro("easy-html-macro", param("byMode", "&lt;p&gt;a &lt;b&gt;b&lt;/b&gt;&lt;/p&gt;")), "<div><p>a <b>b</b></p></div>"},
		{"sentence in a parameter", "<p>a" + macro("foo", param("whatever", "words that somebody wrote")+param("jqlQuery", "order by what comes last")) + "</p>", "<p>a words that somebody wrote</p>"},
		{"sentence for some", "<p>a" + macro("foo", param("whatever", "words that somebody wrote")+param("group", "hr")) + "</p>", "<p>a</p>"},
		{"caption around", macro("scroll-title", param("title", "b")+rich("<p>a</p>")), "<p><strong>b</strong></p><div><div><p>a</p></div></div>"},
		{"unknown without a body", "<p>a" + macro("foo", param("title", "b")) + "</p>", "<p>a</p>"},
	} {
		t.Run(c.name, func(t *testing.T) { checkStorage(t, c.in, c.want) })
	}
}

// What a macro shows to some readers only stays out, whatever it is called, and a
// warning names the macro.
func TestStorageForSomeReaders(t *testing.T) {
	secret := rich("<p>the pay list</p>")
	app := func(key, parameter string) string {
		return `<ac:adf-extension><ac:adf-node type="bodied-extension"><ac:adf-attribute key="extension-key">` + key +
			`</ac:adf-attribute>` +
			`<ac:adf-attribute key="parameters"><ac:adf-parameter key="` + parameter + `">hr</ac:adf-parameter></ac:adf-attribute>` +
			`<ac:adf-content><p>the pay list</p></ac:adf-content></ac:adf-node></ac:adf-extension>`
	}
	for name, in := range map[string]string{
		"show-if":                           macro("show-if", param("group", "hr")+secret),
		"hide-if":                           macro("hide-if", param("user", "ann")+secret),
		"show-to":                           macro("show-to", secret),
		"projectdoc-hide-from-reader-macro": macro("projectdoc-hide-from-reader-macro", secret),
		"scroll-only":                       macro("scroll-only", secret),
		"secret":                            macro("secret", plain("the pay list")),
		"gadget":                            macro("gadget", param("User-Groups", "hr")+secret),
		"unmigrated-wiki-markup":            macro("unmigrated-wiki-markup", plain("{show-if:group=hr}\nthe pay list\n{show-if}")),
		"visibility-show":                   app("com.example/static/visibility-show", "x"),
		"teaser":                            app("com.example/static/teaser", "allowedGroups"),
	} {
		root, warnings, err := confluence.Storage("<p>all</p>"+in, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := inner(t, root); got != "<p>all</p>" {
			t.Errorf("%s: %s", name, got)
		}
		if len(warnings) != 1 || !strings.Contains(warnings[0], `"`+name+`"`) {
			t.Errorf("%s: warnings are %q", name, warnings)
		}
	}
	checkStorage(t, macro("status", param("title", "A")+param("user", "x")), "A") // it has no body
}

// Markdown in a macro is shown as what it means, be it in the body or a parameter.
func TestStorageMarkdown(t *testing.T) {
	fromMarkdown := func(text string) *html.Node {
		root := dom.Element("body")
		root.AppendChild(dom.Wrap("em", text))
		return root
	}
	for in, want := range map[string]string{
		macro("markdown", plain("# A\n\nb")):                        "<div><em># A\n\nb</em></div>",
		macro("markdown-macro", param("markdown", "# A\n\nb")):      "<div><em># A\n\nb</em></div>",
		macro("markdown-from-url", param("url", "https://x/a.md")):  "",
		macro("markdown", param("source", "attachment")+"<p>a</p>"): "<p>a</p>",
	} {
		root, _, err := confluence.Storage(in, nil, fromMarkdown)
		if err != nil {
			t.Fatal(err)
		}
		if got := inner(t, root); got != want {
			t.Errorf("%s is %s, want %s", in, got, want)
		}
	}
	checkStorage(t, macro("markdown", plain("# A\n\nb")), "<pre><code># A\n\nb</code></pre>")
}

// Lists of what is elsewhere are left out by name, in both forms.
func TestListsAreNamed(t *testing.T) {
	_, stored, err := confluence.Storage(macro("children", "")+macro("toc", "")+macro("contentbylabel",
		param("cql", "label = x")), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`macro "children" left out: it lists what is elsewhere`,
		`macro "contentbylabel" left out: it lists what is elsewhere`}
	if !slices.Equal(stored, want) {
		t.Errorf("stored: %q", stored)
	}
	root := body(t, `<div><ul class="childpages-macro conf-macro" data-macro-name="children"><li>Page</li></ul><div class="toc-macro conf-macro" data-macro-name="toc">a</div>`+
		`<div class="conf-macro" data-macro-name="recently-updated" data-hasbody="false">b</div><p>c</p></div>`)
	rendered := view(t, root)
	want = []string{`macro "children" left out: it lists what is elsewhere`,
		`macro "recently-updated" left out: it lists what is elsewhere`}
	if !slices.Equal(rendered, want) {
		t.Errorf("rendered: %q", rendered)
	}
}

func TestStorageElements(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"layout", "<ac:layout><ac:layout-section ac:type=\"two_equal\"><ac:layout-cell><p>a</p></ac:layout-cell><ac:layout-cell><p>b</p></ac:layout-cell></ac:layout-section></ac:layout>",
			"<div><div><div><p>a</p></div><div><p>b</p></div></div></div>"},
		{"tasks", "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-uuid>2</ac:task-uuid><ac:task-status>complete</ac:task-status><ac:task-body>a</ac:task-body></ac:task><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body><span>b</span></ac:task-body></ac:task></ac:task-list>",
			"<ul><li>☑ a</li><li>☐ <span>b</span></li></ul>"},
		{"task without a text", "<ac:task-list><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body><span>&nbsp;</span></ac:task-body></ac:task></ac:task-list><p>a</p>", "<ul><li><span>\u00a0</span></li></ul><p>a</p>"},
		{"tasks with the id of their list", "<ac:task-list><ac:task-list-id>8</ac:task-list-id><ac:task><ac:task-body>a</ac:task-body></ac:task></ac:task-list>", "<ul><li>☐ a</li></ul>"},
		{"date", `<p>on <time datetime="2024-01-01" /> at</p>`, "<p>on <time>2024-01-01</time> at</p>"},
		{"emoticon", `<ac:emoticon ac:name="cross" /> <ac:emoticon ac:name="tick" ac:emoji-shortname=":check_mark:" ac:emoji-fallback=":check_mark:"/>`, "✗ ✓"},
		{"emoticon between words", `a<ac:emoticon ac:name="tick" /><b>b</b>, c`, "a ✓ <b>b</b>, c"},
		{"emoji", `<ac:emoticon ac:name="blue-star" ac:emoji-shortname=":rocket:" ac:emoji-fallback="🚀" />`, "🚀"},
		{"emoji of the site", `<ac:emoticon ac:name="blue-star" ac:emoji-shortname=":our_logo:" ac:emoji-fallback=":our_logo:" />`, ":our_logo:"},
		{"mention", `<ac:link><ri:user ri:account-id="557058:0a-b" /></ac:link>`, "@user"},
		{"mention with a name", `<ac:link><ri:user ri:userkey="8a7f808" /><ac:link-body>Ann</ac:link-body></ac:link> <ac:link><ri:user ri:username="ben" /></ac:link> <ac:link><ri:user ri:username="5d7f2c9b1a3e4f0012345678" /></ac:link>`, "Ann @ben @user"},
		{"page", `<ac:link><ri:page ri:space-key="A" ri:content-title="Setup &amp; Go" /></ac:link>`, "Setup &amp; Go"},
		{"page with a text", `<ac:link><ri:page ri:content-title="Setup" /><ac:plain-text-link-body><![CDATA[how <to>]]></ac:plain-text-link-body></ac:link>`, "how &lt;to&gt;"},
		{"page with a rich text", `<ac:link ac:anchor="x"><ri:page ri:content-title="Setup" /><ac:link-body>see <em>this</em></ac:link-body></ac:link>`, "see <em>this</em>"},
		{"anchor", `<ac:link ac:anchor="Simple types" />`, "Simple types"},
		{"attachment", `<ac:link><ri:attachment ri:filename="a.pdf"><ri:page ri:content-title="Other" /></ri:attachment></ac:link>`, "a.pdf"},
		{"address", `<ac:link><ri:url ri:value="https://a.example" /><ac:link-body>a</ac:link-body></ac:link>`, `<a href="https://a.example">a</a>`},
		{"image in a link", `<ac:link><ri:page ri:content-title="A" /><ac:link-body><ac:image ac:alt="b"><ri:attachment ri:filename="c.png" /></ac:image></ac:link-body></ac:link>`, `<p><img alt="b"/></p>`},
		{"image in text", `<p>a <ac:image ac:alt="b"><ri:attachment ri:filename="c.png" /></ac:image></p>`, `<p>a <img alt="b"/></p>`},
		{"image", `<ac:image ac:alt="a plan" ac:width="3"><ri:attachment ri:filename="c.png" /></ac:image>`, `<p><img alt="a plan"/></p>`},
		{"image without a text", `<ac:image><ri:attachment ri:filename="c d.png" /></ac:image>`, `<p><img alt="c d.png"/></p>`},
		{"image with a caption", `<ac:image><ri:attachment ri:filename="c.png" /><ac:caption><p>the <b>plan</b></p></ac:caption></ac:image>`, `<p><img alt="the plan"/></p>`},
		{"image whose text is its file's name", `<ac:image ac:alt="c.png"><ri:attachment ri:filename="c.png" /><ac:caption><p>the plan</p></ac:caption></ac:image>`, `<p><img alt="the plan"/></p>`},
		{"image with a text and a caption", `<ac:image ac:alt="a"><ri:attachment ri:filename="c.png" /><ac:caption>b</ac:caption></ac:image>`, `<p><img alt="a"/></p><p>b</p>`},
		{"image from outside", `<ac:image><ri:url ri:value="https://a.example/x/logo.png?v=1" /></ac:image>`, `<p><img src="https://a.example/x/logo.png?v=1" alt="logo.png"/></p>`},
		{"comment in the text", `<p>a <ac:inline-comment-marker ac:ref="x">b</ac:inline-comment-marker> c</p>`, "<p>a b c</p>"},
		{"placeholder", `<p>a<ac:placeholder>type here</ac:placeholder></p>`, "<p>a</p>"},
		{"panel of Cloud", `<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute><ac:adf-content><p>a</p></ac:adf-content></ac:adf-node><ac:adf-fallback><p>b</p></ac:adf-fallback></ac:adf-extension>`,
			"<blockquote><p><strong>Note</strong></p><p>a</p></blockquote>"},
		{"fallback of Cloud", `<ac:adf-extension><ac:adf-node type="x"><ac:adf-attribute key="k">v</ac:adf-attribute></ac:adf-node><ac:adf-fallback><p>b</p></ac:adf-fallback></ac:adf-extension>`, "<p>b</p>"},
		{"fallback in a node of Cloud", `<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute><ac:adf-fallback><div><p>b</p></div></ac:adf-fallback></ac:adf-node></ac:adf-extension>`,
			"<blockquote><p><strong>Note</strong></p><div><p>b</p></div></blockquote>"},
		{"link of a shortcut", `<ac:link><ri:shortcut ri:key="jira" ri:parameter="OPS-1"><ac:plain-text-link-body><![CDATA[a]]></ac:plain-text-link-body></ri:shortcut></ac:link> <ac:link><ri:shortcut ri:key="jira" ri:parameter="OPS-1"/></ac:link>`, "a OPS-1@jira"},
		{"app of Cloud", `<ac:adf-extension><ac:adf-node type="bodied-extension"><ac:adf-attribute key="extension-key">1/2/static/box</ac:adf-attribute><ac:adf-content><p>a</p></ac:adf-content></ac:adf-node></ac:adf-extension>`, "<p>a</p>"},
		{"merged cells", `<table><tbody><tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>`, "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>a</td><td>c</td></tr></tbody></table>"},
	} {
		t.Run(c.name, func(t *testing.T) { checkStorage(t, c.in, c.want) })
	}
}

func TestStorageMarkup(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"entities", "<p>a&nbsp;&ndash;&hellip;&clubs; &lt;b&gt; &amp;lt;</p>", "<p>a\u00a0–…♣ &lt;b&gt; &amp;lt;</p>"},
		{"prolog", "<?xml version=\"1.0\"?>\n<!DOCTYPE ac:confluence SYSTEM \"a.dtd\" [\n<!ENTITY nbsp \"&#160;\">\n]>\n<ac:confluence xmlns:ac=\"x\"><p>a</p></ac:confluence>", "\n<p>a</p>"},
		{"several roots and loose text", "a<p>b</p>c", "a<p>b</p>c"},
		{"never closed", "<p>a<strong>b" + macro("info", rich("c")), "<p>a<strong>b<blockquote><p><strong>Info</strong></p>c</blockquote></strong></p>"},
		{"wrongly closed", "<p><b>a</p></b><p>b</i></p>", "<p><b>a</b></p><p>b</p>"},
		{"stray end tag in a macro", "<div>" + macro("info", rich("a</div>b")) + "c</div>", "<div><blockquote><p><strong>Info</strong></p>ab</blockquote>c</div>"},
		{"CDATA that never ends", `<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[a <b> c`, "<pre><code>a &lt;b&gt; c</code></pre>"},
		{"loose signs", "<p>a < b & c > d</p>", "<p>a &lt; b &amp; c &gt; d</p>"},
		{"comment", "<p>a<!-- b -->c</p>", "<p>ac</p>"},
		{"empty elements", "<p/><ac:structured-macro ac:name=\"toc\"/><p>a<br>b<br/>c</p>", "<p></p><p>a<br/>b<br/>c</p>"},
		{"own attributes", `<p ac:local-id="1" class="x">a</p>`, `<p class="x">a</p>`},
		{"text area", "<textarea><p>a</p></textarea>", "<div>a</div>"},
	} {
		t.Run(c.name, func(t *testing.T) { checkStorage(t, c.in, c.want) })
	}
}

func TestStorageWarnings(t *testing.T) {
	in := macro("foo", rich("a")) + macro("foo", rich("b")) + macro("bar", "") + macro("toc", "") +
		macro("excerpt-include", param("", `<ac:link><ri:page ri:content-title="Setup" /></ac:link>`)) +
		macro("details", param("hidden", "true")+rich("<p>x</p>")) + macro("jira", param("jqlQuery", "project = OPS")) +
		"<ac:image/>" +
		strings.Repeat(`<ac:adf-extension><ac:adf-node type="extension"><ac:adf-attribute key="extension-key">1/2/static/mermaid</ac:adf-attribute><ac:adf-attribute key="text">Mermaid</ac:adf-attribute></ac:adf-node></ac:adf-extension>`, 2)
	_, warnings, err := confluence.Storage(in, nil, nil)
	want := []string{
		`text included from page "Setup" is missing`,
		"hidden details left out",
		"list of Jira issues left out: project = OPS",
		"image without a name left out",
		`unknown macro "bar": it holds no text`,
		`unknown macro "foo" (2 times): its text was kept`,
		`unknown macro "mermaid" (2 times): it holds no text`,
	}
	if diff := cmp.Diff(want, warnings); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// TestStorageDeep checks that text survives nesting that no reader could bear.
func TestStorageDeep(t *testing.T) {
	const depth = 20_000
	for _, open := range []string{"<b>", "<p>", `<ac:structured-macro ac:name="info"><ac:rich-text-body>`,
		"<ac:link><ac:link-body>", "<table><tr><td rowspan=9 colspan=9>"} {
		in := strings.Repeat(open, depth) + "text" + `<ac:parameter ac:name="x">hidden</ac:parameter>` + "more"
		root, warnings, err := confluence.Storage(in, nil, nil)
		if err != nil {
			continue // too many elements
		}
		if out := inner(t, root); !strings.Contains(out, "text") || !strings.Contains(out, "more") ||
			strings.Contains(out, "hidden") {
			t.Errorf("%s: %d bytes, warnings %v", open, len(out), warnings)
		}
	}
}

func TestStorageTooBig(t *testing.T) {
	if _, _, err := confluence.Storage(strings.Repeat("<p/>", 1_000_001), nil, nil); err == nil {
		t.Error("a million elements: no error")
	}
}

func TestStorageManyMacros(t *testing.T) {
	var in strings.Builder
	for i := range 1000 {
		in.WriteString(macro("m"+strings.Repeat("x", i), rich("text")))
	}
	root, warnings, err := confluence.Storage(in.String(), nil, nil)
	if err != nil || len(warnings) > 101 || strings.Count(inner(t, root), "text") != 1000 {
		t.Errorf("%d warnings, %v", len(warnings), err)
	}
	if !slices.ContainsFunc(warnings, func(w string) bool { return strings.Contains(w, `"others" (`) }) {
		t.Error("macros beyond the list are not counted")
	}
}

// TestStorageApart gives words that stand side by side, and some that text or
// punctuation parts.
func TestStorageApart(t *testing.T) {
	jira := func(key string) string { return macro("jira", param("key", key)+param("serverId", "-")) }
	file := func(name string) string {
		return macro("view-file", param("name", `<ri:attachment ri:filename="`+name+`" />`))
	}
	user := func(name string) string { return `<ac:link><ri:user ri:username="` + name + `" /></ac:link>` }
	widget := macro("widget", param("url", `<ri:url ri:value="https://v.example/1" />`))
	for in, want := range map[string]string{
		jira("A-1") + jira("A-2"):                                         "A-1 A-2",
		file("plan.xlsx") + file("spec.pdf"):                              "plan.xlsx spec.pdf",
		widget + widget:                                                   "https://v.example/1 https://v.example/1",
		user("bob") + user("ann"):                                         "@bob @ann",
		"<b>" + user("bob") + "</b>" + user("ann") + "!":                  "@bob @ann!",
		`on<time datetime="2024-01-01"/>at`:                               "on 2024-01-01 at",
		`<time datetime="2024-01-01"/><time datetime="2024-01-02"/>`:      "2024-01-01 2024-01-02",
		"see" + jira("A-1") + "now":                                       "see A-1 now",
		"(" + jira("A-1") + "/" + jira("A-2") + "), " + user("bob") + ":": "(A-1/A-2), @bob:",
		`a<ac:link><ri:page ri:content-title="b"/></ac:link>s`:            "abs",
		macro("anchor", param("", "x")) + jira("A-1"):                     "A-1",
	} {
		root, _, err := confluence.Storage("<p>"+in+"</p>", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for d := range root.Descendants() {
			if d.Type == html.TextNode {
				out.WriteString(d.Data)
			}
		}
		if got := strings.Join(strings.Fields(out.String()), " "); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}
