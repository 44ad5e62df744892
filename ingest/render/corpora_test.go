package render_test

import (
	"html"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

const corpora = "../../../shared/corpora"

// TestRenderCorpora holds what is true of every page on real documents.
func TestRenderCorpora(t *testing.T) {
	eachCorpusFile(t, checkCorpus)
}

func corpusFormat(name string) sources.Format {
	switch filepath.Ext(name) {
	case ".md":
		return sources.Markdown
	case ".mdx":
		return sources.MDX
	case ".html":
		return sources.HTML
	}
	return ""
}

func checkCorpus(t *testing.T, in render.Input) {
	page, err := render.Render(in)
	if err != nil {
		t.Fatal(err)
	}
	checkPage(t, page)
	if why := known[in.Document.Path]; why != "" {
		t.Log(why)
		return
	}
	outside := text(codeBlock.ReplaceAllString(page.HTML, " "))
	for _, left := range leftovers {
		if m := left.FindString(outside); m != "" {
			t.Errorf("left over: %q", m)
		}
	}
	if again, _ := render.Render(in); again.HTML != page.HTML || again.Title != page.Title {
		t.Error("two runs differ")
	}
	if in.Document.Format != sources.HTML {
		checkWords(t, string(in.Document.Body), page)
	}
}

// known are documents that the checks below do not suit.
var known = map[string]string{
	"oddities.md": "speaks of all the leftovers that are looked for",
	"mkdocs-material/reference/icons-emojis.md": "holds Markdown within raw HTML, which CommonMark takes as it is",
}

var (
	codeBlock = regexp.MustCompile(`(?s)<pre>.*?</pre>|<code[^>]*>.*?</code>`)
	leftovers = []*regexp.Regexp{
		regexp.MustCompile(`\{\{[<%]\s*[a-z/]`), regexp.MustCompile(`:::`), regexp.MustCompile(`(?m)^(!!!|\?\?\?) `),
		regexp.MustCompile(`import \w+ from ['"]`), regexp.MustCompile(`--8<--`), regexp.MustCompile(`=== "`),
		regexp.MustCompile(`\[![A-Z]+\]`), regexp.MustCompile(`\{/\*`), regexp.MustCompile(`\{ ?[.#][a-z-]+ ?\}`),
		regexp.MustCompile(`:(octicons|material|fontawesome)-`),
		regexp.MustCompile(`<!\[CDATA|rbtoc\d|Unknown macro|Error formatting macro`),
		regexp.MustCompile(`</?[A-Z][A-Za-z]+>`),
	}
)

func text(markup string) string {
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(markup, " "))
}

// unread is what the word check leaves out of a source: settings, markup,
// addresses, comments, calls.
var unread = []*regexp.Regexp{
	regexp.MustCompile(`(?s)<(script|select)[ >].*?</(script|select)>`),
	regexp.MustCompile("`#![a-z]+ "), regexp.MustCompile("(?s)```mdx-code-block.*?```"), regexp.MustCompile(`\[!INCLUDE.*`), regexp.MustCompile(`\[\[_TOC_\]\]`), regexp.MustCompile(`\[\^\w+\]`),
	regexp.MustCompile("^\uFEFF?---\r?\n(?s:.*?)\n---\r?\n"), regexp.MustCompile(`(?s)<!--.*?-->`),
	regexp.MustCompile("(?m)^[ \t>]*```.*$"), regexp.MustCompile(`(?m)^(import|export) .*$`), regexp.MustCompile(`\]\([^)]*\)`),
	regexp.MustCompile(`(?m)^\s*\[[^\]]+\]:.*$`), regexp.MustCompile(`<[^<>]*>`), regexp.MustCompile(`\{\{[^{}]*\}\}`),
	regexp.MustCompile(`\{[^{}\n]*\}`), regexp.MustCompile(`\]\[[^\]]*\]`), regexp.MustCompile(`https?://\S+`),
	regexp.MustCompile(`(?m)^:::.*$`),
	regexp.MustCompile(`(?m)^\s*(!!!|\?\?\?\+?|===).*$`), regexp.MustCompile(`:[a-z]+-[a-z0-9-]+:`), regexp.MustCompile(`\B:[a-z][a-z0-9_]+:\B`),
	regexp.MustCompile(`--8<--.*`), regexp.MustCompile(`!\[[^\]]*\]`),
	regexp.MustCompile(`\[\[[^\]]*\]\]`), regexp.MustCompile(`&[a-z]+;`), regexp.MustCompile(`!\[\[.*?\]\]`),
}

