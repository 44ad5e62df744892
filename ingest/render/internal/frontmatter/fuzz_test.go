package frontmatter_test

import (
	"strings"
	"testing"

	"finpages/ingest/render/internal/frontmatter"
	"finpages/sources/limits/costtest"
)

// FuzzSplit holds that the body is the end of the text, and what it costs.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		"---\ntitle: x\nfin: {ai_agent: false}\n---\nbody", "+++\ntitle = 'x'\n[a]\nb = 1\n+++\nbody", "{\"title\": \"x\", \"a\": [1]}\nbody",
		"---\na: &b [*b, *b]\n- - c\n---\n", "---\na: |\n  b\n...\nc", "\n\n---\ndraft: yes\n---\nx", "---\na: b: c\n---\n",
		"[", "{a: ", "- ", "a.b = ", "\"a\": [",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, split := range []func(string) (frontmatter.Fields, string, error){frontmatter.Split, frontmatter.SplitText} {
			_, body, err := split(text)
			if err == nil && !strings.HasSuffix(text, body) {
				t.Errorf("body %q of %q", body, text)
			}
		}
		costtest.Check(t, []byte(text), func(b []byte) {
			_, _, _ = frontmatter.Split("---\n" + string(b) + "\n---\n")
			_, _, _ = frontmatter.Split("+++\n" + string(b) + "\n+++\n")
			_, _, _ = frontmatter.Split("{" + string(b))
		})
	})
}
