package markdown

import (
	"html"
	"net/url"
	"strings"

	"finpages/ingest/render/internal/dialect"
)

// referenceHTML shows the name of what a page of an API is about.
func referenceHTML(m []string) string {
	name := strings.NewReplacer("%2A", "*", "%60", "`", "%2a", "*").Replace(m[1])
	return "<code>" + html.EscapeString(strings.TrimSuffix(name, "*")) + "</code>"
}

// titled adds the title and path of the document that a reference of DocFX's means.
func titled(d *dialect.Document, m []string) []string {
	title, path := d.Reference(m[1])
	if m[2] != "" {
		title = ""
	}
	return append(m, title, path)
}

// onlyTitled is titled where only a document counts that is there.
func onlyTitled(d *dialect.Document, m []string) []string {
	if m = titled(d, m); m[4] == "" {
		return nil
	}
	return m
}

func isDocFX(d *dialect.Document) bool { return d.Tool() == dialect.DocFX }

func quotedHTML(m []string) string {
	if len(m) > 4 && m[4] != "" {
		return dialect.LinkTo(m[4], m[3]+m[2])
	}
	if m[2] == "" {
		return referenceHTML(m)
	}
	text, err := url.PathUnescape(m[2])
	if err != nil {
		text = m[2]
	}
	return html.EscapeString(text)
}
