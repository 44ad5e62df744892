package leaks_test

import (
	"slices"
	"strings"
	"testing"

	"finpages/ingest/leaks"
)

func TestAllRulesCompile(t *testing.T) { detector(t).Compile() }

// FuzzText makes sure that what the renderer writes is read as the tokenizer of HTML
// reads it, and all else, too.
func FuzzText(f *testing.F) {
	for _, source := range []string{
		"<h2>A &amp; b</h2>\n<p>c <a href=\"https://a.example/?b&amp;c=%20\" title=\"&#34;d&gt;\">e</a>&nbsp;f<br>\ng</p>\n",
		"<table>\n<tr><th>a</th><td colspan=\"2\">b</td></tr>\n</table>\n<pre><code class=\"language-go\">\n\nc  d</code></pre>\n<hr>",
		"a < b <c d", "<p title='a'>b</p>", "<p title=\"a&copy=b\">", "<p a=\"b\"c=\"d\">", "<a href=\"b\" href=\"c\">", "<P>a</P >", "a<",
		"<script><p>a</p></script>b", "<p>\r\na\x00</p>", "<!-- <p>a</p> -->", "<p>a</p", "<p title=\"a", "</p>", "<p title=\"&ampx;&lt\">",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		text, pieces, links := leaks.Text(source, false)
		wantText, wantPieces, wantLinks := leaks.Text(source, true)
		if text != wantText || !slices.Equal(pieces, wantPieces) || !slices.Equal(links, wantLinks) {
			t.Errorf("%q is read as %q %v %q, want %q %v %q", source, text, pieces, links, wantText, wantPieces, wantLinks)
		}
	})
}

// FuzzWords makes sure that each word is found wherever it stands.
func FuzzWords(f *testing.F) {
	f.Add("he she his hers", "usHErs she hhis")
	f.Add("a aa aaa aab", "aaaab")
	f.Add("ab bc abcd cde", "abcdeabce")
	f.Fuzz(func(t *testing.T, list, text string) {
		words := strings.Fields(lowered(list))
		slices.Sort(words)
		words = slices.Compact(words)
		var want [][3]int
		for end := 1; end <= len(text); end++ {
			for start := range end {
				if n := slices.Index(words, lowered(text[start:end])); n >= 0 {
					want = append(want, [3]int{start, end, n})
				}
			}
		}
		if got := leaks.Words(words, text); !slices.Equal(got, want) {
			t.Errorf("%q in %q: %v, want %v", words, text, got, want)
		}
	})
}

func lowered(s string) string {
	out := []byte(s)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}
