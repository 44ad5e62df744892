package dialect

import (
	"html"
	"strings"
	"unicode/utf8"

	regexp "finpages/sources/lazyregexp"
)

// maxTagLines is how many lines a tag may take.
const maxTagLines = 60

// component rewrites a tag that stands at the start of a line, over several
// lines if need be, with what is in its element.
func component(r *rewriter, lines []string, depth int) int {
	prefix, rest := cutPrefix(lines[0])
	if !strings.HasPrefix(rest, "<") || !r.loose() && indent(lines[0]) >= 4 && !r.inList() {
		return 0
	}
	t, joined, n := r.readTag(lines, rest)
	if n == 0 {
		return 0
	}
	after, _, _ := strings.Cut(joined[t.length:], "\n")
	after = strings.TrimSpace(after)
	switch {
	case markdownInside(t.args) && after == "" && parseArgs(t.args).isSet("markdown"):
		if k := r.container(prefix, t, joined, lines, n, depth); k > 0 {
			return k
		}
		r.emitBlock(prefix, "<"+t.name+">")
		return n
	case r.isLiteral(t), endedElements[t.name] && r.isValue(t, "", true):
		lines[0] = prefix + "&lt;" + rest[1:]
		return 0
	case t.name == "table" && !t.closing && r.IsOf(ReadMe):
		return r.markdownTable(prefix, t, after, lines, n, depth)
	case isContainer[strings.ToLower(t.name)] && !(isUpper(t.name[0]) && r.isComponent(t)) && !t.closing && !t.selfClosing:
		return r.container(prefix, t, joined, lines, n, depth)
	case isLink(t):
		return r.linkFirst(prefix, t, after, lines, n)
	case t.name == "summary" && r.isMDX() && strings.HasSuffix(after, "</summary>") && strings.Count(after, "<") == 1:
		text := strings.TrimSpace(strings.TrimSuffix(after, "</summary>"))
		r.emitBlock(r.place(prefix), "<summary>", "", text, "", "</summary>") // MDX reads Markdown there
		return n
	case !r.isComponent(t):
		return 0
	}
	taken := r.componentBlock(prefix, t, after, lines, n, depth)
	if taken == 0 && n == 1 && after != "" && isUpper(t.name[0]) && htmlBlocks[strings.ToLower(t.name)] {
		markup, _, _ := r.inlineTag(rest, false) // else the parser would take the paragraph for HTML
		lines[0] = prefix + strings.TrimLeft(markup+rest[t.length:], " \t")
	}
	return taken
}

const (
	maxLongTag      = 64 << 10 // bytes of a tag with data in its settings
	maxLongTagLines = 1000
)

// readTag reads a tag at the start of rest, the first line without its prefix.
// It returns the text that was looked at, and how many lines the tag takes; 0
// if it is none.
func (d *Document) readTag(lines []string, rest string) (t tag, joined string, n int) {
	t, ok := parseTag(rest)
	if ok {
		return t, rest, 1
	}
	if !tagStart.MatchString(rest) || len(lines) == 1 {
		return tag{}, "", 0
	}
	joined = strings.Join(append([]string{rest}, lines[1:min(len(lines), maxTagLines)]...), "\n")
	if t, ok = parseTag(joined); !ok && d.jsx && strings.Contains(joined, "={") && d.searched < maxSearched {
		joined = strings.Join(append([]string{rest}, lines[1:min(len(lines), maxLongTagLines)]...), "\n")
		d.searched += maxLongTagLines
		t, ok = parseTagWithin(joined, maxLongTag)
	}
	if !ok {
		return tag{}, "", 0
	}
	return t, joined, 1 + strings.Count(joined[:t.length], "\n")
}

