// Package charset turns the stored bytes of a document into text: it finds out
// their encoding in one way for all who read them, so that a title and the text
// below it agree in their letters.
package charset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	regexp "finpages/sources/lazyregexp"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
)

// ErrNotText is returned for binary content.
var ErrNotText = errors.New("not text")

// Text decodes UTF-8 and UTF-16 with or without a byte order mark and, where
// markup is set, the encoding that HTML or XML declares for itself. The encoding
// of other bytes is guessed by their letters, see [Guessed]; a few among UTF-8,
// and those that tell nothing, are read as Windows-1252. Lines end in "\n", and characters
// that neither JSON nor XML take are left out. Byte order marks within the
// text are left out where it is no markup; there they may be part of code.
func Text(b []byte, markup bool) (string, error) {
	if bytes.HasPrefix(b, []byte("\xFF\xFE\x00\x00")) || bytes.HasPrefix(b, []byte("\x00\x00\xFE\xFF")) {
		return "", fmt.Errorf("%w: UTF-32 is not supported, save the file as UTF-8", ErrNotText)
	}
	if isPlain(b) && !markup { // nothing is to be found out or mended
		return string(b), checkStart(b)
	}
	b, order := detect(b, markup)
	if order != nil {
		s := fromUTF16(b, order)
		return clean(s, markup), checkText([]byte(s))
	}
	if err := checkText(b); err != nil {
		return "", err
	}
	return clean(string(fromBytes(b, markup)), markup), nil
}

// Markup decodes a file of HTML or XML, or the beginning of one, by the rules
// of [Text]. It leaves out nothing, refuses nothing, and takes no memory for what
// is UTF-8 already.
func Markup(b []byte) []byte {
	b, order := detect(b, true)
	if order != nil {
		return []byte(fromUTF16(b, order))
	}
	return fromBytes(b, true)
}

func clean(s string, markup bool) string {
	if markup {
		return CleanCode(strings.TrimLeft(s, mark))
	}
	return Clean(s)
}

// detect returns the text without its byte order mark, and the byte order of
// UTF-16; nil if it is in another encoding.
func detect(b []byte, markup bool) ([]byte, binary.ByteOrder) {
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		b = b[3:]
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		return b[2:], binary.LittleEndian
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		return b[2:], binary.BigEndian
	}
	return b, guessUTF16(b, markup)
}

// guessUTF16 finds UTF-16 without a byte order mark by its NUL bytes: in
// Western text nearly every second byte is one, as it is where markup begins.
func guessUTF16(b []byte, markup bool) binary.ByteOrder {
	if markup && len(b) >= 4 {
		switch {
		case b[0] == 0 && b[1] != 0 && b[2] == 0 && b[3] != 0:
			return binary.BigEndian
		case b[0] != 0 && b[1] == 0 && b[2] != 0 && b[3] == 0:
			return binary.LittleEndian
		}
	}
	const sample = 4096
	n := min(len(b), sample) &^ 1
	var even, odd int
	for i := 0; i < n; i += 2 {
		if b[i] == 0 {
			even++
		}
		if b[i+1] == 0 {
			odd++
		}
	}
	switch half := n / 2; {
	case half == 0:
		return nil
	case odd*10 >= half*4 && even*20 <= half:
		return binary.LittleEndian
	case even*10 >= half*4 && odd*20 <= half:
		return binary.BigEndian
	}
	return sparseUTF16(b[:n], even, odd)
}

func fromUTF16(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units))
}

// checkStart refuses what begins like a binary file.
func checkStart(b []byte) error {
	for _, s := range signatures {
		if bytes.HasPrefix(b, []byte(s)) {
			return fmt.Errorf("%w: it begins like a binary file", ErrNotText)
		}
	}
	return nil
}

// signatures begin files that may hold no telltale byte.
var signatures = []string{"%PDF-", "{\\rtf", "\x1f\x8b", "\x89PNG", "GIF8", "PK\x03\x04", "\xff\xd8\xff",
	"BZh9", "\x7fELF"}

func checkText(b []byte) error {
	if err := checkStart(b); err != nil {
		return err
	}
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return fmt.Errorf("%w: NUL byte at offset %d", ErrNotText, i)
	}
	controls := 0
	for _, c := range b {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b {
			controls++
		}
	}
	if controls > 8 && controls*50 > len(b) {
		return fmt.Errorf("%w: %d control characters", ErrNotText, controls)
	}
	return nil
}

// fromBytes reads UTF-8, or what markup declares, or what the letters tell. A byte
// that is neither is read as Windows-1252, so that one bad byte does not spoil the
// rest.
func fromBytes(b []byte, markup bool) []byte {
	if markup {
		if s, ok := declared(b); ok {
			return s
		}
	}
	if isJapaneseIn7Bits(b) {
		if s, err := japanese.ISO2022JP.NewDecoder().Bytes(b); err == nil {
			return s
		}
	}
	if utf8.Valid(b) {
		return b
	}
	if !mostlyUTF8(b) {
		if _, enc := guess(b, markup); enc != nil {
			if s, err := enc.NewDecoder().Bytes(b); err == nil {
				return s
			}
		}
	}
	var out bytes.Buffer
	out.Grow(len(b) + len(b)/8)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			r = charmap.Windows1252.DecodeByte(b[0])
		}
		out.WriteRune(r)
		b = b[n:]
	}
	return out.Bytes()
}

// maxHead is how far into a document the name of its encoding may begin, in
// bytes: twice what https://html.spec.whatwg.org/#charset asks for, as some
// write comments before it.
const maxHead = 2048

// declared decodes by the encoding named in the document's head. UTF-8 that is
// valid is believed over any name, except that of an encoding in 7 bits.
func declared(b []byte) ([]byte, bool) {
	name := declaredName(b)
	if name == "" || strings.HasPrefix(name, "utf-") || utf8.Valid(b) && !strings.HasPrefix(name, "iso-2022-") {
		return nil, false
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil, false
	}
	s, err := enc.NewDecoder().Bytes(b)
	return s, err == nil
}

// The names that HTML and XML declare.
var (
	htmlCharset = regexp.MustCompile(`(?i)charset\s*=[\s"']*([a-z0-9_:.-]+)`)
	xmlEncoding = regexp.MustCompile(`(?i)encoding\s*=[\s"']*([a-z0-9_:.-]+)`)
)

// declaredName returns the value of the first charset= or XML encoding= in the
// document's head, in lower case. A name that begins in the head is read to its
// end, or windows-1252 could be taken for windows-125.
func declaredName(b []byte) string {
	const maxName = 64
	head := b[:min(len(b), maxHead+maxName)]
	for _, declaration := range []*regexp.Regexp{htmlCharset, xmlEncoding} {
		if m := declaration.FindSubmatchIndex(head); m != nil && m[2] < maxHead {
			return strings.ToLower(string(head[m[2]:m[3]]))
		}
	}
	return ""
}
