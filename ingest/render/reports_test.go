package render_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

const reports = "../../../shared/reports"

// TestReports holds that the inputs for faults that users of such tools reported
// give what they should: text that is there, and text that is not.
func TestReports(t *testing.T) {
	if _, err := os.Stat(reports); err != nil {
		t.Skip("needs the shared reports, which are not part of the project")
	}
	for name, c := range map[string]struct{ shows, lacks []string }{
		"admon-in-tabitem/in/b.md":  {[]string{"<strong>Tip</strong>", "<li>list"}, []string{"<pre>", "&lt;blockquote"}},
		"admon-in-tabitem/in/b.mdx": {[]string{"<strong>Tip</strong>", "<li>list"}, []string{"<pre>", "&lt;blockquote"}},
		"code-over-lines/in/a.md":   {[]string{`<code>the &lt;Tabs&gt; element and {{&lt; ref "x.md" &gt;}} or &lt;Note&gt;text&lt;/Note&gt; inside</code>`}, nil},
		"escapes/in/a.md": {[]string{"%%not a comment%% stays, 50%% off and 20%% more stay.", "<code>start &lt;Tabs&gt; end &lt;/Tabs&gt; of code</code>",
			"press &lt;Enter&gt;, then &lt;Ctrl-C&gt;.", "A &lt;Placeholder&gt; and &lt;Placeholder&gt; and &lt;TOKEN&gt;.", `C:&lt;Dir&gt;\file`}, nil},
		"linenos/in/table.html":      {[]string{"git add -u\ngit status", "git add -u\ngit commit", "puts 1\nputs 2", "x = 1\n  y = 2"}, []string{"<td>"}},
		"mdx-partial/in/a.mdx":       {[]string{"Shared text about Lamp."}, []string{"import", "&lt;Partial"}},
		"obsidian/in/a.md":           {[]string{"Other%20page.md\">Other page<", "Words of the other page.", "Folded text."}, []string{"[[", "%%", "spare key", "^abc123"}},
		"paramfield/in/a.mdx":        {[]string{"<strong>lamp_id</strong> (string, required): The id of the lamp.", "<strong>limit</strong> (integer, default 10)", "4000"}, []string{"CarefulHot"}},
		"percent/in/a.md":            {[]string{"Write %%a for the first and %%b for the second column.", "files%%2Fdocs", "<td>%%s and %%u</td>"}, nil},
		"readme-magic/in/a.md":       {[]string{"<strong>Warning: Mind the step</strong>", "<th>Field</th>", "pump --on\npump --off", "<h2>Second part</h2>"}, []string{"[block", "{&#34;", "\"type\""}},
		"show-if/wiki/hr-mixed.xml":  {[]string{"Rules for everybody in the hall."}, []string{"Only for HR"}},
		"title-angle/in/h1esc.md":    {[]string{"<h1>Class: Component<P, S></h1>"}, nil},
		"title-angle/in/fm.md":       {[]string{"<h1>Tank<Water, Air> explained</h1>"}, nil},
		"title-angle/in/escbody.mdx": {[]string{"Map&lt;String, List&lt;V&gt;&gt;", "&lt;none&gt;", `<code>Component\&lt;P, S\&gt;</code>`}, nil},
		"txt-frontmatter/in/a.txt":   {[]string{"withheld"}, nil},
		"typedoc/in/a.md":            {[]string{"<code>Promise</code>&lt;<code>void</code>&gt;", "Record&lt;string, Lamp&gt;"}, nil},
	} {
		got := report(t, name)
		for _, text := range c.shows {
			if !strings.Contains(got, text) {
				t.Errorf("%s lacks %q:\n%s", name, text, got)
			}
		}
		for _, text := range c.lacks {
			if strings.Contains(got, text) {
				t.Errorf("%s has %q:\n%s", name, text, got)
			}
		}
	}
}

// report renders an input, beside the other files of its folder.
func report(t *testing.T, name string) string {
	t.Helper()
	dir, base := filepath.Split(filepath.Join(reports, filepath.FromSlash(name)))
	body, err := os.ReadFile(filepath.Join(dir, base))
	if err != nil {
		t.Fatal(err)
	}
	format, _ := sources.FormatOf(base)
	if strings.HasSuffix(base, ".xml") {
		format = sources.ConfluenceStorage
	}
	read := func(p string) ([]byte, bool) {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p)))
		return b, err == nil
	}
	page, err := render.Render(render.Input{
		Document: sources.Document{Format: format, Body: body, Path: base}, URL: "https://docs.example.com/" + base, Include: read,
		Link: func(p string) string {
			if _, ok := read(p); !ok {
				return ""
			}
			return "https://docs.example.com/" + strings.ReplaceAll(p, " ", "%20")
		},
	})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if page.Withheld() != "" {
		return "withheld"
	}
	return "<h1>" + page.Title + "</h1>\n" + page.HTML
}
