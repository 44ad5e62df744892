package markdown

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/htmldoc"
	"finpages/ingest/render/internal/sanitize"

	"golang.org/x/net/html"
)

// treeSeeds hold each kind of node, and what comes near the limits of the tree.
var treeSeeds = []string{
	"# a *b* `c` {#d .e}\n\nf **g** ~~h~~ [i](j?k&l \"m&amp;n\") ![o *p*](q 'r') <s@t.example> https://u.example\nv  \nw\\\nx\n",
	"- a\n- b\n  c\n\n  - d\n\n    e\n- [x] f\n- [ ] g\n\n3. h\n4. i\n\n> j\n>\n> > k\n\n---\n",
	"| a | b | c |\n|:--|--:|:-:|\n| d | `e\\|f` | g |\n| h |\n\n|i|\n|-|\n",
	"```go &amp; x\n\ta <b> &amp;\n```\n\n    b\n     c\n\n\td\n\n~~~\n",
	"a\n: b\n\n  c\n\nd\n: e\n: f\n\ng[^1] h[^2]\n\n[^1]: i\n\n    j\n[^2]: k\n",
	"> [!NOTE]\n> a\n\n> [!tip] b `c`\n> d\n",
	"<details open>\n<summary>a <b>b</b></summary>\n\nc\n\n- d\n\n</details>\n\ne <kbd>f</kbd><br/>g<!-- h -->\n",
	"<table>\n<tr>\n<td>\n\na\n\n| b |\n|---|\n| c |\n\n</td>\n<td class=\"code\">\n\n1. d\n\n> e\n\n</td>\n</tr>\n</table>\n",
	"\\*a\\* &lt;b&gt; &#13; &nosuch; &notit; \\& &amp;amp; &#0; a&b\n", "`a\nb` `` `c` `` ![a  \nb](c) ![&#13;](d) [e](f&#13;g)\n",
	"[a [b](c) d](e) <https://a.example/?b&c> [f](<g h> \"i\\\"j\")\n", "<p>\n\na\n\n</p>\n", "<div\n\na\n", "a <b\nc=\"d\"> e </b>\n",
	"<pre>\n\na</pre>\n\nb <div>c</div>\n", ":rocket: {{< a >}} $b_c_d$ [[e|f]] ==g== %%h%% {.i} &lt\n", "## a\n\n<i class=\"fa-b\">:c:</i>\n",
	"- <span>a\n\n  b\n\n  c</span>\n", "* a\n\n  <b>\n\n  c\n\n  </b>\n", "<h2>\n\na\n\n## b\n\n</h2>\n", "![a](b)\n![c](d)e\n\nf![g](h)\n",
	"<ul>\n\na\n\n<li>\n\nb\n\n</li></ul>\n", "-\n-\n\n  a\n", "    a\n\n\n    b\n\tc", "- a\n\n      b\n\n  ```\n  c\n   d\n  ```\n", "&\n\n&amp\n;\n",
	"a </p> b\n\n> c\n", "- a </p><p> b\n\n- c </li><li> d\n", "*a </em><em> b* `c`</code>\n",
	"<span>\n\n- a\n\n</span>\n\n<a name=\"b\"></a>\n## c\n\n<img src=\"d\" alt=\"e\">\n",
}

// FuzzTree makes sure that the tree of a text is what a parser makes of its HTML.
func FuzzTree(f *testing.F) {
	for _, seed := range treeSeeds {
		f.Add(seed)
	}
	f.Fuzz(checkTree)
}

// TestTreeOfFiles does the same for whole documents.
func TestTreeOfFiles(t *testing.T) {
	const corpora = "../../../../../shared/corpora"
	var files []string
	for _, pattern := range []string{"*.md", "*/*.md", "*/*/*.md", "*/*/*/*.md", "*/*/*/*/*.md"} {
		found, _ := filepath.Glob(filepath.Join(corpora, pattern))
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skip("needs the shared corpora, which are not part of the project")
	}
	whole := 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		if newTree(parse(text, false, dialect.Includes{}, func(string) {}), false) != nil {
			whole++
		}
		checkTree(t, text)
	}
	if whole < len(files)*9/10 {
		t.Errorf("only %d of %d documents are read without a parser of HTML", whole, len(files))
	}
}

func checkTree(t *testing.T, text string) {
	p := parse(strings.ReplaceAll(text, "\r", "\n"), false, dialect.Includes{}, func(string) {})
	short, long := newTree(p, false), newTree(p, true)
	if (short == nil) != (long == nil) {
		t.Errorf("%q: whether a parser is needed depends on line breaks", text)
	}
	if short == nil || long == nil {
		return
	}
	markup, err := p.html()
	if err != nil {
		t.Fatal(err)
	}
	want, err := html.ParseWithOptions(strings.NewReader("<body>"+markup), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	body := want.FirstChild.LastChild
	if got, want := drawn(long.Root), drawn(body); got != want {
		t.Errorf("%q becomes\n%s\nits HTML\n%s\nbecomes\n%s", text, got, markup, want)
	}
	if got, want := written(short.Root), written(body); got != want {
		t.Errorf("%q is written as\n%s\nits HTML\n%s\nas\n%s", text, got, markup, want)
	}
}

// drawn writes what is below a node, but for how cells are aligned.
func drawn(n *html.Node) string {
	var out strings.Builder
	for c := range n.ChildNodes() {
		out.WriteString("{" + string('0'+rune(c.Type)) + c.DataAtom.String() + "|" + c.Data)
		for _, a := range c.Attr {
			if a.Key != "style" || !strings.HasPrefix(a.Val, "text-align:") {
				out.WriteString(" [" + a.Key + "]=[" + a.Val + "]")
			}
		}
		out.WriteString("\n" + drawn(c) + "}")
	}
	return out.String()
}

// written is the page that is made of what is below a node, with all that people are
// told.
func written(n *html.Node) string {
	doc := htmldoc.Of(n)
	doc.PlainCode()
	doc.UnlinkFootnotes()
	doc.FindHeading(false)
	told := []string{doc.Heading()}
	page := sanitize.Write(n, false, func(ref string) string { return ref }, func(s string) { told = append(told, s) })
	for _, mark := range page.Marks {
		told = append(told, page.HTML[mark.Offset:])
	}
	return page.HTML + strings.Join(slices.Compact(told), "\n")
}
