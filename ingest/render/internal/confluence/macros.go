package confluence

import (
	"net/url"
	"strings"

	"finpages/ingest/render/internal/dom"

	"golang.org/x/net/html"
)

// kind is how a macro is written.
type kind int

const (
	codeMacro       kind = iota + 1
	boxMacro             // a quote under a label
	titledMacro          // opened, under its title
	bodyMacro            // its body and nothing else
	hideableMacro        // its body, unless it is hidden
	inlineMathMacro      // source of a formula
	blockMathMacro       //
	includeMacro         // shows another page, or a part of it
	fileMacro            // shows a file
	drawingMacro         // shows an image that is drawn in it
	galleryMacro         // shows the images that are attached to the page
	markupMacro          // HTML as text
	phraseMacro          // a word or two
	listMacro            // lists what is elsewhere
	layoutMacro          // only for the eye
)

// macroKinds are the macros of Confluence itself and of the add-ons that are
// seen most.
var macroKinds = kinds(map[kind]string{
	codeMacro: "code noformat codeblock code-block newcode plantuml plantumlrender mermaid mermaid-macro graphviz csv json",
	boxMacro:  "info note tip warning success error panel",
	titledMacro: "expand ui-expand tab ui-tab tab-pane auitabspage card localtab tabs-page aura-tab aura-panel ui-step " +
		"accordion-item chart scroll-title aura-card",
	bodyMacro: "section column div span center align highlight color bgcolor indent tabs ui-tabs tabs-group localtabgroup auitabs deck " +
		"composition-setup ui-expands accordion ui-steps aura-tab-collection aura-accordion toc-zone table-filter table-joiner " +
		"table-excerpt pivot-table table-chart table-plus multiexcerpt multiexcerpt-macro ui-text-box blockquote quote " +
		"numberedheadings markdown scroll-ignore scroll-content unmigrated-wiki-markup unmigrated-inline-wiki-markup",
	hideableMacro:   "excerpt details",
	inlineMathMacro: "mathinline math-inline eazy-math-inline easy-math-inline latex-inline mathjax-inline-macro",
	blockMathMacro:  "mathblock math-block eazy-math-block easy-math-block latex latex-block mathjax-block-macro math latexmath asciimath",
	includeMacro:    "include excerpt-include excerptinclude multiexcerpt-include multiexcerpt-include-macro includeplus",
	fileMacro:       "view-file viewfile viewpdf viewdoc viewxls viewppt multimedia",
	drawingMacro:    "drawio drawio-sketch inc-drawio gliffy lucidchart mermaid-cloud plantumlcloud balsamiq",
	galleryMacro:    "gallery",
	markupMacro:     "html html-bobswift html-macro aura-html easy-html-macro",
	phraseMacro:     "status anchor jira jiraissues profile profile-picture widget iframe",
	listMacro: "children recently-updated recently-updated-dashboard attachments space-attachments contributors " +
		"contributors-summary blog-posts contentbylabel listlabels related-labels popular-labels recently-used-labels " +
		"favpages index network spaces spaces-list space-details global-reports content-report-table task-report " +
		"tasks-report-macro decisionreport detailssummary change-history navmap userlister bookmarks excerpt-list " +
		"content-by-user contentbyuser space-index display-footnotes",
	layoutMacro: "toc pagetree pagetreesearch livesearch create-from-template create-space-button search searchbox " +
		"easy-heading easy-heading-free easy-heading-macro style css javascript divider pagebreak clear scroll-pagebreak",
})

func kinds(names map[kind]string) map[string]kind {
	m := map[string]kind{}
	for k, list := range names {
		for _, name := range strings.Fields(list) {
			m[name] = k
		}
	}
	return m
}

// layout leaves out a macro that shows nothing of the page's own. What text it
// holds all the same, a warning tells of.
func (c *converter) layout(name string, m macro) {
	if m.rich != nil && dom.Collapse(dom.Text(m.rich)) != "" {
		c.warn("text in macro %q left out", name)
	}
}

