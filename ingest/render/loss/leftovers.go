package loss

import (
	"maps"
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// leftovers are pieces of syntax that readers of a page see, by their kind.
type leftovers map[string]*Leftover

// triggers are the characters without which there is no syntax in a text.
const triggers = "{:!?&[=-iU%"

// signs are the triggers among a text's bytes, each a bit.
type signs uint16

var signOf = func() (table [256]signs) {
	for i := range len(triggers) {
		table[triggers[i]] = 1 << i
	}
	return table
}()

func signsOf(text string) (all signs) {
	for i := range len(text) {
		all |= signOf[text[i]]
	}
	return all
}

// needed are the signs of each kind of syntax.
var needed = func() (list []signs) {
	for _, kind := range syntax {
		list = append(list, signsOf(kind.sign))
	}
	return list
}()

// syntax are the kinds, each with what every piece of it holds. The text is our
// own HTML, outside of code.
var syntax = []struct {
	kind, sign string
	isStart    bool // only where a block begins
	pattern    *regexp.Regexp
}{
	{"shortcode", "{{", false, regexp.MustCompile(`\{\{(?:&lt;|%)\s*/?[a-z][^{}]{0,80}`)},
	{"shortcode", "{%", false, regexp.MustCompile(`\{%-?\s*[a-z]\w*[^{}]{0,80}%\}`)},
	{"directive", ":::", false, regexp.MustCompile(`:::[ \w-]{0,40}`)},
	{"admonition", "!!! ", true, regexp.MustCompile(`^\s*!!! [a-z]+`)},
	{"admonition", "??? ", true, regexp.MustCompile(`^\s*\?\?\?\+? [a-z]+`)},
	{"tab", `=== "`, true, regexp.MustCompile(`^\s*=== ".{0,40}`)},
	{"snippet", "--8&lt;--", false, regexp.MustCompile(`--8&lt;--.{0,40}`)},
	{"alert", "[!", false, regexp.MustCompile(`\[![A-Z]{3,}[\w-]*\]?`)},
	{"comment", "{/*", false, regexp.MustCompile(`\{/\*.{0,40}`)},
	{"comment", "&lt;!--", false, regexp.MustCompile(`&lt;!--.{0,40}`)},
	{"attributes", "{", false, regexp.MustCompile(`\{:? ?[.#][a-z][\w-]*[^{}]{0,60}\}`)},
	{"icon", ":", false, regexp.MustCompile(`:(?:material|octicons|fontawesome|simple)-[a-z0-9-]+:`)},
	{"component", "&lt;/", false, regexp.MustCompile(`&lt;/[A-Z][A-Za-z]+&gt;`)},
	{"storage format", "&lt;", false, regexp.MustCompile(`&lt;/?(?:ac|ri):[a-z-]+`)},
	{"storage format", "&lt;![CDATA[", false, regexp.MustCompile(`&lt;!\[CDATA\[`)},
	{"import", "import ", true, regexp.MustCompile(`^\s*import [\w{} ,*]+ from ['"].{0,60}`)},
	{"wiki link", "[[", false, regexp.MustCompile(`!?\[\[[^\[\]]{1,80}\]\]`)},
	{"magic block", "[block:", false, regexp.MustCompile(`\[block:[a-z-]+\]`)},
	{"macro", "Unknown macro", false, regexp.MustCompile(`Unknown macro:? ?.{0,40}`)},
}

// look finds syntax in a piece of text.
func (l leftovers) look(text string, isStart bool) {
	there := signsOf(text)
	if there == 0 {
		return
	}
	for i := range syntax {
		kind := &syntax[i]
		if needed[i]&^there != 0 || kind.isStart && !isStart || !strings.Contains(text, kind.sign) {
			continue
		}
		if found := kind.pattern.FindAllString(text, maxLeftovers); len(found) > 0 {
			l.add(kind.kind, found)
		}
	}
}

// maxLeftovers bounds how many pieces of a kind are counted in one text.
const maxLeftovers = 100

func (l leftovers) add(kind string, found []string) {
	if l[kind] == nil {
		l[kind] = &Leftover{Kind: kind, Example: strings.TrimSpace(decoded(found[0]))}
	}
	l[kind].Count += len(found)
}

func (l leftovers) list() (list []Leftover) {
	for _, kind := range slices.Sorted(maps.Keys(l)) {
		list = append(list, *l[kind])
	}
	return list
}
