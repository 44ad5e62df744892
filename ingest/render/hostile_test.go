package render_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"finpages/ingest/render"
	"finpages/sources"
)

// TestRenderHostile holds that no document takes the process down, or long.
func TestRenderHostile(t *testing.T) {
	const n = 5_000
	r := strings.Repeat
	var fonts strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&fonts, "<font color=%d>", i)
	}
	documents := map[string]struct {
		format sources.Format
		body   string
	}{
		"nested div":            {sources.HTML, r("<div>", n) + "deep word" + r("</div>", n)},
		"nested div unclosed":   {sources.HTML, r("<div>", n) + "deep word"},
		"nested bold":           {sources.HTML, r("<b>", n) + "deep word"},
		"nested lists":          {sources.HTML, r("<ul><li>", n) + "deep word"},
		"nested tables":         {sources.HTML, r("<table><tr><td>", n) + "deep word"},
		"nested quotes":         {sources.HTML, r("<blockquote>", n) + "deep word"},
		"nested spans":          {sources.HTML, "<p>" + r("<span>", n) + "deep word"},
		"nested anchors":        {sources.HTML, r("<a href=x>", n) + "deep word"},
		"nested svg":            {sources.HTML, "deep word" + r("<svg>", n)},
		"drawings":              {sources.HTML, "<p>deep word" + r("<svg><g><text>x<tspan>y</tspan></text></g></svg>", n)},
		"nested drawing":        {sources.HTML, "<p>deep word</p><svg>" + r("<g><text>x", n)},
		"XML style":             {sources.ConfluenceView, "<p>deep word</p>" + r("<div/><b/><a x=/><td a='b'/>", n)},
		"open divs, XML style":  {sources.HTML, r("<div/>", n) + "deep word"},
		"nested math":           {sources.HTML, "deep word" + r("<math>", n)},
		"nested templates":      {sources.HTML, "deep word" + r("<template>", n)},
		"nested details":        {sources.HTML, r("<details><summary>x</summary>", n) + "deep word"},
		"nested pre":            {sources.HTML, r("<pre>", n) + "deep word"},
		"nested forms":          {sources.HTML, r("<form><div>", n) + "deep word"},
		"nested headings":       {sources.HTML, r("<h2><div>", n) + "deep word"},
		"open fonts":            {sources.HTML, "deep word" + fonts.String() + r("<p>", 3000)},
		"attributes":            {sources.HTML, "<p " + r("a=b ", n*5) + ">deep word"},
		"distinct attributes":   {sources.HTML, "<p " + distinct(n) + ">deep word"},
		"many tables":           {sources.HTML, "deep word" + r("<table>", n)},
		"many cells":            {sources.HTML, "<table><tr>" + r("<td>x", n) + "</table>deep word"},
		"many h1":               {sources.HTML, r("<h1>x</h1>", n) + "deep word"},
		"many images":           {sources.HTML, r("<img src=x.png>", n) + "deep word"},
		"many images, alt":      {sources.HTML, "<p>" + r("<img src=x.png alt=y>", n) + "deep word"},
		"many asides":           {sources.HTML, r("<aside>x</aside>", n) + "<p>deep word" + r(" word", n)},
		"many navs":             {sources.HTML, r("<nav>x</nav>", n) + "<p>deep word" + r(" word", n)},
		"many articles":         {sources.HTML, r("<article>x</article>", n) + "<p>deep word"},
		"nested articles":       {sources.HTML, r("<article>x", 400) + "<p>deep word" + r("<p>word", n)},
		"many tab lists":        {sources.HTML, r("<div role=tablist><b role=tab>x</b></div><div role=tabpanel>x</div>", 5000) + "deep word"},
		"ruby":                  {sources.HTML, "<ruby>" + r("<rt>x</rt>", n) + "</ruby>deep word"},
		"lines of pre":          {sources.HTML, "<pre>" + r("<div>x</div>", n) + "</pre>deep word"},
		"macro errors":          {sources.HTML, "<p>deep word" + r("<span class=error>Unknown macro: {x}</span>", 5000)},
		"markdown quotes":       {sources.Markdown, r(">", n) + "deep word"},
		"markdown quotes lines": {sources.Markdown, r(r("> ", 60)+"deep word\n", 5000)},
		"markdown lists":        {sources.Markdown, r("- ", n) + "deep word"},
		"markdown numbers":      {sources.Markdown, r("1. ", n) + "deep word"},
		"markdown indent":       {sources.Markdown, staircase(800)},
		"markdown brackets":     {sources.Markdown, r("[", n) + "deep word"},
		"markdown brackets 2":   {sources.Markdown, r("[a](", n) + "deep word"},
		"markdown brackets 3":   {sources.Markdown, r("![[a](", n) + "deep word"},
		"markdown links":        {sources.Markdown, r("[a](b)", n) + "deep word"},
		"markdown wiki":         {sources.Markdown, r("[[", n) + "deep word"},
		"markdown stars":        {sources.Markdown, r("*a **b ", n) + "deep word"},
		"markdown stars 2":      {sources.Markdown, r("a**b", n) + "c* deep word"},
		"markdown under":        {sources.Markdown, r("_a __b ", n) + "deep word"},
		"markdown tildes":       {sources.Markdown, r("~~a ", n) + "deep word"},
		"markdown ticks":        {sources.Markdown, r("`a ``b ```c ", n/3) + "deep word"},
		"markdown ticks 2":      {sources.Markdown, manyTicks(1000) + "deep word"},
		"markdown html":         {sources.Markdown, r("a <b ", n) + "deep word"},
		"markdown cdata":        {sources.Markdown, r("a <![CDATA[ ", n) + "deep word"},
		"markdown pi":           {sources.Markdown, r("a <? ", n) + "deep word"},
		"markdown comments":     {sources.Markdown, r("a <!-- ", n) + "deep word"},
		"markdown decl":         {sources.Markdown, r("a <!A ", n) + "deep word"},
		"markdown table":        {sources.Markdown, "|" + r("a|", 5000) + "\n|" + r("-|", 5000) + "\n" + r("|x|\n", 2000) + "\ndeep word"},
		"markdown refs":         {sources.Markdown, r("[a]: b\n", n) + "\ndeep word"},
		"markdown refs 2":       {sources.Markdown, r("[a]", n) + "deep word\n\n[a]: b"},
		"markdown footnotes":    {sources.Markdown, r("x[^1] ", 5000) + "deep word\n\n[^1]: y"},
		"markdown emails":       {sources.Markdown, r("a@", n) + "deep word"},
		"markdown urls":         {sources.Markdown, r("www.", n) + " deep word"},
		"markdown urls 2":       {sources.Markdown, r("http://a.b/(", n) + " deep word"},
		"markdown entities":     {sources.Markdown, r("&", n) + " deep word"},
		"markdown braces":       {sources.Markdown, r("{.", n) + " deep word"},
		"markdown braces 2":     {sources.Markdown, r("{a=b ", n) + " deep word"},
		"markdown equals":       {sources.Markdown, r("==a ", n) + " deep word"},
		"markdown headings":     {sources.Markdown, r("# a\n", n) + " deep word"},
		"markdown setext":       {sources.Markdown, r("a\n", n) + "===\ndeep word"},
		"markdown definition":   {sources.Markdown, r("a\n: b\n\n", 5000) + "\ndeep word"},
		"markdown line":         {sources.Markdown, r("a", 1<<20) + " deep word"},
		"markdown tabs":         {sources.Markdown, "x\n" + r("\t", n) + "deep word"},
		"directives":            {sources.Markdown, r(":::note\n", n) + "deep word"},
		"directives closed":     {sources.Markdown, r(":::note\nx\n:::\n", 5000) + "deep word"},
		"admonitions":           {sources.Markdown, admonitions(500) + "deep word"},
		"shortcodes":            {sources.Markdown, r("{{< a ", n) + "deep word"},
		"shortcodes 2":          {sources.Markdown, r("{{< note >}}\n", n) + "deep word"},
		"shortcodes 3":          {sources.Markdown, r("{{< highlight go >}}\n", 8000) + "deep word"},
		"shortcodes 4":          {sources.Markdown, r("{{< a\n", 8000) + "deep word"},
		"components":            {sources.MDX, r("<Foo ", n) + "deep word"},
		"components 2":          {sources.MDX, r("<Foo a={\n", 8000) + "deep word"},
		"components 3":          {sources.MDX, r("<Foo>\n", 8000) + "deep word"},
		"components 4":          {sources.MDX, r("<Foo>", 8000) + "deep word"},
		"exports":               {sources.MDX, "import a from 'b'\n\n" + r("export const a = {\n\n", 5000) + "deep word"},
		"imports":               {sources.MDX, r("import {\n", 8000) + "deep word"},
		"fences":                {sources.Markdown, r("```\nx\n````\n", 5000) + "deep word"},
		"fences 2":              {sources.Markdown, r("- ```\n", 5000) + "deep word"},
		"math":                  {sources.Markdown, r("$$\nx\n", 5000) + "deep word"},
		"comments":              {sources.Markdown, r("{/*\n", 5000) + "deep word"},
		"comments 2":            {sources.Markdown, r("%%\nx\n\n", 5000) + "deep word"},
		"raw pre":               {sources.Markdown, r("<pre>\n</pre>\n", 5000) + "deep word"},
		"front matter":          {sources.Markdown, "---\n" + r("a:\n", 1) + r("[", 5000) + "\n---\ndeep word"},
		"front matter nested":   {sources.Markdown, "---\na: " + r("[", 32000) + r("]", 32000) + "\n---\ndeep word"},
		"front matter nested 2": {sources.Markdown, "---\na: " + r("{a: ", 8000) + r("}", 8000) + "\n---\ndeep word"},
		"front matter nested 3": {sources.Markdown, "---\na:\n" + r("- ", 8000) + "x\n---\ndeep word"},
		"front matter TOML":     {sources.Markdown, "+++\na = " + r("[", 32000) + r("]", 32000) + "\n+++\ndeep word"},
		"front matter TOML 2":   {sources.Markdown, "+++\n" + r("a.", 8000) + "a = 1\n+++\ndeep word"},
		"components in a row":   {sources.MDX, r("<Tabs>x\n", n) + "deep word"},
		"indented in MDX":       {sources.MDX, r("\n     x", n) + "deep word"},
		"front matter alias":    {sources.Markdown, "---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\ntitle: x\n---\ndeep word"},
		"text":                  {sources.Text, r("deep word\n", 1<<18)},
	}
	for name, d := range documents {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			page, err := render.Render(render.Input{Document: sources.Document{Format: d.format, Body: []byte(d.body), Path: "a.md"}, URL: "https://h/a"})
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v for %d bytes", took.Round(time.Millisecond), len(d.body))
			} else if took > time.Second {
				t.Logf("slow %v for %d bytes", took, len(d.body))
			}
			if err != nil {
				t.Logf("error: %v", err)
				return
			}
			if !strings.Contains(page.HTML, "deep word") && !strings.Contains(page.HTML, "word") {
				t.Errorf("the text is lost: %.200s", page.HTML)
			}
		})
	}
}

func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d=b ", i)
	}
	return b.String()
}

func staircase(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("  ", i) + "- deep word\n")
	}
	return b.String()
}

func admonitions(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("    ", i) + "!!! note\n")
	}
	return b.String()
}

func manyTicks(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat("`", i) + " a ")
	}
	return b.String()
}
