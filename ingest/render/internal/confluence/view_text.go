package confluence

import (
	"net/url"
	"strings"

	"finpages/ingest/render/internal/dom"
	"finpages/ingest/render/internal/emoticon"
	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
)

// unknownMacro finds the message in the languages that wikis are most used in.
var unknownMacro = regexp.MustCompile(`^(?i:Unknown macro|Unbekanntes Makro|Macro inconnue|Macro desconocid[ao]|Macro desconhecid[ao]|Macro sconosciut[ao]|Onbekende macro|` +
	`Okänt makro|Ukendt makro|Ukjent makro|Nieznane makro|Неизвестный макрос|Неизвестное макро|不明なマクロ|未知(?:的)?宏|알 수 없는 매크로)` +
	`\s*[:：]\s*(?:(\{[^{}]*\})|['"„“«‘「]\s*([^'"„“”«»‘’「」]*?)\s*['"“”»‘’」])`)

// macroErrors begin the messages that stand where a macro has failed.
var macroErrors = []string{
	"Unknown macro:", "Error formatting macro:", "Error rendering macro", "Unable to render {",
	"Unable to render embedded object", "Fehler beim Rendern des Makros", "Erreur lors du rendu de la macro",
}

func isMacroError(text string) bool {
	if unknownMacro.MatchString(text) {
		return true
	}
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
		m := unknownMacro.FindStringSubmatch(dom.Visible(n))
		if m != nil && m[1] != "" && inText(n) {
			dom.Replace(n, dom.TextNode(m[1]))
		}
	})
	v.each("div.error, .aui-message.error, .aui-message-error, span.error, .jim-error-message", func(n *html.Node) {
		if !v.holds(n) {
			return
		}
		message := dom.Visible(n)
		if !isMacroError(message) && !dom.HasClass(n, "jim-error-message") {
			return
		}
		if m := unknownMacro.FindStringSubmatch(message); m != nil {
			v.failed.add(strings.Trim(m[1]+m[2], "{}"))
		} else {
			v.warn("left out: %s", firstRunes(message, 150))
		}
		dom.Remove(n)
	})
}

// placeholders takes out the images that stand for what is not there. Today's
// versions show unknown macros so, with their name in the address.
func (v *view) placeholders() {
	v.each(`img[src*="placeholder/unknown-attachment"]`, func(n *html.Node) {
		v.warn("left out: an attachment that the wiki does not have")
		dom.Remove(n)
	})
	v.each(`img.wysiwyg-unknown-macro, img[src*="placeholder/unknown-macro"]`, func(n *html.Node) {
		name := ""
		if u, err := url.Parse(dom.Attr(n, "src")); err == nil {
			name = u.Query().Get("name")
		}
		v.failed.add(firstOf(name, nameless))
		dom.Remove(n)
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
		case side.Type == html.ElementNode && side.Data != "br" && side.Data != "span" && !dom.Blocks[side.Data]:
			return true
		}
	}
	return false
}

// noExport is what Cloud writes in place of a macro that only a browser draws.
var noExport = regexp.MustCompile(`^We don['’]t have a way to export this macro\.?$`)

// apps counts the macros whose place is empty until the script of an add-on
// fills it.
func (v *view) apps() {
	var apologies []*html.Node
	for d := range v.doc.Get(0).Descendants() {
		if d.Type == html.TextNode && noExport.MatchString(dom.Collapse(d.Data)) {
			apologies = append(apologies, d)
		}
	}
	for _, text := range apologies {
		v.unseen.add(firstOf(macroAround(text), nameless))
		dom.Remove(text)
	}
	v.each(".ap-container, .conf-macro[data-macro-name]", func(n *html.Node) {
		name := strings.ToLower(dom.Attr(n, "data-macro-name"))
		kind, known := macroKinds[name]
		mayBeEmpty := known && kind != drawingMacro && kind != fileMacro && !dom.HasClass(n, "ap-container")
		if mayBeEmpty || !v.holds(n) || isShown(n) {
			return
		}
		v.unseen.add(firstOf(name, nameless))
		dom.Remove(n)
	})
}

// macroAround is the name of the macro that n stands in, "" if it has none.
func macroAround(n *html.Node) string {
	for p, up := n.Parent, 0; p != nil && up < 4; p, up = p.Parent, up+1 {
		if name := dom.Attr(p, "data-macro-name"); name != "" {
			p.Attr = nil // it is counted
			return strings.ToLower(name)
		}
	}
	return ""
}

// shownElements are seen although they hold no text.
var shownElements = dom.Set("img", "iframe", "object", "embed", "video", "input")

// isShown tells whether a reader sees anything of n.
func isShown(n *html.Node) bool {
	for d := range n.Descendants() {
		if shownElements[d.Data] || dom.IsText(d) && strings.TrimSpace(d.Data) != "" {
			return true
		}
	}
	return false
}

