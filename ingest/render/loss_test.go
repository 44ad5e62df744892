package render_test

import (
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/ingest/render/loss"
	"finpages/sources"

	"github.com/google/go-cmp/cmp"
)

// TestLossOfHollowPages holds that a page without its document's text is told by
// what it lacks, in all formats.
func TestLossOfHollowPages(t *testing.T) {
	prose := "The lid must be closed before the heater starts. "
	for _, test := range []struct {
		format sources.Format
		body   string
	}{
		{sources.Markdown, "# Oven\n\n" + prose + "\n\n- " + prose + "\n\n| a | b |\n|---|---|\n| " + prose + " | x |\n"},
		{sources.MDX, "import A from './a';\n\n# Oven\n\n<A title={[1, '>']}>\n\n" + prose + "\n\n</A>\n"},
		{sources.HTML, "<html><body><nav>n</nav><main><h1>Oven</h1><p>" + prose + "</p><table><tr><td>" + prose + "</table></main></body>"},
		{sources.ConfluenceView, "<h1>Oven</h1><p>" + prose + "</p><div class=\"panel\">" + prose + "</div>"},
		{sources.ConfluenceStorage, "<h1>Oven</h1><p>" + prose + "</p><ac:structured-macro ac:name=\"info\"><ac:rich-text-body><p>" + prose +
			"</p></ac:rich-text-body></ac:structured-macro>"},
		{sources.Text, "Oven\n\n" + prose + "\n"},
	} {
		t.Run(string(test.format), func(t *testing.T) {
			page := cut(t, test.format, test.body, render.Split{})
			if page.Loss.Lost > 0 || page.Loss.Words < 9 {
				t.Errorf("the page lacks %d of %d words: %v", page.Loss.Lost, page.Loss.Words, page.Loss.LostWords)
			}
			hollow := loss.Measure(loss.Input{Format: test.format, Source: test.body, Title: "Oven",
				Page: "<p>Something else</p>"})
			if hollow.Share() < 0.9 || !hollow.Exceeds(0.05) || hollow.LostWords[0] != "The" {
				t.Errorf("a hollow page lacks %d of %d words: %v", hollow.Lost, hollow.Words, hollow.LostWords)
			}
			if d := cmp.Diff([]string{"Something", "else"}, hollow.ForeignWords); d != "" || hollow.Foreign != 2 {
				t.Errorf("words that are not the author's (-want +got):\n%s", d)
			}
		})
	}
}

// TestLossOfSettings holds that what authors write for machines is no loss.
func TestLossOfSettings(t *testing.T) {
	for _, test := range []struct {
		name   string
		format sources.Format
		body   string
	}{
		{"front matter", sources.Markdown, "---\ntitle: T\ntags: [alpha, beta]\n---\nShown.\n"},
		{"comments", sources.Markdown, "Shown. <!-- hidden\n\nwords --> %%also hidden%%\n\n{% comment %} and these {% endcomment %}\n"},
		{"scripts and styles", sources.Markdown, "Shown.\n\n<script>var hidden = 1</script>\n<style>.a { color: red }</style>\n"},
		{"shortcodes", sources.Markdown, "{{< tabs groupId=\"install\" >}}Shown.{{< /tabs >}}\n\n{{% notice style=\"warning\" %}}\nToo.\n{{% /notice %}}\n"},
		{"settings", sources.Markdown, "# Shown {#anchor .wide}\n\n![](a.png){ width=\"300\" align=left }\n\nText.\n{: .lead }\n"},
		{"what tools include and evaluate", sources.Markdown, "Shown [!INCLUDE [a label](some/path.md)] text <code class=\"expression\">page.vars.one</code>.\n\n```py,hidelines=!!\n!!some words\nx\n```\n"},
		{"addresses", sources.Markdown, "[Shown](https://example.com/some/path?query=words) [too][ref].\n\n[ref]: other/path.md \"Title of it\"\n"},
		{"roles", sources.Markdown, "Shown {ref}`a-label`, {kbd}`Ctrl` and {term}`the word <Some Entry>`, {command}`ls <dir>`.\n\n```{note}\nToo.\n```\n"},
		{"tags over lines", sources.Markdown, "Shown:\n\n:::image type=\"content\" source=\"x.png\"\n  lightbox=\"y.png\" alt-text=\"Too\":::\n\nText.\n"},
		{"linked images", sources.Markdown, "Shown [![hidden](b.svg)](guide.md) [![](c.svg)](https://example.com).\n"},
		{"footnotes", sources.Markdown, "Shown[^a] words[^long note].\n\n[^a]: Too.\n[^long note]: And this.\n"},
		{"modules", sources.MDX, "import {Alpha} from '@theme/Beta';\nexport const gamma = () => (\n  <div>delta</div>\n);\n\nShown {/* hidden */} text.\n"},
		{"wiki's conditions", sources.ConfluenceStorage, "<p>Shown text of it.</p><ac:structured-macro ac:name=\"show-if\"><ac:parameter ac:name=\"group\">hr</ac:parameter>" +
			"<ac:rich-text-body><p>salaries of all</p></ac:rich-text-body></ac:structured-macro>"},
		{"wiki's settings", sources.ConfluenceStorage, "<p>Shown text of it.</p><ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">bash</ac:parameter>" +
			"<ac:plain-text-body><![CDATA[echo <shown>]]></ac:plain-text-body></ac:structured-macro><ac:task-list><ac:task><ac:task-id>17</ac:task-id>" +
			"<ac:task-status>complete</ac:task-status><ac:task-body>Done.</ac:task-body></ac:task></ac:task-list>"},
		{"chrome", sources.HTML, "<title>T</title><body><header>Site name</header><nav>Other pages</nav><main><p>Shown text of it.</p></main><footer>Legal</footer>"},
		{"hidden", sources.HTML, "<body><p>Shown text of it.</p><div style=\"display: none\">not shown</div><p hidden>nor this</p></body>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := cut(t, test.format, test.body, render.Split{}).Loss
			if l.Lost > 0 || l.Words == 0 {
				t.Errorf("the page lacks %d of %d words: %v", l.Lost, l.Words, l.LostWords)
			}
			if l.Foreign > 0 {
				t.Errorf("words that are not the author's: %v", l.ForeignWords)
			}
		})
	}
}

