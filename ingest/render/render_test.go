package render_test

import (
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

func mustRender(t *testing.T, in render.Input) render.Page {
	t.Helper()
	page, err := render.Render(in)
	if err != nil {
		t.Fatal(err)
	}
	checkPage(t, page)
	return page
}

func document(format sources.Format, body string) render.Input {
	return render.Input{
		Document: sources.Document{Format: format, Body: []byte(body), Path: "guide/setup.md"},
		URL:      "https://docs.example.com/guide/setup",
	}
}

// flat is HTML without the line breaks between its blocks.
func flat(markup string) string {
	return strings.NewReplacer(">\n<", "><", "<br>\n", "<br>").Replace(strings.TrimSpace(markup))
}

func TestRenderDecodes(t *testing.T) {
	utf16 := func(s string, bom bool, big bool) string {
		var b strings.Builder
		if bom {
			s = "\uFEFF" + s
		}
		for _, r := range s {
			if big {
				b.WriteString(string([]byte{byte(r >> 8), byte(r)}))
			} else {
				b.WriteString(string([]byte{byte(r), byte(r >> 8)}))
			}
		}
		return b.String()
	}
	for name, body := range map[string]string{
		"UTF-8":                  "# Grüße\n\nKäse and text enough",
		"UTF-8, marked":          "\xEF\xBB\xBF# Grüße\n\nKäse and text enough",
		"UTF-16 LE, marked":      utf16("# Grüße\n\nKäse and text enough", true, false),
		"UTF-16 BE, marked":      utf16("# Grüße\n\nKäse and text enough", true, true),
		"UTF-16 LE":              utf16("# Grüße\n\nKäse and text enough", false, false),
		"UTF-16 BE":              utf16("# Grüße\n\nKäse and text enough", false, true),
		"Windows-1252":           "# Gr\xfc\xdfe\n\nK\xe4se and text enough",
		"CRLF":                   "# Grüße\r\n\r\nKäse and text enough\r\n",
		"CR":                     "# Grüße\r\rKäse and text enough\r",
		"UTF-8 with a bad byte":  "# Grüße\n\nK\xe4se and text enough",
		"control characters":     "# Gr\x01üße\n\nKä\x08se and\x7f text enough\uFEFF\uFFFE",
		"marked inside as well":  "\uFEFF# \uFEFFGrüße\n\nKäse and text enough",
		"front matter after BOM": "\uFEFF---\r\ntitle: Grüße\r\n---\r\nKäse and text enough",
	} {
		t.Run(name, func(t *testing.T) {
			page := mustRender(t, document(sources.Markdown, body))
			if page.Title != "Grüße" || flat(page.HTML) != "<p>Käse and text enough</p>" {
				t.Errorf("got %q, %q", page.Title, page.HTML)
			}
		})
	}
}

func TestRenderDecodesDeclaredCharset(t *testing.T) {
	for name, body := range map[string]string{
		"shift_jis":     "<meta charset=\"Shift_JIS\"><h1>T</h1><p>\x93\xfa\x96\x7b",
		"http-equiv":    "<meta http-equiv=Content-Type content=\"text/html; charset=euc-jp\"><h1>T</h1><p>\xc6\xfc\xcb\xdc",
		"iso-2022-jp":   "<meta charset=iso-2022-jp><h1>T</h1><p>\x1b$BF|K\\\x1b(B",
		"wrong, so not": "<meta charset=euc-jp><h1>T</h1><p>日本",
	} {
		t.Run(name, func(t *testing.T) {
			if page := mustRender(t, document(sources.HTML, body)); flat(page.HTML) != "<p>日本</p>" {
				t.Errorf("got %q", page.HTML)
			}
		})
	}
}

func TestRenderRefuses(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"NUL bytes":         {"# x\n\x00\x01\x02\x03 some text that goes on", "not text"},
		"PNG":               {"\x89PNG\r\n\x1a\n", "not text"},
		"PDF":               {"%PDF-1.7\n1 0 obj", "not text"},
		"control":           {strings.Repeat("a\x02\x03\x04", 10), "not text"},
		"broken YAML":       {"---\ntitle: x\nid: [\n---\nbody", "line 3"},
		"unclosed":          {"---\ntitle: x\n\nbody", "line 1: the front matter is never closed"},
		"two of a key":      {"---\ndraft: true\ndraft: false\n---\nbody", "line 3"},
		"broken TOML":       {"+++\ntitle = 'x'\nid = \n+++\nbody", "line 3"},
		"relative url":      {"---\nurl: foo/bar\n---\nbody", "url"},
		"script url":        {"---\nurl: javascript:alert(1)\n---\nbody", "url"},
		"url of two things": {"---\nurl: [a, b]\n---\nbody", "url"},
		"id of two things":  {"---\nid: {a: b}\n---\nbody", "id"},
		"tab indentation":   {"---\nfin:\n\tai_agent: false\n---\nbody", "line 3"},
	} {
		t.Run(name, func(t *testing.T) {
			page, err := render.Render(document(sources.Markdown, c.body))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, page %q %q", err, page.Title, page.HTML)
			}
		})
	}
	if _, err := render.Render(document("rtf", "x")); err == nil {
		t.Error("unknown format: no error")
	}
}

