package confluence_test

import (
	"strings"
	"testing"
	"time"

	"finpages/ingest/render/internal/confluence"
)

// TestHostile gives markup whose time could grow with the square of its size.
func TestHostile(t *testing.T) {
	const size = 128 << 10
	for _, part := range []string{
		`<div class="panel"><div class="panelHeader">a</div><div class="panelContent">b</div></div>`,
		`<div class="panel"><div class="panelContent">`,
		`<div class="panelMacro"><table class="infoMacro"><tr><td></td><td>a`,
		`<div class="error"><span class="error">Unknown macro: {a}`,
		`<div class="tabletitle">Attachments:</div><br>`,
		`<ul class="tabs-menu"><li><a href="#a">a</a></li></ul><div id="a">`,
		`<div class="aui-tabs"><ul class="tabs-menu"><li><a href="#a" id="a">a</a>`,
		`<table><tr><td rowspan=9 colspan=9>a</td><td rowspan=99>b`,
		`<span class="jira-issue"><span class="summary">Getting issue details...</span> <span>`,
		`<img class="emoticon" alt="(error)">a`,
		`<div class="expand-control"><span class="expand-control-text">a</span>`,
		`<div class="syntaxhighlighter"><div class="line">a</div>`,
		`<div class="conf-macro" data-macro-name="a">`, `<span class="aui-lozenge">a<b>`, `<li data-decision-state="DECIDED">`,
		`<img src="attachments/1/2.png"><div class="greybox"><a href="attachments/1/2.png">a</a>`,
		`<ac:link><ri:attachment ri:filename="a"><ri:page ri:content-title="b">`,
		`<ac:link><ac:adf-extension><ac:adf-node><ac:adf-content>`,
		`<ac:structured-macro ac:name="a"><ac:rich-text-body>`,
		`<ac:image><ac:caption>a`,
		`<![CDATA[a]]>`, `</p>`, `<p a a a a>`, `&amp;`,
	} {
		in := strings.Repeat(part, size/len(part))
		start := time.Now()
		_, _, _ = confluence.Storage(in, nil)
		stored := time.Since(start)
		root := parsed(in)
		if root == nil { // nested too deeply for the parser
			const depth = 40
			block := strings.Repeat(part, depth) + strings.Repeat("</span></span></a></div></div></li></ul></td></tr></table></div>", depth)
			root = parsed(strings.Repeat(block, size/len(block)))
		}
		start = time.Now()
		if root != nil {
			confluence.View(root)
		}
		if viewed := time.Since(start); stored > 5*time.Second || viewed > 5*time.Second {
			t.Errorf("%s: %v as storage format, %v as a page", part, stored, viewed)
		}
	}
}
