package dialect

import (
	"slices"
	"strings"
)

// The documentation tools, whose dialects differ, by the names that a config
// knows them by.
const (
	Azure      = "azure"
	DocFX      = "docfx"
	Docusaurus = "docusaurus"
	GitBook    = "gitbook"
	Hugo       = "hugo"
	Jekyll     = "jekyll"
	MdBook     = "mdbook"
	Mintlify   = "mintlify"
	MkDocs     = "mkdocs"
	MyST       = "myst"
	Nuxt       = "nuxt"
	Obsidian   = "obsidian"
	ReadMe     = "readme"
	VitePress  = "vitepress"
	Plain      = "markdown" // none: only what all of Markdown's readers know
)

// Tools are all of them.
func Tools() []string {
	return []string{Azure, DocFX, Docusaurus, GitBook, Hugo, Jekyll, MdBook, Mintlify, MkDocs, MyST, Nuxt, Obsidian, ReadMe, VitePress, Plain}
}

// Tool is the tool that the document is said to be written for, by the config or
// by the settings that lie beside or above it; "" if nobody says.
func (d *Document) Tool() string {
	if !d.asked && d.includes.Tool != nil {
		d.tool = d.includes.Tool()
	}
	d.asked = true
	return d.tool
}

// IsOf tells whether a construct that only these tools have is markup: where the
// document, or its folder, shows the hand of one, or the config names it. In a
// folder of another tool, the document must show it beyond doubt.
func (d *Document) IsOf(tools ...string) bool {
	for _, tool := range tools {
		if d.shows(tool) {
			return d.Tool() == "" || slices.Contains(tools, d.Tool()) ||
				!d.includes.IsNamed && tool == Obsidian && d.shows(surely+tool)
		}
	}
	return slices.Contains(tools, d.Tool())
}

// surely begins the keys of hands that leave no doubt.
const surely = "surely "

// IsFor tells whether a construct that several tools have is markup: unless the
// document is said to be written for another.
func (d *Document) IsFor(tools ...string) bool {
	return d.Tool() == "" || slices.Contains(tools, d.Tool())
}

// shows tells whether the document itself shows the hand of a tool.
func (d *Document) shows(tool string) bool {
	if hands[tool] == nil {
		return false
	}
	known, ok := d.seen[handKey+tool]
	if !ok {
		known = isShown(tool, d.source)
		d.seen[handKey+tool] = known
	}
	return known
}

// handKey begins the keys under which [Document.seen] has hands.
const handKey = "\x00"

// WikiTools are those that link documents by their names.
func WikiTools() []string { return []string{Obsidian, MkDocs, Azure} }

// IsNote tells whether a name that may be a link's text is that of a document, as
// far as anybody knows.
func (d *Document) IsNote(name string) bool {
	if d.Tool() == Obsidian {
		return true
	}
	name, _, _ = strings.Cut(strings.TrimSpace(strings.TrimSuffix(name, `\`)), "#")
	return d.includes.IsNote != nil && d.includes.IsNote(name)
}
