package loss

import (
	"strings"
)

// hidden is an element whose text the page may lack.
type hidden struct {
	name  string
	depth int // of elements of the name that are open in it
}

// htmlReader reads HTML as a stream of tags and text.
type htmlReader struct {
	budget
	to      sink
	hidden  *hidden
	content *hidden // the element that holds what the page is about; nil: all of it
	isOver  bool    // the content has ended
}

// readHTML reads a web page, or the content of one. A whole page may have a
// site's furniture around its content.
func readHTML(s string, isWhole bool, to sink) {
	r := htmlReader{to: to, budget: newBudget(s)}
	start := -1
	if isWhole {
		start = contentStart(s)
	}
	for i := 0; i < len(s); {
		if s[i] != '<' {
			end := strings.IndexByte(s[i:], '<')
			if end < 0 {
				end = len(s) - i
			}
			to.text(decoded(s[i:i+end]), r.kind(start >= 0))
			i += end
			continue
		}
		if n := skipMarkup(s[i:]); n > 0 {
			i += n
			continue
		}
		t, ok := r.readTag(s[i:])
		if !ok {
			to.part()
			i++
			continue
		}
		r.tag(t, isWhole)
		if start == i {
			r.content = &hidden{name: t.name, depth: 1}
		}
		i += t.length
		if isRaw(t) {
			i += r.raw(t.name, s[i:])
		}
	}
}

func (r *htmlReader) kind(hasContent bool) kind {
	if r.hidden != nil || hasContent && r.content == nil || r.isOver {
		return may
	}
	return must
}

func (r *htmlReader) tag(t tag, isWhole bool) {
	if !joins(t.name) {
		r.to.part()
	} else {
		r.to.joint()
	}
	if t.attrs != "" {
		r.to.text(decoded(t.attrs), may)
	}
	if r.content != nil && r.content.follow(t) {
		r.isOver = true
	}
	switch {
	case r.hidden != nil:
		if r.hidden.follow(t) {
			r.hidden = nil
		}
	case !t.isEnd && !t.closes && !void[t.name] && (silent[t.name] || isHidden(t) || isWhole && isFurniture(t)):
		r.hidden = &hidden{name: t.name, depth: 1}
	}
}

// follow counts the elements that are open, and reports whether the first of them
// has ended.
func (h *hidden) follow(t tag) bool {
	switch {
	case t.name != h.name || t.closes || void[t.name]:
	case t.isEnd:
		h.depth--
	default:
		h.depth++
	}
	return h.depth == 0
}

// isRaw reports whether what follows a tag is no markup.
func isRaw(t tag) bool { return !t.isEnd && (t.name == "script" || t.name == "style") && !t.closes }

// raw passes over what is no markup, and returns how long it is.
func (r *htmlReader) raw(name, s string) int {
	end := endTag(s, name)
	r.to.text(s[:end], may)
	return end
}

// endTag returns where the end tag of an element begins, whatever its case; the
// length of s where it has none.
func endTag(s, name string) int {
	for i := 0; i < len(s); {
		at := strings.Index(s[i:], "</")
		if at < 0 {
			break
		}
		if i += at; len(s) >= i+2+len(name) && strings.EqualFold(s[i+2:i+2+len(name)], name) {
			return i
		}
		i += 2
	}
	return len(s)
}

// skipMarkup returns how long the comment, declaration or instruction is that s
// begins with; 0 if it begins with none.
func skipMarkup(s string) int {
	switch {
	case strings.HasPrefix(s, "<!--"):
		return upTo(s, "-->")
	case strings.HasPrefix(s, "<!"), strings.HasPrefix(s, "<?"):
		return upTo(s, ">")
	}
	return 0
}

// upTo returns where s goes on after the end of what it begins with.
func upTo(s, end string) int {
	at := strings.Index(s, end)
	if at < 0 {
		return len(s)
	}
	return at + len(end)
}

