package wikimacro_test

import (
	"strings"
	"testing"

	"finpages/sources/wikimacro"
)

func TestLimitsReaders(t *testing.T) {
	for macro, want := range map[string]bool{
		"show-if": true, "hide-if": true, "Show-If": true, "show-to user": true, "visibility-show-if": true,
		"projectdoc-hide-from-reader-macro": true, "restrict": true, "secret": true, "scroll-only": true,
		"gadget group": true, "gadget User-Group": true, "gadget colour visibility": true, "gadget audience": true,
		"if-user": true, "acme-if-group": true, "hidden-data": true, "gadget role": true,
		"show_if": true, "members-only": true, "display-if": true, "protected-content": true, "for_group": true,
		"panel hiddenFrom": true, "panel securityLevel": true, "panel whoCanSee": true, "panel exclude-groups": true,
		"button-group": false, "notify": false, "table-filter groupBy": false, "panel author": false,
		"panel accessibilityLabel": false, "panel team": true, "panel Department": true, "panel allow": true, "gadget deny": true,
		"gadget condition": true, "panel for-teams": true, "panel steam": false, "panel allowfullscreen": false,
		"panel title": false, "excerpt hidden": false, "expand title": false, "scroll-ignore": false, "gadget colour": false,
		"column width": false, "code language": false, "": false,
	} {
		name, parameters, _ := strings.Cut(macro, " ")
		if got := wikimacro.LimitsReaders(name, strings.Fields(parameters)...); got != want {
			t.Errorf("%q limits its readers: %v", macro, got)
		}
	}
}
