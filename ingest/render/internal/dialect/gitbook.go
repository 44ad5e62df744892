package dialect

import (
	"html"
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"
)

// otherCase are the calls that begin what holds in another case.
var otherCase = dom.Set("else", "elsif", "elif", "elseif", "when")

const expressionTag = `<code class="expression">`

var (
	expression = regexp.MustCompile(`^<code class="expression">([^<>]*)</code>`)
	namedVar   = regexp.MustCompile(`^((?:space|page)\.vars(?:\.[A-Za-z_]\w*)+)(?:\s*\?\?\s*(?:"([^"]*)"|'([^']*)'))?$`)
	rawCall    = regexp.MustCompile(`(?s)\{%-?\s*raw\s*-?%\}(.*?)\{%-?\s*endraw\s*-?%\}`)
)

// Expression reads an expression of GitBook's at the start of s, which shows a variable
// of the page or of its space; length is 0 if there is none.
func (d *Document) Expression(s string) (markup string, length int) {
	if !strings.HasPrefix(s, expressionTag) {
		return "", 0
	}
	m := expression.FindStringSubmatch(s)
	if m == nil {
		return "", 0
	}
	if name := namedVar.FindStringSubmatch(strings.TrimSpace(html.UnescapeString(m[1]))); name != nil {
		if text, ok := d.value(name[1]); ok {
			return html.EscapeString(text), len(m[0])
		}
		if text := name[2] + name[3]; text != "" {
			return html.EscapeString(text), len(m[0])
		}
	}
	d.warn("expression shown as it stands: " + m[1])
	return m[1], len(m[0])
}

// rawLiquid writes lines in which no call is one.
func (r *rewriter) rawLiquid(lines []string) {
	for i := 0; i < len(lines); {
		if m := fenceStart.FindStringSubmatch(lines[i]); m != nil {
			for n := i + fenceLength(lines[i:], m[2]); i < n; i++ {
				r.emit(lines[i])
			}
			continue
		}
		n := spanLength(lines[i:])
		r.emit(outsideCode(strings.Join(lines[i:i+n], "\n"), noCalls, asIs))
		i += n
	}
}

// noCalls keeps the calls in a text from being any.
func noCalls(text string) string {
	return strings.NewReplacer("{{", "&#123;&#123;", "{%", "&#123;%").Replace(text)
}

// rawInText keeps calls in a line from being any where the author says so.
func (d *Document) rawInText(text string) string {
	if !strings.Contains(text, "raw") || !strings.Contains(text, "{%") || d.Tool() == Jekyll {
		return text
	}
	var out strings.Builder
	from := 0
	for _, at := range rawCall.FindAllStringSubmatchIndex(text, maxSpan) {
		inner, isCode := text[at[2]:at[3]], hasOpenSpan(text[:at[0]])
		switch {
		case !isCode:
			inner = outsideCode(inner, noCalls, asIs)
		case d.Tool() != GitBook:
			inner = text[at[0]:at[1]]
		}
		out.WriteString(text[from:at[0]] + inner)
		from = at[1]
	}
	return out.String() + text[from:]
}
