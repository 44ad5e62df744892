package render

import (
	"strings"

	"finpages/ingest/render/internal/confluence"
	"finpages/ingest/render/internal/dialect"
	"finpages/ingest/render/internal/markdown"
	"finpages/sources"
	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
)

// maxStorageDepth is how deep macros whose content is Markdown may lie in each other.
const maxStorageDepth = 8

// storageReader returns what turns a wiki's storage format within Markdown into
// HTML. What lies in its boxes and columns may be Markdown again.
func (b *body) storageReader(
	address func(sources.Reference) string, files dialect.Includes, depth int,
) func(string) string {
	return func(markup string) string {
		if depth < maxStorageDepth {
			inner := files
			inner.Storage = b.storageReader(address, files, depth+1)
			markup = rewriteBodies(markup, func(text string) string {
				out, err := markdown.Convert(text, false, inner, b.notes.add)
				if err != nil {
					return text
				}
				return out
			})
		}
		return b.storageHTML(markup, address)
	}
}

// storageHTML is a wiki's storage format as HTML, "" if it cannot be read.
func (b *body) storageHTML(markup string, address func(sources.Reference) string) string {
	root, warnings, err := confluence.Storage(markup, address, nil)
	if err != nil {
		return ""
	}
	b.warn(warnings)
	var out strings.Builder
	for n := range root.ChildNodes() {
		if err := html.Render(&out, n); err != nil {
			return ""
		}
	}
	return out.String()
}

var (
	bodyTag = regexp.MustCompile(`<(/?)(?:ac:rich-text-body|ac:layout-cell)\b[^<>]*>`)
	cdata   = regexp.MustCompile(`(?s)<!\[CDATA\[.*?\]\]>`)
	// inMarkdown finds a line that is Markdown: what begins it, or what it holds.
	inMarkdown = regexp.MustCompile("(?m)^[ \\t]*(?:#{1,6}[ \\t]|[-*+][ \\t]|[0-9]{1,9}[.)][ \\t]|>|```|~~~|\\||[^<\\s].*(?:`|\\*\\*|\\]\\()|`|\\[)")
)

// rewriteBodies rewrites the outermost bodies of macros, and columns, that hold
// Markdown.
func rewriteBodies(markup string, rewrite func(string) string) string {
	masked := cdata.ReplaceAllStringFunc(markup, func(m string) string { return strings.Repeat("<", len(m)) })
	var out strings.Builder
	open, start, done := 0, 0, 0
	for _, at := range bodyTag.FindAllStringSubmatchIndex(masked, -1) {
		switch {
		case strings.HasSuffix(masked[at[0]:at[1]], "/>"):
		case at[2] == at[3]:
			if open++; open == 1 {
				start = at[1]
			}
		case open > 0:
			if open--; open == 0 && inMarkdown.MatchString(masked[start:at[0]]) {
				out.WriteString(markup[done:start] + rewrite(dedented(markup[start:at[0]])))
				done = at[0]
			}
		}
	}
	return out.String() + markup[done:]
}

// dedented takes off the indentation that all lines of a text have.
func dedented(text string) string {
	lines := strings.Split(text, "\n")
	least := -1
	for _, line := range lines {
		if rest := strings.TrimLeft(line, " \t"); rest != "" && (least < 0 || len(line)-len(rest) < least) {
			least = len(line) - len(rest)
		}
	}
	for i, line := range lines {
		lines[i] = line[min(max(least, 0), len(line)-len(strings.TrimLeft(line, " \t"))):]
	}
	return strings.Join(lines, "\n")
}
