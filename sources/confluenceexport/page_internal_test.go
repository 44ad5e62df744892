package confluenceexport

import (
	"testing"

	"finpages/sources/confluenceexport/internal/markup"

	"github.com/google/go-cmp/cmp"
)

func TestAncestors(t *testing.T) {
	index := markup.ReadIndex([]byte(`<ul><a href="Home.html">Home</a><ul><a href="Sub.html">Sub</a></ul></ul>`), "OPS")
	p := page{file: file{path: "OPS/Sub.html"}, index: index}
	for name, tt := range map[string]struct {
		told markup.Page
		want []string
	}{
		"the page tells":              {markup.Page{Above: []string{"A", "B"}}, []string{"A", "B"}},
		"the page tells: none":        {markup.Page{Above: []string{}}, []string{}},
		"only the index of the space": {markup.Page{}, []string{"Home"}},
	} {
		if diff := cmp.Diff(tt.want, p.ancestors(tt.told)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
