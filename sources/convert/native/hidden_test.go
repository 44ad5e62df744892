package native_test

import (
	"strings"
	"testing"
)

// odf is a document in OpenDocument with styles that hide text.
func odf(body string) string {
	return `<office:document xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:style="s" xmlns:draw="d" xmlns:svg="v" xmlns:fo="f"
 xmlns:presentation="p"><office:styles>` + odfStyles("paragraph") + odfStyles("text") + `</office:styles><office:body>` +
		body + `</office:body></office:document>`
}

func odfStyles(family string) string {
	kind := ` style:family="` + family + `" style:name="`
	return `<style:style` + kind + `Kid" style:parent-style-name="Hid"/><style:style` + kind + `Hid"><style:text-properties
 text:display="none"/></style:style><style:style` + kind + `Shown" style:parent-style-name="Hid"><style:text-properties
 text:display="true"/></style:style><style:style` + kind + family + `"/><style:style` + kind +
		map[string]string{"paragraph": "text", "text": "paragraph"}[family] + `" style:parent-style-name="Hid"/>`
}

// What its author hid, deleted or commented stays out of a document: the words that
// begin with secret. Those that begin with shown, all numbered from 1, are there.
func TestHiddenStaysOut(t *testing.T) {
	for name, c := range map[string]struct {
		reader, body string
		shown        int
	}{
		"texts": {"odt", odf(`<office:text><text:tracked-changes><text:changed-region><text:deletion><text:p>secret</text:p></text:deletion>
</text:changed-region></text:tracked-changes><text:p>shown1 <text:span text:style-name="Hid">secret</text:span>
<office:annotation><text:p>secret</text:p></office:annotation></text:p><text:p text:style-name="Kid">secret<text:span
 text:style-name="Shown"> shown2</text:span></text:p><text:p text:style-name="Shown">shown3</text:p>
<text:p><text:hidden-paragraph text:is-hidden="true"/>secret</text:p>
<text:p>secret<draw:frame><draw:text-box><text:p>secret</text:p></draw:text-box></draw:frame><text:note><text:note-body>
<text:p>secret</text:p></text:note-body></text:note><text:hidden-paragraph text:is-hidden="true"/></text:p>
<text:p text:style-name="text">secret</text:p>
<text:p><text:hidden-text text:is-hidden="true">secret</text:hidden-text>
<text:hidden-text text:is-hidden="false">shown4</text:hidden-text><text:variable-set text:display="none">secret</text:variable-set></text:p>
<text:section text:display="none"><text:p>secret</text:p></text:section>
<text:section text:display="condition"><text:p>secret</text:p></text:section><text:section><text:p>shown5</text:p></text:section>
<table:table><table:table-column/><table:table-column table:visibility="collapse"/><table:table-row table:visibility="collapse">
<table:table-cell><text:p>secret</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>shown6</text:p>
</table:table-cell><table:table-cell><text:p>secret</text:p></table:table-cell></table:table-row></table:table>
<text:p>shown7<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>shown8 <text:span
 text:style-name="Hid">secret</text:span></text:p></text:note-body></text:note></text:p></office:text>`), 8},
		"slides": {"slides", odf(`<office:presentation><draw:page><draw:frame><draw:text-box><text:p>shown1</text:p></draw:text-box></draw:frame>
<draw:custom-shape draw:display="none"><text:p>secret</text:p></draw:custom-shape><draw:g draw:display="none"><draw:custom-shape>
<text:p>secret</text:p></draw:custom-shape></draw:g></draw:page></office:presentation>`), 1},
		"Org": {"org", "* A shown1\n:LOGBOOK:\n- secret\n:END:\n#+begin_comment\nsecret\n#+end_comment\n* Old shown2 :a:ARCHIVE:\nsecret\n" +
			"** B secret\n* C shown3\n| /usr | shown4 |\n", 4},
		"OpenAPI": {"openapi", `{"openapi": "3.0.0", "info": {"title": "A shown1"}, "paths": {"/a": {"get": {"summary": "shown2", "parameters": [
{"name": "q", "in": "query", "description": "shown3"}, {"name": "s", "in": "query", "description": "secret", "x-internal": true}],
"responses": {}}, "post": {"x-internal": true, "summary": "secret"}}, "/secret": {"x-hidden": true, "get": {"summary": "secret"}},
"/b": {"get": {"x-internal": false, "summary": "shown4"}}}}`, 4},
		"notebook": {"notebook", `{"nbformat": 4, "cells": [{"cell_type": "code", "metadata": {"tags": ["remove-cell"]}, "source": "secret"},
{"cell_type": "markdown", "metadata": {"tags": ["remove_cell"]}, "source": "secret"},
{"cell_type": "code", "metadata": {"nbsphinx": "hidden"}, "source": "secret"},
{"cell_type": "code", "metadata": {"tags": ["remove-input"]}, "source": "secret", "outputs": [{"output_type": "stream", "text": "shown1"}]},
{"cell_type": "code", "source": "#| output: false\nshown2", "outputs": [{"output_type": "stream", "text": "secret"}]},
{"cell_type": "code", "source": "#| label: a\n#| echo: false\nsecret"}, {"cell_type": "code", "source": "#| include: false\nsecret"},
{"cell_type": "code", "metadata": {"tags": ["hide-input"]}, "source": "shown3"}]}`, 3},
		"book": {"epub", zipped(t,
			"META-INF/container.xml", `<container><rootfiles><rootfile full-path="c.opf"/></rootfiles></container>`,
			"c.opf", `<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>`+
				`<item id="s" href="s.css" media-type="text/css"/></manifest><spine><itemref idref="a"/></spine></package>`,
			"s.css", `@media print { .b { display: none } } p.x, .a { color: red; display: none } div .c { display: none }`,
			"a.xhtml", `<body><p class="y a">secret</p><p>shown1 <i class="x">secret</i></p><p class="b">shown2</p><p class="c">shown3</p></body>`,
		), 3},
	} {
		t.Run(name, func(t *testing.T) {
			doc, _ := read(t, c.reader, c.body)
			text := string(doc.Body)
			if strings.Contains(text, "secret") {
				t.Errorf("it shows what is hidden: %s", text)
			}
			at := 0
			for n := range c.shown {
				word := "shown" + string(rune('1'+n))
				if i := strings.Index(text[at:], word); i < 0 {
					t.Errorf("%s is missing: %s", word, text)
				} else {
					at += i
				}
			}
		})
	}
}
