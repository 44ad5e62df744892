package ingest_test

import (
	"os/exec"
	"strings"
	"testing"

	"finpages/sources/convert"
	"finpages/sources/convert/sandbox"
)

// withConverter has the world's documents of an extension converted.
func withConverter(t *testing.T, w *world, extension, preset, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed: run .ci/tools", program)
	}
	c, err := convert.New(convert.Options{Convert: map[string][]string{extension: {preset}}, Sandbox: sandbox.Off})
	if err != nil {
		t.Fatal(err)
	}
	w.Src.Converter, w.Formats = c, c.Formats()
}

// A converted page shows what its document includes, and follows it: in a folder,
// and in a repository, which has none.
func TestConvertedPagesFollowWhatTheyInclude(t *testing.T) {
	for name, c := range map[string]struct{ extension, preset, program, text string }{
		"AsciiDoc":         {".adoc", "asciidoctor", "asciidoctor", "= Tea\n\ninclude::../parts/cups.inc[]\n\nEnd of the guide."},
		"reStructuredText": {".rst", "docutils", "rst2html5", "Tea\n===\n\n.. include:: ../parts/cups.inc\n\nEnd of the guide."},
	} {
		for _, kind := range []string{"folder", "repository"} {
			t.Run(name+", "+kind, func(t *testing.T) {
				w := newWorld(t)
				withConverter(t, w, c.extension, c.preset, c.program)
				publish := func() {}
				if kind == "repository" {
					publish = ofGit(t, w).publish
				}
				doc := "guide/tea" + c.extension
				sync := func(counts, want, not string) {
					t.Helper()
					publish()
					w.WantCounts(w.Sync(), counts)
					html := w.Page(doc).HTML
					if !strings.Contains(html, want) || not != "" && strings.Contains(html, not) || !strings.Contains(html, "End of") {
						t.Errorf("%s", html)
					}
				}
				w.Put(doc, c.text)
				sync("ok listed=1 created=1", "", "cups")
				w.Put("parts/cups.inc", "Rinse the cups.") // appears
				sync("ok listed=1 updated=1", "Rinse the cups", "parts/cups")
				w.Put("other.inc", "Nobody includes this.")
				publish()
				w.WantCounts(w.Sync(), "ok listed=1 unchanged=1")
				w.Put("parts/cups.inc", "Warm the cups.") // changes
				sync("ok listed=1 updated=1", "Warm the cups", "Rinse")
				w.Remove("parts") // vanishes
				sync("ok listed=1 updated=1", "", "cups")
			})
		}
	}
}

// AsciiDoc's parts are no pages, but the pages show them.
func TestPartsInAsciiDocAreNoPages(t *testing.T) {
	w := newWorld(t)
	withConverter(t, w, ".adoc", "asciidoctor", "asciidoctor")
	w.Put("modules/ROOT/pages/tea.adoc", "= Tea\n\ninclude::partial$cups.adoc[]\n\ninclude::_pots.adoc[]",
		"modules/ROOT/partials/cups.adoc", "Rinse the cups.", "modules/ROOT/pages/_pots.adoc", "Warm the pots.")
	w.WantCounts(w.Sync(), "ok listed=1 excluded=2 created=1")
	if html := w.Page("modules/ROOT/pages/tea.adoc").HTML; !strings.Contains(html, "Rinse the cups") || !strings.Contains(html, "Warm the pots") {
		t.Errorf("%s", html)
	}
}
