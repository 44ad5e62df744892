package confluence_test

import (
	"strings"
	"testing"

	"finpages/ingest/render/internal/confluence"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func body(t testing.TB, markup string) *html.Node {
	t.Helper()
	root := parsed(markup)
	if root == nil {
		t.Skip("nested too deeply for the parser")
	}
	return root
}

// parsed is the body of a page, nil where the parser refuses it.
func parsed(markup string) *html.Node {
	root, err := html.ParseWithOptions(strings.NewReader("<body>"+markup), html.ParseOptionEnableScripting(false))
	if err != nil {
		return nil
	}
	return root.FirstChild.LastChild
}

func TestView(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"code", `<div class="code panel pdl"><div class="codeHeader panelHeader pdl"><b>a.sh</b><span class="collapse-source expand-control" style="display:none;"><span class="expand-control-icon icon">&nbsp;</span><span class="expand-control-text">Expand source</span></span></div><div class="codeContent panelContent pdl"><pre class="syntaxhighlighter-pre" data-syntaxhighlighter-params="brush: bash; gutter: false" data-theme="Confluence">a &lt;b&gt;
  c</pre></div></div>`,
			`<div class="code panel pdl"><p><strong>a.sh</strong></p><div class="codeContent panelContent pdl"><pre class="language-bash">a &lt;b&gt;
  c</pre></div></div>`},
		{"code of no known language", `<pre class="brush: java; gutter: false; theme: Default" style="x">a</pre>`, `<pre>a</pre>`},
		{"list by label", `<ul class="content-by-label conf-macro output-block" data-hasbody="false" data-macro-name="contentbylabel"><li><div><span class="icon aui-icon content-type-page" title="Page">Page:</span></div>` +
			`<div class="details"><a href="/display/OPS/X">X</a><div class="label-details"><ul class="label-list"><li>a-label</li></ul></div><div class="excerpt">What X is.</div></div></li></ul>`,
			`<ul class="content-by-label conf-macro output-block" data-hasbody="false" data-macro-name="contentbylabel"><li><div></div>` +
				`<div class="details"><a href="/display/OPS/X">X</a><div class="excerpt">What X is.</div></div></li></ul>`},
		{"blank lines of code in a script", "<div id=\"ConfluenceContent\"><script type=\"syntaxhighlighter\"><![CDATA[\n\na\n\n]]></script></div>",
			"<div id=\"ConfluenceContent\"><pre><code>\na\n</code></pre></div>"},
		{"code in a script", `<script type="syntaxhighlighter" class="brush: xml; gutter: false"><![CDATA[<a>&lt;</a>]]></script>`, `<pre><code class="language-xml">&lt;a&gt;&amp;lt;&lt;/a&gt;</code></pre>`},
		{"code escaped in a script", "<div id=\"ConfluenceContent\"><script class=\"brush: java\" type=\"syntaxhighlighter\"><![CDATA[\n&lt;a b=&quot;&amp;copy;&quot;/&gt;\n  c\n]]></script></div>", "<div id=\"ConfluenceContent\"><pre><code>&lt;a b=&#34;&amp;copy;&#34;/&gt;\n  c</code></pre></div>"},
		{"code that is an entity", "<script type=\"syntaxhighlighter\"><![CDATA[\nTom &amp; Jerry \n\n]]></script>", "<pre><code>\nTom &amp;amp; Jerry \n\n</code></pre>"},
		{"code highlighted, with spaces and blank lines", `<div class="syntaxhighlighter"><div class="line">&nbsp;</div><div class="line">a&nbsp; </div><div class="line">&nbsp;</div></div>`, "<pre><code>\na  \n</code></pre>"},
		{"code about entities", "<script type=\"syntaxhighlighter\"><![CDATA[a &amp;lt; \"b\"]]></script><script type=\"syntaxhighlighter\"><![CDATA[a &amp; b & c]]></script>",
			"<pre><code>a &amp;amp;lt; &#34;b&#34;</code></pre><pre><code>a &amp;amp; b &amp; c</code></pre>"},
		{"code with the end of CDATA", "<script type=\"syntaxhighlighter\"><![CDATA[a]]]]><![CDATA[> b]]></script>", "<pre><code>a]]&gt; b</code></pre>"},
		{"code highlighted as a table", `<div><div class="syntaxhighlighter sh-confluence nogutter sql"><table><tbody><tr><td class="gutter"><div class="line">1</div></td><td class="code"><div class="container"><div class="line number1"><code class="sql spaces">&nbsp;&nbsp;</code><code>select</code></div><div class="line number2">x</div></div></td></tr></tbody></table></div></div>`,
			"<div><pre><code class=\"language-sql\">  select\nx</code></pre></div>"},
		{"code highlighted as a list", `<div class="dp-highlighter"><div class="bar"></div><ol class="dp-xml"><li class="alt"><span>a&nbsp;b</span></li><li>c</li></ol></div>`, "<pre><code>a b\nc</code></pre>"},

		{"info", `<div class="confluence-information-macro confluence-information-macro-information"><p class="title">Hot</p><span class="aui-icon confluence-information-macro-icon"></span><div class="confluence-information-macro-body"><p>a</p></div></div>`,
			`<blockquote><p><strong>Info: Hot</strong></p><div class="confluence-information-macro-body"><p>a</p></div></blockquote>`},
		{"info of version 4", `<div class="aui-message problem shadowed information-macro"><p class="title">Hot</p><span class="aui-icon icon-problem">Icon</span><div class="message-content">a</div></div>`,
			`<blockquote><p><strong>Warning: Hot</strong></p><div class="message-content">a</div></blockquote>`},
		{"info of version 3", `<div class='panelMacro'><table class='tipMacro'><colgroup><col width='24'><col></colgroup><tr><td valign='top'><img src="/images/icons/emoticons/check.gif" alt=""></td><td><b>Hot</b><br />a<p>b</p></td></tr></table></div>`,
			`<div class="panelMacro"><blockquote><p><strong>Tip: Hot</strong></p>a<p>b</p></blockquote></div>`},
		{"panel", `<div class="panel" style="x"><div class="panelHeader"><b>T</b></div><div class="panelContent"><p>a</p></div></div>`,
			`<blockquote><p><strong>T</strong></p><div class="panelContent"><p>a</p></div></blockquote>`},
		{"expand", `<div class="expand-container"><div class="expand-control"><span class="expand-control-icon"><img class="expand-control-image" src="x"/></span><span class="expand-control-text">More</span></div><div class="expand-content expand-hidden" style="display:none"><p>a</p></div></div>`,
			`<div class="expand-container"><p><strong>More</strong></p><div class="expand-content expand-hidden"><p>a</p></div></div>`},
		{"expand with a button", `<button class="expand-control" aria-expanded="false"><span class="expand-control-text">More</span></button><div class="expand-content" hidden>a</div>`,
			`<p><strong>More</strong></p><div class="expand-content">a</div>`},
		{"expand with a bare button", `<button aria-controls="x"><span class="expand-control-text">More</span></button><div class="expand-content" id="x">a</div>`,
			`<p><strong>More</strong></p><div class="expand-content" id="x">a</div>`},
		{"gallery", `<div class="conf-macro output-block" data-hasbody="false" data-macro-name="gallery"><h2>G</h2><table class="gallery"><tr><td><a href="x"><img src="/download/thumbnails/1/a%20b.png"></a><div>a plan</div></td></tr></table></div>`,
			`<div class="conf-macro output-block" data-hasbody="false" data-macro-name="gallery"><h2>G</h2><table class="gallery"><tbody><tr><td><a href="x"><img alt="a b.png" src="/download/thumbnails/1/a%20b.png"/></a><div>a plan</div></td></tr></tbody></table></div>`},
		{"tabs", `<div class="aui-tabs"><ul class="tabs-menu"><li class="menu-item active-tab"><a href="#t1">One</a></li><li class="menu-item"><a href="#t2">Two</a></li></ul><div class="tabs-pane" id="t1">1</div><div class="tabs-pane" id="t2" style="display:none">2</div></div>`,
			`<div class="aui-tabs"><div class="tabs-pane" id="t1"><p><strong>One</strong></p>1</div><div class="tabs-pane" id="t2"><p><strong>Two</strong></p>2</div></div>`},
		{"tabs whose labels lead nowhere", `<ul class="tabs-menu"><li><a href="#">One</a></li><li><a href="#">Two</a></li></ul><div class="tabs-pane" style="display:none">1</div>`,
			`<ul class="tabs-menu"><li><a href="#">One</a></li><li><a href="#">Two</a></li></ul><div class="tabs-pane">1</div>`},
		{"tabs by their role", `<div role="tablist"><a role="tab" href="#t1">One</a></div><div id="t1">1</div>`, `<div id="t1"><p><strong>One</strong></p>1</div>`},
		{"tabs by the ids of their panes", `<div class="acme"><ul><li><a href="#acme_tab_1">One</a></li><li><a href="#acme_tab_2">Two</a></li></ul><div class="acme_tab" id="acme_tab_1">1</div><div class="acme_tab" id="acme_tab_2" style="display:none">2</div></div>`,
			`<div class="acme"><div class="acme_tab" id="acme_tab_1"><p><strong>One</strong></p>1</div><div class="acme_tab" id="acme_tab_2"><p><strong>Two</strong></p>2</div></div>`},
		{"tabs by their order", `<ul class="tab-navigation"><li><a href="#">One</a></li><li><a href="#">Two</a></li></ul> <div class="card">1</div><div class="card" style="display: none">2</div>`,
			` <div class="card"><p><strong>One</strong></p>1</div><div class="card"><p><strong>Two</strong></p>2</div>`},
		{"links to parts of the page", `<ul><li><a href="#tab-a">One</a></li><li><a href="#tab-b">Two</a></li></ul><div id="tab-a">1</div><h2 id="tab-b">2</h2>`,
			`<ul><li><a href="#tab-a">One</a></li><li><a href="#tab-b">Two</a></li></ul><div id="tab-a">1</div><h2 id="tab-b">2</h2>`},
		{"what an add-on folds", `<div class="acme_expandable_item"><button class="acme_expandable_item_title">More</button><div class="acme_expandable_item_body" style="display: none">a</div></div><div class="acme-accordion-body" hidden>b</div><div class="collapsed" aria-hidden="true">c</div><div style="display:none" class="stable">d</div><div class="expand-hint" hidden></div>`,
			`<div class="acme_expandable_item"><button class="acme_expandable_item_title">More</button><div class="acme_expandable_item_body">a</div></div><div class="acme-accordion-body">b</div><div class="collapsed">c</div><div style="display:none" class="stable">d</div><div class="expand-hint"></div>`},
		{"columns as a table", `<table class="sectionMacro"><tbody><tr><td class="columnMacro"><p>a</p></td><td class="columnMacro"><table><tbody><tr><td>b</td><td>c</td></tr></tbody></table></td></tr></tbody></table>`,
			`<div><div><div><div><p>a</p></div><div><table><tbody><tr><td>b</td><td>c</td></tr></tbody></table></div></div></div></div>`},
		{"tasks", `<ul class="inline-task-list"><li class="checked" data-inline-task-id="1">a</li><li data-inline-task-id="2"><span>b</span></li></ul>`,
			`<ul class="inline-task-list"><li class="checked" data-inline-task-id="1">☑ a</li><li data-inline-task-id="2">☐ <span>b</span></li></ul>`},

		{"tasks without a text", `<ul class="inline-task-list"><li data-inline-task-id="1"><span> </span></li><li data-inline-task-id="2"><img src="x.png" alt="b"/></li></ul>`,
			`<ul class="inline-task-list"><li data-inline-task-id="1"><span> </span></li><li data-inline-task-id="2">☐ <img src="x.png" alt="b"/></li></ul>`},
		{"emoticons", `<p><img class="emoticon emoticon-cross" data-emoticon-name="cross" alt="(error)" src="x.png"> <img class="emoticon" src="/images/icons/emoticons/help_16.gif" alt="">b</p>`, `<p>✗ ? b</p>`},
		{"emoji", `<img class="emoticon emoticon-blue-star" data-emoji-shortname=":rocket:" data-emoji-fallback="🚀" data-emoticon-name="blue-star" alt="(blue star)">`, `🚀`},
		{"emoji by its code points", `<img class="emoticon" data-emoji-id="1f6a9" data-emoji-shortname=":triangular_flag_on_post:" alt=":triangular_flag_on_post:"> <img class="emoticon" data-emoji-id="0031-fe0f-20e3"> <img class="emoticon" data-emoji-id="5f3a-1" data-emoji-shortname=":our_logo:">`, "🚩 1\ufe0f\u20e3 :our_logo:"},
		{"mention", `<p>Ask <a class="confluence-userlink user-mention" data-account-id="557058:a" href="/wiki/people/557058:a">Ann</a> or <a class="confluence-userlink" href="/wiki/people/557058:b">557058:b</a></p>`, `<p>Ask <a>Ann</a> or @user</p>`},
		{"jira issue", `<span class="jira-issue" data-jira-key="OPS-1"><a class="jira-issue-key" href="https://j.example/browse/OPS-1"><img class="icon" src="x">OPS-1</a> - <span class="summary">Disk full</span> <span class="aui-lozenge">Done</span></span>`,
			`<span class="jira-issue" data-jira-key="OPS-1"><a class="jira-issue-key" href="https://j.example/browse/OPS-1">OPS-1</a> - <span class="summary">Disk full</span> <span class="aui-lozenge">Done</span></span>`},
		{"jira table", `<div class="refresh-issues-bottom"><span id="total-issues-1" class="total-issues-count"><a href="https://j.example/x">1 issue</a></span><span><a id="refresh-issues-link-1">Refresh</a></span></div>`,
			`<div class="refresh-issues-bottom"><span id="total-issues-1" class="total-issues-count"><a href="https://j.example/x">1 issue</a></span><span></span></div>`},
		{"jira issue not fetched", `<span class="jira-issue"><a href="https://j.example/browse/OPS-1">OPS-1</a> - <span class="summary">Getting issue details...</span> <span class="aui-lozenge">STATUS</span></span>`,
			`<span class="jira-issue"><a href="https://j.example/browse/OPS-1">OPS-1</a></span>`},
		{"jira issue not fetched, in German", `<span class="jira-issue"><a href="https://j.example/browse/OPS-1"><span class="issue-placeholder"></span>OPS-1</a> - <span class="summary">Vorgangsdetails werden abgerufen...</span> <span class="aui-lozenge issue-placeholder">STATUS</span></span>`,
			`<span class="jira-issue"><a href="https://j.example/browse/OPS-1">OPS-1</a></span>`},
		{"jira issues", `<table><tbody><tr><th class="jira-tablesorter-header"><span class="jim-table-header-content"><a onclick="x" href="#">Key</a></span></th></tr><tr><td>OPS-1</td></tr></tbody></table><div class="refresh-macro"><span>Refresh</span></div>`,
			`<table><tbody><tr><th class="jira-tablesorter-header">Key</th></tr><tr><td>OPS-1</td></tr></tbody></table>`},
		{"jira issues with a button", `<div class="refresh-macro"><table><tbody><tr><td>OPS-1</td></tr></tbody></table><div class="refresh-issues-bottom"><span><a href="https://j.example/issues">1 issue</a></span><span id="refresh-issues-button-7"><img class="refresh-issues-icon" src="x.png"/><span id="refresh-issues-link-7"><a href="#">Refresh</a></span></span></div></div>`,
			`<div class="refresh-macro"><table><tbody><tr><td>OPS-1</td></tr></tbody></table><div class="refresh-issues-bottom"><span><a href="https://j.example/issues">1 issue</a></span></div></div>`},
		{"lozenges side by side", `<p><b>a</b><span class="status-macro aui-lozenge">DONE</span><span class="status-macro aui-lozenge">TODO</span>, b</p>`, `<p><b>a</b> <span class="status-macro aui-lozenge">DONE</span> <span class="status-macro aui-lozenge">TODO</span>, b</p>`},
		{"decisions", `<ul class="decision-list"><li data-decision-state="DECIDED">a</li><li data-decision-state="UNDECIDED">b</li></ul>`,
			`<ul class="decision-list"><li data-decision-state="DECIDED">☑ a</li><li data-decision-state="UNDECIDED">b</li></ul>`},
		{"floating header", `<table><thead class="tableFloatingHeaderOriginal"><tr><th>a</th></tr></thead><thead class="tableFloatingHeader"><tr><th>a</th></tr></thead></table>`,
			`<table><thead class="tableFloatingHeaderOriginal"><tr><th>a</th></tr></thead></table>`},
		{"file shown by its name", `<a class="confluence-embedded-file" href="attachments/1/2.pdf"><img src="download/resources/x:view-file-macro-resources/images/placeholder-small-file.png" height="150"/>plan.pdf</a>`,
			`<a class="confluence-embedded-file" href="attachments/1/2.pdf">plan.pdf</a>`},
		{"file shown by an image", `<a class="confluence-embedded-file" href="/download/attachments/1/the%20plan.pdf?version=1"><img src="download/resources/x:view-file-macro-resources/images/placeholder-medium-file.png"/></a><a class="confluence-embedded-file" aria-label="b.txt" href="x"><img src="y/placeholder-medium-file.png"/></a>`,
			`<a class="confluence-embedded-file" href="/download/attachments/1/the%20plan.pdf?version=1"><img alt="the plan.pdf" src="download/resources/x:view-file-macro-resources/images/placeholder-medium-file.png"/></a><a aria-label="b.txt" class="confluence-embedded-file" href="x"><img alt="b.txt" src="y/placeholder-medium-file.png"/></a>`},
		{"file with a number shown by an image", `<div><a class="confluence-embedded-file" href="attachments/1/2.pdf"><img src="x/view-file-macro-resources/images/placeholder-medium-file.png"/></a></div><div class="greybox"><a href="attachments/1/2.pdf">plan.pdf</a></div>`,
			`<div><a class="confluence-embedded-file" href="attachments/1/2.pdf"><img alt="plan.pdf" src="x/view-file-macro-resources/images/placeholder-medium-file.png"/></a></div><div class="greybox"><a href="attachments/1/2.pdf">plan.pdf</a></div>`},
		{"picture of a person", `<div class="vcard"><a class="confluence-userlink userLogoLink" href="/display/~ann"><img class="userLogo logo" src="a.png" alt="User icon: ann"/></a> <a class="confluence-userlink" href="/display/~ann">Ann</a></div>`,
			`<div class="vcard"> <a>Ann</a></div>`},
		{"link that creates a page", `<a class="createlink" href="/x">a</a> <a href="/pages/createpage.action?title=b">b</a>`, `<a>a</a> <a>b</a>`},
		{"signs of links and people", `<a href="x">a<sup><img class="rendericon" src="y.gif" alt=""/></sup></a><img class="userLogo logo" src="z.gif" alt="User icon: b"/>`, `<a href="x">a<sup></sup></a>`},
		{"place of an add-on", `<p>a</p><div class="ap-container conf-macro" data-macro-name="drawio"><div class="ap-content"></div><script>x</script></div><span class="conf-macro" data-macro-name="status">b</span>`,
			`<p>a</p><span class="conf-macro" data-macro-name="status">b</span>`},
		{"what Cloud cannot export", `<p>a</p><div class="conf-macro" data-macro-name="x"><p>We don't have a way to export this macro.</p></div><p>We don't have a way to export this macro. Sorry.</p>`,
			`<p>a</p><div><p></p></div><p>We don&#39;t have a way to export this macro. Sorry.</p>`},
		{"image with a number that is in the list of files", `<p><img src="attachments/1/2.png?width=9"/><img src="attachments/1/3.png"/></p><div class="greybox"><a href="attachments/1/2.png">plan.png</a></div>`,
			`<p><img alt="plan.png" src="attachments/1/2.png?width=9"/><img src="attachments/1/3.png"/></p><div class="greybox"><a href="attachments/1/2.png">plan.png</a></div>`},
		{"image on the wiki", `<img src="/download/thumbnails/12/a%20b.png?version=1"/>`, `<img alt="a b.png" src="/download/thumbnails/12/a%20b.png?version=1"/>`},
		{"formula", `<p>a <span class="MathJax_Preview">x</span><script type="math/tex">\frac12</script></p><script type="math/tex; mode=display">a<b</script>`,
			`<p>a <code>\frac12</code></p><pre><code class="language-latex">a&lt;b</code></pre>`},
		{"image without a text", `<img class="confluence-embedded-image" src="attachments/1/2.png?w=3" data-linked-resource-default-alias="plan.png">`, `<img alt="plan.png" class="confluence-embedded-image" src="attachments/1/2.png?w=3" data-linked-resource-default-alias="plan.png"/>`},
		{"image with a number", `<img class="confluence-embedded-image" src="attachments/1/2.png"/>`, `<img class="confluence-embedded-image" src="attachments/1/2.png"/>`},

		{"name taken for a macro", `<p>Pass $<span class="error">Unknown macro: {it}</span></p>`, `<p>Pass ${it}</p>`},
		{"unknown macro", `<p>a</p><div class="error"><span class="error">Unknown macro: {bookmarks}</span> </div>`, `<p>a</p>`},
		{"unknown macro in a paragraph", `<p><span class="error">Unknown macro: {bookmarks}</span></p><p>a</p>`, `<p></p><p>a</p>`},
		{"unknown macros of other languages", `<div class="error"><span class="error">Unbekanntes Makro: 'x'</span></div><p>Pass $<span class="error">不明なマクロ: {it}</span></p>`, `<p>Pass ${it}</p>`},
		{"failed macro", `<div class="error"><span class="error">Error formatting macro: snippet: java.lang.X: 20</span> </div><p>a</p>`, `<p>a</p>`},
		{"failed macro with details", `<div class="error"><span class="error">Error rendering macro 'jira'</span> : <p>no login</p></div><p>a</p>`, `<p>a</p>`},
		{"text about errors", `<p>Log: <span class="error">disk full</span></p>`, `<p>Log: <span class="error">disk full</span></p>`},
		{"leftover of storage format", `<p>a<ac:link><ri:page ri:content-title="x">b</ri:page></ac:link></p><ac:structured-macro ac:name="c"><ac:parameter ac:name="d">e</ac:parameter></ac:structured-macro>`,
			`<p>a<span><span>b</span></span></p><span></span>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := body(t, c.in)
			view(t, root)
			if diff := cmp.Diff(c.want, inner(t, root)); diff != "" {
				t.Errorf("%s\n%s", c.in, diff)
			}
		})
	}
}

// TestViewFurniture gives pages on which only "Keep this." is content.
func TestViewFurniture(t *testing.T) {
	const keep = "<p>Keep this.</p>"
	for _, c := range []struct{ name, in string }{
		{"contents", `<p><style>/*<![CDATA[*/ div.rbtoc1 {x} /*]]>*/</style></p><div class="toc-macro rbtoc1"><ul class="toc-indentation"><li>Gone</li></ul></div>` + keep},
		{"contents of version 3", `<div class='rbtoc123'><ul><li>Gone</li></ul></div>` + keep},
		{"child pages", keep + `<ul class="childpages-macro"><li>Gone</li></ul>`},
		{"page tree", `<div class="plugin_pagetree"><fieldset class="hidden"><input value="x"></fieldset>Gone</div>` + keep},
		{"search", keep + `<form class="livesearch">Gone</form><div class="livesearch">Gone</div>`},
		{"recent changes", keep + `<div class="recently-updated">Gone</div>`},
		{"macro by its name", keep + `<div class="conf-macro output-block" data-hasbody="false" data-macro-name="contentbylabel">Gone</div>`},
		{"metadata", `<div id="breadcrumb-section"><ol id="breadcrumbs"><li>Gone</li></ol></div><div class="page-metadata">Created by Gone</div><p>Keep this. And this is long enough to be a page. And more of it.</p>`},
		{"export", keep + `<div class="pageSection group"><div class="pageSectionHeader"><h2 id="attachments" class="pageSectionTitle">Attachments:</h2></div><div class="greybox">Gone</div></div><div class="pageSection group"><div class="pageSectionHeader"><h2 id="comments" class="pageSectionTitle">Comments:</h2></div><table><tr><td>Gone</td></tr></table></div>`},
		{"short export of version 3", `<div class="pagesubheading">Gone: this page last changed on Feb 17, 2010 by somebody with a long name.</div>` + keep},
		{"export of version 3", `<div class="pagesubheading">Gone on May 25</div>` + keep + `<br/><div class="tabletitle"><a name="attachments">Attachments:</a></div><div class="greybox" align="left"><a href="x">Gone</a></div><div class="tabletitle"><a name="comments">Comments:</a></div><table><tr><td>Gone</td></tr></table><table><tr><td><font color="grey">Document generated by Confluence on May 1, 2009 10:00</font></td></tr></table>`},
		{"export in German", keep + `<div class="pageSection group"><div class="pageSectionHeader"><h2 id="attachments" class="pageSectionTitle">Anhänge:</h2></div><div class="greybox">Gone</div></div>`},
		{"children of Apache's exporter", keep + `<div class="tabletitle">Children <span id="show">Gone</span></div><div class="greybox" id="children">Gone</div><div class="footer">Generated by CXF SiteExporter</div>`},
		{"unknown attachment", keep + `<img src="plugins/servlet/confluence/placeholder/unknown-attachment?x" alt="Gone">`},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := body(t, c.in)
			view(t, root)
			out := inner(t, root)
			if strings.Contains(out, "Gone") || strings.Contains(out, "generated by") ||
				strings.Contains(out, "Attachments") || strings.Contains(out, "Children") || !strings.Contains(out, "Keep this.") {
				t.Errorf("left: %s", out)
			}
		})
	}
}

// TestViewLeaves gives markup of other tools, in which names that Confluence
// uses mean something else.
func TestViewLeaves(t *testing.T) {
	for _, in := range []string{
		`<h2 id="comments">Comments</h2><p>How to write them.</p>`,
		`<div class="tabletitle">Attachments</div><p>How to send them.</p>`,
		`<h2 class="pageSectionTitle">Attachments</h2><p>a</p>`,
		`<div class="panel"><div class="panel-body">a</div></div>`,
		`<div id="footer"><p>All there is of text lies here.</p></div><p>b</p>`,
		`<p>Document generated by hand.</p>`,
		`<div class="error">Do not panic.</div>`,
	} {
		root := body(t, in)
		before := words(root)
		view(t, root)
		if diff := cmp.Diff(before, words(root)); diff != "" && !strings.Contains(in, "tabletitle") {
			t.Errorf("%s\n%s", in, diff)
		}
		if !strings.Contains(inner(t, root), "<p>") && strings.Contains(in, "<p>") {
			t.Errorf("%s: lost its text", in)
		}
	}
}

func words(n *html.Node) []string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
		out.WriteByte(' ')
	}
	return strings.Fields(out.String())
}

func TestContent(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`<div id="x">a<div id="ConfluenceContent">b</div></div>`, "b"},
		{`<div id="content"><div class="page-metadata">Created by a</div><div id="main-content" class="wiki-content group"> </div></div>`, " "},
		{`<table class="pagecontent"><tr><td class="pagebody">b</td></tr></table><p>c</p>`, "b"},
		{`<div id="main-content">b</div>`, "nothing"},
	} {
		got := "nothing"
		if n := confluence.Content(body(t, c.in)); n != nil {
			got = inner(t, n)
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestViewWarnings(t *testing.T) {
	root := body(t, `<div class="conf-macro" data-macro-name="Plan"><p>We don’t have a way to export this macro</p></div>`+
		`<div class="ap-container conf-macro" data-macro-name="drawio"><div class="ap-content conf-macro" data-macro-name="x"></div></div><div class="ap-container"></div><div class="conf-macro" data-macro-name="drawio"></div>`+
		`<div class="conf-macro" data-macro-name="toc"></div><div class="conf-macro" data-macro-name="excerpt"></div><p>a ${<span class="error">Unknown macro: {it}</span></p><div class="error"><span class="error">Unknown macro: {bookmarks}</span></div><div class="error"><span class="error">Error rendering macro 'jira'</span></div>`)
	want := []string{"left out: Error rendering macro 'jira'", `unknown macro "bookmarks": the page shows only an error`,
		`macro "drawio" (2 times): a browser draws it, the page itself holds nothing of it`,
		`macro "plan": a browser draws it, the page itself holds nothing of it`,
		`macro "without a name": a browser draws it, the page itself holds nothing of it`}
	if diff := cmp.Diff(want, view(t, root)); diff != "" {
		t.Error(diff)
	}
}

func TestSpellOutCells(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing merged", "<tr><td>a</td><td>b</td></tr>", "a|b"},
		{"down", `<tr><td rowspan="3">a</td><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr><tr><td>b</td><td>4</td></tr>`, "a|1 a|2 a|3 b|4"},
		{"down at the end of a row", `<tr><td>1</td><td rowspan="2">a</td></tr><tr><td>2</td></tr>`, "1|a 2|a"},
		{"across", `<tr><th colspan="2">a</th><th>b</th></tr><tr><td>1</td><td>2</td><td>3</td></tr>`, "a|a|b 1|2|3"},
		{"across and down", `<tr><td colspan="2" rowspan="2">a</td><td>1</td></tr><tr><td>2</td></tr>`, "a|a|1 a|a|2"},
		{"two side by side", `<tr><td rowspan="2">a</td><td rowspan="2">b</td><td>1</td></tr><tr><td>2</td></tr>`, "a|b|1 a|b|2"},
		{"as wide as the table", `<tr><td>1</td><td>2</td></tr><tr><td colspan="2">a</td></tr>`, "1|2 a"},
		{"further down than there are rows", `<tr><td rowspan="9">a</td><td>1</td></tr><tr><td>2</td></tr>`, "a|1 a|2"},
		{"code", `<tr><td rowspan="2"><pre>a</pre></td><td>1</td></tr><tr><td>2</td></tr>`, "a|1 |2"},
		{"long", `<tr><td rowspan="2">` + strings.Repeat("a", 300) + `</td><td>1</td></tr><tr><td>2</td></tr>`, strings.Repeat("a", 300) + "|1 " + strings.Repeat("a", 200) + "…|2"},
		{"nonsense", `<tr><td rowspan="-1" colspan="x">a</td><td>1</td></tr>`, "a|1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := body(t, "<table>"+c.in+"</table>")
			confluence.SpellOutCells(root)
			if got := rows(root); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func rows(root *html.Node) string {
	var lines []string
	for d := range root.Descendants() {
		if d.Type != html.ElementNode || d.Data != "tr" {
			continue
		}
		var cells []string
		for c := range d.ChildNodes() {
			cells = append(cells, strings.Join(words(c), " "))
		}
		lines = append(lines, strings.Join(cells, "|"))
	}
	return strings.Join(lines, " ")
}

// TestSpellOutCellsBounded gives a table that asks for a billion cells.
func TestSpellOutCellsBounded(t *testing.T) {
	root := body(t, "<table>"+strings.Repeat(`<tr><td rowspan="65534" colspan="50">`+strings.Repeat("a",
		100)+"</td><td>b</td></tr>", 10_000)+"</table>")
	confluence.SpellOutCells(root)
	if n := len(inner(t, root)); n > 8<<20 {
		t.Errorf("%d bytes", n)
	}
}

func TestViewUnknownMacros(t *testing.T) {
	for _, message := range []string{"Unknown macro: 'acme'", "Unknown macro: {acme}", "Unbekanntes Makro: „acme“",
		"Macro inconnue : « acme »", "Macro sconosciuta: 'acme'",
		"Неизвестный макрос: «acme»", "未知宏：“acme”", "不明なマクロ: 'acme'"} {
		root := body(t, `<p>a</p><div class="error"><span class="error">`+message+`</span></div>`)
		warnings := view(t, root)
		if diff := cmp.Diff([]string{`unknown macro "acme": the page shows only an error`}, warnings); diff != "" ||
			inner(t, root) != "<p>a</p>" {
			t.Errorf("%s: %s\n%s", message, inner(t, root), diff)
		}
	}
	root := body(t, `<img src="a/placeholder/unknown-macro"><img src="a/placeholder/unknown-macro?name=%zz"><img src="a/placeholder/unknown-attachment">`)
	if diff := cmp.Diff([]string{"left out: an attachment that the wiki does not have",
		`unknown macro "without a name" (2 times): the page shows only an error`}, view(t, root)); diff != "" {
		t.Error(diff)
	}
}
