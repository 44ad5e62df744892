package ingest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"finpages/ingest/ingesttest"
	"finpages/ingest/transform"
	"finpages/sources"
)

const including = "# Tea\n\n[!INCLUDE [cups](../_partials/cups.md)]\n\nEnd of the guide."

// A page shows what its document includes, and follows it: also where nothing
// else changes.
func TestPagesFollowWhatTheyInclude(t *testing.T) {
	w := newWorld(t)
	w.Put("guide/tea.md", including, "plain.md", "# Plain\n\nNothing is included here.")
	w.WantCounts(w.Sync(), "ok listed=2 created=2")
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2")

	w.Put("_partials/cups.md", "Rinse the cups, see [tea](../guide/tea.md).") // appears
	w.WantCounts(w.Sync(), "ok listed=2 excluded=1 unchanged=1 updated=1")
	w.WantWrites("POST guide/tea.md")
	html := w.Page("guide/tea.md").HTML
	if !strings.Contains(html, "Rinse the cups") || !strings.Contains(html, ingesttest.Root+"/guide/tea.md") {
		t.Errorf("with what it includes: %s", html)
	}
	w.WantCounts(w.Sync(), "ok listed=2 excluded=1 unchanged=2")
	p, err := w.Service().Preview(t.Context(), "docs", "guide/tea.md")
	if err != nil || !strings.Contains(p.HTML, "Rinse the cups") {
		t.Errorf("preview: %+v, %v", p, err)
	}
	x, err := w.Service().Explain(t.Context(), "docs", "_partials/cups.md")
	if err != nil || !strings.Contains(strings.Join(x.Reasons, "\n"), "for other documents to include") {
		t.Errorf("explain: %+v, %v", x, err)
	}

	w.Put("_partials/cups.md", "Warm the cups, then pour.") // changes
	w.WantCounts(w.Sync(), "ok listed=2 excluded=1 unchanged=1 updated=1")
	if html := w.Page("guide/tea.md").HTML; !strings.Contains(html, "Warm the cups") {
		t.Errorf("after a change: %s", html)
	}
	w.Remove("_partials") // vanishes
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=1 updated=1")
	if html := w.Page("guide/tea.md").HTML; strings.Contains(html, "cups") {
		t.Errorf("after it vanished: %s", html)
	}
	w.WantCounts(w.Sync(), "ok listed=2 unchanged=2")
}

// A link to nothing is plain text, for as long as nothing is there.
func TestPagesFollowWhatTheyLinkTo(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "# A\n\nSee [the pots](b.md) before you begin.", "c.md", "# C\n\nNothing is linked here.")
	w.WantCounts(w.Sync(), "ok listed=2 created=2")
	linked := func() bool { return strings.Contains(w.Page("a.md").HTML, ingesttest.Root+"/b.md") }
	if linked() {
		t.Error("a link leads to a document that is not there")
	}
	w.Put("b.md", "# B\n\nPots of all kinds.")
	w.WantCounts(w.Sync(), "ok listed=3 unchanged=1 created=1 updated=1")
	if !linked() {
		t.Error("once the document is there: no link")
	}
	w.Put("b.md", "# B\n\nPots of other kinds.")
	w.WantCounts(w.Sync(), "ok listed=3 unchanged=2 updated=1")
	w.Remove("b.md")
	w.Sync()
	if linked() {
		t.Error("once the document is gone: a link")
	}
}

