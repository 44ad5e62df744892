package confluence

import (
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
)

var (
	// numbered finds the names that exports give to files.
	numbered = regexp.MustCompile(`^[0-9]*\.[A-Za-z0-9]+$`)
	// stored finds the addresses of files that are attached to a page.
	stored = regexp.MustCompile(`(?:^|/)(?:attachments|thumbnails)/[0-9]+/`)
	// fileID finds in them the ids of the page and of the file.
	fileID = regexp.MustCompile(`(?:^|/)(?:attachments|thumbnails)/([0-9]+/[0-9]+)(?:\.[A-Za-z0-9]+)?$`)
)

const alias = "data-linked-resource-default-alias"

// listFiles reads the list of attachments that an export puts below the
// content, as files themselves have numbers for names there.
func (v *view) listFiles() {
	top := v.doc.Get(0)
	for top.Parent != nil {
		top = top.Parent
	}
	for _, a := range selectIn(top, ".greybox a[href*='attachments/']") {
		v.files[fileKey(dom.Attr(a, "href"))] = dom.Visible(a)
	}
}

// fileKey is what an attachment and its thumbnail have in common: the ids of
// the page and of the file, else the address.
func fileKey(ref string) string {
	ref = withoutQuery(ref)
	if m := fileID.FindStringSubmatch(ref); m != nil {
		return m[1]
	}
	return ref
}

func withoutQuery(ref string) string {
	ref, _, _ = strings.Cut(ref, "?")
	return ref
}

// shownFiles names the images that stand for files. Where the name stands
// beside one, nothing is missing.
func (v *view) shownFiles() {
	v.each("a.confluence-embedded-file", func(link *html.Node) {
		isNamed := dom.Visible(link) != ""
		for _, img := range selectIn(link, "img") {
			switch {
			case isNamed:
				dom.Remove(img)
				continue
			case dom.Attr(img, "alt") != "":
				continue
			}
			href := dom.Attr(link, "href")
			name := firstOf(dom.Attr(link, alias), dom.Attr(link, "aria-label"), v.files[fileKey(href)], fileName(href))
			img.Attr = append([]html.Attribute{{Key: "alt", Val: name}}, img.Attr...)
		}
	})
}

// images gives the images of a page that have no alternative text the name of
// their file.
func (v *view) images() {
	v.each("img", func(n *html.Node) {
		if !isAttached(n) || firstOf(dom.Attr(n, "alt"), dom.Attr(n, "title")) != "" {
			return
		}
		src := dom.Attr(n, "src")
		name := firstOf(dom.Attr(n, alias), dom.Attr(n.Parent, alias), fileName(dom.Attr(n, "data-image-src")), fileName(src))
		if numbered.MatchString(name) || fileID.MatchString(withoutQuery(src)) && name == fileName(src) {
			name = v.files[fileKey(src)]
		}
		if name != "" {
			n.Attr = append([]html.Attribute{{Key: "alt", Val: name}}, n.Attr...)
		}
	})
}

// isAttached tells whether an image is a file of the wiki's.
func isAttached(img *html.Node) bool {
	return dom.HasClass(img, "confluence-embedded-image") || dom.Attr(img, alias) != "" ||
		dom.HasClass(img.Parent, "confluence-embedded-file") ||
		dom.HasClass(img.Parent, "image-wrap") || stored.MatchString(dom.Attr(img, "src"))
}

// deadLinks takes the address off links that would only create a page.
func (v *view) deadLinks() {
	v.each("a.createlink, a[href*='createpage.action']", func(n *html.Node) { n.Attr = nil })
}
