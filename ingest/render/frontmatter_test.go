package render_test

import (
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

// When in doubt, out: a draft is one in every form of front matter.
func TestDraftsInEveryForm(t *testing.T) {
	for name, text := range map[string]string{
		"JSON":              "{\n  \"title\": \"Secret\",\n  \"draft\": true\n}\n\n# Secret",
		"JSON on one line":  "{\"draft\": true}\n# Secret",
		"JSON, fin":         "{\"fin\": {\"ai_agent\": \"maybe\"}}\n# Secret",
		"below blank lines": "\n\n---\ndraft: true\n---\n# Secret",
		"below spaces":      "  \n\t\n---\ndraft: true\n---\n# Secret",
		"broken, below one": "\n---\ndraft: true\nx: [\n---\n# Secret",
		"TOML below one":    "\n+++\ndraft = true\n+++\n# Secret",
		"named YAML":        "---yaml\ndraft: true\n---\n# Secret",
		"named TOML":        "--- toml\ndraft = true\n---\n# Secret",
		"named JSON":        "---json\n{\n  \"draft\": true\n}\n---\n# Secret",
		"broken, named":     "---json\n{\"draft\": tr\n---\n# Secret",
	} {
		p, err := render.Render(render.Input{Document: sources.Document{Format: sources.Markdown, Path: "a.md",
			Body: []byte(text)}})
		if err == nil && p.Withheld() == "" {
			t.Errorf("%s: not withheld: %+v", name, p)
		}
	}
	for name, text := range map[string]string{
		"a shortcode":     "{{< toc >}}\n\ntext that must stay",
		"an object in it": "{\"a\": 1} is an object; text that must stay",
		"not JSON":        "{braces} and text that must stay",
		"a broken rule":   "\n---\nnote: a: b\n---\ntext that must stay\n\npassword: x",
		"a rule":          "\n---\n\ntext that must stay",
	} {
		p, err := render.Render(render.Input{Document: sources.Document{Format: sources.Markdown, Path: "a.md",
			Body: []byte(text)}})
		if err != nil || p.Withheld() != "" || !strings.Contains(p.HTML, "text that must stay") {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// TestHiddenByTheirTools holds that what a tool does not show everybody is not
// published, unless its author says so.
func TestHiddenByTheirTools(t *testing.T) {
	for _, c := range []struct{ front, tool, want string }{
		{"hidden: true", "", "hidden: true in the front matter"},
		{"Hidden: yes", "", "hidden: yes in the front matter"},
		{"hidden: maybe", "", "hidden: maybe in the front matter"},
		{"hidden: false", "", ""},
		{"hidden:", "", ""},
		{`hidden: {}`, "", ""},
		{"hidden: {toc: true}", "", ""},
		{"hidden: [search]", "", ""},
		{"unlisted: {}", "", ""},
		{"hidden: true\nfin: true", "", ""},
		{"hidden: true\nfin: {ai_agent: true}", "", "hidden: true in the front matter"},
		{"hide_title: true\nsidebar: {hidden: true}", "", ""},
		{"unlisted: true", "docusaurus", "unlisted: true in the front matter"},
		{"publish: false", "obsidian", "publish: false in the front matter"},
		{"publish: true", "obsidian", ""},
		{"publish: later", "obsidian", "publish: later in the front matter"},
		{"publish:", "obsidian", ""},
		{"build: {render: never}", "hugo", "build.render: never in the front matter"},
		{"_build: {render: false, list: true}", "hugo", "_build.render: false in the front matter"},
		{"build: {list: never}", "hugo", ""},
		{"privacy: {view: anyone_with_link}", "readme", "privacy.view: anyone_with_link in the front matter"},
		{"privacy: {view: public}", "readme", ""},
		{"password: abc", "", "password in the front matter: only some readers may see the page"},
		{"password: false", "", ""},
		{`password: "false"`, "", ""},
		{`password: ""`, "", ""},
		{"password: [a, b]", "", "password in the front matter: only some readers may see the page"},
		{"rbac: {}", "", ""},
		{"rbac: {team: read}", "", "rbac in the front matter: only some readers may see the page"},
		{"if: visitor.claims.beta", "gitbook", "if in the front matter: only some readers may see the page"},
		{"if: visitor", "gitbook", "if in the front matter: only some readers may see the page"},
		{"if: '!visitor'", "gitbook", "if in the front matter: only some readers may see the page"},
		{"groups: [staff]", "mintlify", "groups in the front matter: only some readers may see the page"},
		{"groups:\n  - staff", "", "groups in the front matter: only some readers may see the page"},
		{"groups: []", "mintlify", ""},
		{"groups: [pumps]", "hugo", ""},
	} {
		in := document(sources.MDX, "---\n"+c.front+"\n---\nText.")
		in.Tool = func() string { return c.tool }
		if got := mustRender(t, in).Withheld(); got != c.want {
			t.Errorf("%q: %q, want %q", c.front, got, c.want)
		}
	}
	for _, text := range []string{"+++\nhidden = true\n+++\nText.", "{\"groups\": [\"staff\"]}\nText.", "\n---\nhidden: true\n---\nText."} {
		if mustRender(t, document(sources.Markdown, text)).Withheld() == "" {
			t.Errorf("%q is not withheld", text)
		}
	}
	for _, front := range []string{"hidden: true", "unlisted: true", "publish: false", "published: false", "password: x",
		"groups: [x]", "rbac: {a: read}", "privacy: {view: x}", "build: {render: never}", "if: visitor", "fin: false"} {
		for _, in := range []render.Input{document(sources.Text, "---\n"+front+"\n---\nText."),
			document(sources.Text, "\n---\n"+front+"\n---\nText."), document(sources.Markdown, "\n \n---\n"+front+"\n---\nText.")} {
			if page := mustRender(t, in); page.Withheld() == "" || strings.Contains(page.HTML, "---") {
				t.Errorf("%q is not withheld: %s", in.Document.Body, page.HTML)
			}
		}
	}
}

// TestRenderValues holds that pages show the values that they and their sites set.
func TestRenderValues(t *testing.T) {
	source := files{
		"_config.yml":                  "title: The site\nurls: {a: 'https://h.example/a'}\n",
		"_data/v.yml":                  "lamp: {min: 2.5}\n",
		"hugo.toml":                    "[params]\nlatest = '9.1'\n",
		"guide/_index.md":              "---\ncascade:\n  tag: v3\n---\n",
		"guide/_index.html":            "x",
		"layouts/shortcodes/sub.html":  "{{/* a */}}{{- $n := (.Get 0) -}}{{ with ($.Page.Param $n) -}}{{ substr . ($.Get 1) -}}{{ else }}{{ errorf \"x\" }}{{ end -}}",
		"layouts/shortcodes/ver.html":  "{{ $v := substr (.Page.Param (.Get \"of\")) 1 }}{{ .Site.Params.latest | default \"0\" }}-{{ $v }}\n",
		"layouts/shortcodes/loop.html": "{{ range 1000000000 }}{{ end }}x",
		"layouts/shortcodes/grow.html": "{{ $a := .Get 0 }}" + strings.Repeat("{{ $a = print $a $a }}", 60) + "{{ $a }}",
		"layouts/shortcodes/mark.html": "<b>{{ .Get 0 }}</b>",
		"layouts/shortcodes/self.html": "{{ template \"self\" . }}",
		"_data/lamps/all.csv":          "name,price\nDesk,10\nFloor,25\n",
		"_data/bad.yml":                "a: [",
		"_includes/box.html":           "<div>\n{% if include.title %}\n  <b>{{ include.title }}</b>\n\n    <p>{{ include.text }}</p>\n{% endif %}\n</div>",
	}
	for _, c := range []struct{ tool, from, want string }{
		{"jekyll", "{{ site.title }}, {{page.kind}} {{ site.data.v.lamp.min }}{{ gone.x | size }} {{ \"{{\" }} [b]({{ site.urls.a }}) `{{ site.title }}` `{{ c }}` `{{ '{{' }}`",
			`<p>The site, Big 2.5 {{ <a href="https://h.example/a">b</a> <code>The site</code> <code>{{ c }}</code> <code>{{</code></p>`},
		{"jekyll", "```\n{% raw %}\n{{ a }}\n{% endraw %}\nb {% raw %}{{ c }}{% endraw %}\n```", "<pre><code>{{ a }}\n\nb {{ c }}</code></pre>"},
		{"jekyll", "| a | b |\n|---|---|\n{% for l in site.data.lamps.all %}| {{ l.name }} | {{ l.price | plus: 1 }} |\n{% endfor %}",
			"<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>Desk</td><td>11</td></tr><tr><td>Floor</td><td>26</td></tr></tbody></table>"},
		{"jekyll", "{% include box.html title='T' text=page.kind %}\n\n{% for p in site.posts %}- {{ p.title }}{% endfor %}{% if site.github.x %}either{% else %} or{% endif %}{{ site.data.bad.x }}",
			"<p><strong>T</strong></p><p>Big</p><p>either or</p>"},
		{"jekyll", "{% if page.kind == 'Big' %}yes{% else %}no{% endif %} [a]({% link b.md %}) [c]({{ site.baseurl }}/d) `{{ x }}` {% raw %}`{% if %}` {{ y }}{% endraw %} {% mine %}\n\n{% mine too %}\n\n```\n{% mine %}\n```",
			`<p>yes <a href="https://docs.example.com/b.md">a</a> <a href="https://docs.example.com/d">c</a> <code>{{ x }}</code> <code>{% if %}</code> {{ y }}</p><pre><code>{% mine %}</code></pre>`},
		{"jekyll", "{{ page.firm }} and {{ page.firm }}\n\n<div>{{ page.firm }}</div>\n\n`{{ page.firm }}` {{ page.bold }} {{ page.link }}",
			"<p>&lt;Acme &amp; Co&gt; and &lt;Acme &amp; Co&gt;</p><p>&lt;Acme &amp; Co&gt;</p><p><code>&lt;Acme &amp; Co&gt;</code> <strong>b</strong> <a href=\"https://h.example/\">https://h.example/</a></p>"},
		{"jekyll", "{{ page.date }} a{::comment}b{:/comment}c {::comment /}`{::comment}` \n\n{::comment}\n\nd\n\n* e\n{:/}\n\n```\n{::comment}f{:/comment}\n*[G]: h\n```\n\nHTML\n\n*[HTML]: Hyper\n\n{::comment} i",
			"<p>2020-01-02 ac <code>{::comment}</code></p><pre><code>{::comment}f{:/comment}\n*[G]: h</code></pre><p>HTML</p><p>i</p>"},
		{"hugo", "a {::comment}b{:/comment}", "<p>a b</p>"},
		{"hugo", "{{< param latest >}} {{% param \"kind\" %}} {{< param tag >}} `{{< param tag >}}` `{{</* param tag */>}}`\n\n```\n{{<param tag>}} {{< param gone >}}\n```",
			"<p>9.1 Big v3 <code>v3</code> <code>{{&lt; param tag &gt;}}</code></p><pre><code>v3 {{&lt; param gone &gt;}}</code></pre>"},
		{"hugo", "[a {{< param tag >}}][b]\n\n[b]: https://h.example/{{< param tag >}}.zip", `<p><a href="https://h.example/v3.zip">a v3</a></p>`},
		{"mkdocs", "##\u00a0Pumps\n\na\n\n#Lamps\n\n#12 b `#c`\n\n```\n#d\n```", "<h3>Pumps</h3><p>a</p><h2>Lamps</h2><p>#12 b <code>#c</code></p><pre><code>#d</code></pre>"},
		{"hugo", "a {{< ver of=\"tag\" >}} [b][c] `{{<ver of=tag>}}` {{</* ver */>}}\n\n```\n{{< ver of=\"tag\" >}} {{< sub gone 1 >}} {{< sub tag 1 >}}\n```\n\n[c]: https://h.example/{{< ver of=\"tag\" >}}.md",
			`<p>a 9.1-3 <a href="https://h.example/9.1-3.md">b</a> <code>9.1-3</code> {{&lt; ver &gt;}}</p><pre><code>9.1-3 {{&lt; sub gone 1 &gt;}} 3</code></pre>`},
		{"hugo", "a{{< loop >}}{{< grow xxxxxxxx >}}{{< self >}}{{< mark x >}}b", "<p>ab</p>"},
		{"hugo", "#Lamps", "<p>#Lamps</p>"},
		{"hugo", "```\n[a]({{< relref \"/b/c.md\" >}}) {{<ref d#e>}}\n```", "<pre><code>[a](/b/c/) d#e</code></pre>"},
		{"vitepress", "{{ $frontmatter.kind }} {{ other }} \\{{ $frontmatter.kind }}", "<p>Big {{ $frontmatter.kind }}</p>"},
		{"docusaurus", "{{ page.kind }} {{ site.title }}", "<p>{{ page.kind }} {{ site.title }}</p>"},
	} {
		in := document(sources.Markdown, "---\nkind: Big\nfirm: <Acme & Co>\nbold: <b>b</b>\nlink: <https://h.example/>\ndate: 2020-01-02\n---\n"+c.from)
		in.Document.Title, in.Dialect, in.Include = "Title", c.tool, source.include
		if got := flat(mustRender(t, in).HTML); got != c.want {
			t.Errorf("%s, %q:\n got %s\nwant %s", c.tool, c.from, got, c.want)
		}
	}
}
