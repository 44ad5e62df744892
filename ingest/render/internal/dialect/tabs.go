package dialect

import (
	"html"
	"strings"

	"finpages/ingest/render/internal/dom"
	regexp "finpages/sources/lazyregexp"
)

// isTab are the components whose names the component that holds them has, as in
// Nextra and Fumadocs: <Tabs items={['npm', 'pnpm']}>.
var isTab = dom.Set("tab", "tabs.tab", "tabpanel", "tab.panel", "tabs.panel")

var (
	tabItem = regexp.MustCompile(`\{[^{}]*?\blabel"?:\s*(?:'([^'\n]*)'|"([^"\n]*)"|<[^{}]*?>)[^{}]*\}|'([^'\n]*)'|"([^"\n]*)"`)
)

// tabNames are the names of the tabs that a component holds.
func tabNames(t tag, a args) []string {
	if !strings.HasSuffix(strings.ToLower(t.name), "tabs") || a.code["items"] == "" {
		return nil
	}
	var names []string
	for _, m := range tabItem.FindAllStringSubmatch(a.code["items"], 5*maxTabs) {
		names = append(names, m[1]+m[2]+m[3]+m[4])
	}
	return names
}

// tabLabel is the name of the tab that comes next.
func (r *rewriter) tabLabel(a args) []string {
	label := a.first("value", "name", "id")
	if len(r.tabs) > 0 {
		if label == "" {
			label = r.tabs[0]
		}
		r.tabs = r.tabs[1:]
	}
	if label == "" {
		return nil
	}
	return []string{strong(html.EscapeString(label)), ""}
}