func TestRenderWithholds(t *testing.T) {
	for front, want := range map[string]string{
		"draft: true":                     "draft: true in the front matter",
		"Draft: yes":                      "draft: yes in the front matter",
		`draft: "true"`:                   "draft: true in the front matter",
		"draft: maybe":                    "draft: maybe in the front matter",
		"draft: [x]":                      "draft in the front matter is neither true nor false",
		"draft: {a: b}":                   "draft in the front matter is neither true nor false",
		`draft: ""`:                       "",
		"draft: {}":                       "",
		"draft: false":                    "",
		"draft:":                          "",
		"draft: no":                       "",
		"published: false":                "published: false in the front matter",
		"published: 2020-01-01":           "",
		"published: 2020-01-01T10:00:00Z": "",
		"published: May 1st, 2020 10 am":  "",
		"published:":                      "",
		"published: later":                "published: later in the front matter",
		"published: maybe in 2030":        "published: maybe in 2030 in the front matter",
		"published: [x]":                  "published in the front matter is neither true nor false",
		"fin: false":                      "fin: false in the front matter",
		`fin: "no"`:                       "fin: no in the front matter",
		"fin: off # for now":              "fin: off in the front matter",
		"fin: true":                       "",
		"fin:":                            "fin in the front matter is neither true nor false",
		"fin: hidden":                     "fin in the front matter is neither true nor false",
		"fin: {ai_agent: false}":          "",
		"fin: {ai_agnt: false}":           `unknown key "ai_agnt" under fin in the front matter: use ai_agent, ai_copilot, ai_sales_agent`,
		"fin: {ai_agent: maybe}":          "fin: ai_agent in the front matter is neither true nor false",
		"fin: &x {ai_agent: false}":       "",
		"other: [a, b]\nlist:\n- x: y\n":  "",
		"title: x\ntags: [draft, secret]": "",
	} {
		t.Run(front, func(t *testing.T) {
			page := mustRender(t, document(sources.Markdown, "---\n"+front+"\n---\nbody"))
			if got := page.Withheld(); got != want {
				t.Errorf("withheld: %q, want %q", got, want)
			}
		})
	}
	page := mustRender(t, document(sources.Markdown, "+++\ndraft = true\n+++\nbody"))
	if page.Withheld() == "" || !page.Meta.Draft {
		t.Error("TOML draft is shown")
	}
	page = mustRender(t, document(sources.HTML, "---\nlayout: x\ndraft: true\n---\n<p>body"))
	if page.Withheld() == "" {
		t.Error("HTML draft is shown")
	}
}

func TestRenderAvailability(t *testing.T) {
	flags := func(front string) string {
		page := mustRender(t, document(sources.Markdown, front+"body"))
		out := ""
		for _, f := range []*bool{page.Meta.AIAgent, page.Meta.AICopilot, page.Meta.AISalesAgent} {
			switch {
			case f == nil:
				out += "?"
			case *f:
				out += "1"
			default:
				out += "0"
			}
		}
		return out
	}
	for front, want := range map[string]string{
		"":                       "???",
		"---\nfin: false\n---\n": "000",
		"---\nfin: true\n---\n":  "???",
		"---\nfin: {ai_agent: false, ai_copilot: true}\n---\n":   "01?",
		"---\nfin:\n  ai_sales_agent: no\n---\n":                 "??0",
		"+++\n[fin]\nai_agent = false\nai_copilot = true\n+++\n": "01?",
	} {
		if got := flags(front); got != want {
			t.Errorf("%q: %s, want %s", front, got, want)
		}
	}
}

