package render

import (
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"finpages/ingest/render/internal/dom"
	"finpages/ingest/render/internal/htmldoc"
	"finpages/sources"
	"finpages/sources/charset"
	regexp "finpages/sources/lazyregexp"
)

const maxTitle = 255 // runes

// pageTitle picks the title: front matter, then what the source keeps beside
// the content, then the page's first heading, its <title>, its file's name.
// A heading at the top that says the same leaves the page.
func pageTitle(front string, d sources.Document, doc *htmldoc.Document) string {
	heading := plainText(doc.Heading())
	for _, title := range []string{plainTitle(front), plainText(d.Title)} {
		if title != "" {
			short := truncate(title, maxTitle)
			if short == title && sameTitle(title, heading) {
				doc.RemoveHeading()
			}
			return short
		}
	}
	if heading != "" {
		title := truncate(heading, maxTitle)
		if title == heading { // else the page keeps the whole
			doc.RemoveHeading()
		}
		return title
	}
	if title := plainText(doc.Title); title != "" {
		return truncate(title, maxTitle)
	}
	return truncate(fileTitle(d.Path), maxTitle)
}

var (
	tags  = regexp.MustCompile(`(?i)<(/?)([a-z]+)(?:\s[^<>]*)?/?>`)
	marks = regexp.MustCompile("`([^`]+)`|\\*\\*([^*]+)\\*\\*")
	// phrasing are the elements that authors put into titles.
	phrasing = dom.Set("a", "abbr", "b", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "s", "samp", "small", "span",
		"strike", "strong", "sub", "sup", "tt", "u", "var")
)

// plainTitle frees a title from the markup that authors put into front matter.
// What only looks like a tag stays: "Option<T>".
func plainTitle(s string) string {
	lower := strings.ToLower(s)
	s = tags.ReplaceAllStringFunc(s, func(tag string) string {
		m := tags.FindStringSubmatch(tag)
		name := strings.ToLower(m[2])
		switch {
		case name == "br", name == "wbr", name == "img":
			return " "
		case phrasing[name] && strings.Contains(lower, "</"+name+">") && (m[1] != "" || strings.Contains(lower, "<"+name)):
			return ""
		}
		return tag
	})
	s = marks.ReplaceAllString(s, "$1$2")
	s = linkInTitle.ReplaceAllString(s, "$1")
	s = emphasis.ReplaceAllString(s, "$1$2$3")
	return plainText(htmldoc.Unescape(backslashed.ReplaceAllString(s, "$1")))
}

var (
	// a link as authors write it into a title, and no call: "f[a](b)"
	linkInTitle = regexp.MustCompile(`\[([^\[\]]+)\]\((?:https?://|\.{0,2}/|[\w./-]+\.(?:mdx?|html)\b)[^()\s]*\)`)
	emphasis    = regexp.MustCompile(`(^|[\s(])\*([^\s*](?:[^*]*[^\s*])?)\*($|[\s).,:;!?])`)
)

// backslashed is a character that an author has kept from being markup.
var backslashed = regexp.MustCompile(`\\([<>*_\[\]` + "`" + `])`)

// plainText folds white space, also that which entities wrote.
func plainText(s string) string { return strings.Join(strings.Fields(charset.Clean(s)), " ") }

func sameTitle(a, b string) bool {
	letters := func(s string) string {
		return strings.ToLower(strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				return r
			}
			return -1
		}, s))
	}
	return a == b || letters(a) != "" && letters(a) == letters(b)
}

// truncate cuts s to at most n runes, at a space where one is near.
func truncate(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)[:n-1]
	cut := string(runes)
	if at := strings.LastIndexByte(cut, ' '); at > len(cut)*3/4 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " ,;:-") + "…"
}

// indexNames are files that stand for their directory.
var indexNames = map[string]bool{"index": true, "_index": true, "readme": true}

// fileTitle makes a title of a file's name: "getting-started_v2.md" reads
// "Getting started v2", "guide/index.md" reads "Guide".
func fileTitle(p string) string {
	stem := path.Base(strings.TrimSuffix(p, extension(p)))
	if dir := path.Dir(p); indexNames[strings.ToLower(stem)] && dir != "." && dir != "/" {
		stem = path.Base(dir)
	}
	words := strings.FieldsFunc(stem, func(r rune) bool {
		return r == '-' || r == '_' || unicode.IsSpace(r) || unicode.IsControl(r)
	})
	title := azureEscape.ReplaceAllStringFunc(strings.Join(words, " "), func(c string) string {
		plain, _ := url.PathUnescape(c)
		return plain
	})
	if title == "" || title == "." {
		title = plainText(path.Base(p))
	}
	if title == "" || title == "." || title == "/" {
		return "Untitled"
	}
	first, size := utf8.DecodeRuneInString(title)
	return string(unicode.ToUpper(first)) + title[size:]
}