func isHidden(t tag) bool {
	if strings.IndexByte(t.attrs, '=') < 0 && !strings.Contains(t.attrs, "hidden") {
		return false
	}
	if t.has("hidden") || t.attr("aria-hidden") == "true" {
		return true
	}
	style := strings.ReplaceAll(strings.ToLower(t.attr("style")), " ", "")
	if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") ||
		strings.Contains(style, "mso-hide:all") {
		return true
	}
	return hasSign(t.attr("class"), hiddenSigns)
}

var (
	hiddenSigns = []string{"hidden", "sr-only", "screen-reader", "invisible", "assistive", "gutter", "lineno",
		"line-number", "lnt", "headerlink", "anchor-link", "copy"}
	furnitureSigns = []string{"breadcrumb", "sidebar", "toc", "nav", "footer", "menu", "pagesection", "page-metadata",
		"greybox", "attachments", "comment", "feedback", "cookie", "banner", "related", "error", "unknown-macro",
		"childpages", "pagetree", "recently-updated", "label-list"}
)

func hasSign(class string, signs []string) bool {
	if class == "" {
		return false
	}
	class = strings.ToLower(class)
	for _, sign := range signs {
		if strings.Contains(class, sign) {
			return true
		}
	}
	return false
}

// isFurniture reports whether an element is about the site, or may be.
func isFurniture(t tag) bool {
	switch t.attr("role") {
	case "navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar", "dialog":
		return true
	}
	switch t.name {
	case "footer", "aside", "header", "form":
		return true
	case "div", "ul", "ol", "section", "p", "span", "table":
		return hasSign(t.attr("class")+" "+t.attr("id"), furnitureSigns)
	}
	return false
}

// contentSigns begin the element that holds what a page is about, the surest
// first.
var contentSigns = []string{`<main`, `role="main"`, `id="ConfluenceContent"`, `class="wiki-content`,
	`id="main-content"`, `<article`, `itemprop="articleBody"`, `class="markdown-body`}

// contentStart returns where that element begins, -1 if there is none or there
// are several.
func contentStart(s string) int {
	for _, sign := range contentSigns {
		at := strings.Index(s, sign)
		if at < 0 {
			continue
		}
		if strings.Contains(s[at+len(sign):], sign) && sign[0] == '<' {
			return -1
		}
		return strings.LastIndexByte(s[:at+1], '<')
	}
	return -1
}

// readPage reads the HTML that the renderer writes: a short list of elements,
// well-formed. look gets the pieces of text outside of code, "" between blocks.
func readPage(s string, to sink, look func(text string, isStart bool)) {
	inCode, isStart := 0, true
	for s != "" && !to.isFull() {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			open = len(s)
		}
		if text := s[:open]; text != "" {
			readText(text, to)
			if inCode == 0 && look != nil {
				look(text, isStart)
			}
			isStart = isStart && strings.TrimSpace(text) == ""
		}
		if s = s[open:]; s == "" {
			return
		}
		end := strings.IndexByte(s, '>')
		if end < 0 {
			return
		}
		name := strings.TrimPrefix(s[1:end], "/")
		if space := strings.IndexByte(name, ' '); space >= 0 {
			name = name[:space]
		}
		if name == "code" || name == "pre" {
			if s[1] == '/' {
				inCode--
			} else {
				inCode++
			}
		}
		if !joins(name) {
			to.part()
			isStart = true
		}
		s = s[end+1:]
	}
}

// readText reads a text of the renderer's HTML, in which few characters are escaped:
// those part words as the "&" does that stands for each here.
func readText(s string, to sink) {
	for {
		at := strings.IndexByte(s, '&')
		if at < 0 {
			to.text(s, must)
			return
		}
		to.text(s[:at], must)
		length := escapeLength(s[at:])
		if length == 0 {
			to.text(decoded(s[at:]), must)
			return
		}
		to.text("&", must)
		s = s[at+length:]
	}
}

func escapeLength(s string) int {
	for _, escape := range []string{"&lt;", "&gt;", "&amp;"} {
		if strings.HasPrefix(s, escape) {
			return len(escape)
		}
	}
	return 0
}
