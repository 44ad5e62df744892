package dialect

import (
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// What mdBook and its preprocessors add to Markdown:
// https://rust-lang.github.io/mdBook/format/mdbook.html
var (
	bookInText = regexp.MustCompile(`^\{\{#include\s+([^{}\n]+)\}\}`)
	bookCall   = regexp.MustCompile(`\\?\{\{[ \t]*#(include|rustdoc_include|title)[ \t]+([^{}\n]+)\}\}`)
	hideMark   = regexp.MustCompile(`\bhidelines=([^\s,}]+)`)
	admonish   = regexp.MustCompile("^admonish(?:[ \t]+([A-Za-z][\\w-]*)(?:[ \t]+|$))?(?:[ \t]*\"([^\"]*)\")?(.*)$")
)

// bookText writes out the files that are included within a text, which is where mdBook
// does that: before it reads Markdown, also in code.
func (r *rewriter) bookText(text string) string {
	if !strings.Contains(text, "{{") || !strings.Contains(text, "#") {
		return text
	}
	return bookCall.ReplaceAllStringFunc(text, func(call string) string {
		m := bookCall.FindStringSubmatch(call)
		switch {
		case call[0] == '\\':
			return call
		case m[1] == "title":
			return ""
		}
		file, part := cutPart(m[2])
		text, path := r.load(file)
		if text = partOf(text, part); path == "" || r.isOpen(path, text) || part == "" && r.isOpen(path, "") {
			return ""
		}
		inner := r.inner()
		inner.path, inner.text, inner.files = path, text, r.files+1
		inner.outer = append(slices.Clip(r.outer), openFile{r.path, r.text})
		if text = strings.Trim(inner.bookText(text), "\n"); r.inTable {
			return inCell(text)
		}
		return text
	})
}

// noteHidden notes what the lines of a block of code begin with that are compiled, but
// not shown.
func (r *rewriter) noteHidden(lang, info string) {
	r.unshown = ""
	if r.Tool() != MdBook {
		return
	}
	if m := hideMark.FindStringSubmatch(info); m != nil {
		r.unshown = m[1]
	} else if strings.EqualFold(lang, "rust") {
		r.unshown = "#"
	}
}

// shownLine writes a line of code unless it is hidden. In Rust, "##" is a "#" that is shown, and
// so are attributes, "#[…]".
func (r *rewriter) shownLine(line string) {
	rest := strings.TrimLeft(line, " \t")
	after, ok := strings.CutPrefix(rest, r.unshown)
	switch {
	case r.unshown == "" || !ok:
		r.emit(line)
	case r.unshown != "#" || after == "" || after[0] == ' ' || after[0] == '\t':
	case after[0] == '#':
		r.emit(line[:len(line)-len(rest)] + after)
	default:
		r.emit(line)
	}
}

// bookBox writes what a preprocessor of mdBook's shows as a box: a block of code in the
// language "admonish", with its kind and title behind it.
func (r *rewriter) bookBox(prefix, info string, body []string, depth int) bool {
	m := admonish.FindStringSubmatch(info)
	if m == nil || depth > maxNesting || !r.IsFor(MdBook) {
		return false
	}
	if more := strings.TrimSpace(m[3]); m[1] == "" && more != "" && !strings.Contains(more, "=") {
		return false
	}
	a := parseArgs(m[3])
	kind, title := firstOf(m[1], a.first("type")), firstOf(m[2], a.first("title"))
	r.box(prefix, Label(firstOf(kind, "note"), title), false, body, depth)
	return true
}
