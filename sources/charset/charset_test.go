package charset_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"finpages/sources/charset"
	"finpages/sources/limits/costtest"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

// before puts so many bytes of comment before a text.
func before(n int, text string) string { return "<!--" + strings.Repeat("x", n-7) + "-->" + text }

func TestMarkup(t *testing.T) {
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String("<p>Ж</p>")
	if err != nil {
		t.Fatal(err)
	}
	kanji, err := japanese.ISO2022JP.NewEncoder().String("日本")
	if err != nil {
		t.Fatal(err)
	}
	cyrillic, err := charmap.Windows1251.NewEncoder().String("Жук")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ body, want string }{
		"UTF-8":                     {"<p>Ж", "<p>Ж"},
		"UTF-8 with a mark":         {"\xEF\xBB\xBF<p>Ж", "<p>Ж"},
		"UTF-16 with a mark":        {"\xFF\xFE" + wide, "<p>Ж</p>"},
		"UTF-16 without a mark":     {wide, "<p>Ж</p>"},
		"no encoding at all":        {"<p>caf\xe9 Ж", "<p>café Ж"},
		"declared":                  {"<meta charset='windows-1251'>" + cyrillic, "<meta charset='windows-1251'>Жук"},
		"declared as XML":           {`<?xml version="1.0" encoding="windows-1251"?>` + cyrillic, `<?xml version="1.0" encoding="windows-1251"?>Жук`},
		"declared in capitals":      {"<META CHARSET = WINDOWS-1251>" + cyrillic, "<META CHARSET = WINDOWS-1251>Жук"},
		"the word in a comment":     {"<!-- charset: see below --><meta charset=windows-1251>" + cyrillic, "<!-- charset: see below --><meta charset=windows-1251>Жук"},
		"declared, but UTF-8":       {"<meta charset=windows-1251>Ж", "<meta charset=windows-1251>Ж"},
		"declared in 7 bits":        {"<meta charset=iso-2022-jp>" + kanji, "<meta charset=iso-2022-jp>日本"},
		"an encoding nobody knows":  {"<meta charset=klingon>\xe9", "<meta charset=klingon>é"},
		"cut off after the name":    {"\xcc<meta charset=windows-1251", "М<meta charset=windows-1251"},
		"at the end of the head":    {before(2048-len("<meta charset=windows-1251"), "<meta charset=windows-1251>") + cyrillic, before(2048-len("<meta charset=windows-1251"), "<meta charset=windows-1251>") + "Жук"},
		"across the end":            {before(2048-len("<meta charset=windows-125"), "<meta charset=windows-1251>") + cyrillic, before(2048-len("<meta charset=windows-125"), "<meta charset=windows-1251>") + "Жук"},
		"behind the end":            {before(2048-len("<meta charset="), "<meta charset=windows-1251>") + "\xe9", before(2048-len("<meta charset="), "<meta charset=windows-1251>") + "é"},
		"a name that does not end":  {"<meta charset=" + strings.Repeat("x", 5000) + ">\xe9", "<meta charset=" + strings.Repeat("x", 5000) + ">é"},
		"nothing":                   {"", ""},
		"not text, but not refused": {"%PDF-\x00", "%PDF-\x00"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := string(charset.Markup([]byte(tt.body))); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			text, err := charset.Text([]byte(tt.body), true)
			if err == nil && text != charset.CleanCode(tt.want) {
				t.Errorf("as a document it is %q", text)
			}
		})
	}
}

func TestText(t *testing.T) {
	for body, want := range map[string]string{
		"a\r\nb\rc\u2028d":             "a\nb\nc\nd",
		"<meta charset=windows-1251>Ж": "<meta charset=windows-1251>Ж",
		"charset=windows-1251 \xe9":    "charset=windows-1251 é", // text declares nothing
		"a\uFEFFb\x07":                 "ab",
	} {
		if got, err := charset.Text([]byte(body), false); err != nil || got != want {
			t.Errorf("%q is read as %q, %v", body, got, err)
		}
	}
	for _, body := range []string{"%PDF-1.4", "some\x00text", "\xFF\xFE\x00\x00a\x00\x00\x00",
		strings.Repeat("\x01\x02", 9)} {
		if _, err := charset.Text([]byte(body), true); !errors.Is(err, charset.ErrNotText) {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func FuzzMarkup(f *testing.F) {
	f.Add([]byte("<meta charset=windows-1251>\xc6\xf3\xea"))
	f.Add([]byte("<\x00p\x00>\x00"))
	f.Add([]byte("<?xml encoding='iso-2022-jp'?>\x1b$B"))
	f.Fuzz(func(t *testing.T, body []byte) {
		if s := charset.Markup(body); !utf8.Valid(s) {
			t.Errorf("%q is read as %q", body, s)
		}
		costtest.Check(t, body, func(b []byte) {
			_ = charset.Markup(b)
			_, _ = charset.Text(b, true)
		})
	})
}
