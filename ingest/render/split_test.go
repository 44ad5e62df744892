package render_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"

	"github.com/google/go-cmp/cmp"
)

func cut(t *testing.T, format sources.Format, body string, s render.Split) render.Page {
	t.Helper()
	page, err := render.Render(render.Input{
		Document: sources.Document{Path: "guide.md", Format: format, Body: []byte(body)},
		URL:      "https://docs.example.com/guide.md", Split: s,
	})
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// outline shows parts by their id, title and text.
func outline(p render.Page) (lines []string) {
	for _, part := range p.Parts {
		lines = append(lines, fmt.Sprintf("#%s | %s | %s", part.ID, part.Title,
			strings.Join(strings.Fields(text(part.HTML)), " ")))
	}
	return lines
}

func TestSplitAtHeadings(t *testing.T) {
	for _, test := range []struct {
		name string
		body string
		want []string
	}{
		{"text before the first heading", "# Guide\nIntro.\n## Install\nA.\n### Linux\nB.\n## Use\nC.\n",
			[]string{"# | Guide | Intro.", "#install | Guide: Install | A. Linux B.", "#use | Guide: Use | C."}},
		{"no text before it", "# Guide\n## Install\nA.\n## Use\nC.\n",
			[]string{"# | Guide | Install A.", "#use | Guide: Use | C."}},
		{"no headings", "Just text.\n\nMore of it.\n", nil},
		{"one heading", "## Install\n\nMore of it.\n", nil},
		{"only a heading", "# Guide\n", nil},
		{"one heading after text", "# Guide\nIntro.\n## Install\nA.\n",
			[]string{"# | Guide | Intro.", "#install | Guide: Install | A."}},
		{"alike", "# Guide\nIntro.\n## Example\nA.\n## Use\nB.\n## Example\nC.\n## Example\nD.\n",
			[]string{"# | Guide | Intro.", "#example | Guide: Example | A.", "#use | Guide: Use | B.",
				"#example-1 | Guide: Example | C.", "#example-2 | Guide: Example | D."}},
		{"called as the page", "# Guide\nIntro.\n## Guide\nA.\n", []string{"# | Guide | Intro.", "#guide-1 | Guide: Guide | A."}},
		{"empty sections", "# Guide\nIntro.\n## Empty\n## Use\nB.\n## Last\n",
			[]string{"# | Guide | Intro. Empty", "#use | Guide: Use | B. Last"}},
		{"a chapter without text of its own", "# Guide\nIntro.\n# Part I\n## Install\nA.\n## Use\nB.\n# Part II\nC.\n",
			[]string{"# | Guide | Intro.", "#install | Guide: Part I: Install | A.", "#use | Guide: Part I: Use | B.",
				"#part-ii | Guide: Part II | C."}},
		{"in quotes, lists, cells and folds", "# Guide\nIntro.\n\n> ## Quote\n> A.\n\n- ## Item\n  B.\n\n" +
			"<table><tr><td>x</td><td><h2>Cell</h2>C.</td></tr></table>\n\n<details><summary>More</summary>\n\n## Fold\nD.\n\n</details>\n\n" +
			"!!! note\n    ## Box\n    E.\n\n## Use\nF.\n",
			[]string{"# | Guide | Intro. Quote A. Item B. x Cell C. More Fold D. Note Box E.", "#use | Guide: Use | F."}},
		{"with an id", "# Guide\nIntro.\n## Install it {#setup}\nA.\n## Use `go` &amp; *more*\nB.\n",
			[]string{"# | Guide | Intro.", "#setup | Guide: Install it | A.", "#use-go--more | Guide: Use go & more | B."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := cut(t, sources.Markdown, test.body, render.Split{Level: 2})
			if d := cmp.Diff(test.want, outline(page)); d != "" {
				t.Errorf("parts (-want +got):\n%s", d)
			}
		})
	}
}

func TestSplitOtherFormats(t *testing.T) {
	want := []string{"# | Guide | Intro.", "#install | Guide: Install | A.", "#use | Guide: Use | B."}
	for _, test := range []struct {
		name   string
		format sources.Format
		body   string
		ids    [2]string
	}{
		{"HTML", sources.HTML, `<title>Guide</title><body><h1>Guide</h1><p>Intro.</p><div><h2 id="install">Install</h2><p>A.</p></div><h2><a name="use"></a>Use</h2>B.`, [2]string{"install", "use"}},
		{"Sphinx", sources.HTML, `<body><section id="guide"><h1>Guide</h1><p>Intro.</p><section id="install"><h2>Install</h2><p>A.</p></section><section id="use"><h2>Use</h2>B.</section></section>`, [2]string{"install", "use"}},
		{"storage", sources.ConfluenceStorage, `<h1>Guide</h1><p>Intro.</p><ac:layout><ac:layout-section><ac:layout-cell><h2>Install</h2><p>A.</p></ac:layout-cell></ac:layout-section></ac:layout><h2>Use</h2><p>B.</p>`, [2]string{"Install", "Use"}},
		{"view", sources.ConfluenceView, `<h1>Guide</h1><p>Intro.</p><h2 id="Guide-Install">Install</h2><p>A.</p><h2 id="Guide-Use">Use</h2><p>B.</p>`, [2]string{"Guide-Install", "Guide-Use"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := cut(t, test.format, test.body, render.Split{Level: 2})
			replaced := strings.NewReplacer("#install ", "#"+test.ids[0]+" ", "#use ", "#"+test.ids[1]+" ")
			var expected []string
			for _, line := range want {
				expected = append(expected, replaced.Replace(line))
			}
			if d := cmp.Diff(expected, outline(page)); d != "" {
				t.Errorf("parts (-want +got):\n%s", d)
			}
		})
	}
}

func TestSplitLongSections(t *testing.T) {
	prose := strings.Repeat("word ", 100)
	body := "# Guide\nIntro.\n## Install\n" + prose + "\n### Linux\n" + prose + "\n### Mac\n" + prose + "\n\n" + prose +
		"\n## Use\nB.\n"
	page := cut(t, sources.Markdown, body, render.Split{Level: 2, MaxBytes: 700})
	var got []string
	for _, part := range page.Parts {
		got = append(got, "#"+part.ID+" "+part.Fragment+" | "+part.Title)
	}
	want := []string{"#  | Guide", "#install install | Guide: Install", "#linux linux | Guide: Install: Linux",
		"#mac mac | Guide: Install: Mac", "#mac-part-2 mac | Guide: Install: Mac (part 2)", "#use use | Guide: Use"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("parts (-want +got):\n%s", d)
	}
}

var cells = regexp.MustCompile(`<td>(\w+)</td>`)

func TestSplitBetweenRowsItemsAndLines(t *testing.T) {
	var table, list, code strings.Builder
	table.WriteString("| Key | Value |\n|---|---|\n")
	code.WriteString("```sh\n")
	for i := range 200 {
		fmt.Fprintf(&table, "| k%d | v%d |\n", i, i)
		fmt.Fprintf(&list, "%d. item%d\n", i+1, i)
		fmt.Fprintf(&code, "echo line%d\n", i)
	}
	code.WriteString("```\n")
	t.Run("rows", func(t *testing.T) {
		n := 0
		for i, part := range cut(t, sources.Markdown, table.String(), render.Split{MaxBytes: 1000}).Parts {
			if len(part.HTML) > 1000 || !strings.Contains(part.HTML, "<th>Key</th>") {
				t.Errorf("part %d of %d bytes has no head or is too long: %.100s", i, len(part.HTML), part.HTML)
			}
			n += len(cells.FindAllString(part.HTML, -1))
			checkPage(t, render.Page{Title: part.Title, HTML: part.HTML})
		}
		if n != 400 {
			t.Errorf("%d cells, want 400", n)
		}
	})
	t.Run("items", func(t *testing.T) {
		n := 0
		for _, part := range cut(t, sources.Markdown, list.String(), render.Split{MaxBytes: 1000}).Parts {
			if n > 0 && !strings.Contains(part.HTML, fmt.Sprintf("<ol start=\"%d\">", n+1)) {
				t.Errorf("the list does not go on at %d: %.100s", n+1, part.HTML)
			}
			n += strings.Count(part.HTML, "<li>")
		}
		if n != 200 {
			t.Errorf("%d items, want 200", n)
		}
	})
	t.Run("lines", func(t *testing.T) {
		n := 0
		for _, part := range cut(t, sources.Markdown, code.String(), render.Split{MaxBytes: 1000}).Parts {
			if !strings.HasPrefix(part.HTML, `<pre><code class="language-sh">`) ||
				!strings.HasSuffix(part.HTML, "</code></pre>\n") {
				t.Errorf("no block of code: %s", part.HTML)
			}
			n += strings.Count(part.HTML, "echo line")
		}
		if n != 200 {
			t.Errorf("%d lines, want 200", n)
		}
	})
}

// TestSplitKeepsAll holds that the parts have all words of the page, each in one
// part or its title.
func TestSplitKeepsAll(t *testing.T) {
	eachCorpusFile(t, func(t *testing.T, in render.Input) {
		whole, err := render.Render(in)
		if err != nil {
			t.Skip(err)
		}
		for _, in.Split = range []render.Split{{Level: 2}, {Level: 2, MaxBytes: 2000}, {Level: 6}} {
			page, err := render.Render(in)
			if err != nil || page.HTML != whole.HTML {
				t.Fatal("the page is another one: ", err)
			}
			var all strings.Builder
			ids := map[string]bool{}
			for _, part := range page.Parts {
				checkPage(t, render.Page{Title: part.Title, HTML: part.HTML})
				all.WriteString(part.Title + " " + text(part.HTML) + " ")
				if ids[part.ID] {
					t.Errorf("two parts have the id %q", part.ID)
				}
				ids[part.ID] = true
			}
			if len(page.Parts) == 0 {
				continue
			}
			if missing, _ := lacks(wordsOf(text(whole.HTML)), wordsOf(all.String())); missing > 0 {
				t.Errorf("%d words are lost with %+v", missing, in.Split)
			}
		}
	})
}

func lacks(want, have []string) (n int, example string) {
	n, extra := beyond(want, have)
	return n, examples(extra)
}
