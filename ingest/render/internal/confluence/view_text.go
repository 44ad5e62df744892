package confluence

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

var unknownMacro = regexp.MustCompile(`^Unknown macro:\s*(?:(\{[^{}]*\})|'([^']*)')`)

// macroErrors begin the messages that stand where a macro has failed.
var macroErrors = []string{"Unknown macro:", "Error formatting macro:", "Error rendering macro", "Unable to render {", "Unable to render embedded object"}

func isMacroError(text string) bool {
	for _, start := range macroErrors {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

// errors takes error messages out. A name in braces that the wiki took for a
// macro in running text is what the author wrote.
func (v *view) errors() {
	v.each("span.error", func(n *html.Node) {
		m := unknownMacro.FindStringSubmatch(visible(n))
		if m != nil && m[1] != "" && inText(n) {
			replace(n, textNode(m[1]))
		}
	})
	v.each("div.error, .aui-message.error, .aui-message-error, span.error, .jim-error-message", func(n *html.Node) {
		message := visible(n)
		if !isMacroError(message) && !hasClass(n, "jim-error-message") {
			return
		}
		if m := unknownMacro.FindStringSubmatch(message); m != nil {
			v.warn("unknown macro %q: the page shows only an error", strings.Trim(m[1]+m[2], "{}"))
		} else {
			v.warn("left out: %s", firstRunes(message, 150))
		}
		remove(n)
	})
}

func firstRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// inText tells whether text stands next to a node.
func inText(n *html.Node) bool {
	for _, side := range []*html.Node{n.PrevSibling, n.NextSibling} {
		switch {
		case side == nil:
		case side.Type == html.TextNode && strings.TrimSpace(side.Data) != "":
			return true
		case side.Type == html.ElementNode && side.Data != "br" && side.Data != "span" && !blocks[side.Data]:
			return true
		}
	}
	return false
}

// tasks writes whether a task is done.
func (v *view) tasks() {
	v.each("li[data-inline-task-id]", func(n *html.Node) {
		mark := openMark
		if hasClass(n, "checked") {
			mark = doneMark
		}
		n.InsertBefore(textNode(mark), n.FirstChild)
	})
}

// emoticons writes signs that are images as characters.
func (v *view) emoticons() {
	v.each("img.emoticon, img[data-emoji-shortname], img[src*='/emoticons/']", func(n *html.Node) {
		alt := strings.Trim(strings.TrimSpace(attr(n, "alt")), "()")
		if short := attr(n, "data-emoji-shortname"); short != "" || attr(n, "data-emoji-fallback") != "" {
			sign := emoticon(attr(n, "data-emoticon-name"), attr(n, "data-emoji-fallback"), firstOf(short, alt))
			replace(n, textNode(apart(sign, n)))
			return
		}
		file := fileName(attr(n, "src"))
		file, _, _ = strings.Cut(file, ".")
		for _, name := range []string{attr(n, "data-emoticon-name"), alt, file} {
			if sign := emoticons[strings.ToLower(name)]; sign != "" {
				replace(n, textNode(apart(sign, n)))
				return
			}
		}
		if alt == "" {
			replace(n, textNode(apart(":"+firstOf(file, "emoticon")+":", n)))
		}
	})
}

// mentions keeps the names of people and drops the numbers of their accounts.
func (v *view) mentions() {
	v.each("a.confluence-userlink, a.user-mention, a[data-account-id], a[href^='/wiki/people/']", func(n *html.Node) {
		n.Attr = nil
		if name := visible(n); name == "" || accountID.MatchString(name) {
			replace(n, textNode("@user"))
		}
	})
}

// jira keeps of issues what a reader wants: the key, summary and status of
// one, and the rows of a list.
func (v *view) jira() {
	v.remove(".refresh-issues-loading, .jim-sortable-dark-layout, .issue-placeholder, .jira-issue img.icon, .jira-issue-macro img.icon")
	v.each(".refresh-macro", func(n *html.Node) {
		if findIn(n, "table") == nil {
			remove(n)
		}
	})
	v.each(".jira-issue, .jira-issue-macro", func(n *html.Node) {
		for _, c := range children(n) {
			if c.Type == html.ElementNode && hasClass(c, "summary") && strings.HasPrefix(visible(c), "Getting issue details") {
				waiting(c)
			}
		}
	})
	v.each("th .jim-table-header-content, th.jira-macro-table-underline-pdfexport a, th.jira-tablesorter-header a", func(n *html.Node) {
		replace(n, textNode(visible(n)))
	})
}

// waiting takes out what stands for an issue until a browser has fetched it:
// a dash, a summary and a status.
func waiting(summary *html.Node) {
	if dash := summary.PrevSibling; dash != nil && dash.Type == html.TextNode && strings.Trim(dash.Data, " -\n\t\u00a0") == "" {
		remove(dash)
	}
	for next := summary.NextSibling; next != nil; next = summary.NextSibling {
		remove(next)
	}
	remove(summary)
}

// numbered finds the names that exports give to files.
var numbered = regexp.MustCompile(`^[0-9]*\.[a-z0-9]+$`)

// images gives the images of a page that have no alternative text the name of
// their file.
func (v *view) images() {
	v.each("img.confluence-embedded-image, img[data-linked-resource-default-alias], .confluence-embedded-file img, .image-wrap img", func(n *html.Node) {
		if firstOf(attr(n, "alt"), attr(n, "title")) != "" {
			return
		}
		const alias = "data-linked-resource-default-alias"
		name := firstOf(attr(n, alias), attr(n.Parent, alias), fileName(attr(n, "data-image-src")), fileName(attr(n, "src")))
		if name == "" || numbered.MatchString(name) {
			return
		}
		n.Attr = append([]html.Attribute{{Key: "alt", Val: name}}, n.Attr...)
	})
}
