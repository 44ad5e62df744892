package render_test

import (
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

// constructs are what dialects add to Markdown, each on one line.
var constructs = []string{
	"<Tabs>", "</Tabs>", `<Note title="a">b</Note>`, "<TOKEN>", "<Card />", `{{< ref "a.md" >}}`, "{{% note %}}", "{{</* a */>}}", "{% hint %}",
	"{% include a.md %}", "%%a%%", "==a==", "[[a]]", "[[a|b]]", "![[a]]", ":::note", ":::no-loc text=\"a\":::", "++a++", "^^a^^", "{.a}", "{: .a}", "{#a}",
	":material-home:", "@<a b>", "<xref:a.b>", "{++a++}", "{--a--}", "{==a==}", "{>>a<<}", "[!INCLUDE [a](b.md)]", "[!VIDEO https://h.example/a]",
	`--8<-- "a.md"`, `<ac:emoticon ac:name="tick"/>`, "{/* a */}", "[TOC]", "[[_TOC_]]", "{{#include a.md}}", "include::a.md[]", "!!! note", `=== "A"`,
	"??? note", "> [!NOTE]", "/// note", "$$", "import A from './a.mdx'", "export const a = 1", "<!-- a -->", "^a1b2c3", "#!py a", "*[a]: b", "[block:code]",
	"<<< a.js", "@\"a.b\"", "[!code-js[a](b.js)]", "{{a}}", "{a}", "&lt;Tabs&gt;",
	":rocket:", "{!a.md!}", "{* a.py *}", "{{ site.a }}", "{{< param a >}}", "{{ $frontmatter.a }}", "{% include-markdown \"a.md\" %}", "{% raw %}",
	"{% endnote %}", "{{% /note %}}", "::: tip", "<details>", "{{ $t('a') }}",
}

// places are where none of them is markup, and what shows it there; "%" is the
// construct.
var places = map[string]struct {
	source  string
	escape  func(string) string
	shows   *regexp.Regexp
	without *regexp.Regexp // constructs that cannot stand there
	hides   bool           // it is not shown, and all else stays
}{
	"escaped":           {source: "a % b", escape: escaped, shows: regexp.MustCompile(`(?s)<p>a (.*) b</p>`)},
	"escaped in a list": {source: "- a\n- %", escape: escaped, shows: regexp.MustCompile(`(?s)<li>a</li>\n<li>(.*)</li>`)},
	"escaped in a cell": {source: "| h |\n|---|\n| % |", escape: escaped, shows: regexp.MustCompile(`(?s)<td>(.*)</td>`)},
	"entities":          {source: "a % b", escape: entities, shows: regexp.MustCompile(`(?s)<p>a (.*) b</p>`)},
	"span":              {source: "a `%` b", shows: span, without: shownCall},
	"span of two":       {source: "a ``%`` b", shows: span, without: shownCall},
	"span at the start": {source: "`%` b", shows: span, without: shownCall},
	"span over lines":   {source: "a `x\n% y` b", shows: regexp.MustCompile(`(?s)<code>x (.*) y</code>`), without: regexp.MustCompile(`^([>$<!?=/]|---?8|:::|\*|\[block)|/\*`)},
	"span in a quote":   {source: "> a `%` b", shows: span, without: shownCall},
	"span in a list":    {source: "1. a `%` b", shows: span, without: shownCall},
	"span in a cell":    {source: "| h |\n|---|\n| `%` |", shows: span, without: regexp.MustCompile(`\||/\*`)},
	"span in a heading": {source: "## a `%` b", shows: span, without: shownCall},
	"fence":             {source: "```\n%\n```", shows: block, without: regexp.MustCompile(`^(--8<--|\{\{#include|include::|\[!INCLUDE)|/\*`)},
	"fence in a list":   {source: "- a\n\n  ~~~md\n  x %\n  ~~~", shows: regexp.MustCompile(`(?s)<pre><code[^>]*>x (.*)</code></pre>`), without: regexp.MustCompile(`/\*`)},
	"fence in a box":    {source: ":::tip\n```\nx %\n```\n:::", shows: regexp.MustCompile(`(?s)<pre><code[^>]*>x (.*)</code></pre>`), without: regexp.MustCompile(`/\*`)},
	"element of code":   {source: "a <code>%</code> b", escape: entities, shows: span},
	"element of keys":   {source: "a <kbd>%</kbd> b", escape: entities, shows: regexp.MustCompile(`(?s)<kbd>(.*)</kbd>`)},
	"raw in code":       {source: "a <code>%</code> b", shows: span, without: regexp.MustCompile("[<>\\[\\]*$^&!~`]|https|^#!")},
	"address":           {source: "a [x](<https://h.example/?q=%>) b", shows: linked, hides: true, without: regexp.MustCompile(`[<>\\]|^\{\{|^\{%`)},
	"bare address":      {source: "a [x](https://h.example/%) b", shows: linked, hides: true, without: regexp.MustCompile(`[<>()" ]|^\{\{|\$\$`)},
	"title":             {source: "a [x](https://h.example/ '%') b", shows: linked, hides: true, without: regexp.MustCompile(`'|^\{\{|^\{%`)},
	"attribute":         {source: "a <a href=\"https://h.example/\" title='%'>x</a> b", shows: linked, hides: true, without: regexp.MustCompile(`'`)},
	"attribute of a block": {source: "<div title='%'>\na <a href=\"https://h.example/\" data-x='%'>x</a> b\n</div>", shows: linked, hides: true,
		without: regexp.MustCompile(`'`)},
	"span over three":          {source: "a `x\ny %\nz` b", shows: regexp.MustCompile(`(?s)<code>x y (.*) z</code>`), without: shownCall},
	"span in a box":            {source: "!!! note\n    a `%` b", shows: span, without: regexp.MustCompile(`/\*|^#!`)},
	"span in a tab":            {source: "=== \"A\"\n\n    > a ``%`` b", shows: span, without: regexp.MustCompile(`/\*|^#!`)},
	"span in an item":          {source: "<Tabs>\n<TabItem label=\"A\">\n  a `%` b\n</TabItem>\n</Tabs>", shows: span, without: shownCall},
	"span in a link":           {source: "a [`%`](https://h.example/) b", shows: span, without: shownCall},
	"span in bold":             {source: "a **x `%`** b", shows: span, without: shownCall},
	"span in a call":           {source: "{{< notice >}}\na `%` b\n{{< /notice >}}", shows: span, without: regexp.MustCompile(`/\*|notice`)},
	"escaped heading":          {source: "## a %", escape: escaped, shows: regexp.MustCompile(`(?s)<h2>a (.*)</h2>`)},
	"escaped in a box":         {source: ":::tip\na % b\n:::", escape: escaped, shows: regexp.MustCompile(`(?s)<p>a (.*) b</p>`)},
	"escaped in bold":          {source: "a **x%x** b", escape: escaped, shows: regexp.MustCompile(`(?s)<strong>x(.*)x</strong>`)},
	"fence in a call":          {source: "{{< notice >}}\n~~~\nx %\n~~~\n{{< /notice >}}", shows: regexp.MustCompile(`(?s)<pre><code[^>]*>x (.*)</code></pre>`), without: regexp.MustCompile(`/\*`)},
	"fence in a quote":         {source: "> ~~~\n> x %\n> ~~~", shows: regexp.MustCompile(`(?s)<pre><code[^>]*>x (.*)</code></pre>`), without: regexp.MustCompile(`/\*`)},
	"comment":                  {source: "a<!-- % --> b", shows: regexp.MustCompile(`<p>a( )b</p>`), hides: true, without: regexp.MustCompile(`-->|<!--`)},
	"comment of lines":         {source: "<!--\n%\n\n%\n-->\n\na b", shows: regexp.MustCompile(`<p>a( )b</p>`), hides: true, without: regexp.MustCompile(`-->`)},
	"attribute of a component": {source: "<Card title=\"%\">\n\nx\n\n</Card>", escape: html.EscapeString, shows: regexp.MustCompile(`(?s)<strong>(.*)</strong>`)},
	"reference":                {source: "a [x][r] b\n\n[r]: <https://h.example/?q=%>", shows: linked, hides: true, without: regexp.MustCompile(`[<>\\]|^\{\{|^\{%`)},
	"title of a reference":     {source: "a [x][r] b\n\n[r]: https://h.example/ '%'", shows: linked, hides: true, without: regexp.MustCompile(`'`)},
	"address by itself":        {source: "a <https://h.example/%> b", shows: regexp.MustCompile(`<p>a <a href="[^"<>]*">https://h.example/(.*)</a> b</p>`), without: regexp.MustCompile(`[<>& ]`)},
	"text of an image":         {source: "a ![%](x.png) b", escape: escaped, shows: regexp.MustCompile(`(?s)<p>a (.*) b</p>`)},
	"text of a tag":            {source: "a <img src=\"x.png\" alt=\"%\"> b", escape: html.EscapeString, shows: regexp.MustCompile(`(?s)<p>a (.*) b</p>`), without: regexp.MustCompile(`INCLUDE`)},
	"escaped underlined":       {source: "a %\n---", escape: escaped, shows: regexp.MustCompile(`(?s)<h2>a (.*)</h2>`)},
	"escaped link":             {source: "a [x % y](https://h.example/) b", escape: escaped, shows: regexp.MustCompile(`(?s)>x (.*) y</a>`)},
	"escaped at the start":     {source: "1. %", escape: escaped, shows: regexp.MustCompile(`(?s)<li>(.*)</li>`)},
	"escaped between lines":    {source: "x\n%\ny", escape: escaped, shows: regexp.MustCompile(`(?s)<p>x (.*) y</p>`)},
	"span over four":           {source: "a `x\ny\nw %\nz` b", shows: regexp.MustCompile(`(?s)<code>x y w (.*) z</code>`), without: shownCall},
	"span over a quote":        {source: "> a `x\n> z % y` b", shows: regexp.MustCompile(`(?s)<code>x z (.*) y</code>`), without: shownCall},
	"span deep":                {source: "1. a\n   - b\n     > c `%` d", shows: span, without: shownCall},
	"span in a footnote":       {source: "a[^1]\n\n[^1]: b `%` c", shows: span, without: shownCall},
	"span in a definition":     {source: "a\n: b `%` c", shows: span, without: shownCall},
	"settings of a fence":      {source: "```x %\na\n```", shows: regexp.MustCompile(`(?s)<pre><code[^>]*>(a)</code></pre>`), hides: true, without: regexp.MustCompile("`|title|A")},
	"raw in pre":               {source: "<pre>\nx %\n</pre>", shows: regexp.MustCompile(`(?s)<pre><code[^>]*>x (.*)</code></pre>`), without: regexp.MustCompile(`[<>&]`)},
}

var (
	// shownCall is how Hugo's authors write a call that is shown.
	shownCall = regexp.MustCompile(`/\*`)
	linked    = regexp.MustCompile(`<p>a <a href="[^"<>]*">(x)</a> b</p>`)
	span      = regexp.MustCompile(`(?s)<code[^>]*>(.*)</code>`)
	block     = regexp.MustCompile(`(?s)<pre><code[^>]*>(.*)</code></pre>`)
)

var asciiPunctuation = regexp.MustCompile("[!-/:-@\\[-`{-~]")

func escaped(s string) string { return asciiPunctuation.ReplaceAllString(s, `\$0`) }

func entities(s string) string {
	return asciiPunctuation.ReplaceAllStringFunc(s, func(c string) string { return "&#" + itoa(int(c[0])) + ";" })
}

func itoa(n int) string {
	if n >= 10 {
		return itoa(n/10) + string(rune('0'+n%10))
	}
	return string(rune('0' + n))
}

// TestRenderContexts holds that no construct is markup where the author escaped
// it or wrote code.
func TestRenderContexts(t *testing.T) {
	cases := 0
	for _, name := range slices.Sorted(maps.Keys(places)) {
		place := places[name]
		for _, construct := range constructs {
			if cases++; !isSample(cases) {
				continue
			}
			if place.without != nil && place.without.MatchString(construct) {
				continue
			}
			written := construct
			if place.escape != nil {
				written = place.escape(construct)
			}
			for _, format := range []sources.Format{sources.Markdown, sources.MDX} {
				for _, tool := range []string{"auto", "mkdocs", "obsidian"} {
					if tool == "mkdocs" && strings.HasPrefix(construct, "#!") {
						continue // the language of a span
					}
					in := document(format, "Words first.\n\n"+strings.Replace(place.source, "%", written, 1)+"\n\nWords last.")
					in.Document.Title, in.Dialect = "Title", tool
					page, err := render.Render(in)
					if err != nil {
						t.Fatal(err)
					}
					m := place.shows.FindStringSubmatch(page.HTML)
					if m == nil || html.UnescapeString(m[1]) != construct && !place.hides || !strings.Contains(page.HTML, "<p>Words last.</p>") {
						t.Errorf("%s, %s, %s: %q becomes\n%s", name, format, tool, construct, page.HTML)
						break
					}
				}
			}
		}
	}
}
