package sanitize_test

import (
	"regexp"
	"strings"
	"testing"

	"finpages/ingest/render/internal/sanitize"
	"finpages/sources/limits/costtest"

	"golang.org/x/net/html"
)

// unsafe is what no page may hold.
var unsafe = regexp.MustCompile(`(?i)<(?:script|style|iframe|object|embed|svg|math|form|input|link|meta|base|template)[\s>/]|<[^>]*\son\w+=|javascript:`)

// FuzzHTML holds that nothing that runs comes out, and what it costs.
func FuzzHTML(f *testing.F) {
	for _, seed := range []string{
		"<p>a<table><tr><td>b", "<ul><li>a<ul>b", "<dl><dd>a<dt>b", "<a href=javascript:a>b</a>", "<svg><style><!--</style><img src=a onerror=b>",
		"<pre>\n\na <b>b</b></pre>", "<ruby>a<rt>b", "<math><annotation encoding=tex>a", "<details><summary><h2>a", "<video><source src=a>b</video>",
		"<noscript><p title=\"</noscript><img src=a onerror=b>\">", "<table><caption>a<tr><td>b<table><td>c", "<h2><div>a</div><ul><li>b</ul></h2>",
	} {
		f.Add(seed)
	}
	write := func(markup string) string {
		root, err := html.Parse(strings.NewReader(markup))
		if err != nil {
			return ""
		}
		return sanitize.Write(root, false, func(ref string) string {
			if strings.HasPrefix(ref, "https://") {
				return ref
			}
			return ""
		}, func(string) {}).HTML
	}
	f.Fuzz(func(t *testing.T, markup string) {
		if bad := unsafe.FindString(textOutside(write(markup))); bad != "" {
			t.Errorf("%q in the page of %q", bad, markup)
		}
		costtest.Check(t, []byte(markup), func(b []byte) { write(string(b)) })
	})
}

// textOutside is markup without its text and the values of its addresses,
// which may speak of anything.
func textOutside(markup string) string {
	var out strings.Builder
	for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(markup, -1) {
		out.WriteString(regexp.MustCompile(`="https://[^"]*"`).ReplaceAllString(tag, ""))
	}
	return out.String()
}
