package htmldoc_test

import (
	"testing"

	"finpages/ingest/render/internal/htmldoc"
	"finpages/sources/limits/costtest"
)

// FuzzParse holds that any page can be read, and what it costs.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"<html><head><title>a | b</title><base href=c></head><body><nav>d</nav><main><h1>a</h1><p>e</main><footer>f", "<frameset><frame src=a></frameset>",
		"<div role=tablist><b role=tab>a</b></div><div role=tabpanel hidden>b</div>", "<div class=admonition><p class=admonition-title>a</p>b</div>",
		"<table class=lntable><tr><td><pre><span class=lnt>1</span></pre><td><pre>a</pre></table>", "<pre><code><table><tr><td class=gutter>1<td class=code>a",
		"<aside class=sidebar>a</aside><a class=footnote-ref href=#a>1</a><a role=doc-backlink>1</a>", "<b><p><b><p>", "<p/><a/><body a=b><body c=d>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, markup string) {
		read := func(markup string) {
			d, err := htmldoc.Parse(htmldoc.CloseEmpty(markup))
			if err != nil {
				return
			}
			d.ReadHead()
			d.ChooseMain()
			d.PlainCode()
			d.OpenFolds()
			d.Prune()
			d.UnlinkFootnotes()
			d.FindHeading(false)
			d.RemoveHeading()
			if d.Root == nil {
				t.Error("no root")
			}
		}
		read(markup)
		costtest.Check(t, []byte(markup), func(b []byte) { read(string(b)) })
	})
}