// componentBlock rewrites a component that is a block: nothing else, or nothing
// but blocks, shares its line.
func (r *rewriter) componentBlock(prefix string, t tag, after string, lines []string, n, depth int) int {
	fields := r.typeTable(t)
	if r.jsx {
		t.args = r.settings(t.args, r.names())
	}
	a := parseArgs(t.args)
	if a.first("tip", "tooltip", "definition") != "" && !t.selfClosing {
		return 0 // a word within a text
	}
	isBlock := after == "" || blockComponents[strings.ToLower(t.name)] || isField(t, a) || r.onlyTags(after)
	prefix = r.place(prefix)
	if t.selfClosing || t.closing {
		if !isBlock {
			return 0
		}
		switch {
		case t.closing:
			r.emitBlock(prefix)
		case fields != nil:
			r.emitBlock(prefix, fields...)
		default:
			r.selfClosing(prefix, t, a, depth)
		}
		return r.restOfLine(prefix, after, lines, n, depth)
	}
	e, ok := r.element(t, after, lines, n, depth)
	switch {
	case !ok && !isBlock, ok && !isBlock && e.rest != "":
		return 0
	case !ok:
		r.open++ // never closed: what follows may be indented by it
		r.emitBlock(prefix, r.head(t, a, false)...)
		return r.restOfLine(prefix, after, lines, n, depth)
	}
	r.writeElement(prefix, t, a, e, depth)
	return r.restOfLine(prefix, e.rest, lines, e.lines, depth)
}

// restOfLine rewrites what stands behind a block on the last of the n lines
// that it takes.
func (r *rewriter) restOfLine(prefix, rest string, lines []string, n, depth int) int {
	if rest == "" {
		return n
	}
	lines[n-1] = prefix + rest
	for _, rule := range []rule{storage, component} {
		if k := rule(r, lines[n-1:], depth); k > 0 {
			return n - 1 + k
		}
	}
	r.emit(lines[n-1])
	return n
}

// writeElement writes a component with what is in it.
func (r *rewriter) writeElement(prefix string, t tag, a args, e element, depth int) {
	if own, ok := r.ownComponent(t, e.body); ok {
		r.emitBlock(prefix, r.readAgain(own, depth)...)
		return
	}
	if file := r.partials[t.name]; file != "" && isPage(file) && r.include(prefix, file, depth, r.propsOf(t, e.body)) {
		return
	}
	if code, ok := r.literalCode(t, a, e.body); ok {
		r.emitBlock(prefix, code...)
		return
	}
	if t.name == "HTMLBlock" {
		if markup, ok := literalHTML(t, strings.Join(e.body, "\n")); ok {
			r.emitBlock(prefix, strings.Split("<div>"+markup+"</div>", "\n")...)
			return
		}
	}
	if t.name == "Table" {
		r.emitBlock(prefix, r.cellTable(e.body, depth)...)
		return
	}
	block := append(r.head(t, a, true), "") // tabs say there what their parts are called
	inner := r.inner()
	inner.open = 1
	inner.isGroup = codeGroups[strings.ToLower(t.name)]
	inner.tabs = tabNames(t, a)
	inner.lines(e.body, depth+1)
	text := strings.Trim(inner.out.String(), "\n")
	if field := r.field(t, a); field != "" {
		if isBlank(text) {
			text = fieldText(a)
		}
		r.emitBlock(prefix, strings.Split(besideText(field, text), "\n")...)
		return
	}
	if strings.EqualFold(t.name, "tabitem") && isBlank(text) {
		return
	}
	block = append(block, strings.Split(text, "\n")...)
	if more := a.named["cta"]; more != "" {
		block = append(block, "", mediaLink(a.first("href", "to", "url"), more, ""))
	}
	switch {
	case author(t, a) != "":
		block = append(block, "", author(t, a))
	case isButton(t) && !strings.Contains(text, "\n\n"):
		block = []string{linkTag(t) + strings.Join(block, " ") + "</a>"}
	case !isUpper(t.name[0]):
		block = append(block, "", "</"+t.name+">")
	case boxComponents[strings.ToLower(t.name)]:
		block = append(block, "", "</blockquote>")
	}
	r.emitBlock(prefix, block...)
}

