package dialect

import (
	"html"
	"strings"

	regexp "finpages/sources/lazyregexp"
)

// isButton tells whether a component is a button that leads somewhere.
func isButton(t tag) bool {
	name := strings.ToLower(t.name)
	return isUpper(t.name[0]) && !t.closing && (strings.HasSuffix(name, "button") || name == "buttonlink" || name == "cta") &&
		linkAddress(t) != ""
}

// events are what opens a popover where its setting says no text.
var events = map[string]bool{"hover": true, "click": true, "focus": true, "manual": true, "contextmenu": true, "press": true}

// triggerText is the text that opens a popover.
func triggerText(a args) string {
	trigger := a.named["trigger"]
	if trigger == "true" || events[strings.ToLower(trigger)] {
		return ""
	}
	return trigger
}

var quotes = regexp.MustCompile(`(?i)^(?:pull|block)?(?:quote|testimonial|citation)$`)

// author is who a quote is by, "" if the component is none or does not say.
func author(t tag, a args) string {
	name := a.first("author", "cite", "by", "attribution", "name", "source")
	if t.closing || name == "" || !quotes.MatchString(t.name) {
		return ""
	}
	if role := a.first("role", "position", "company"); role != "" {
		name += ", " + role
	}
	return "— " + plainText(name)
}

var stats = regexp.MustCompile(`(?i)^(?:stat|stats|statistic|metric|kpi|counter|fact|keyvalue|datapoint)(?:item|card|box|tile|block)?$`)

// statValue is the value that a component shows below its label.
func statValue(t tag, a args) []string {
	value := a.first("value", "number", "figure", "count")
	if value == "" || !stats.MatchString(t.name) {
		return nil
	}
	return []string{html.EscapeString(a.named["prefix"] + value + a.first("suffix", "unit")), ""}
}
