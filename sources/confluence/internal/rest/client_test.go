package rest_test

import (
	"strings"
	"testing"

	"finpages/sources/confluence/internal/rest"
)

func TestShort(t *testing.T) {
	for text, want := range map[string]string{
		"No  content\r\nfound ":          "No content found",
		"\x1b]0;owned\a\x1b[31mred":      "]0;owned[31mred",
		"a\u202eb\u2066c\u200bd\x00":     "abcd",
		"Zugriff verweigert – Ärger, 日本": "Zugriff verweigert – Ärger, 日本",
		strings.Repeat("x", 300):         strings.Repeat("x", 200) + "…",
	} {
		if got := rest.Short(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
