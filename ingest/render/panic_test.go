package render_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"finpages/ingest/render"
	"finpages/sources"
)

// TestRenderOddPages holds that pages without the usual elements are no panic.
func TestRenderOddPages(t *testing.T) {
	for _, markup := range []string{
		"<frameset><frame src=x></frameset>", "<html><frameset cols=1><frame src=x><noframes><body>words of a page", "", "<!doctype html>",
		"<head><title>t</title></head>", "<template>x</template>", "<svg>", "<table>", "<title>", "<noframes>", "<plaintext>",
		"<div class='syntaxhighlighter'><div class=line>x</div><div class='syntaxhighlighter'><div class=line>y",
		"<div role=tablist></div>", "<div class=panelMacro><table></table></div>", "<li data-inline-task-id=1></li>",
		"<span class=expand-control-text></span>", "<img class=emoticon>", "<a class=confluence-embedded-file></a>",
	} {
		for _, format := range formats {
			page, err := render.Render(document(format, markup))
			if fault := new(render.PanicError); errors.As(err, &fault) {
				t.Errorf("%s %q: %v\n%s", format, markup, err, fault.Stack)
			}
			if err == nil {
				checkPage(t, page)
			}
		}
	}
}

// TestRenderPanic holds that what fails costs one page.
func TestRenderPanic(t *testing.T) {
	in := document(sources.Markdown, "[a](b.md)")
	in.Link = func(string) string { panic("no link") }
	_, err := render.Render(in)
	fault := new(render.PanicError)
	if !errors.As(err, &fault) {
		t.Fatalf("error %v", err)
	}
	if fault.Fault != "no link" || !strings.Contains(string(fault.Stack), "TestRenderPanic") {
		t.Errorf("fault %v at\n%s", fault.Fault, fault.Stack)
	}
}

// TestRenderBudget holds that a document whose time is up is an error that
// says so.
func TestRenderBudget(t *testing.T) {
	timeUp := errors.New("longer than 10s")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(timeUp)
	for _, format := range formats {
		_, err := render.RenderContext(ctx, document(format, "<p>some words</p>"))
		if !errors.Is(err, render.ErrBudget) || !errors.Is(err, timeUp) {
			t.Errorf("%s: error %v", format, err)
		}
	}
	_, err := render.Render(document(sources.HTML, strings.Repeat("<b>x<p>", 300_000)))
	if !errors.Is(err, render.ErrBudget) {
		t.Errorf("too many elements: error %v", err)
	}
}

// TestRenderManyMarks holds that long lines keep their links and are escaped once.
func TestRenderManyMarks(t *testing.T) {
	links := strings.Repeat("[a & b](https://h.example/x) and *more*, ", 3000)
	for name, body := range map[string]string{"line": links, "item": "- " + links, "lines": strings.ReplaceAll(links, ", ", ",\n"), "no spaces": strings.ReplaceAll(links, " ", "")} {
		page, err := render.Render(document(sources.Markdown, "# T\n\n"+body))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(page.HTML, `<a href="https://h.example/x">`); n < 2990 {
			t.Errorf("%s: %d links", name, n)
		}
		if strings.Contains(page.HTML, "&amp;#") || strings.Contains(page.HTML, "&amp;amp;") {
			t.Errorf("%s: escaped twice", name)
		}
		if len(page.HTML) > 3*len(body) {
			t.Errorf("%s: %d bytes of %d", name, len(page.HTML), len(body))
		}
	}
	page, err := render.Render(document(sources.Markdown, "# T\n\n## "+strings.ReplaceAll(links, "\n", " ")))
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Warnings) == 0 || strings.Contains(page.HTML, "&amp;#") ||
		!strings.Contains(page.HTML, "[a &amp; b](https://h.example/x)") {
		t.Errorf("warnings %q, page %.300s", page.Warnings, page.HTML)
	}
}