// inner is a rewriter for what lies within a block.
func (r *rewriter) inner() *rewriter {
	return &rewriter{Document: r.Document, path: r.path, files: r.files, outer: r.outer, text: r.text, scope: r.scope}
}

// codeGroups hold blocks of code that each have a title.
var codeGroups = map[string]bool{"codegroup": true, "requestexample": true, "responseexample": true, "codeblocks": true}

// selfClosing writes a component without content.
func (r *rewriter) selfClosing(prefix string, t tag, a args, depth int) {
	if file := r.partials[t.name]; file != "" {
		if r.include(prefix, file, depth, r.propsOf(t, nil)) {
			return
		}
	}
	if own, ok := r.ownComponent(t, nil); ok {
		r.emitBlock(prefix, r.readAgain(own, depth)...)
		return
	}
	if file := a.first("file", "src"); strings.EqualFold(t.name, "snippet") && file != "" {
		if r.include(prefix, "/snippets/"+strings.TrimPrefix(file, "/"), depth, r.propsOf(t, nil)) {
			return
		}
	}
	if field := r.field(t, a); field != "" {
		r.emitBlock(prefix, besideText(field, fieldText(a)))
		return
	}
	if code, ok := r.codeOf(t, a); ok {
		r.emitBlock(prefix, code...)
		return
	}
	if text := a.first("text", "label", "title"); text != "" && isButton(t) {
		r.emitBlock(prefix, linkTag(t)+plainText(text)+"</a>")
		return
	}
	r.emitBlock(prefix, r.head(t, a, false)...)
}

// blockComponents are set off from the text that shares their line.
var blockComponents = map[string]bool{
	"tabs": true, "tabitem": true, "tab": true, "details": true, "card": true, "cards": true, "cardgroup": true, "steps": true,
	"step": true, "accordion": true, "accordiongroup": true, "admonition": true, "callout": true, "figure": true,
	"note": true, "tip": true, "info": true, "warning": true, "caution": true, "danger": true, "important": true, "aside": true,
	"alert": true, "hint": true, "expandable": true, "frame": true, "codegroup": true,
}

// pills are components that show what a setting says apart from the text around them.
var pills = map[string]bool{"badge": true, "tag": true, "pill": true, "chip": true, "label": true, "lozenge": true, "status": true}

// onlyTags tells whether nothing but components shares a line, as far as it looks.
func (r *rewriter) onlyTags(s string) bool {
	const most = 64 // that are looked at: each of them asks this again
	for n := 0; s != "" && n < most; n++ {
		t, ok := parseTag(s)
		if !ok || !r.isComponent(t) {
			return false
		}
		s = strings.TrimSpace(s[t.length:])
	}
	return true
}

var tabLabels = regexp.MustCompile(`\{\s*"?label"?:\s*['"]([^'"]+)['"]\s*,\s*"?value"?:\s*['"]([^'"]+)['"]|` +
	`\{\s*"?value"?:\s*['"]([^'"]+)['"]\s*,\s*"?label"?:\s*['"]([^'"]+)['"]`)

