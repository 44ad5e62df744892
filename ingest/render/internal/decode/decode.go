// Package decode turns the stored bytes of a document into clean text.
package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// ErrNotText is returned for binary content.
var ErrNotText = errors.New("not text")

// Text decodes UTF-8 and UTF-16 with or without a byte order mark and, where
// markup is set, the encoding that HTML or XML declares for itself. Bytes that
// are not UTF-8 are read as Windows-1252. Lines end in "\n", and characters
// that neither JSON nor XML take are left out. Byte order marks within the
// text are left out where it is no markup; there they may be part of code.
func Text(b []byte, markup bool) (string, error) {
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		b = b[3:]
	case bytes.HasPrefix(b, []byte("\xFF\xFE\x00\x00")), bytes.HasPrefix(b, []byte("\x00\x00\xFE\xFF")):
		return "", fmt.Errorf("%w: UTF-32 is not supported, save the file as UTF-8", ErrNotText)
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		return fromUTF16(b[2:], binary.LittleEndian, markup)
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		return fromUTF16(b[2:], binary.BigEndian, markup)
	}
	if order := guessUTF16(b, markup); order != nil {
		return fromUTF16(b, order, markup)
	}
	if err := checkText(b); err != nil {
		return "", err
	}
	if markup {
		if s, ok := declared(b); ok {
			return clean(s, markup), nil
		}
	}
	return clean(fromBytes(b), markup), nil
}

func clean(s string, markup bool) string {
	if markup {
		return CleanCode(strings.TrimLeft(s, mark))
	}
	return Clean(s)
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
	return nil
}

func fromUTF16(b []byte, order binary.ByteOrder, markup bool) (string, error) {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	s := string(utf16.Decode(units))
	if err := checkText([]byte(s)); err != nil {
		return "", err
	}
	return clean(s, markup), nil
}

// signatures begin files that may hold no telltale byte.
var signatures = []string{"%PDF-", "{\\rtf", "\x1f\x8b", "\x89PNG", "GIF8", "PK\x03\x04", "\xff\xd8\xff", "BZh9", "\x7fELF"}

func checkText(b []byte) error {
	for _, s := range signatures {
		if bytes.HasPrefix(b, []byte(s)) {
			return fmt.Errorf("%w: it begins like a binary file", ErrNotText)
		}
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

// fromBytes reads UTF-8; a byte that is none is read as Windows-1252, so that
// one bad byte does not spoil the rest.
func fromBytes(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var out strings.Builder
	out.Grow(len(b) + len(b)/8)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			r = charmap.Windows1252.DecodeByte(b[0])
		}
		out.WriteRune(r)
		b = b[n:]
	}
	return out.String()
}

// declared decodes by the encoding named in the document's head. UTF-8 that is
// valid is believed over any name, except that of an encoding in 7 bits.
func declared(b []byte) (string, bool) {
	head := b[:min(len(b), 2048)]
	name := charsetName(strings.ToLower(string(head)))
	if name == "" || utf8.Valid(b) && !strings.HasPrefix(name, "iso-2022-") {
		return "", false
	}
	enc, err := htmlindex.Get(name)
	if err != nil || strings.HasPrefix(name, "utf-") {
		return "", false
	}
	s, err := enc.NewDecoder().Bytes(b)
	return string(s), err == nil
}

// charsetName returns the value of the first charset= or XML encoding=.
func charsetName(head string) string {
	for _, key := range []string{"charset", "encoding"} {
		_, rest, ok := strings.Cut(head, key)
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, " \t\n\r")
		if !strings.HasPrefix(rest, "=") {
			continue
		}
		rest = strings.TrimLeft(rest[1:], " \t\n\r\"'")
		end := strings.IndexFunc(rest, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("-_:.", r))
		})
		if end > 0 {
			return rest[:end]
		}
	}
	return ""
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\f", "\n")

// mark is the byte order mark, which within a text is a space without width.
const mark = "\uFEFF"

// Clean mends line ends and leaves out what neither JSON nor XML take, and
// byte order marks.
func Clean(s string) string { return strings.ReplaceAll(CleanCode(s), mark, "") }

// CleanCode is Clean for text that is kept as it is: marks stay.
func CleanCode(s string) string {
	if strings.ContainsAny(s, "\r\f\u2028\u2029") {
		s = newlines.Replace(s)
	}
	if strings.IndexFunc(s, unwanted) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unwanted(r) {
			return -1
		}
		return r
	}, s)
}

func unwanted(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\t' && r != '\n'
	case r >= 0x7f && r < 0xa0:
		return true
	}
	return r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF
}
