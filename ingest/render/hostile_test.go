//go:build linux

package render_test

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"finpages/ingest/render"
	"finpages/sources"
)

// hostile is a kind of document of any size.
type hostile struct {
	format sources.Format
	body   func(n int) string
}

func (h hostile) input(n int) render.Input {
	return render.Input{Document: sources.Document{Format: h.format, Body: []byte(h.body(n)), Path: "a.md"},
		URL:   "https://h/a",
		Split: render.Split{Level: 2, MaxBytes: 4096}}
}

// TestRenderHostile holds that no document takes the process down, and that
// one of four times the size takes no more than some four times as long.
func TestRenderHostile(t *testing.T) {
	r := strings.Repeat
	documents := map[string]hostile{
		"nested div":           {sources.HTML, func(n int) string { return r("<div>", n) + "deep word" + r("</div>", n) }},
		"nested div unclosed":  {sources.HTML, func(n int) string { return r("<div>", n) + "deep word" }},
		"nested bold":          {sources.HTML, func(n int) string { return r("<b>", n) + "deep word" }},
		"nested lists":         {sources.HTML, func(n int) string { return r("<ul><li>", n) + "deep word" }},
		"nested tables":        {sources.HTML, func(n int) string { return r("<table><tr><td>", n) + "deep word" }},
		"nested quotes":        {sources.HTML, func(n int) string { return r("<blockquote>", n) + "deep word" }},
		"nested spans":         {sources.HTML, func(n int) string { return "<p>" + r("<span>", n) + "deep word" }},
		"nested anchors":       {sources.HTML, func(n int) string { return r("<a href=x>", n) + "deep word" }},
		"nested svg":           {sources.HTML, func(n int) string { return "deep word" + r("<svg>", n) }},
		"drawings":             {sources.HTML, func(n int) string { return "<p>deep word" + r("<svg><g><text>x<tspan>y</tspan></text></g></svg>", n) }},
		"nested drawing":       {sources.HTML, func(n int) string { return "<p>deep word</p><svg>" + r("<g><text>x", n) }},
		"XML style":            {sources.ConfluenceView, func(n int) string { return "<p>deep word</p>" + r("<div/><b/><a x=/><td a='b'/>", n) }},
		"open divs, XML style": {sources.HTML, func(n int) string { return r("<div/>", n) + "deep word" }},
		"nested math":          {sources.HTML, func(n int) string { return "deep word" + r("<math>", n) }},
		"nested templates":     {sources.HTML, func(n int) string { return "deep word" + r("<template>", n) }},
		"nested details":       {sources.HTML, func(n int) string { return r("<details><summary>x</summary>", n) + "deep word" }},
		"nested pre":           {sources.HTML, func(n int) string { return r("<pre>", n) + "deep word" }},
		"nested forms":         {sources.HTML, func(n int) string { return r("<form><div>", n) + "deep word" }},
		"nested headings":      {sources.HTML, func(n int) string { return r("<h2><div>", n) + "deep word" }},
		"open fonts":           {sources.HTML, func(n int) string { return "deep word" + fonts(n) + r("<p>", n) }},
		"attributes":           {sources.HTML, func(n int) string { return "<p " + r("a=b ", n*5) + ">deep word" }},
		"distinct attributes":  {sources.HTML, func(n int) string { return "<p " + distinct(n) + ">deep word" }},
		"many tables":          {sources.HTML, func(n int) string { return "deep word" + r("<table>", n) }},
		"many cells":           {sources.HTML, func(n int) string { return "<table><tr>" + r("<td>x", n) + "</table>deep word" }},
		"many h1":              {sources.HTML, func(n int) string { return r("<h1>x</h1>", n) + "deep word" }},
		"many images":          {sources.HTML, func(n int) string { return r("<img src=x.png>", n) + "deep word" }},
		"many images, alt":     {sources.HTML, func(n int) string { return "<p>" + r("<img src=x.png alt=y>", n) + "deep word" }},
		"many asides":          {sources.HTML, func(n int) string { return r("<aside>x</aside>", n) + "<p>deep word" + r(" word", n) }},
		"many navs":            {sources.HTML, func(n int) string { return r("<nav>x</nav>", n) + "<p>deep word" + r(" word", n) }},
		"many articles":        {sources.HTML, func(n int) string { return r("<article>x</article>", n) + "<p>deep word" }},
		"nested articles":      {sources.HTML, func(n int) string { return r("<article>x", n/8) + "<p>deep word" + r("<p>word", n) }},
		"many tab lists": {sources.HTML, func(n int) string {
			return r("<div role=tablist><b role=tab>x</b></div><div role=tabpanel>x</div>", n) + "deep word"
		}},
		"ruby":                  {sources.HTML, func(n int) string { return "<ruby>" + r("<rt>x</rt>", n) + "</ruby>deep word" }},
		"lines of pre":          {sources.HTML, func(n int) string { return "<pre>" + r("<div>x</div>", n) + "</pre>deep word" }},
		"macro errors":          {sources.HTML, func(n int) string { return "<p>deep word" + r("<span class=error>Unknown macro: {x}</span>", n) }},
		"markdown quotes":       {sources.Markdown, func(n int) string { return r(">", n) + "deep word" }},
		"markdown quotes lines": {sources.Markdown, func(n int) string { return r(r("> ", 60)+"deep word\n", n) }},
		"markdown lists":        {sources.Markdown, func(n int) string { return r("- ", n) + "deep word" }},
		"markdown numbers":      {sources.Markdown, func(n int) string { return r("1. ", n) + "deep word" }},
		"markdown indent":       {sources.Markdown, func(n int) string { return staircase(n / 8) }},
		"markdown brackets":     {sources.Markdown, func(n int) string { return r("[", n) + "deep word" }},
		"markdown brackets 2":   {sources.Markdown, func(n int) string { return r("[a](", n) + "deep word" }},
		"markdown brackets 3":   {sources.Markdown, func(n int) string { return r("![[a](", n) + "deep word" }},
		"markdown links":        {sources.Markdown, func(n int) string { return r("[a](b)", n) + "deep word" }},
		"markdown wiki":         {sources.Markdown, func(n int) string { return r("[[", n) + "deep word" }},
		"markdown stars":        {sources.Markdown, func(n int) string { return r("*a **b ", n) + "deep word" }},
		"markdown stars 2":      {sources.Markdown, func(n int) string { return r("a**b", n) + "c* deep word" }},
		"markdown under":        {sources.Markdown, func(n int) string { return r("_a __b ", n) + "deep word" }},
		"markdown tildes":       {sources.Markdown, func(n int) string { return r("~~a ", n) + "deep word" }},
		"markdown ticks":        {sources.Markdown, func(n int) string { return r("`a ``b ```c ", n/3) + "deep word" }},
		"markdown ticks 2":      {sources.Markdown, func(n int) string { return manyTicks(n/8) + "deep word" }},
		"markdown html":         {sources.Markdown, func(n int) string { return r("a <b ", n) + "deep word" }},
		"markdown cdata":        {sources.Markdown, func(n int) string { return r("a <![CDATA[ ", n) + "deep word" }},
		"markdown pi":           {sources.Markdown, func(n int) string { return r("a <? ", n) + "deep word" }},
		"markdown comments":     {sources.Markdown, func(n int) string { return r("a <!-- ", n) + "deep word" }},
		"markdown decl":         {sources.Markdown, func(n int) string { return r("a <!A ", n) + "deep word" }},
		"markdown table": {sources.Markdown, func(n int) string {
			return "|" + r("a|", n) + "\n|" + r("-|", n) + "\n" + r("|x|\n", n) + "\ndeep word"
		}},
		"markdown refs":       {sources.Markdown, func(n int) string { return r("[a]: b\n", n) + "\ndeep word" }},
		"markdown refs 2":     {sources.Markdown, func(n int) string { return r("[a]", n) + "deep word\n\n[a]: b" }},
		"markdown footnotes":  {sources.Markdown, func(n int) string { return r("x[^1] ", n) + "deep word\n\n[^1]: y" }},
		"markdown emails":     {sources.Markdown, func(n int) string { return r("a@", n) + "deep word" }},
		"markdown urls":       {sources.Markdown, func(n int) string { return r("www.", n) + " deep word" }},
		"markdown urls 2":     {sources.Markdown, func(n int) string { return r("http://a.b/(", n) + " deep word" }},
		"markdown entities":   {sources.Markdown, func(n int) string { return r("&", n) + " deep word" }},
		"markdown braces":     {sources.Markdown, func(n int) string { return r("{.", n) + " deep word" }},
		"markdown braces 2":   {sources.Markdown, func(n int) string { return r("{a=b ", n) + " deep word" }},
		"markdown equals":     {sources.Markdown, func(n int) string { return r("==a ", n) + " deep word" }},
		"markdown headings":   {sources.Markdown, func(n int) string { return r("# a\n", n) + " deep word" }},
		"markdown setext":     {sources.Markdown, func(n int) string { return r("a\n", n) + "===\ndeep word" }},
		"markdown definition": {sources.Markdown, func(n int) string { return r("a\n: b\n\n", n) + "\ndeep word" }},
		"markdown line":       {sources.Markdown, func(n int) string { return r("a", n*100) + " deep word" }},
		"markdown tabs":       {sources.Markdown, func(n int) string { return "x\n" + r("\t", n) + "deep word" }},
		"markdown percents":   {sources.Markdown, func(n int) string { return r("%%", n) + "deep word" }},
		"directives":          {sources.Markdown, func(n int) string { return r(":::note\n", n) + "deep word" }},
		"directives closed":   {sources.Markdown, func(n int) string { return r(":::note\nx\n:::\n", n) + "deep word" }},
		"admonitions":         {sources.Markdown, func(n int) string { return admonitions(n/16) + "deep word" }},
		"shortcodes":          {sources.Markdown, func(n int) string { return r("{{< a ", n) + "deep word" }},
		"shortcodes 2":        {sources.Markdown, func(n int) string { return r("{{< note >}}\n", n) + "deep word" }},
		"shortcodes 3":        {sources.Markdown, func(n int) string { return r("{{< highlight go >}}\n", n) + "deep word" }},
		"shortcodes 4":        {sources.Markdown, func(n int) string { return r("{{< a\n", n) + "deep word" }},
		"components":          {sources.MDX, func(n int) string { return r("<Foo ", n) + "deep word" }},
		"components 2":        {sources.MDX, func(n int) string { return r("<Foo a={\n", n) + "deep word" }},
		"components 3":        {sources.MDX, func(n int) string { return r("<Foo>\n", n) + "deep word" }},
		"components 4":        {sources.MDX, func(n int) string { return r("<Foo>", n) + "deep word" }},
		"components that end": {sources.MDX, func(n int) string { return r("</Foo>", n) + "deep word" }},
		"exports":             {sources.MDX, func(n int) string { return "import a from 'b'\n\n" + r("export const a = {\n\n", n) + "deep word" }},
		"exported text": {sources.MDX, func(n int) string {
			return "deep word\n\nexport const a = \"" + r("x", n*2) + "\"\n\n" + r("{a}\n", n)
		}},
		"expression of a tag":     {sources.MDX, func(n int) string { return "deep word\n\n{<" + r("a", n*10) }},
		"expression of backticks": {sources.MDX, func(n int) string { return "deep word\n\n{" + r("`\\", n*10) }},
		"expression of quotes":    {sources.MDX, func(n int) string { return "deep word\n\n{" + r("\"\\", n*10) }},
		"imports":                 {sources.MDX, func(n int) string { return r("import {\n", n) + "deep word" }},
		"fences":                  {sources.Markdown, func(n int) string { return r("```\nx\n````\n", n) + "deep word" }},
		"fences 2":                {sources.Markdown, func(n int) string { return r("- ```\n", n) + "deep word" }},
		"math":                    {sources.Markdown, func(n int) string { return r("$$\nx\n", n) + "deep word" }},
		"comments":                {sources.Markdown, func(n int) string { return r("{/*\n", n) + "deep word" }},
		"comments 2":              {sources.Markdown, func(n int) string { return r("%%\nx\n\n", n) + "deep word" }},
		"raw pre":                 {sources.Markdown, func(n int) string { return r("<pre>\n</pre>\n", n) + "deep word" }},
		"front matter":            {sources.Markdown, func(n int) string { return "---\n" + r("a:\n", 1) + r("[", n) + "\n---\ndeep word" }},
		"front matter nested":     {sources.Markdown, func(n int) string { return "---\na: " + r("[", n) + r("]", n) + "\n---\ndeep word" }},
		"front matter nested 2":   {sources.Markdown, func(n int) string { return "---\na: " + r("{a: ", n) + r("}", n) + "\n---\ndeep word" }},
		"front matter nested 3":   {sources.Markdown, func(n int) string { return "---\na:\n" + r("- ", n) + "x\n---\ndeep word" }},
		"front matter TOML":       {sources.Markdown, func(n int) string { return "+++\na = " + r("[", n) + r("]", n) + "\n+++\ndeep word" }},
		"front matter TOML 2":     {sources.Markdown, func(n int) string { return "+++\n" + r("a.", n) + "a = 1\n+++\ndeep word" }},
		"components in a row":     {sources.MDX, func(n int) string { return r("<Tabs>x\n", n) + "deep word" }},
		"indented in MDX":         {sources.MDX, func(n int) string { return r("\n     x", n) + "deep word" }},
		"front matter alias":      {sources.Markdown, func(n int) string { return "---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\ntitle: x\n---\ndeep word" }},
		"body tags":               {sources.HTML, func(n int) string { return numbered(n, "<body a%d=b>") + "deep word" }},
		"html tags":               {sources.HTML, func(n int) string { return numbered(n, "<html a%d=b>") + "deep word" }},
		"body tags, Markdown":     {sources.Markdown, func(n int) string { return numbered(n, "<body a%d=b>\n") + "\ndeep word" }},
		"body tags, wiki":         {sources.ConfluenceView, func(n int) string { return numbered(n, "<BODY a%d=b>") + "deep word" }},
		"heading classes":         {sources.Markdown, func(n int) string { return "# a {" + r(".c ", n*8) + "}\ndeep word" }},
		"heading classes 2":       {sources.Markdown, func(n int) string { return "a {" + r(".c ", n*8) + "}\n===\ndeep word" }},
		"heading braces":          {sources.Markdown, func(n int) string { return "# " + r("{a ", n*4) + "\ndeep word" }},
		"heading marks":           {sources.Markdown, func(n int) string { return "# " + r("*a **b [c ", n) + "\ndeep word" }},
		"heading of lines":        {sources.Markdown, func(n int) string { return r("*a **b [c\n", n) + "===\n\ndeep word" }},
		"cell marks":              {sources.Markdown, func(n int) string { return "|a|\n|-|\n|" + r("*a **b [c ", n) + "|\n\ndeep word" }},
		"term marks":              {sources.Markdown, func(n int) string { return r("*a **b [c\n", n) + ": x\n\ndeep word" }},
		"item marks":              {sources.Markdown, func(n int) string { return "- " + r("*a **b [c ", n) + "\n\ndeep word" }},
		"distinct footnotes": {sources.Markdown, func(n int) string {
			return numbered(n*2, "x[^a%d] ") + "\n\n" + numbered(n*2, "[^a%d]: y\n\n") + "deep word"
		}},
		"lists":             {sources.Markdown, func(n int) string { return r("- a\n+ b\n* c\n", n) + "\ndeep word" }},
		"storage":           {sources.Markdown, func(n int) string { return r("<ac:a>\n", n) + "\ndeep word" }},
		"storage in text":   {sources.Markdown, func(n int) string { return "deep word" + r(" <ac:a>", n) }},
		"hidden":            {sources.Markdown, func(n int) string { return "deep word {% endcomment %}\n\n" + r("{% comment %} x\n\n", n) }},
		"front matter keys": {sources.Markdown, func(n int) string { return "---\n" + numbered(n, "a%d: b\n") + "---\ndeep word" }},
		"text":              {sources.Text, func(n int) string { return r("deep word\n", n*20) }},
	}
	for name, d := range documents {
		t.Run(name, func(t *testing.T) {
			const n = hostileSize
			if growthMatters {
				checkGrowth(t, d.input(n), d.input(4*n))
			}
			page, err := render.Render(d.input(n))
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

// A ratio is taken of times that can be measured, of documents that take more
// than a usual one of their size.
const (
	measurable = 60 * time.Millisecond
	usual      = 500 * time.Nanosecond // for a byte
)

// checkGrowth holds that the time to render grows with the size, not with its
// square. What is quick is not looked at. What seems to grow is measured again:
// the least of all times is what the document takes.
func checkGrowth(t *testing.T, small, large render.Input) {
	t.Helper()
	long, short := forever, forever
	sizes := float64(len(large.Document.Body)) / float64(len(small.Document.Body))
	for range 5 {
		long = min(long, cpuTime(func() { _, _ = render.Render(large) }))
		if long < measurable || long < usual*time.Duration(len(large.Document.Body)) {
			return
		}
		short = min(short, cpuTime(func() { _, _ = render.Render(small) }))
		if float64(long) <= 2*sizes*float64(max(short, time.Millisecond)) {
			return
		}
	}
	t.Errorf("%.1f times the size takes %v, not %v: %d bytes", sizes, long, short, len(large.Document.Body))
}

const forever = time.Duration(1<<63 - 1)

// cpuTime is the time that f takes of a processor, which others that are busy
// do not lengthen: the least of two runs.
func cpuTime(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	least := forever
	for range 2 {
		runtime.GC()
		before := threadTime()
		f()
		least = min(least, threadTime()-before)
	}
	return least
}

func threadTime() time.Duration {
	const thread = 1 // RUSAGE_THREAD
	var usage syscall.Rusage
	if err := syscall.Getrusage(thread, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func fonts(n int) string { return numbered(n, "<font color=%d>") }

func distinct(n int) string { return numbered(n, "a%d=b ") }

// numbered repeats a format with the numbers from 0.
func numbered(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
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
