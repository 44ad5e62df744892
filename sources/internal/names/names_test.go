package names_test

import (
	"testing"

	"finpages/sources/internal/names"
)

func setOf(folders []string, paths ...string) *names.Set {
	s := &names.Set{}
	for _, p := range paths {
		s.Add(names.HashOf(p), 0)
	}
	for _, f := range folders {
		s.AddFolder(names.HashOf(f))
	}
	return s
}

func TestHas(t *testing.T) {
	s := setOf([]string{"", "a"}, "x.md", "a", "a/b.md", ".hidden", "a/link")
	for path, want := range map[string][2]bool{
		"x.md": {true, true}, "a": {true, true}, "a/b.md": {true, true}, "b.md": {false, true}, "a/c.md": {false, true},
		"n/o/ne.md": {false, true}, "a/n/o.md": {false, true}, ".hidden": {true, true}, ".hidden/x": {false, false},
		"a/link/x": {false, false}, "x.md/y": {false, false}, "../x.md": {false, false}, ".": {false, false}, "": {false, false},
		"a/../x.md": {false, false},
	} {
		if there, known := s.Has(path); there != want[0] || known != want[1] {
			t.Errorf("%q: %t, %t, want %v", path, there, known, want)
		}
	}
	if _, known := setOf(nil, "x.md").Has("x.md"); known {
		t.Error("known in a folder that was not read")
	}
}

func TestDigest(t *testing.T) {
	digest := setOf([]string{""}, "a", "b").Digest()
	if digest != setOf(nil, "b", "a").Digest() {
		t.Error("the order counts")
	}
	other := setOf(nil, "a")
	other.Add(names.HashOf("b"), 1)
	for _, s := range []*names.Set{setOf(nil, "a"), setOf(nil, "a", "c"), setOf(nil, "a", "b", "c"), setOf(nil, "ab"), other} {
		if s.Digest() == digest {
			t.Errorf("%+v has the digest of others", s)
		}
	}
}
