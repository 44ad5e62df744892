package dialect

import (
	"strings"

	"finpages/ingest/render/internal/dom"
)

// Names of elements that authors use for values, "git add <path>", as the elements
// make no sense there: those that hold something, but nothing ends them, and those
// that are empty, but no setting says of what.
var (
	endedElements = dom.Set("applet", "audio", "body", "button", "canvas", "command", "data", "datalist", "dialog",
		"fieldset", "form",
		"frameset", "head", "html", "iframe", "image", "label", "legend", "map", "mask", "math", "menu", "metadata",
		"meter", "noframes",
		"noscript", "object", "optgroup", "option", "output", "path", "pattern", "picture", "plaintext", "portal",
		"progress", "script",
		"search", "select", "slot", "style", "svg", "switch", "symbol", "template", "text", "textarea", "time",
		"title", "use", "video",
		"view", "xmp", "line", "filter", "desc", "stop", "rect", "circle", "menuitem")
	emptyElements = dom.Set("area", "base", "embed", "frame", "img", "input", "link", "meta", "param", "source",
		"track")
)

// isValue tells whether a tag is the name of a value: it has no settings, and what
// follows does not end it. In a block of HTML, nothing of the document ends it.
func (d *Document) isValue(t tag, rest string, inHTML bool) bool {
	name := strings.ToLower(t.name)
	switch {
	case t.closing, t.selfClosing, t.args != "":
		return false
	case emptyElements[name]:
		return !inHTML
	case !endedElements[name]:
		return false
	case inHTML || len(rest) >= maxTag:
		return !d.has("</" + t.name)
	}
	return indexFold(rest, "</"+name) < 0
}
