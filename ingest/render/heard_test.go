package render_test

import (
	"regexp"
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

// meant are constructs of dialects, each with plain Markdown that says the same.
var meant = []struct {
	name, written, plain string
	tool                 string // that alone has it
}{
	{"MkDocs box", "!!! note \"Mind *it*\"\n\n    One `a`.\n\n    - two\n", "> **Note: Mind *it***\n>\n> One `a`.\n>\n> - two\n", ""},
	{"MkDocs box without blanks", "!!! tip\n    One.\n    More.\n", "> **Tip**\n>\n> One.\n> More.\n", ""},
	{"MkDocs fold", "??? tip \"T\"\n    ```sh\n    a  b\n    ```\n", "> **Tip: T**\n>\n> ```sh\n> a  b\n> ```\n", ""},
	{"MkDocs tabs", "=== \"A b\"\n\n    One.\n\n=== \"C\"\n\n    Two.\n", "**A b**\n\nOne.\n\n**C**\n\nTwo.\n", ""},
	{"directive", ":::note[Mind it]\n\nOne.\n\n- two\n\n:::\n", "> **Note: Mind it**\n>\n> One.\n>\n> - two\n", ""},
	{"directive without blanks", ":::tip\nOne.\n:::\n", "> **Tip**\n>\n> One.\n", ""},
	{"VitePress directive", "::: warning Mind it\nOne.\n:::\n", "> **Warning: Mind it**\n>\n> One.\n", ""},
	{"directives in a directive", "::::tip\nOne.\n\n:::note\nTwo.\n:::\n\nThree.\n::::\n", "> **Tip**\n>\n> One.\n>\n> > **Note**\n> >\n> > Two.\n>\n> Three.\n", ""},
	{"fold of VitePress", "::: details More\nOne.\n:::\n", "**More**\n\nOne.\n", ""},
	{"PyMdown box", "/// note | Mind\nOne.\n\n- two\n///\n", "> **Note: Mind**\n>\n> One.\n>\n> - two\n", ""},
	{"titled code", "```js title=\"a.js\" {1,3}\na <b>\n  c\n```\n", "**a.js**\n\n```js\na <b>\n  c\n```\n", ""},
	{"Hugo box", "{{% notice warning %}}\nOne *b*.\n{{% /notice %}}\n", "> **Warning**\n>\n> One *b*.\n", ""},
	{"Hugo box with blanks", "{{< callout type=\"info\" >}}\n\nOne.\n\n- two\n\n{{< /callout >}}\n", "> **Info**\n>\n> One.\n>\n> - two\n", ""},
	{"Hugo tabs", "{{< tabs >}}\n{{% tab \"A\" %}}\nOne.\n{{% /tab %}}\n{{< /tabs >}}\n", "**A**\n\nOne.\n", ""},
	{"Hugo code", "{{< highlight go >}}\na <b>\n  c\n{{< /highlight >}}\n", "```go\na <b>\n  c\n```\n", ""},
	{"GitBook box", "{% hint style=\"info\" %}\nOne *b*.\n\n* two\n{% endhint %}\n", "> **Info**\n>\n> One *b*.\n>\n> * two\n", ""},
	{"GitBook tabs", "{% tabs %}\n{% tab title=\"A\" %}\nOne.\n{% endtab %}\n{% endtabs %}\n", "**A**\n\nOne.\n", ""},
	{"GitBook code", "{% code title=\"a.js\" %}\n```js\na\n```\n{% endcode %}\n", "**a.js**\n\n```js\na\n```\n", ""},
	{"Jekyll code", "{% highlight ruby %}\na <b>\n  c\n{% endhighlight %}\n", "```ruby\na <b>\n  c\n```\n", ""},
	{"component box", "<Note title=\"Mind\">\n\nOne *b*.\n\n- two\n\n</Note>\n", "> **Note: Mind**\n>\n> One *b*.\n>\n> - two\n", ""},
	{"indented component box", "<Note title=\"Mind\">\n  One *b*.\n\n  - two\n</Note>\n", "> **Note: Mind**\n>\n> One *b*.\n>\n> - two\n", ""},
	{"component on a line", "<Warning>One *b*.</Warning>\n", "> **Warning**\n>\n> One *b*.\n", ""},
	{"tab components", "<Tabs>\n  <TabItem value=\"a\" label=\"A\">\n\n    One.\n\n    ```js\n    x\n      y\n    ```\n\n  </TabItem>\n</Tabs>\n", "**A**\n\nOne.\n\n```js\nx\n  y\n```\n", ""},
	{"steps", "<Steps>\n<Step title=\"A\">\nOne.\n</Step>\n<Step title=\"B\">\nTwo.\n</Step>\n</Steps>\n", "**A**\n\nOne.\n\n**B**\n\nTwo.\n", ""},
	{"field", "<ParamField query=\"limit\" type=\"integer\" default={10} required>\n  How *many*.\n</ParamField>\n", "**limit** (integer, default 10, required): How *many*.\n", ""},
	{"ReadMe box", "[block:callout]\n{\n  \"type\": \"warning\",\n  \"title\": \"Mind\",\n  \"body\": \"One *b*.\"\n}\n[/block]\n", "> **Warning: Mind**\n>\n> One *b*.\n", ""},
	{"ReadMe code", "[block:code]\n{\"codes\": [{\"code\": \"a\\n  b\", \"language\": \"sh\"}]}\n[/block]\n", "```sh\na\n  b\n```\n", ""},
	{"alert", "> [!WARNING]\n> One *b*.\n>\n> - two\n", "> **Warning**\n>\n> One *b*.\n>\n> - two\n", ""},
	{"alert with a title", "> [!tip]- Mind *it*\n> One.\n", "> **Tip: Mind *it***\n>\n> One.\n", ""},
	{"Learn columns", ":::row:::\n    :::column:::\n        One.\n\n        - two\n    :::column-end:::\n:::row-end:::\n", "One.\n\n- two\n", ""},
	{"Learn zone", "::: zone pivot=\"a\"\n\nOne.\n\n::: zone-end\n", "One.\n", ""},
	{"Learn tab", "# [One b](#tab/one)\n\nTwo.\n\n---\n", "**One b**\n\nTwo.\n", ""},
	{"Learn video", "[!VIDEO https://h.example/v]\n", "[Video](https://h.example/v)\n", ""},
	{"Learn code", "[!code-python[Main](inc.py)]\n", "```python\nx = 1\n  y\n```\n", ""},
	{"Learn include", "[!INCLUDE [a](inc.md)]\n", "Included *words*.\n\n- of two\n", ""},
	{"Azure diagram", "::: mermaid\ngraph TD;\n  A-->B;\n:::\n", "```mermaid\ngraph TD;\n  A-->B;\n```\n", ""},
	{"formula", "$$\na_1 * b_1 * c\n$$\n", "```math\na_1 * b_1 * c\n```\n", ""},
	{"wide row", "| a |\n|---|\n| b | c |\n", "| a | |\n|---|---|\n| b | c |\n", ""},
	{"snippet", "--8<-- \"inc.md\"\n", "Included *words*.\n\n- of two\n", ""},
	{"mdBook include", "{{#include inc.md}}\n", "Included *words*.\n\n- of two\n", ""},
	{"Jekyll include", "{% include_relative inc.md %}\n", "Included *words*.\n\n- of two\n", ""},
	{"VitePress code", "<<< ./inc.py\n", "```py\nx = 1\n  y\n```\n", ""},
	{"note in a note", "![[inc]]\n", "Included *words*.\n\n- of two\n", ""},
	{"contents", "[[_TOC_]]\n\nOne.\n", "One.\n", ""},
	{"comment of JSX", "{/* no\n one */}\n\nOne.\n", "One.\n", ""},
	{"comment of Liquid", "{% comment %}\nno one\n{% endcomment %}\n\nOne.\n", "One.\n", ""},
	{"comment of notes", "%%\nno one\n%%\n\nOne.\n", "One.\n", "obsidian"},
	{"fold of HTML", "<details>\n<summary>More</summary>\n\nOne *b*.\n\n- two\n\n</details>\n", "**More**\n\nOne *b*.\n\n- two\n", ""},
	{"indented fold of HTML", "<details>\n  <summary>More</summary>\n\n  One *b*.\n\n  - two\n\n</details>\n", "**More**\n\nOne *b*.\n\n- two\n", ""},
	{"storage format", "<ac:structured-macro ac:name=\"info\">\n<ac:rich-text-body>\n<p>One <em>b</em>.</p>\n</ac:rich-text-body>\n</ac:structured-macro>\n", "> **Info**\n>\n> One *b*.\n", ""},
	{"component", "<Badge text=\"New b\" />\n", "New b\n", ""},
	{"list of settings", "One *b*.\n{: .lead }\n", "One *b*.\n", ""},
	{"paragraph", "One *b*.\n", "One *b*.\n", ""},
}

// around puts a block into a place in a document.
type around struct {
	name string
	in   func(block string) string
}

var (
	lineStart  = regexp.MustCompile(`(?m)^`)
	emptyStart = regexp.MustCompile(`(?m)^[ \t]+$`)
)

// indentBy writes a prefix before the lines of a block that are not empty.
func indentBy(by, block string) string {
	return emptyStart.ReplaceAllString(lineStart.ReplaceAllString(strings.TrimSuffix(block, "\n"), by), "")
}

// under puts a block below lines, behind a prefix.
func under(first, by string) func(string) string {
	return func(s string) string { return "Words first.\n\n" + first + indentBy(by, s) + "\n\nWords last.\n" }
}

// behind puts a block behind the marker of a list's item.
func behind(marker string) func(string) string {
	return func(s string) string {
		return "Words first.\n\n" + marker + indentBy(strings.Repeat(" ", len(marker)), s)[len(marker):] + "\n\nWords last.\n"
	}
}

// enclosed puts a block between lines, behind a prefix.
func enclosed(first, by, last string) func(string) string {
	return func(s string) string { return first + indentBy(by, s) + "\n" + last }
}

var heard = []around{
	{"alone", enclosed("", "", "")},
	{"between", under("", "")},
	{"no end of line", func(s string) string { return "Words.\n\n" + strings.TrimSuffix(s, "\n") }},
	{"CRLF", func(s string) string { return strings.ReplaceAll(under("", "")(s), "\n", "\r\n") }},
	{"below a heading", enclosed("## Head\n", "", "")},
	{"below other scripts", enclosed("日本語の文。\n\n", "", "\nСлова.\n")},
	{"in an item", under("- item\n\n", "  ")},
	{"in an item of four", under("- item\n\n", "    ")},
	{"in an item by a tab", under("-\titem\n\n", "\t")},
	{"in a numbered item", under("1. item\n\n", "   ")},
	{"in a numbered item of four", under("1.  item\n\n", "    ")},
	{"in item 10", under("10. item\n\n", "    ")},
	{"in an item of an item", under("- item\n  - inner\n\n", "    ")},
	{"in an item of the third level", under("1. item\n   - inner\n     - third\n\n", "       ")},
	{"back in the outer item", under("1. item\n   - inner\n     - third\n\n", "   ")},
	{"between items", enclosed("1. item\n\n", "   ", "\n2. item\n")},
	{"in a quote", under("> words\n>\n", "> ")},
	{"first in a quote", under("", "> ")},
	{"in a quote of a quote", under("> words\n>\n> > more\n> >\n", "> > ")},
	{"in an item of a quote", under("> - item\n>\n", ">   ")},
	{"in a quote of an item", under("- item\n\n  > words\n  >\n", "  > ")},
	{"after a lazy line", under("> words\nlazy\n\n", "")},
	{"first in an item", behind("- ")},
	{"first in a numbered item", behind("1. ")},
	{"first in an item of an item", behind("- - ")},
	{"first in a quote of an item", func(s string) string { return "- > " + indentBy("  > ", s)[4:] + "\n" }},
	{"in a box of MkDocs", under("!!! info\n\n    Words.\n\n", "    ")},
	{"in a tab of MkDocs", under("=== \"Tab\"\n\n", "    ")},
	{"in a box of a box", under("!!! info\n\n    ??? tip\n\n        Words.\n\n", "        ")},
	{"in a box of an item", under("- item\n\n    !!! info\n\n", "        ")},
	{"in a directive", enclosed(":::::info\n\n", "", "\n:::::\n")},
	{"in a component", enclosed("<Tab title=\"Tab\">\n\n", "", "\n</Tab>\n")},
	{"in an indented component", enclosed("<Tabs>\n  <Tab title=\"Tab\">\n", "    ", "  </Tab>\n</Tabs>\n")},
	{"in a component of an item", enclosed("- item\n\n  <Card title=\"Tab\">\n", "  ", "  </Card>\n\nWords.\n")},
	{"in a call of Hugo", enclosed("{{% alert %}}\n\n", "", "\n{{% /alert %}}\n")},
	{"in a call of GitBook", enclosed("{% step %}\n", "", "{% endstep %}\n")},
	{"in a fold", enclosed("<details><summary>Fold</summary>\n\n", "", "\n</details>\n")},
	{"in a fold of an item", enclosed("- item\n\n  <details>\n  <summary>Fold</summary>\n\n", "  ", "\n  </details>\n\nWords.\n")},
	{"in a div", enclosed("<div class=\"a\">\n\n", "", "\n</div>\n")},
	{"in an indented div", enclosed("<div class=\"a\">\n\n", "  ", "\n</div>\n")},
	{"in a footnote", enclosed("Words[^1].\n\n[^1]: Note.\n\n", "    ", "")},
	{"in a definition", enclosed("Term\n: Words.\n\n", "  ", "")},
}

// TestRenderHeard holds that a construct means the same wherever it stands.
func TestRenderHeard(t *testing.T) {
	source := files{"guide/inc.md": "Included *words*.\n\n- of two\n", "guide/inc.py": "x = 1\n  y\n"}
	cases := 0
	for _, place := range heard {
		for _, c := range meant {
			for _, format := range []sources.Format{sources.Markdown, sources.MDX} {
				if cases++; !isSample(cases) {
					continue
				}
				show := func(body string) string {
					in := document(format, body)
					in.Document.Title, in.Dialect = "Title", c.tool
					in.Include, in.Named, in.Link = source.include, source.named, source.link
					page, err := render.Render(in)
					if err != nil {
						t.Fatal(err)
					}
					return flat(page.HTML)
				}
				if got, want := show(place.in(c.written)), show(place.in(c.plain)); got != want {
					t.Errorf("%s %s, %s: %q becomes\n%s\nwant\n%s", c.name, place.name, format, place.in(c.written), got, want)
				}
			}
		}
	}
}

// isSample tells whether a case of a large table is tried: with the race detector, which
// makes each slow, some are.
func isSample(n int) bool { return !underRace || n%31 == 0 }