func TestRenderMeta(t *testing.T) {
	for front, want := range map[string]render.Meta{
		"id: 007":                        {ID: "007"},
		"id: a/b":                        {ID: "a/b"},
		"url: https://x.example/a b":     {URL: "https://x.example/a%20b"},
		"url: /other/":                   {URL: "https://docs.example.com/other/"},
		"id:\nurl:":                      {},
		"aliases: [/x]\nweight: 3\nid: ": {},
	} {
		page := mustRender(t, document(sources.Markdown, "---\n"+front+"\n---\nbody"))
		if page.Meta != want {
			t.Errorf("%q: %+v, want %+v", front, page.Meta, want)
		}
	}
}

func TestRenderKeepsWhatIsNoFrontMatter(t *testing.T) {
	for body, want := range map[string]string{
		"---\n\nHello\n\n---\n\nworld":            "<hr><p>Hello</p><hr><p>world</p>",
		"---\n\nHello":                            "<hr><p>Hello</p>",
		"---\nPlease note: this\n---\nworld":      "<hr><h2>Please note: this</h2><p>world</p>",
		"----\ntitle: x\n----\nworld":             "<hr><h2>title: x</h2><p>world</p>",
		"\n---\ntitle: x\n---\nworld":             "<hr><h2>title: x</h2><p>world</p>",
		"---\n---\nworld":                         "<p>world</p>",
		"--- \ntitle: x\n--- \nworld":             "<p>world</p>",
		"---\ntitle: x\n...\nworld":               "<p>world</p>",
		"---\n# only a comment\n---\nworld":       "<p>world</p>",
		"---\ntitle: |\n  a\n  ---\n---\n\nw\n":   "<p>w</p>",
		"+++\n\nHello, a sum\n":                   "<p>+++</p><p>Hello, a sum</p>",
		"---\ntitle: x\nlist:\n---\nworld\n---\n": "<h2>world</h2>",
	} {
		page := mustRender(t, document(sources.Markdown, body))
		if got := flat(page.HTML); got != want {
			t.Errorf("%q:\n got %s\nwant %s", body, got, want)
		}
	}
}

