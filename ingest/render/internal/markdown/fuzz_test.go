package markdown_test

import (
	"strings"
	"testing"

	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/markdown"
	"finpages/sources/limits/costtest"
)

// FuzzConvert holds that any text can be converted, and what it costs.
func FuzzConvert(f *testing.F) {
	for _, seed := range []string{
		"# a {#b .c}\n\n*d* [e](f) `g` <h> ![[i#j|k]] %%l%% ==m==\n", "!!! note \"a\"\n    b\n\n=== \"c\"\n    d\n", ":::tip[a]\nb\n:::\n",
		"<Tabs>\n  <TabItem label=\"a\">\n    b\n  </TabItem>\n</Tabs>\n", "import A from './a.mdx'\n\n<A b={1} />\n{/* c */}\n", "{{< a b=\"c\" >}}\n{{% /a %}}\n",
		"{% hint %}\na\n{% endhint %}\n", "| a |\n|---|\n| [[b|c]] | d |\n", "[block:code]\n{\"codes\": []}\n[/block]\n", "> [!NOTE]\n> [!VIDEO a]\n",
		"<<< a.js#b\n::: mermaid\nc\n:::\n/// d | e\nf\n///\n", "--8<-- \"a\"\n{{#include b:1:2}}\n![[c]]\n", "a\n: b\n\n[^1]: c\n\nd[^1]\n", "<details>\n    a\n\n    b\n</details>\n",
		".c ", "[a]: b\n", "**a ", "```a b\n{{#include c}}\n```\n", "a `b\n<C>` d\n", "<ParamField query=\"a\" type=\"b\" default={1} required>\nc\n</ParamField>\n",
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	include := dialect.Includes{Path: "a.md", Load: func(_, ref string) (string, string) {
		if ref == "" {
			return "", ""
		}
		return "included *text*\n\n--8<-- \"" + ref + "\"\n", ref
	}}
	f.Fuzz(func(t *testing.T, text string, mdx bool) {
		text = strings.ReplaceAll(text, "\r", "\n")
		warn := func(string) {}
		if _, err := markdown.Read(text, mdx, include, warn); err != nil {
			t.Error(err)
		}
		costtest.Check(t, []byte(text), func(b []byte) {
			_, _ = markdown.Read(string(b), mdx, dialect.Includes{}, warn)
			_, _ = markdown.Read("# a {"+string(b)+"}\n", mdx, dialect.Includes{}, warn)
		})
	})
}
