package htmldoc

import (
	"fmt"
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"

	"golang.org/x/net/html"
)

// maxNodes bounds the memory that one document's tree takes.
const maxNodes = 1_000_000

// maxOpen bounds the nesting that is kept where the parser refuses a document
// for its depth: 512 elements, of which up to four belong to one that counts.
const maxOpen = 100

// parseTree parses markup in linear time and memory, however it is nested.
func parseTree(markup string) (*html.Node, error) {
	if err := checkSize(markup); err != nil {
		return nil, err
	}
	markup = limitRoots(closeRaw(markup))
	if !hasHead.MatchString(markup[:min(len(markup), 4<<10)]) {
		markup = "<body>" + markup // else what a head may hold would go there
	}
	root, err := html.ParseWithOptions(strings.NewReader(markup), html.ParseOptionEnableScripting(false))
	if err != nil {
		root, err = html.ParseWithOptions(strings.NewReader(flatten(markup)), html.ParseOptionEnableScripting(false))
	}
	return root, err
}

// maxRoots is how many tags of one root element are read. Each adds its
// attributes to those of the ones before, all of which are compared.
const maxRoots = 16

// limitRoots drops the tags of html and body beyond those. The parser keeps
// nothing but their attributes.
func limitRoots(markup string) string {
	if len(rootTag.FindAllStringIndex(markup, maxRoots+1)) <= maxRoots {
		return markup
	}
	var out strings.Builder
	out.Grow(len(markup))
	roots := 0
	eachTag(markup, func(kind html.TokenType, name, raw string) string {
		if kind != html.EndTagToken && (name == "body" || name == "html") {
			if roots++; roots > maxRoots {
				return ""
			}
		}
		return raw
	}, &out)
	return out.String()
}

var rootTag = regexp.MustCompile(`(?i)<(?:html|body)[\s/>]`)

// hasHead finds the beginning of a whole page, as opposed to a fragment.
var hasHead = regexp.MustCompile(`(?i)<(?:!doctype|html|head|body|title|frameset)[\s>]`)

// formatting elements that are left open are opened again in each block that
// follows, so that a short document can make a huge tree. Of those that are
// alike, only maxAlike are:
// https://html.spec.whatwg.org/multipage/parsing.html#push-onto-the-list-of-active-formatting-elements
var formatting = map[string]bool{
	"a": true, "b": true, "big": true, "code": true, "em": true, "font": true, "i": true, "nobr": true,
	"s": true, "small": true, "strike": true, "strong": true, "tt": true, "u": true,
}

func checkSize(markup string) error {
	if CountNodes(markup) > maxNodes {
		return fmt.Errorf("%w: more than %d elements", dom.ErrTooLarge, maxNodes)
	}
	return nil
}

// CountNodes estimates how many elements the tree of markup has.
func CountNodes(markup string) int {
	if tags := strings.Count(markup, "<"); tags < maxNodes/512 {
		return tags
	}
	open, nodes := openTags{}, 0
	eachTag(markup, func(kind html.TokenType, name, raw string) string {
		switch {
		case kind == html.SelfClosingTagToken && (keptOpen[name] || name == "a"):
			nodes++ // an anchor ends where the next one begins
		case kind != html.EndTagToken && formatting[name]:
			open.start(name, raw)
			nodes++
		case kind == html.EndTagToken && formatting[name]:
			open.end(name)
		case kind != html.EndTagToken:
			nodes += 1 + min(open.count, 512)
		}
		return ""
	})
	return nodes
}

const maxAlike = 3

// openTags counts the formatting elements that are opened again.
type openTags struct {
	count  int
	alike  map[string]int      // by start tag
	byName map[string][]string // start tags
}

func (o *openTags) start(name, tag string) {
	if o.alike[tag] >= maxAlike {
		return
	}
	if o.alike == nil {
		o.alike, o.byName = map[string]int{}, map[string][]string{}
	}
	o.count++
	o.alike[tag]++
	o.byName[name] = append(o.byName[name], tag)
}

func (o *openTags) end(name string) {
	last := len(o.byName[name]) - 1
	if last < 0 {
		return
	}
	o.count--
	o.alike[o.byName[name][last]]--
	o.byName[name] = o.byName[name][:last]
}

// impliedEnd are the elements that the parser closes by itself when the next
// one begins; they do not nest by themselves.
var impliedEnd = map[string]bool{
	"p": true, "li": true, "dt": true, "dd": true, "tr": true, "td": true, "th": true, "thead": true, "tbody": true,
	"tfoot": true, "option": true, "optgroup": true, "rt": true, "rp": true, "html": true, "head": true, "body": true,
	"br": true, "img": true, "hr": true, "input": true, "meta": true, "link": true, "area": true, "base": true, "col": true,
	"embed": true, "source": true, "track": true, "wbr": true, "param": true,
}

// flatten drops the tags, but not the content, of elements that are nested
// too deeply.
func flatten(markup string) string {
	var out strings.Builder
	out.Grow(len(markup))
	open, dropped := 0, 0
	eachTag(markup, func(kind html.TokenType, name, raw string) string {
		if impliedEnd[name] {
			return raw
		}
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken: // HTML does not know the slash
			if open >= maxOpen {
				dropped++
				return " "
			}
			open++
		case html.EndTagToken:
			if dropped > 0 {
				dropped--
				return " "
			}
			open = max(0, open-1)
		}
		return raw
	}, &out)
	return out.String()
}

// keptOpen are the elements whose start tag is left as it is although it ends
// in a slash: those without content, and those whose content is no markup.
var keptOpen = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true,
	"meta": true, "param": true, "source": true, "track": true, "wbr": true,
	"html": true, "head": true, "body": true, "title": true, "script": true, "style": true, "textarea": true, "iframe": true,
	"noscript": true, "noembed": true, "noframes": true, "xmp": true, "plaintext": true,
}

// slashOfValue finds an attribute without quotes, which takes the slash behind
// it for its own.
var slashOfValue = regexp.MustCompile(`=[^\s"'=]*$`)

// CloseEmpty ends the elements that are written as in XML, <p/>, as Confluence
// does: HTML takes them for the start of one that holds all that follows.
func CloseEmpty(markup string) string {
	if !strings.Contains(markup, "/>") {
		return markup
	}
	markup = closeRaw(markup)
	var out strings.Builder
	out.Grow(len(markup) + len(markup)/16)
	eachTag(markup, func(kind html.TokenType, name, raw string) string {
		start, ok := strings.CutSuffix(raw, "/>")
		if !ok || kind != html.SelfClosingTagToken || keptOpen[name] || slashOfValue.MatchString(start) {
			return raw
		}
		return start + "></" + name + ">"
	}, &out)
	return out.String()
}

// eachTag runs over the tokens of markup; what edit returns for a tag, and all
// else as it is, goes to out.
func eachTag(markup string, edit func(kind html.TokenType, name, raw string) string, out ...*strings.Builder) {
	z := html.NewTokenizer(strings.NewReader(markup))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return
		}
		text := string(z.Raw())
		if kind == html.StartTagToken || kind == html.EndTagToken || kind == html.SelfClosingTagToken {
			name, _ := z.TagName()
			text = edit(kind, string(name), text)
		}
		for _, o := range out {
			o.WriteString(text)
		}
	}
}
