package confluenceexport

import (
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"finpages/sources/limits/costtest"

	"golang.org/x/text/unicode/norm"
)

func TestPageID(t *testing.T) {
	for name, want := range map[string]string{
		"Home_17465352.html": "17465352", "18350084.html": "18350084", ".bookmarks_37323040.html": "37323040",
		"a/b/X_1.htm": "1", "X_1.HTML": "1", "S2_005.html": "", "_7.html": "7", "A_B_8.html": "8",
		"9223372036854775807.html": "9223372036854775807", "92233720368547758070.html": "",
		"Home.html": "", "v1.2.html": "", "X_12a.html": "", "X-12.html": "", "X_٣.html": "", "X_1.zip": "", "_.html": "", "0.html": "", "": "",
	} {
		if got := pageID(name); got != want {
			t.Errorf("pageID(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzNames(f *testing.F) {
	for _, seed := range []string{"OPS/Home_1.html", `..\..\x_2.html`, "/a//./b.html", "C:x.htm", "\x95\x5c.html",
		"e\u0301_9.html", "a/", ".", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		p, inside := cleanName(name)
		if !utf8.ValidString(p) || !norm.NFC.IsNormalString(p) {
			t.Fatalf("path %q of %q is not UTF-8 in NFC", p, name)
		}
		if isHTML(p) && !strings.HasSuffix(p, "/") && !fs.ValidPath(p) {
			t.Fatalf("path %q of %q leads elsewhere (inside=%v)", p, name, inside)
		}
		id := pageID(p)
		if id != "" && (strings.Trim(id, "0123456789") != "" || !strings.Contains(p, id)) {
			t.Fatalf("pageID(%q) = %q", p, id)
		}
		if comparePaths(p, p) != 0 || comparePaths(p, "a/b")+comparePaths("a/b", p) != 0 {
			t.Fatalf("the order of %q is not one", p)
		}
		costtest.Check(t, name, func(s string) {
			p, _ := cleanName(s)
			_ = pageID(p)
		})
	})
}