// head says in Markdown what a component shows before its content.
func (r *rewriter) head(t tag, a args, hasBody bool) []string {
	name := strings.ToLower(t.name)
	switch {
	case t.name[0] >= 'a' && t.name[0] <= 'z':
		return []string{htmlTag(t, a)}
	case boxComponents[name]:
		return boxHead(t, a, hasBody)
	case name == "tabs":
		for _, m := range tabLabels.FindAllStringSubmatch(t.args, 50) {
			r.labels[m[2]+m[3]] = m[1] + m[4]
		}
		if t.selfClosing {
			return dataTexts(t.args)
		}
		return nil
	case name == "tabitem":
		label := a.first("label")
		if label == "" {
			label = r.labels[a.named["value"]]
		}
		if label == "" {
			label = a.named["value"]
		}
		return []string{strong(plainText(label))}
	}
	switch {
	case name == "image" && t.selfClosing:
		return picture(a)
	case name == "embed" && strings.HasPrefix(a.named["title"], "@"): // the name of who shows it
		delete(a.named, "title")
	}
	text := append(shownArgs(a), statValue(t, a)...)
	if trigger := triggerText(a); trigger != "" {
		text = append(text, strong(plainText(trigger)), "")
	}
	if !isTab[name] && len(tabNames(t, a)) == 0 {
		text = append(text, dataTexts(t.args)...)
	}
	if isTab[name] && len(text) == 0 {
		text = r.tabLabel(a)
	}
	if entry := treeEntry.FindString(t.name); entry != "" && a.named["name"] != "" && len(text) == 0 {
		text = []string{plainText(a.named["name"]), ""}
	}
	if len(text) == 0 && t.selfClosing {
		return r.shownAddress(name, t, a)
	}
	return text
}

// shownAddress is what a component without a text of its own leads to.
func (r *rewriter) shownAddress(name string, t tag, a args) []string {
	address := a.first("url", "href", "src")
	switch {
	case name == "icon":
		return nil
	case name == "embed" && address != "":
		return []string{mediaLink(address, "", address)}
	}
	r.warn("component <" + t.name + "> left out")
	return nil
}

// picture is what an image shows, with its caption below.
func picture(a args) []string {
	out := []string{image(a.first("src", "url"), a.first("alt", "title")), ""}
	if caption := a.named["caption"]; caption != "" {
		if a.named["alt"] == "" {
			out = nil
		}
		out = append(out, html.EscapeString(caption), "")
	}
	return out
}

// treeEntry finds the components that are a file or a folder of a tree.
var treeEntry = regexp.MustCompile(`(?:^|\.)(?:File|Folder)$`)

// shownArgs are the settings of a component that readers see.
func shownArgs(a args) []string {
	var out []string
	if eyebrow := a.named["eyebrow"]; eyebrow != "" {
		out = append(out, plainText(eyebrow), "")
	}
	if label := a.first("title", "label", "heading", "header", "summary", "term", "question"); label != "" {
		label = strong(plainText(label))
		if href := a.first("href", "to", "url", "link"); href != "" {
			label = `<a href="` + html.EscapeString(href) + `">` + label + `</a>`
		}
		out = append(out, label, "")
	}
	for _, key := range []string{"subtitle", "sub", "tagline", "hint", "description", "caption", "text", "content"} {
		if v := a.named[key]; v != "" {
			out = append(out, html.EscapeString(v), "")
		}
	}
	if alt := a.named["alt"]; alt != "" {
		out = append(out, image(a.named["src"], alt), "")
	}
	return out
}

var boxComponents = map[string]bool{
	"admonition": true, "note": true, "tip": true, "info": true, "warning": true, "caution": true, "danger": true,
	"important": true, "callout": true, "aside": true, "alert": true, "hint": true,
}

func boxHead(t tag, a args, hasBody bool) []string {
	kind := t.name
	if k := a.first("type", "kind", "severity", "variant", "theme"); k != "" && k != "default" {
		kind = k
	} else if l := strings.ToLower(kind); l == "admonition" || l == "callout" || l == "aside" || l == "alert" {
		kind = "" // readers see an icon
	}
	label := strong(plainText(Label(kind, a.first("title", "header", "heading"))))
	if icon := a.named["icon"]; icon != "" && icon[0] >= utf8.RuneSelf && a.first("title", "header", "heading") == "" {
		label = plainText(icon) // in place of the kind, as in ReadMe's
	}
	if !hasBody {
		text := map[string]string{"text": a.first("text", "content", "description")}
		return append([]string{label, ""}, shownArgs(args{named: text})...)
	}
	return []string{"<blockquote>", "", label}
}
