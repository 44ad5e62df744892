package dialect

import (
	"cmp"
	"html"
	"strings"
)

// componentText is what a component shows within a line of text.
func (d *Document) componentText(t tag) string {
	if d.jsx {
		t.args = d.settings(t.args, d.program().scope)
	}
	a := parseArgs(t.args)
	if t.name[0] >= 'a' && t.name[0] <= 'z' {
		return htmlTag(t, a)
	}
	if t.closing {
		tip := d.tips[t.name]
		delete(d.tips, t.name)
		return tip
	}
	if tip := a.first("tip", "tooltip", "definition"); tip != "" && !t.selfClosing {
		d.tips[t.name] = " (" + tipText(a, tip) + ")"
		return ""
	}
	if field := fieldLabel(a); field != "" && t.selfClosing && isField(t, a) {
		return besideText(field, fieldText(a))
	}
	if isButton(t) && !t.selfClosing {
		d.tips[t.name] = "</a>"
		return linkTag(t)
	}
	if by := author(t, a); by != "" && !t.selfClosing {
		d.tips[t.name] = " " + by
		return ""
	}
	text := html.EscapeString(cmp.Or(a.first("label", "text", "title", "name", "alt"), triggerText(a)))
	if value := statValue(t, a); value != nil {
		text = strings.TrimPrefix(text+": "+value[0], ": ")
	}
	if isButton(t) && text != "" {
		return linkTag(t) + text + "</a>"
	}
	if href := a.first("href", "to"); href != "" && !t.selfClosing {
		return text
	}
	if data := dataInText(t.args); text == "" && data != "" {
		return data
	}
	if text == "" && t.selfClosing && t.name != "Icon" {
		d.warn("component <" + t.name + "> left out")
	}
	return text
}

// tipText is what a tooltip shows: a text, and a link to more.
func tipText(a args, tip string) string {
	text := html.EscapeString(tip)
	if more := a.named["cta"]; more != "" {
		text += " " + mediaLink(a.first("href", "url"), more, "")
	}
	return text
}