// TestLossOfMarksWithinText gives pages as the tools that know the marks show them.
func TestLossOfMarksWithinText(t *testing.T) {
	for _, test := range []struct{ source, page string }{
		{"The pre[[Kettle|the kettle]] and [[Kettle]]s of auto[[Kettle|matic]]ally.", "The prethe kettle and Kettles of automatically."},
		{"The code {* ../src/a.py ln[2:3] *} of it.", "The code of it."},
	} {
		l := loss.Measure(loss.Input{Format: sources.Markdown, Source: test.source, Title: "T", Page: "<p>" + test.page + "</p>"})
		if l.Lost > 0 || l.Words < 3 {
			t.Errorf("%s: the page lacks %d of %d words: %v", test.source, l.Lost, l.Words, l.LostWords)
		}
	}
}

func TestLossNamesWhatElseIsWrong(t *testing.T) {
	page, err := render.Render(render.Input{
		Document: sources.Document{Path: "a.md", Format: sources.Markdown, Body: []byte(
			"# A\n\nText with \\{\\{< ref \"x\" >}} and &#58;:::note left over. ![](x.png) ![named](y.png)\n\n" +
				"[gone](gone.md), [there](there.md), [[no such note]], `{{< in code >}}`.\n")},
		URL: "https://docs.example.com/a.md",
		Link: func(p string) string {
			if p == "there.md" {
				return "https://docs.example.com/there.md"
			}
			return ""
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	l := page.Loss
	var kinds []string
	for _, left := range l.Leftovers {
		kinds = append(kinds, left.Kind)
	}
	if got := strings.Join(kinds, ", "); got != "directive, shortcode" {
		t.Errorf("left over: %s (%+v)", got, l.Leftovers)
	}
	if l.DeadLinks != 2 || l.Images != 1 {
		t.Errorf("%d dead links and %d images without text, want 2 and 1", l.DeadLinks, l.Images)
	}
}

// TestLinksToPagesWithoutAddress holds that a link is not dead whose page only has
// no address.
func TestLinksToPagesWithoutAddress(t *testing.T) {
	there := map[string]bool{"there.md": true, "notes/b.md": true}
	page, err := render.Render(render.Input{
		Document: sources.Document{Path: "a.md", Format: sources.Markdown, Body: []byte(
			"# A\n\nEnough text for a page: [there](there.md), [[b]], [gone](gone.md), [[c]].\n")},
		Link:    func(string) string { return "" },
		Exists:  func(p string) bool { return there[p] },
		Named:   func(name string) string { return map[string]string{"b": "notes/b.md"}[name] },
		Dialect: "obsidian",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`link to "gone.md" leads nowhere`, `link to "c" leads nowhere`}
	if d := cmp.Diff(want, page.Warnings); d != "" || page.Loss.DeadLinks != 2 {
		t.Errorf("%d dead links (-want +got):\n%s", page.Loss.DeadLinks, d)
	}
	if want := "<p>Enough text for a page: there, b, gone, c.</p>"; strings.TrimSpace(page.HTML) != want {
		t.Errorf("got %s, want %s", page.HTML, want)
	}
}

// TestLossOfCorpora holds that no false alarm is raised on real documents.
func TestLossOfCorpora(t *testing.T) {
	documents, lossy := 0, 0
	eachCorpusFile(t, func(t *testing.T, in render.Input) {
		page, err := render.Render(in)
		if err != nil {
			t.Skip(err)
		}
		documents++
		if l := page.Loss; l.Share() > 0.005 {
			lossy++
			t.Logf("the page lacks %d of %d words: %v", l.Lost, l.Words, l.LostWords)
			if l.Exceeds(0.05) {
				t.Errorf("that is more than 5 %%")
			}
		}
	})
	if lossy*100 > documents {
		t.Errorf("%d of %d pages lack more than 0.5 %%", lossy, documents)
	}
}