var word = regexp.MustCompile(`\p{L}{3,}`)

// eachCorpusFile calls check with every document of the shared corpora.
func eachCorpusFile(t *testing.T, check func(t *testing.T, in render.Input)) {
	if _, err := os.Stat(corpora); err != nil {
		t.Skip("needs the shared corpora, which are not part of the project")
	}
	err := filepath.WalkDir(corpora, func(name string, d fs.DirEntry, err error) error {
		format := corpusFormat(name)
		if err != nil || format == "" || !d.Type().IsRegular() {
			return err
		}
		rel, _ := filepath.Rel(corpora, name)
		t.Run(rel, func(t *testing.T) {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			check(t, render.Input{
				Document: sources.Document{Format: format, Body: b, Path: filepath.ToSlash(rel)},
				URL:      "https://docs.example.com/" + strings.TrimSuffix(filepath.ToSlash(rel), filepath.Ext(rel)),
			})
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkWords holds that every word of the source's prose is on the page.
func checkWords(t *testing.T, source string, page render.Page) {
	shown := map[string]bool{}
	for _, w := range word.FindAllString(strings.ToLower(page.Title+" "+text(page.HTML)), -1) {
		shown[w] = true
	}
	for _, r := range unread {
		source = r.ReplaceAllString(source, " ")
	}
	missing := map[string]bool{}
	for _, w := range word.FindAllString(strings.ToLower(source), -1) {
		if !shown[w] {
			missing[w] = true
		}
	}
	if len(missing) > 0 {
		t.Errorf("%d words are lost: %.300v", len(missing), missing)
	}
}

var (
	openTag  = regexp.MustCompile(`<([a-z0-9]+)([^<>]*)>`)
	openAttr = regexp.MustCompile(`([a-z-]+)="([^"<>]*)"`)
	allowed  = map[string]string{
		"h1": "", "h2": "", "h3": "", "h4": "", "h5": "", "h6": "", "p": "", "br": "", "hr": "", "blockquote": "", "pre": "",
		"code": "class", "strong": "", "em": "", "del": "", "sub": "", "sup": "", "kbd": "", "a": "href", "ul": "", "ol": "start", "li": "value",
		"dl": "", "dt": "", "dd": "", "table": "", "caption": "", "thead": "", "tbody": "", "tfoot": "", "tr": "",
		"td": "colspan rowspan", "th": "colspan rowspan",
	}
)

// checkPage holds what is true of all pages.
func checkPage(t *testing.T, page render.Page) {
	t.Helper()
	if strings.TrimSpace(page.Title) == "" || strings.ContainsAny(page.Title, "\n\t\uFEFF") ||
		len([]rune(page.Title)) > 255 {
		t.Errorf("bad title %q", page.Title)
	}
	if strings.TrimSpace(page.HTML) == "" {
		t.Error("empty page")
	}
	for _, m := range openTag.FindAllStringSubmatch(page.HTML, -1) {
		attrs, known := allowed[m[1]]
		if !known {
			t.Errorf("element %q", m[0])
		}
		rest := openAttr.ReplaceAllStringFunc(m[2], func(a string) string {
			key, value, _ := strings.Cut(a, "=")
			if !strings.Contains(attrs, key) || key == "" {
				t.Errorf("attribute %q in %q", a, m[0])
			}
			if key == "href" && !regexp.MustCompile(`^"(https?://|mailto:|tel:)`).MatchString(value) {
				t.Errorf("address %q", value)
			}
			return ""
		})
		if strings.TrimSpace(rest) != "" {
			t.Errorf("rest %q in %q", rest, m[0])
		}
	}
	stripped := regexp.MustCompile(`</?[a-z0-9]+( [a-z]+="[^"<>]*")*>`).ReplaceAllString(page.HTML, "")
	if strings.ContainsAny(stripped, "<>") {
		t.Errorf("loose markup in %.200q", stripped)
	}
}