// phrase writes macros that stand for a word or two.
func (c *converter) phrase(dst *html.Node, name string, m macro) {
	switch name {
	case "anchor":
	case "status":
		appendText(dst, apart(m.param("title", "colour", "color"), m.node))
	case "jira", "jiraissues":
		c.jira(dst, m)
	case "profile", "profile-picture", "user":
		if m.target("user", "") != "" {
			appendText(dst, apart(mention(strings.TrimPrefix(m.target("user", ""), "@")), m.node))
		}
	case "widget", "iframe", "html-include":
		c.embedded(dst, m)
	}
}

// jira writes the key of an issue. A list of issues is not at hand.
func (c *converter) jira(dst *html.Node, m macro) {
	key := m.param("key")
	if key == "" {
		c.warn("list of Jira issues left out: %s", firstOf(m.param("jqlquery"), m.param("url", ""), "no query"))
		return
	}
	base, err := url.Parse(m.param("baseurl", "serverurl"))
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		appendText(dst, apart(key, m.node))
		return
	}
	appendApart(dst, dom.Wrap("a", key, html.Attribute{Key: "href", Val: base.JoinPath("browse", key).String()}), m.node)
}

// math writes the source of a formula.
func (c *converter) math(dst *html.Node, m macro, block bool) {
	source := m.source()
	if strings.TrimSpace(source) == "" {
		source = m.param("body", "equation", "formula", "latex", "")
	}
	if encoded, ok := strings.CutPrefix(strings.TrimSpace(source), "--uriencoded--"); ok {
		source = encoded
		if decoded, err := url.PathUnescape(encoded); err == nil {
			source = decoded
		}
	}
	switch {
	case strings.TrimSpace(source) == "":
		c.warn("empty formula in macro %q", strings.ToLower(m.name))
	case block:
		dst.AppendChild(dom.CodeBlock(source, "latex"))
	default:
		dst.AppendChild(dom.Wrap("code", strings.TrimSpace(source)))
	}
}

// include writes where the text of another page would stand.
func (c *converter) include(dst *html.Node, m macro) {
	names := []string{"", "default-parameter", "page", "pagetitle", "pageid", "name"}
	title := m.target(names...)
	if title == "" {
		c.warn("an included page has no title")
		return
	}
	line := dom.Element("p")
	line.AppendChild(dom.Wrap("strong", "See: "))
	line.FirstChild.AppendChild(c.linked(m.resource(names...), title))
	dst.AppendChild(line)
	c.warn("text included from page %q is missing", title)
}

// file writes the name of what is shown, for a drawing as that of an image.
func (c *converter) file(dst *html.Node, m macro, drawing bool) {
	names := []string{"name", "filename", "diagramdisplayname", "diagramname", "title", "attachment", ""}
	name := m.target(names...)
	switch {
	case name == "":
		c.warn("file shown by macro %q has no name", strings.ToLower(m.name))
	case drawing:
		appendImage(dst, dom.Element("img", html.Attribute{Key: "alt", Val: fileName(name)}))
	default:
		appendApart(dst, c.linked(m.resource(names...), fileName(name)), m.node)
	}
	c.body(dst, m)
}

// gallery writes the title of a gallery. Its images are not named.
func (c *converter) gallery(dst *html.Node, m macro) {
	if title := m.param("title"); title != "" {
		dst.AppendChild(dom.BoldLine(title))
	}
	c.warn("images of a gallery left out: the storage format does not name them")
	c.body(dst, m)
}

// embedded writes a link to what the page shows from elsewhere.
func (c *converter) embedded(dst *html.Node, m macro) {
	address := m.target("url", "src", "")
	if address == "" {
		c.warn("embedded page without an address")
		return
	}
	label := firstOf(m.param("title"), address)
	appendApart(dst, dom.Wrap("a", label, html.Attribute{Key: "href", Val: address}), m.node)
}