// What must not be in Fin does not come there by a document that includes it.
func TestIncludesAreNoHole(t *testing.T) {
	secret := "Salaries are paid on the fifth."
	for name, c := range map[string]struct {
		ref, file, body string
		rules           func(*world)
	}{
		"excluded":     {"drafts/x.md", "drafts/x.md", secret, func(w *world) { w.Options.Exclude = []string{"drafts/**"} }},
		"not included": {"other/x.md", "other/x.md", secret, func(w *world) { w.Options.Include = []string{"*.md"} }},
		"hidden":       {".private/x.md", ".private/x.md", secret, nil},
		"draft":        {"x.md", "x.md", "---\ndraft: true\n---\n" + secret, nil},
		"kept out":     {"x.md", "x.md", "---\nfin: false\n---\n" + secret, nil},
		"in doubt":     {"x.md", "x.md", "---\nfin: [\n---\n" + secret, nil},
		"some readers": {"x.md", "x.md", "---\ngroups: [staff]\n---\n" + secret, nil},
		"for staff":    {"x.md", "x.md", "---\nfin: {ai_agent: false}\n---\n" + secret, nil},
		"outside":      {"../x.md", "../x.md", secret, nil},
		"retracted": {"x.md", "x.md", "# X\n\n" + secret, func(w *world) {
			w.Sync()
			if _, err := w.Service().Retract(w.T.Context(), "docs", "x.md"); err != nil {
				w.T.Fatal(err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Put("a.md", "# A\n\n[!INCLUDE [x]("+c.ref+")]\n\nThe rest of the text.", c.file, c.body)
			if c.rules != nil {
				c.rules(w)
			}
			w.Sync()
			if html := w.Page("a.md").HTML; strings.Contains(html, "Salaries") || !strings.Contains(html, "The rest") {
				t.Errorf("the page: %s", html)
			}
			p, err := w.Service().Preview(t.Context(), "docs", "a.md")
			if err != nil || strings.Contains(p.HTML, "Salaries") {
				t.Errorf("preview: %+v, %v", p, err)
			}
			if says := strings.Contains(strings.Join(p.Warnings, "\n"), "keeps it out"); says != (name != "outside") {
				t.Errorf("warnings: %q", p.Warnings)
			}
		})
	}
}

// Pages that are shown to the same people, or fewer, include one another.
func TestPagesForTheSamePeopleInclude(t *testing.T) {
	w := newWorld(t)
	w.Put("a.md", "---\nfin: {ai_agent: false}\n---\n# A\n\n[!INCLUDE [b](b.md)]\n\nThe rest of the text.",
		"b.md", "---\nfin: {ai_agent: false}\n---\nRinse the cups.")
	w.Sync()
	if html := w.Page("a.md").HTML; !strings.Contains(html, "Rinse") {
		t.Errorf("the page: %s", html)
	}
}

// What only says that a file is no page of its own does not keep it out of others.
func TestPartsThatAreNoPagesAreIncluded(t *testing.T) {
	w := newWorld(t)
	w.Put("docusaurus.config.js", "x", "a.md", "# A\n\n[!INCLUDE [b](_b.md)]\n\n[!INCLUDE [c](_c.md)]\n\nThe rest of the text.",
		"_b.md", "---\nbuild: {render: never}\n---\nRinse the cups.", "_c.md", "---\ngroups: [tea]\n---\nWarm the pot.")
	w.Sync()
	if html := w.Page("a.md").HTML; !strings.Contains(html, "Rinse") || !strings.Contains(html, "Warm") {
		t.Errorf("the page: %s", html)
	}
}

// A rule, a draft or a secret that comes later takes the text out again.
func TestIncludedTextLeavesWithItsRight(t *testing.T) {
	w := newWorld(t)
	w.searchLeaks(transform.HoldLeaks)
	w.Put("guide/tea.md", including, "_partials/cups.md", "Rinse the cups.")
	w.WantCounts(w.Sync(), "ok listed=1 excluded=1 created=1")
	w.Put("_partials/cups.md", "---\ndraft: true\n---\nRinse the cups.")
	w.WantCounts(w.Sync(), "ok listed=1 excluded=1 updated=1")
	if html := w.Page("guide/tea.md").HTML; strings.Contains(html, "cups") {
		t.Errorf("after it became a draft: %s", html)
	}
	w.Put("_partials/cups.md", "The token is "+token+".")
	w.WantCounts(w.Sync(), "ok excluded=2 deleted=1")
	w.WantInFin()
	w.Put("_partials/cups.md", "The token is in the vault.")
	w.WantCounts(w.Sync(), "ok listed=1 excluded=1 created=1")
	w.Options.Exclude = []string{"_partials/**"}
	w.Src.Settings = "excludes"
	w.WantCounts(w.Sync(), "ok listed=1 excluded=1 updated=1")
	if html := w.Page("guide/tea.md").HTML; strings.Contains(html, "vault") {
		t.Errorf("after it was excluded: %s", html)
	}
}

// A repository's commit covers what its documents include.
func TestPagesOfRepositoriesFollowWhatTheyInclude(t *testing.T) {
	w := newWorld(t)
	repo := ofGit(t, w)
	commit := func(name, body string) {
		w.Put(name, body)
		repo.publish()
	}
	commit("guide/tea.md", including)
	commit("_partials/cups.md", "Rinse the cups.")
	w.WantCounts(w.Sync(), "ok listed=1 excluded=1 created=1")
	if html := w.Page("guide/tea.md").HTML; !strings.Contains(html, "Rinse the cups") {
		t.Errorf("with what it includes: %s", html)
	}
	commit("_partials/cups.md", "Warm the cups.")
	w.WantCounts(w.Sync(), "ok listed=1 excluded=1 updated=1")
	commit("_partials/other.md", "Nobody includes this.")
	w.WantCounts(w.Sync(), "ok listed=1 excluded=2 unchanged=1")
}

// includer is a stub whose documents include what a test decides.
type includer struct {
	*ingesttest.Stub
	found sources.Entry
	err   error
}

func (i *includer) Open(context.Context) (sources.Snapshot, error) { return i, nil }

func (i *includer) Include(context.Context, string) (sources.Entry, bool, error) {
	return i.found, i.err == nil, i.err
}

// What exists and cannot be read is not gone: the page stays as it was.
func TestUnreadableIncludesKeepThePage(t *testing.T) {
	w := newWorld(t)
	i := &includer{Stub: w.Stubbed(ingesttest.Doc("tea.md", "", including)),
		found: ingesttest.Doc("cups.md", "", "Rinse the cups.")}
	w.Src.Adapter = i
	w.WantCounts(w.Sync(), "ok listed=1 created=1")
	good := i.found
	i.found.Revision, i.found.Load = "2", func(context.Context) (sources.Document, error) {
		return sources.Document{}, errors.New("no answer")
	}
	w.WantCounts(w.Sync(), "partial listed=1 failed=1")
	i.err = errors.New("no answer")
	w.WantCounts(w.Sync(), "partial listed=1 failed=1")
	if html := w.Page("tea.md").HTML; !strings.Contains(html, "Rinse the cups") {
		t.Errorf("the page: %s", html)
	}
	i.found, i.err = good, nil
	w.WantCounts(w.Sync(), "ok listed=1 unchanged=1")
	i.found.Load = func(context.Context) (sources.Document, error) { panic("of an adapter") }
	i.found.Revision = "3"
	w.WantCounts(w.Sync(), "partial listed=1 failed=1")
}

// What a documentation tool makes pages with is no page.
func TestTemplatesAreNoPages(t *testing.T) {
	w := newWorld(t)
	template := "---\ntitle: {{ replace .Name \"-\" \" \" }}\ndate: {{ .Date }}\n---\n{{ .Content }}"
	for _, name := range []string{"site/archetypes/default.md", "site/themes/a/archetypes/b.md", "site/layouts/_default/single.html",
		"theme/archetypes/default.md", "blog/_layouts/post.html", "blog/_includes/head.html", "blog/_drafts/x.md",
		"{{cookiecutter.name}}/README.md", "docs/PULL_REQUEST_TEMPLATE.md", "ISSUE_TEMPLATE/bug.md", "api/_templates/base.html"} {
		w.Put(name, template)
	}
	text := "# Tea\n\nRinse the cups before you pour."
	pages := []string{"archetypes/c.md", "guide/_templates/e.md", "guide/layouts/d.md", "guide/pull_request_template.md",
		"site/content/archetypes/a.md", "site/content/layouts/b.md", "{a}/f.md"}
	for _, name := range pages {
		w.Put(name, text)
	}
	w.Put("site/hugo.toml", "", "theme/theme.toml", "", "blog/_config.yml", "", "api/conf.py", "")
	w.WantCounts(w.Sync(), "ok listed=7 excluded=11 created=7")
	w.WantInFin(pages...)
	w.Remove("site/hugo.toml")
	w.Put("site/archetypes/default.md", text)
	w.WantCounts(w.Sync(), "partial listed=10 excluded=8 unchanged=7 created=1 failed=2")
}
