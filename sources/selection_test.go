package sources_test

import (
	"testing"

	"finpages/sources"
)

// What documents may include: patterns that select by extension leave out no file beside them.
func TestIncludable(t *testing.T) {
	for _, c := range []struct {
		include []string
		path    string
		want    bool
	}{
		{nil, "a/x.py", true},
		{nil, "a/.env", false},
		{nil, "a/.gitbook/includes/b.md", true},
		{nil, "a/.gitbook/includes/.b.md", false},
		{nil, ".x/.gitbook/includes/b.md", false},
		{nil, ".gitbook/vars.yaml", true},
		{nil, ".gitbook/vars.yaml/x", false},
		{nil, ".gitbook/assets/b.md", false},
		{nil, "private/.gitbook/includes/b.md", false},
		{nil, ".openpublishing.redirection.json", true},
		{nil, "private/x.py", false},
		{[]string{"**/*.rst"}, "a/x.py", true},
		{[]string{"**/*.rst"}, "x.py", true},
		{[]string{"**/*.rst"}, ".git/config", false},
		{[]string{"**/*.rst"}, "private/x.py", false},
		{[]string{"docs/**/*.{rst,md}"}, "docs/a/x.py", true},
		{[]string{"docs/**/*.{rst,md}"}, "src/x.py", false},
		{[]string{"docs/*.rst"}, "docs/a/x.py", false},
		{[]string{"docs/*/index.rst"}, "docs/a/x.py", false},
		{[]string{"docs/public*.rst"}, "docs/x.py", false},
		{[]string{"public/**"}, "docs/x.py", false},
		{[]string{"public/**"}, "public/x.py", true},
	} {
		s := sources.Selection{Include: c.include, Exclude: []string{"private/**"}}
		if got := s.Includes(c.path); got != c.want {
			t.Errorf("%q may be included with %q: %t", c.path, c.include, got)
		}
	}
}
