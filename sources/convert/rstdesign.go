package convert

import (
	"slices"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// Directives of extensions that lay out a page: sphinx-design, sphinx-panels,
// sphinx-tabs and the like.
// https://sphinx-design.readthedocs.io/en/latest/

// layoutDirectives have an argument that says how, and nothing to read.
var layoutDirectives = []string{"grid", "div", "card-carousel", "tab-set-code", "panels", "container", "hlist"}

var cardDirectives = []string{"card", "grid-item-card", "panels", "link-button"}

// cardRule parts a card's head and foot from its text.
var cardRule = regexp.MustCompile(`^ *(?:\^{3,}|\+{3,}|-{3,})$`)

var pictures = regexp.MustCompile(":(?:octicon|fa[bsrl]?|fa-\\w+|material-\\w+):`[^`]*`")

// card leads a card's title to where the card does, and drops the rules in it.
func (r *rst) card(d directive) directive {
	_, options, rest := d.parts()
	d.block = slices.Clone(d.block)
	for i := len(d.block) - len(rest); i < len(d.block); i++ {
		if cardRule.MatchString(d.block[i]) {
			d.block[i] = ""
		}
	}
	if d.name == "panels" {
		for i, line := range d.block {
			if m := rstOption.FindStringSubmatch(line); m != nil {
				d.block[i] = ""
			}
		}
	}
	d.argument = strings.TrimSpace(pictures.ReplaceAllString(d.argument, ""))
	d.argument = r.leading(d.argument, options["link"], options["link-type"])
	return d
}

// leading shows a text that leads to an address, a document or a label.
func (r *rst) leading(text, target, kind string) string {
	switch target = strings.TrimSpace(target); {
	case target == "" || text == "" || rstRole.MatchString(text):
		return text
	case kind == "doc" || kind == "ref" || kind == "any":
		return r.reference(kind, text, target)
	case strings.Contains(target, "://"):
		return "`" + strings.ReplaceAll(escaped(text), "<", `\<`) + " <" + target + ">`__"
	}
	return text
}

// button shows a link that looks like a button; its text is below it.
func (r *rst) button(d directive) []string {
	_, options, rest := d.parts()
	text := strings.Join(strings.Fields(strings.Join(rest, " ")), " ")
	kind := strings.TrimSpace(options["ref-type"])
	if d.name == "button-ref" && kind == "" {
		kind = "any"
	}
	shown := ""
	switch {
	case kind != "":
		shown = r.reference(kind, text, d.argument)
	case text == "":
		shown = d.argument
	default:
		shown = r.leading(text, d.argument, "")
	}
	return append(pad(d.indent, "", shown), "")
}

// codeTab shows a tab of code: its argument is the language, and a title may follow.
func (d directive) codeTab() []string {
	language, title, _ := strings.Cut(d.argument, " ")
	more, _, rest := d.parts()
	title = strings.TrimSpace(strings.Join(append([]string{title}, more...), " "))
	var out []string
	if title != "" {
		out = append(pad(d.indent, "", escaped(title)), "")
	}
	if len(rest) == 0 {
		return out
	}
	d.name, d.argument = "code", language
	return append(out, d.asIs(rest)...)
}