func TestRenderTitle(t *testing.T) {
	long := strings.Repeat("word ", 100)
	for _, c := range []struct {
		name, path, given, body, want, html string
	}{
		{"front matter", "a.md", "", "---\ntitle: \"A & <b>B</b>\"\n---\n# Other\n\nx", "A & B", "<h2>Other</h2><p>x</p>"},
		{"front matter and the same h1", "a.md", "", "---\ntitle: The Title\n---\n# The *title*\n\nx", "The Title", "<p>x</p>"},
		{"number", "a.md", "", "---\ntitle: 1.10\n---\nx", "1.10", "<p>x</p>"},
		{"date", "a.md", "", "---\ntitle: 2024-01-01\n---\nx", "2024-01-01", "<p>x</p>"},
		{"boolean", "a.md", "", "---\ntitle: yes\n---\nx", "yes", "<p>x</p>"},
		{"TOML date", "a.md", "", "+++\ntitle = 2024-01-01\n+++\nx", "2024-01-01", "<p>x</p>"},
		{"TOML number", "a.md", "", "+++\ntitle = 3.10 # new\n[a]\ntitle = 1\n+++\nx", "3.10", "<p>x</p>"},
		{"named JSON", "a.md", "", "---json\n{\"title\": \"A\"}\n---\nx", "A", "<p>x</p>"},
		{"Pandoc's block", "a.md", "", "% A *b*\n  c\n% D; E\n\nx", "A b c", "<p>x</p>"},
		{"percent", "a.md", "", "%a b\n\nx", "A", "<p>%a b</p><p>x</p>"},
		{"footnote", "a.md", "", "# A b[^1] c\n\nx\n\n[^1]: y", "A b c", "<p>x</p><hr><ol><li><p>y</p></li></ol>"},
		{"block scalar", "a.md", "", "---\ntitle: >\n  a\n  b\n---\nx", "a b", "<p>x</p>"},
		{"list", "a-b.md", "", "---\ntitle: [a]\n---\nx", "A b", "<p>x</p>"},
		{"the source's", "a.md", "Given: {x} <y>", "# Other\n\nx", "Given: {x} <y>", "<h2>Other</h2><p>x</p>"},
		{"front matter over the source's", "a.md", "Given", "---\ntitle: Mine\n---\nx", "Mine", "<p>x</p>"},
		{"h1", "a.md", "", "# A `b` [c](d) &amp; *e*\n\nx", "A b c & e", "<p>x</p>"},
		{"setext", "a.md", "", "A\nb\n===\n\nx", "A b", "<p>x</p>"},
		{"raw h1", "a.md", "", "<h1 align=center>A<br>b</h1>\n\nx", "A b", "<p>x</p>"},
		{"h1 with an anchor", "a.md", "", "# A {#a}\n\nx", "A", "<p>x</p>"},
		{"h1 after badges", "a.md", "", "[![build](b.svg)](c)\n\n# A\n\nx", "A", "<p><a href=\"https://docs.example.com/guide/c\">build</a></p><p>x</p>"},
		{"h1 far below", "far-below.md", "", long + "\n\n# A", "Far below", "<p>" + strings.TrimSpace(long) + "</p><h2>A</h2>"},
		{"more h1", "a.md", "", "# A\n\n# B\n\n## C\n\nx", "A", "<h2>B</h2><h3>C</h3><p>x</p>"},
		{"file name", "x/getting-started_v2.md", "", "x", "Getting started v2", "<p>x</p>"},
		{"index", "x/my-dir/index.md", "", "x", "My dir", "<p>x</p>"},
		{"README", "README.md", "", "x", "README", "<p>x</p>"},
		{"odd name", "x/%.md", "", "x", "%", "<p>x</p>"},
		{"dots only", "x/..md", "", "x", "..md", "<p>x</p>"},
		{"dashes only", "x/---.md", "", "x", "---.md", "<p>x</p>"},
		{"no path", "", "", "x", "Untitled", "<p>x</p>"},
		{"long", "", "", "# " + long + "\n\nx", strings.TrimSpace(strings.Repeat("word ", 50)) + "…", "<h2>" + strings.TrimSpace(long) + "</h2><p>x</p>"},
		{"Azure", "Pump-%2D-How%3F.md", "", "x", "Pump - How?", "<p>x</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := document(sources.Markdown, c.body)
			in.Document.Path, in.Document.Title = c.path, c.given
			page := mustRender(t, in)
			if page.Title != c.want || flat(page.HTML) != c.html {
				t.Errorf("got %q\n%s\nwant %q\n%s", page.Title, flat(page.HTML), c.want, c.html)
			}
		})
	}
}

func TestRenderEmpty(t *testing.T) {
	for _, body := range []string{"", "# Only a title", "<!-- nothing -->", "---\ntitle: x\n---\n", "![](x.png)", "***"} {
		page := mustRender(t, document(sources.Markdown, body))
		if !strings.Contains(strings.Join(page.Warnings, "|"), "the page has no text") {
			t.Errorf("%q: warnings %q, page %q", body, page.Warnings, page.HTML)
		}
	}
}

func TestRenderText(t *testing.T) {
	body := "First line\nsecond <line>\n\nName    Value\nfoo     bar\n\nEnd & *stars*\n"
	page := mustRender(t, document(sources.Text, body))
	want := "<p>First line<br>second &lt;line&gt;</p><pre><code>Name    Value\nfoo     bar</code></pre><p>End " +
		"&amp; *stars*</p>"
	if page.Title != "Setup" || flat(page.HTML) != want {
		t.Errorf("got %q %s", page.Title, flat(page.HTML))
	}
}

func TestRenderWarnsOnceAndNotForever(t *testing.T) {
	var body strings.Builder
	for i := range 100 {
		body.WriteString("x ![](same.png) ![](image" + strings.Repeat("x", i) + ".png)\n")
	}
	page := mustRender(t, document(sources.Markdown, body.String()))
	if n := len(page.Warnings); n != 20 || page.Warnings[0] != "image without alt text left out: same.png" {
		t.Errorf("%d warnings: %q", n, page.Warnings)
	}
}
