package transclusion_test

import (
	"testing"

	"finpages/sources/confluence/internal/transclusion"
	"finpages/sources/limits/costtest"
)

const includeSecret = `<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link>` +
	`<ri:page ri:content-title="Secret" /></ac:link></ac:parameter></ac:structured-macro>`

// A macro that shows its body to some readers may show it to the login.
func TestMacrosForSomeReaders(t *testing.T) {
	body := "<ac:rich-text-body><p>the pay list</p></ac:rich-text-body></ac:structured-macro>"
	for storage, want := range map[string]bool{
		`<ac:structured-macro ac:name="show-if"><ac:parameter ac:name="group">hr</ac:parameter>` + body:              true,
		`<ac:structured-macro ac:name="gadget"><ac:parameter ac:name="audience">hr</ac:parameter>` + body:            true,
		`<ac:structured-macro ac:name="panel"><ac:parameter ac:name="title">hr</ac:parameter>` + body:                false,
		`<ac:structured-macro ac:name="status"><ac:parameter ac:name="user">hr</ac:parameter></ac:structured-macro>`: false,
		`<ac:adf-extension><ac:adf-node type="bodied-extension"><ac:adf-attribute key="extension-key">x/static/visibility-show</ac:adf-attribute>` +
			`</ac:adf-node></ac:adf-extension>`: true,
	} {
		if found := transclusion.Scan(storage, "OPS"); (found.Unnamed != "") != want {
			t.Errorf("%s: %q", storage, found.Unnamed)
		}
	}
}

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
		costtest.Check(t, rest, func(s string) { transclusion.Scan(s, "OPS") })
	})
}

// Macros that nobody here knows are taken at their parameters.
func TestUnknownMacrosThatNamePages(t *testing.T) {
	secret, byID := transclusion.Reference{Space: "OPS", Title: "Secret"}, transclusion.Reference{ID: "2"}
	for parameter, want := range map[string]transclusion.Reference{
		`<ac:parameter ac:name="page">Secret</ac:parameter>`:                              secret,
		`<ac:parameter ac:name="pageTitle">OPS:Secret</ac:parameter>`:                     secret,
		`<ac:parameter ac:name="pageId">2</ac:parameter>`:                                 byID,
		`<ac:parameter ac:name="source-page">Secret</ac:parameter>`:                       secret,
		`<ac:parameter ac:name="x"><ri:page ri:content-title="Secret"/></ac:parameter>`:   secret,
		`<ac:parameter ac:name="x"><ri:content-entity ri:content-id="2"/></ac:parameter>`: byID,
	} {
		found := transclusion.Scan(`<ac:structured-macro ac:name="gadget">`+parameter+`</ac:structured-macro>`, "OPS")
		if found.Unnamed == "" && (len(found.Pages) != 1 || found.Pages[0] != want) {
			t.Errorf("%s: pages are %v", parameter, found.Pages)
		}
	}
}
