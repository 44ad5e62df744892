package confluence_test

import (
	"slices"
	"strings"
	"testing"

	"finpages/ingest/render/internal/confluence"
	"finpages/sources"
	"finpages/sources/limits/costtest"

	"golang.org/x/net/html"
)

func seeds() []string {
	return []string{
		macro("code", param("language", "go")+plain("a ]]]]><![CDATA[> b")),
		macro("info", rich("<p>a</p>"+macro("expand",
			param("title", "T")+rich("<table><tr><td rowspan=2 colspan=3>b</td></tr><tr/></table>")))),
		`<ac:link ac:anchor="x"><ri:page ri:content-title="A"/><ac:plain-text-link-body><![CDATA[b]]></ac:plain-text-link-body></ac:link>`,
		`<ac:link><ri:attachment ri:filename="a"><ri:page ri:space-key="S" ri:content-title="b"/></ri:attachment></ac:link><ac:link ac:anchor="c"/>`,
		`<ac:task-list><ac:task><ac:task-status>complete</ac:task-status><ac:task-body>a</ac:task-body></ac:task></ac:task-list><time datetime="2024-01-01"/>`,
		`<?xml version="1.0"?><!DOCTYPE ac:confluence [<!ENTITY a "b">]><ac:confluence><p>a&nbsp;b</p>`,
		`<p>a<b>c</p></b><![CDATA[d`, "<p>a < b & c</p>", strings.Repeat("<div>", 300) + "a",
		`<div class="panelMacro"><table class="infoMacro"><tr><td></td><td><b>T</b><br>a</td></tr></table></div>`,
		`<div class="aui-tabs"><ul class="tabs-menu"><li><a href="#a">A</a></li></ul><div id="a">b</div></div>`,
		`<div class="error"><span class="error">Unknown macro: {a}</span></div><script type="syntaxhighlighter"><![CDATA[a]]></script>`,
		`<div class="tabletitle">Attachments:</div><div class="greybox">a</div><table class="sectionMacro"><tr><td>b</td></tr></table>`,
	}
}

// FuzzStorage holds that no element of storage format is left, that the
// result is the same each time, and that text without any is kept.
func FuzzStorage(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		address := func(r sources.Reference) string { return "https://w.example/" + r.ID + r.Space + r.Title + r.File }
		root, warnings, err := confluence.Storage(in, address, nil)
		if err != nil {
			t.Skip(err)
		}
		for d := range root.Descendants() {
			if d.Type == html.ElementNode && (strings.HasPrefix(d.Data, "ac:") || strings.HasPrefix(d.Data, "ri:")) {
				t.Errorf("%s is left", d.Data)
			}
		}
		again, same, _ := confluence.Storage(in, address, nil)
		if !slices.Equal(warnings, same) || !slices.Equal(words(root), words(again)) {
			t.Error("not the same twice")
		}
		if !strings.ContainsAny(in, "<&\x00\r") && !strings.HasPrefix(strings.TrimSpace(in), "\ufeff") {
			if got := words(root); !slices.Equal(got, strings.Fields(in)) {
				t.Errorf("got %q", got)
			}
		}
		costtest.Check(t, in, func(s string) { _, _, _ = confluence.Storage(s, address, nil) })
	})
}

// FuzzView holds that words are only lost from pages that name a class or an
// element of Confluence.
func FuzzView(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		root := body(t, in)
		before := words(root)
		view(t, root)
		costtest.Check(t, in, func(s string) {
			if root := parsed(s); root != nil {
				view(t, root)
			}
		})
		lower := strings.ToLower(in)
		for _, name := range []string{"class", "ac:", "ri:", "id", "script", "textarea", "generated", "src", "span",
			"data-"} {
			if strings.Contains(lower, name) {
				return
			}
		}
		for _, w := range words(root) {
			if i := slices.Index(before, w); i >= 0 {
				before = slices.Delete(before, 0, i+1)
			}
		}
		if len(before) > 0 {
			t.Errorf("lost %q", before)
		}
	})
}
