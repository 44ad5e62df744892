package render_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

// unheard are how a block is shown as code, or hidden, in a place.
var unheard = []struct {
	name          string
	first, last   string // lines around it
	by            string // before each of its lines
	escapes       bool
	hides         bool
	isIndentation bool // which means nothing in some places
}{
	{name: "long fence", first: "`````\n", last: "`````\n"},
	{name: "tildes", first: "~~~~md\n", last: "~~~~\n"},
	{name: "fence with settings", first: "````md {1}\n", last: "````\n"},
	{name: "indentation", by: "    ", isIndentation: true},
	{name: "pre", first: "<pre>\n", last: "</pre>\n", escapes: true},
	{name: "code in pre", first: "<pre><code class=\"language-x\">\n", last: "</code></pre>\n", escapes: true},
	{name: "comment", first: "<!--\n", last: "-->\n\nOne.\n", hides: true},
	{name: "script", first: "<script>\n", last: "</script>\n\nOne.\n", hides: true},
	{name: "style", first: "<style>\n", last: "</style>\n\nOne.\n", hides: true},
}

var (
	// inCode are constructs that tools hear in code, too.
	inCode = regexp.MustCompile(`include|snippet|note in a note`)
	// unindented are places in which indentation is no code's, or that count it from elsewhere.
	unindented = regexp.MustCompile(`component|div|definition|fold|four|tab|first in|back in|item`)
	shifted    = regexp.MustCompile(`four|box of an item|indented div`) // which shift what is raw
)

// TestRenderUnheard holds that a construct is text where it is code, and nothing where
// it is hidden, and that all around it stays.
func TestRenderUnheard(t *testing.T) {
	every, cases := 29, 0
	if underRace {
		every = 499
	}
	show := func(format sources.Format, body, tool string) string {
		in := document(format, body)
		in.Document.Title, in.Dialect = "Title", tool
		page, err := render.Render(in)
		if err != nil {
			t.Fatal(err)
		}
		return flat(page.HTML)
	}
	for _, place := range heard {
		for _, kind := range unheard {
			for _, c := range meant {
				for _, format := range []sources.Format{sources.Markdown, sources.MDX} {
					cases++
					switch {
					case cases%every > 0, inCode.MatchString(c.name), place.name == "CRLF":
						continue
					case kind.isIndentation && (format == sources.MDX || unindented.MatchString(place.name)):
						continue
					case kind.escapes && shifted.MatchString(place.name), kind.hides && strings.Contains(c.written, "-->"):
						continue
					}
					write := func(text string) string {
						if kind.escapes {
							text = html.EscapeString(text)
						}
						return place.in(kind.first + indentBy(kind.by, text) + "\n" + kind.last)
					}
					got, want := show(format, write(c.written), c.tool), show(format, write("zzz"), c.tool)
					shown := block.FindStringSubmatch(got)
					if !kind.hides && (len(shown) == 0 || strings.Trim(html.UnescapeString(shown[1]), "\n") != strings.Trim(c.written, "\n")) ||
						block.ReplaceAllString(got, "") != block.ReplaceAllString(want, "") {
						t.Errorf("%s in %s %s, %s: %q becomes\n%s", c.name, kind.name, place.name, format, write(c.written), got)
					}
				}
			}
		}
	}
}
