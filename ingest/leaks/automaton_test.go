package leaks_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"finpages/ingest/leaks"
)

// What tells quickly whether an expression matches tells the same as the expression.
func TestMayMatch(t *testing.T) {
	texts := []string{"", "a", "ab", "a b", "b\na", " key: x", "KEY\n", "\u212aey", "pa\u017f\u017f=1", "é ab", "aéb", "a\xffb", "\xff", "aaab", "_ab_",
		"a-b\n\n", "xx ab", "1 key=22", "\nab", strings.Repeat("ab ", 60) + "key=1"}
	for _, expr := range []string{`a`, `^a`, `b$`, `(?m)^a$`, `(?m)a$`, `\bab\b`, `\Bb`, `(?i)\bkey\b`, `(?i)pass=\d`, `(?s)b.a`, `b.a`, `[^a]b`, `a\xffb`,
		`a{3}b`, `(?:^|[^a-z])ab`, `a[^\n]{0,3}?b`, `é\s`, `(?i)k(?:ey|x)[ :=]+(\S{2,})`, `()`, `\z`, `a(b|)$`, `[[:^ascii:]]`, `key=\d$`} {
		var want []bool
		for _, text := range texts {
			want = append(want, regexp.MustCompile(expr).MatchString(text))
		}
		if got := leaks.May(expr, texts...); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", expr, got, want)
		}
	}
	// One that needs too much of it is left to the expression.
	if may := leaks.May(`a.{0,90}b.{0,90}c`, strings.Repeat("a xb", 400)); !may[0] {
		t.Error("no bound of what is made")
	}
}
