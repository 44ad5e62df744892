package transclusion_test

import (
	"testing"

	"finpages/sources/confluence/internal/transclusion"
)

const includeSecret = `<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link>` +
	`<ri:page ri:content-title="Secret" /></ac:link></ac:parameter></ac:structured-macro>`

// Nothing that stands behind an include hides it.
func FuzzScan(f *testing.F) {
	f.Add("<p>a</p>")
	f.Add(`<![CDATA[ </ac:structured-macro> `)
	f.Add(`</ac:parameter></ac:structured-macro><ac:macro ac:name="details"`)
	f.Fuzz(func(t *testing.T, rest string) {
		found := transclusion.Scan(includeSecret+rest, "OPS")
		secret := transclusion.Reference{Space: "OPS", Title: "Secret"}
		if found.Unnamed == "" && (len(found.Pages) == 0 || found.Pages[0] != secret) {
			t.Errorf("includes are %v", found.Pages)
		}
	})
}

// Macros that nobody here knows are taken at their parameters.
func TestUnknownMacrosThatNamePages(t *testing.T) {
	secret, byID := transclusion.Reference{Space: "OPS", Title: "Secret"}, transclusion.Reference{ID: "2"}
	for parameter, want := range map[string]transclusion.Reference{
		`<ac:parameter ac:name="page">Secret</ac:parameter>`:                              secret,
		`<ac:parameter ac:name="pageTitle">OPS:Secret</ac:parameter>`:                     secret,
		`<ac:parameter ac:name="pageId">2</ac:parameter>`:                                 byID,
		`<ac:parameter ac:name="x"><ri:page ri:content-title="Secret"/></ac:parameter>`:   secret,
		`<ac:parameter ac:name="x"><ri:content-entity ri:content-id="2"/></ac:parameter>`: byID,
	} {
		found := transclusion.Scan(`<ac:structured-macro ac:name="gadget">`+parameter+`</ac:structured-macro>`, "OPS")
		if found.Unnamed == "" && (len(found.Pages) != 1 || found.Pages[0] != want) {
			t.Errorf("%s: pages are %v", parameter, found.Pages)
		}
	}
}
