package liquid

import (
	"strings"

	regexp "finpages/sources/lazyregexp"
)

var tagLike = regexp.MustCompile(`</?([A-Za-z][A-Za-z0-9]*)[\s/>]`)

// guardNames keeps what a value has in angle brackets from being read as a tag, where
// HTML has no element of that name: "<Acme & Co>".
func guardNames(s string) string {
	if !strings.Contains(s, "<") || strings.Contains(s, "<svg") || strings.Contains(s, "<math") {
		return s
	}
	var out strings.Builder
	last := 0
	for _, m := range tagLike.FindAllStringSubmatchIndex(s, -1) {
		if !strings.Contains(elements, " "+strings.ToLower(s[m[2]:m[3]])+" ") {
			out.WriteString(s[last:m[0]+1] + guard)
			last = m[0] + 1
		}
	}
	out.WriteString(s[last:])
	return out.String()
}

const elements = " a abbr acronym address applet area article aside audio b base basefont bdi bdo big blockquote " +
	"body br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl " +
	"dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr " +
	"html i iframe img input ins kbd label legend li link main map mark marquee menu meta meter nav nobr noframes " +
	"noscript object ol optgroup option output p param picture pre progress q rb rp rt rtc ruby s samp script " +
	"search section select slot small source span strike strong style sub summary sup table tbody td template " +
	"textarea tfoot th thead time title tr track tt u ul var video wbr "
