package leaks_test

import (
	"html"
	"math/rand/v2"
	"testing"

	"finpages/ingest/leaks"
	"finpages/ingest/render"
	"finpages/sources"
)

// plantInWiki writes the secret into pages in a wiki's stored form.
func plantInWiki(r *rand.Rand, k kind) map[string]string {
	v := k.value(r)
	line := v
	if k.key != "" {
		line = k.key + "=" + v
	}
	esc := html.EscapeString(line)
	forms := map[string]string{
		"code": `<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">bash</ac:parameter>` +
			`<ac:plain-text-body><![CDATA[` + line + `]]></ac:plain-text-body></ac:structured-macro>`,
		"noformat": `<ac:structured-macro ac:name="noformat"><ac:plain-text-body><![CDATA[` + line + `]]></ac:plain-text-body></ac:structured-macro>`,
	}
	if k.key != "" {
		forms["panel"] = `<ac:structured-macro ac:name="info"><ac:rich-text-body><p>` + k.name + `: <code>` + html.EscapeString(v) + `</code></p></ac:rich-text-body></ac:structured-macro>`
		forms["table"] = `<table><tbody><tr><th><p>System</p></th><th><p>` + k.name + `</p></th></tr><tr><td><p>staging</p></td><td><p>` + html.EscapeString(v) + `</p></td></tr></tbody></table>`
		forms["expand"] = `<ac:structured-macro ac:name="expand"><ac:rich-text-body><ul><li><p>` + esc +
			`</p></li></ul></ac:rich-text-body></ac:structured-macro>`
	}
	return forms
}

func TestPlantedSecretsInWikisAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	all, missed := 0, []string{}
	for _, k := range kinds() {
		for form, body := range plantInWiki(r, k) {
			all++
			page, err := render.RenderContext(t.Context(), render.Input{Document: sources.Document{
				Format: sources.ConfluenceStorage, Title: "Runbook", Body: []byte("<p>" + filler + "</p>" + body)}})
			if err != nil {
				t.Fatalf("%s, %s: %v", k.name, form, err)
			}
			if len(find(t, leaks.Page{Title: page.Title, HTML: page.HTML})) == 0 {
				missed = append(missed, k.name+", "+form)
			}
		}
	}
	if len(missed)*50 > all || all < 200 {
		t.Errorf("missed %d of %d: %q", len(missed), all, missed)
	}
}
