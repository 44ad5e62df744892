package charset

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// western is how bytes are read that nothing else is known of.
const western = "windows-1252"

// Guessed returns the encoding that a text is read in although nobody declares
// it, by its name in HTML; "" if the text is UTF-8 or UTF-16, or declares one.
func Guessed(b []byte, markup bool) string {
	b, order := detect(b, markup)
	if order != nil {
		return ""
	}
	if markup {
		if _, ok := declared(b); ok {
			return ""
		}
	}
	if isJapaneseIn7Bits(b) {
		return "iso-2022-jp"
	}
	if utf8.Valid(b) {
		return ""
	}
	if mostlyUTF8(b) {
		return ""
	}
	name, _ := guess(b, markup)
	return name
}

const (
	// minGuess is how many bytes beyond ASCII a text must hold for its letters to
	// tell its encoding.
	minGuess = 6
	// maxGuess is how many bytes of a text are looked at.
	maxGuess = 64 << 10
	// surely and likely are how sure the detector must be, of 100, of encodings
	// with several bytes a letter, and with one.
	surely, likely = 50, 15
)

// supersets are the encodings that are read in the place of those that lack the
// letters which people type all the same:
// https://encoding.spec.whatwg.org/#names-and-labels
var supersets = map[string]string{
	"iso-8859-1": western, "iso-8859-9": "windows-1254", "iso-8859-7": "windows-1253", "iso-8859-8": "windows-1255",
	"iso-8859-8-i": "windows-1255", "gb-18030": "gb18030", "gb18030": "gb18030",
}

// isJapaneseIn7Bits tells whether a text switches to Japanese letters by ISO-2022-JP's
// escapes, behind which all is ASCII.
func isJapaneseIn7Bits(b []byte) bool {
	return bytes.Contains(b, []byte("\x1B$B")) || bytes.Contains(b, []byte("\x1B$@"))
}

// guess finds the encoding of a text by its letters. Where they tell nothing, it
// is the Western one, and the encoding is nil.
func guess(b []byte, markup bool) (name string, enc encoding.Encoding) {
	beyond, first := 0, -1
	for i, c := range b {
		if c >= utf8.RuneSelf {
			if beyond++; first < 0 {
				first = i
			}
		}
	}
	if beyond < minGuess {
		return western, nil
	}
	sample := foreignWords(b[max(0, first-256):])
	detector := chardet.NewTextDetector()
	if markup {
		detector = chardet.NewHtmlDetector()
	}
	found, err := detector.DetectAll(sample)
	if err != nil {
		return western, nil
	}
	if name := unknownToDetector(sample); name != "" && !isSurelyWide(found[0], b) {
		if enc, err = htmlindex.Get(name); err == nil && decodes(enc, b) {
			return name, enc
		}
	}
	for _, r := range found {
		name = strings.ToLower(r.Charset)
		if better, known := supersets[name]; known {
			name = better
		}
		if name == western {
			return western, nil
		}
		least := likely
		if isWide[name] {
			least = surely
		}
		if enc, err = htmlindex.Get(name); err == nil && r.Confidence >= least && decodes(enc, b) {
			return name, enc
		}
	}
	return western, nil
}

// foreignWords are the words of a text that hold bytes beyond ASCII: English and code
// around them tell nothing of their encoding, and outweigh them.
func foreignWords(b []byte) []byte {
	var out []byte
	for len(b) > 0 && len(out) < maxGuess {
		end := bytes.IndexFunc(b, isSpace)
		if end < 0 {
			end = len(b)
		}
		word := b[:end]
		if bytes.IndexFunc(word, isBeyond) >= 0 {
			out = append(append(out, word[:min(len(word), maxGuess)]...), ' ')
		}
		b = b[min(end+1, len(b)):]
	}
	return out
}

func isSpace(r rune) bool { return r <= ' ' }

func isBeyond(r rune) bool { return r >= utf8.RuneSelf }

// isWide are encodings with several bytes a letter.
var isWide = map[string]bool{"shift_jis": true, "euc-jp": true, "euc-kr": true, "gb18030": true, "big5": true, "iso-2022-jp": true}

// isSurelyWide tells whether what the detector found has several bytes a letter, in all
// of a text.
func isSurelyWide(found chardet.Result, b []byte) bool {
	name := strings.ToLower(found.Charset)
	if better, known := supersets[name]; known {
		name = better
	}
	if !isWide[name] || found.Confidence < surely {
		return false
	}
	enc, err := htmlindex.Get(name)
	return err == nil && decodes(enc, b)
}

// decodes tells whether every letter of a text is one in the encoding.
func decodes(enc encoding.Encoding, b []byte) bool {
	s, err := enc.NewDecoder().Bytes(b)
	return err == nil && !strings.ContainsRune(string(s), utf8.RuneError)
}

// mostlyUTF8 tells whether a text is UTF-8 but for a few bytes.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case n > 1:
			good++
		case r == utf8.RuneError:
			bad++
		}
		b = b[n:]
	}
	return good > bad
}

// sparseUTF16 finds UTF-16 of other scripts without a byte order mark: NUL bytes
// are those of its spaces and line ends alone, all on one side, and what they
// part are letters.
func sparseUTF16(b []byte, even, odd int) binary.ByteOrder {
	var order binary.ByteOrder
	switch {
	case even == 0 && odd > 1:
		order = binary.LittleEndian
	case odd == 0 && even > 1:
		order = binary.BigEndian
	default:
		return nil
	}
	plain, all := 0, 0
	for _, r := range fromUTF16(b, order) {
		all++
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsSpace(r) || unicode.IsPunct(r) {
			plain++
		}
	}
	if plain*20 < all*19 {
		return nil
	}
	return order
}
