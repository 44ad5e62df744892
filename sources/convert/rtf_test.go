package convert_test

import (
	"errors"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/limits"
)

// Letters of other code pages than the Western one, and numbers of letters.
func TestLettersOfRTF(t *testing.T) {
	need(t, "pandoc")
	c := newConverter(t, map[string][]string{".rtf": {"pandoc"}})
	body := `{\rtf1\ansi\ansicpg1250{\fonttbl{\f0\fcharset238 A;}{\f1\fcharset128 B;}{\f2\fcharset204 C;}}\f0 \'c8l\'e1nek \b\'f8` +
		`\b0 ek\par\f1 \'93\'fa\'96\'7b\f2 \'cc{\f0 \'e8}\'e8\par\plain\uc1\u8220"Hello\u8221 ", \uc0\u-10240 \u-8398 x{\bin3 {{{}\par \'7bbraces\'7d`
	out, _, err := c.Convert(t.Context(), sources.Document{Format: ".rtf", Body: []byte(body)}, sources.Others{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Článek <strong>ř</strong>ek", "日本Мčи", "“Hello”, 𐌲x", "{braces}"} {
		if !strings.Contains(string(out.Body), want) {
			t.Errorf("%q is missing: %s", want, out.Body)
		}
	}
	if _, _, err := c.Convert(t.Context(), sources.Document{Format: ".rtf", Body: []byte(`{\rtf1 a\bin99999999999999999999 {`)},
		sources.Others{}); err != nil {
		t.Error(err)
	}
	deep := `{\rtf1 ` + strings.Repeat("{", 10_000)
	if _, _, err := c.Convert(t.Context(), sources.Document{Format: ".rtf", Body: []byte(deep)}, sources.Others{}); !errors.Is(err, limits.ErrExceeded) {
		t.Errorf("deep groups: %v", err)
	}
}
