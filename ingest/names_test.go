package ingest_test

import (
	"strings"
	"testing"

	"finpages/ingest/ingesttest"
)

// A link or an embed by a name finds the note wherever it lies in the source, and
// follows it when it moves.
func TestPagesFollowNotesByName(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# A\n\nSee [[Deep]], [[sub/Deep#Part two|the part]] and [[Gone]].\n\n![[Deep#Part two]]", "sub/Deep.md",
		"# Deep\n\nFirst words.\n\n## Part two\n\nSecond words.", "plain.md", "# Plain\n\nNo link is here.")
	w.WantCounts(w.Sync(), "ok listed=3 created=3")
	html := w.Page("a.md").HTML
	for _, want := range []string{`href="` + ingesttest.Root + `/sub/Deep.md">Deep<`, `/sub/Deep.md#part-two">the part<`,
		"Gone.", "Second words"} {
		if !strings.Contains(html, want) {
			t.Errorf("lacks %q: %s", want, html)
		}
	}
	if strings.Contains(html, "First words") || strings.Contains(html, "[[") {
		t.Errorf("the page: %s", html)
	}
	w.WantCounts(w.Sync(), "ok listed=3 unchanged=3")

	w.Put("other/Gone.md", "# Gone\n\nHere it is again.") // a name that leads somewhere now
	w.WantCounts(w.Sync(), "ok listed=4 unchanged=2 created=1 updated=1")
	if html := w.Page("a.md").HTML; !strings.Contains(html, `/other/Gone.md">Gone<`) {
		t.Errorf("with the note: %s", html)
	}
	p, err := w.Service().Preview(t.Context(), "docs", "a.md")
	if err != nil || !strings.Contains(p.HTML, `/other/Gone.md">Gone<`) {
		t.Errorf("preview: %+v, %v", p, err)
	}
	w.WantCounts(w.Sync(), "ok listed=4 unchanged=4")
}

// What one tool alone reads as markup is the author's text, unless the settings
// of that tool lie beside or above the document, or the config names it.
func TestToolsShowInTheirFolder(t *testing.T) {
	const body = "# A\n\nWrite ==a== for the %%first%% column."
	w := newWorld(t)
	w.Put("site/docs/a.md", body, "b.md", body)
	w.WantCounts(w.Sync(), "ok listed=2 created=2")
	if html := w.Page("site/docs/a.md").HTML; !strings.Contains(html, "==a==") || !strings.Contains(html, "%%first%%") {
		t.Errorf("without settings: %s", html)
	}
	w.Put("site/.obsidian/app.json", "{}")
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=1 updated=1")
	if html := w.Page("site/docs/a.md").HTML; !strings.Contains(html, "Write a for the column.") {
		t.Errorf("in a vault: %s", html)
	}
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2")
	w.Src.Options.Dialect = "mkdocs"
	w.Sync()
	if html := w.Page("b.md").HTML; !strings.Contains(html, "Write a for the %%first%% column.") {
		t.Errorf("of MkDocs: %s", html)
	}
}
