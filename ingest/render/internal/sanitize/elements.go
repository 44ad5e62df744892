package sanitize

import (
	"finpages/ingest/render/internal/dom"
)

// role is how an element is written.
type role byte

const (
	isPlain role = iota // by its content: phrasing elements, as browsers take those that nobody knows
	isDropped
	isMark
	isBlock
	isContainer
	isHeading
	isCell
	isTable
	isCode
	isLink
	isImage
	isBreak
	isRule
	isSummary
	isRare
)

// element is what is known of the elements of a name.
type element struct {
	frame    // of a block; of a mark the tag alone
	role     role
	numbered string // the attribute that is a number
}

var elements = func() map[string]element {
	m := map[string]element{"ol": {numbered: "start"}, "li": {numbered: "value"}}
	add := func(r role, names ...string) {
		for _, name := range names {
			m[name] = element{role: r}
		}
	}
	for name, f := range blocks {
		m[name] = element{role: isBlock, frame: f, numbered: m[name].numbered}
	}
	for name := range containers {
		m[name] = element{role: isContainer, frame: frame{kind: flow, isBox: closed[name]}}
	}
	for name, tag := range marks {
		m[name] = element{role: isMark, frame: frame{tag: tag}}
	}
	for name := range dropped {
		m[name] = element{role: isDropped}
	}
	add(isHeading, "h1", "h2", "h3", "h4", "h5", "h6")
	add(isCell, "td", "th")
	add(isTable, "table")
	add(isCode, "pre", "listing", "xmp", "plaintext")
	add(isLink, "a")
	add(isImage, "img", "image")
	add(isBreak, "br")
	add(isRule, "hr")
	add(isSummary, "summary")
	add(isRare, "svg", "input", "q", "rt", "math", "time", "iframe", "video", "audio", "embed", "object")
	return m
}()

// dropped elements go with their content.
var dropped = dom.Set("script", "style", "template", "noscript", "head", "title", "select", "textarea", "button",
	"canvas", "map", "datalist", "frameset", "link", "meta", "base", "param", "source", "track", "noframes", "progress", "meter",
	"colgroup", "col")

// marks are the phrasing elements that are kept, by what they become.
var marks = map[string]string{
	"strong": "strong", "b": "strong", "em": "em", "i": "em", "cite": "em", "dfn": "em", "var": "em",
	"del": "del", "s": "del", "strike": "del", "sub": "sub", "sup": "sup", "kbd": "kbd",
	"code": "code", "tt": "code", "samp": "code",
}

// containers part what is in them from what is around them. All elements that
// no table here names are phrasing elements, as browsers take them.
var containers = dom.Set("div", "section", "article", "main", "header", "footer", "aside", "nav", "figure", "figcaption",
	"address", "center", "details", "fieldset", "form", "hgroup", "legend", "body", "html", "dialog", "search",
	"option", "optgroup", "marquee")

// closed are the containers that a reader takes for one: a heading in them
// begins no part of the page.
var closed = dom.Set("details", "aside", "dialog", "figure", "fieldset")

// blocks are the elements that are kept.
var blocks = map[string]frame{
	"p": {tag: "p", kind: phrasing}, "blockquote": {tag: "blockquote", kind: flow},
	"ul": {tag: "ul", kind: listing}, "ol": {tag: "ol", kind: listing}, "menu": {tag: "ul", kind: listing},
	"dir": {tag: "ul", kind: listing}, "dl": {tag: "dl", kind: pairs},
	"caption": {tag: "caption", kind: item}, "thead": {tag: "thead", kind: rows}, "tbody": {tag: "tbody", kind: rows},
	"tfoot": {tag: "tfoot", kind: rows}, "tr": {tag: "tr", kind: cells},
	"li": {tag: "li", kind: item}, "dt": {tag: "dt", kind: item}, "dd": {tag: "dd", kind: item},
}