// tasks writes whether a task is done, unless there is nothing to do.
func (v *view) tasks() {
	v.each("li[data-inline-task-id]", func(n *html.Node) {
		if !isShown(n) {
			return
		}
		mark := openMark
		if dom.HasClass(n, "checked") {
			mark = doneMark
		}
		n.InsertBefore(dom.TextNode(mark), n.FirstChild)
	})
}

// decisions writes whether a decision has been taken.
func (v *view) decisions() {
	v.each("li[data-decision-state]", func(n *html.Node) {
		if dom.Attr(n, "data-decision-state") == "DECIDED" {
			n.InsertBefore(dom.TextNode(doneMark), n.FirstChild)
		}
	})
}

// lozenges sets words in colored boxes off from those around them.
func (v *view) lozenges() {
	v.each("span.aui-lozenge", func(n *html.Node) {
		text := dom.Visible(n)
		spaced := apart(text, n)
		if strings.HasPrefix(spaced, " ") {
			n.Parent.InsertBefore(dom.TextNode(" "), n)
		}
		if text != "" && strings.HasSuffix(spaced, " ") {
			n.Parent.InsertBefore(dom.TextNode(" "), n.NextSibling)
		}
	})
}

// emoticons writes signs that are images as characters.
func (v *view) emoticons() {
	v.each("img.emoticon, img[data-emoji-shortname], img[data-emoji-id], img[src*='/emoticons/']", func(n *html.Node) {
		alt := strings.Trim(strings.TrimSpace(dom.Attr(n, "alt")), "()")
		fallback := emoji(dom.Attr(n, "data-emoji-fallback"), dom.Attr(n, "data-emoji-id"))
		if short := dom.Attr(n, "data-emoji-shortname"); short != "" || fallback != "" {
			word := sign(dom.Attr(n, "data-emoticon-name"), fallback, firstOf(short, alt))
			dom.Replace(n, dom.TextNode(apart(word, n)))
			return
		}
		file := fileName(dom.Attr(n, "src"))
		file, _, _ = strings.Cut(file, ".")
		for _, name := range []string{dom.Attr(n, "data-emoticon-name"), alt, file} {
			if known := emoticon.Sign(name); known != "" {
				dom.Replace(n, dom.TextNode(apart(known, n)))
				return
			}
		}
		if alt == "" {
			dom.Replace(n, dom.TextNode(apart(":"+firstOf(file, "emoticon")+":", n)))
		}
	})
}

// mentions keeps the names of people and drops the numbers of their accounts.
func (v *view) mentions() {
	v.each("a.confluence-userlink, a.user-mention, a[data-account-id], a[href^='/wiki/people/']", func(n *html.Node) {
		isPicture := dom.HasClass(n, "userLogoLink")
		n.Attr = nil
		if name := dom.Visible(n); name == "" && isPicture {
			dom.Remove(n)
		} else if name == "" || accountID.MatchString(name) {
			dom.Replace(n, dom.TextNode("@user"))
		}
	})
}

// jira keeps of issues what a reader wants: the key, summary and status of
// one, and the rows of a list.
func (v *view) jira() {
	v.each(".jira-issue, .jira-issue-macro", func(n *html.Node) {
		fetched := findIn(n, ".issue-placeholder") == nil
		for _, c := range dom.Children(n) {
			if c.Type != html.ElementNode || !dom.HasClass(c, "summary") {
				continue
			}
			if !fetched || strings.HasPrefix(dom.Visible(c), "Getting issue details") {
				waiting(c)
			}
		}
	})
	v.remove(".refresh-issues-loading, [id^=refresh-issues-button], .jim-sortable-dark-layout, .issue-placeholder, " +
		".jira-issue img.icon, .jira-issue-macro img.icon")
	v.each(".refresh-macro", func(n *html.Node) {
		if findIn(n, "table") == nil {
			dom.Remove(n)
		}
	})
	const headers = "th .jim-table-header-content, th.jira-macro-table-underline-pdfexport a, th.jira-tablesorter-header a"
	v.each(headers, func(n *html.Node) {
		dom.Replace(n, dom.TextNode(dom.Visible(n)))
	})
}

// waiting takes out what stands for an issue until a browser has fetched it:
// a dash, a summary and a status.
func waiting(summary *html.Node) {
	dash := summary.PrevSibling
	if dash != nil && dash.Type == html.TextNode && strings.Trim(dash.Data, " -\n\t\u00a0") == "" {
		dom.Remove(dash)
	}
	for next := summary.NextSibling; next != nil; next = summary.NextSibling {
		dom.Remove(next)
	}
	dom.Remove(summary)
}
