package confluence_test

import (
	"fmt"
	"testing"

	"finpages/ingest/render/internal/confluence"
	"finpages/sources"

	"github.com/google/go-cmp/cmp"
)

// TestStorageLinks gives references an address that says what was asked for.
func TestStorageLinks(t *testing.T) {
	address := func(r sources.Reference) string {
		return fmt.Sprintf("https://w.example/%s/%s/%s/%s", r.ID, r.Space, r.Title, r.File)
	}
	for _, c := range []struct{ name, in, want string }{
		{"page", `<ac:link><ri:page ri:content-title="A &amp; B" /></ac:link>`, `<a href="https://w.example///A%20&amp;%20B/">A &amp; B</a>`},
		{"page of a space", `<ac:link><ri:page ri:space-key="OPS" ri:content-title="A" /><ac:plain-text-link-body><![CDATA[see <it>]]></ac:plain-text-link-body></ac:link>`,
			`<a href="https://w.example//OPS/A/">see &lt;it&gt;</a>`},
		{"blog post", `<ac:link><ri:blog-post ri:posting-day="2024/01/02" ri:content-title="A" /><ac:link-body><em>b</em></ac:link-body></ac:link>`, `<a href="https://w.example///A/"><em>b</em></a>`},
		{"page by its id", `<ac:link><ri:content-entity ri:content-id="12" /><ac:link-body>b</ac:link-body></ac:link>`, `<a href="https://w.example/12///">b</a>`},
		{"page by its id, without a text", `<ac:link><ri:content-entity ri:content-id="12" /></ac:link>`, `<a href="https://w.example/12///">https://w.example/12///</a>`},
		{"part of a page", `<ac:link ac:anchor="Simple types"><ri:page ri:content-title="A" /></ac:link>`, `<a href="https://w.example///A/#Simple-types">A</a>`},
		{"part of this page", `<ac:link ac:anchor="x"><ac:link-body>b</ac:link-body></ac:link>`, `<a href="https://w.example////#x">b</a>`},
		{"part of this page with an image", `<ac:link ac:anchor="x"><ac:link-body><ac:image ac:alt="b"><ri:attachment ri:filename="c.png" /></ac:image></ac:link-body></ac:link>`,
			`<a href="https://w.example////#x"><img alt="b"/></a>`},
		{"file of this page", `<ac:link><ri:attachment ri:filename="a b.pdf" /></ac:link>`, `<a href="https://w.example////a%20b.pdf">a b.pdf</a>`},
		{"file of another page", `<ac:link><ri:attachment ri:filename="a.pdf"><ri:page ri:space-key="S" ri:content-title="A" /></ri:attachment><ac:plain-text-link-body><![CDATA[b]]></ac:plain-text-link-body></ac:link>`,
			`<a href="https://w.example//S/A/a.pdf">b</a>`},
		{"image", `<ac:link><ri:page ri:content-title="A" /><ac:link-body><ac:image ac:alt="b"><ri:attachment ri:filename="c.png" /></ac:image></ac:link-body></ac:link>`,
			`<a href="https://w.example///A/"><img alt="b"/></a>`},
		{"shown file", macro("view-file", param("name", `<ri:attachment ri:filename="a.pdf" />`)), `<a href="https://w.example////a.pdf">a.pdf</a>`},
		{"included page", macro("include", param("", `<ac:link><ri:page ri:content-title="A" /></ac:link>`)), `<p><strong>See: <a href="https://w.example///A/">A</a></strong></p>`},
		{"space", `<ac:link><ri:space ri:space-key="OPS" /></ac:link>`, "OPS"},
		{"person", `<ac:link><ri:user ri:username="ben" /></ac:link>`, "@ben"},
		{"nothing", `<ac:link><ac:link-body>a</ac:link-body></ac:link><ac:link><ri:page /></ac:link><ac:link><ri:attachment /></ac:link>`, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root, _, err := confluence.Storage(c.in, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, inner(t, root)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStorageLinksWithoutAddress(t *testing.T) {
	const in = `<ac:link ac:anchor="x"><ri:page ri:content-title="A" /></ac:link>`
	for _, address := range []string{"", "javascript:alert(1)", "/wiki/a", "//w.example/a", "http://[", "https://",
		"file:///a", "ftp://w.example/a", "A"} {
		root, _, err := confluence.Storage(in, func(sources.Reference) string { return address }, nil)
		if got := inner(t, root); err != nil || got != "A" {
			t.Errorf("%q: %s, %v", address, got, err)
		}
	}
}
