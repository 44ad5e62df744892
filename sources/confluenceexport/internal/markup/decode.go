package markup

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// decode makes a file, or its beginning, UTF-8: by the rules by which its body
// is rendered, or title and text would differ in their letters.
func decode(b []byte) io.Reader {
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		b = b[3:]
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		return fromUTF16(b[2:], binary.LittleEndian)
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		return fromUTF16(b[2:], binary.BigEndian)
	}
	if order := utf16Order(b); order != nil {
		return fromUTF16(b, order)
	}
	if s, ok := declared(b); ok {
		return bytes.NewReader(s)
	}
	return fromBytes(b)
}

// utf16Order finds UTF-16 without a byte order mark by the NUL bytes of the
// markup that a file begins with; nil if it is none.
func utf16Order(b []byte) binary.ByteOrder {
	switch {
	case len(b) < 4:
	case b[0] == 0 && b[1] != 0 && b[2] == 0 && b[3] != 0:
		return binary.BigEndian
	case b[0] != 0 && b[1] == 0 && b[2] != 0 && b[3] == 0:
		return binary.LittleEndian
	}
	return nil
}

func fromUTF16(b []byte, order binary.ByteOrder) io.Reader {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return strings.NewReader(string(utf16.Decode(units)))
}

// fromBytes reads UTF-8; a byte that is none is read as Windows-1252.
func fromBytes(b []byte) io.Reader {
	if utf8.Valid(b) {
		return bytes.NewReader(b)
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
	return strings.NewReader(out.String())
}

// declared decodes by the encoding that the file names. UTF-8 that is valid is
// believed over any name, except that of an encoding in 7 bits.
func declared(b []byte) ([]byte, bool) {
	name := charsetName(strings.ToLower(string(b[:min(len(b), 2048)])))
	if name == "" || strings.HasPrefix(name, "utf-") || utf8.Valid(b) && !strings.HasPrefix(name, "iso-2022-") {
		return nil, false
	}
	encoding, err := htmlindex.Get(name)
	if err != nil {
		return nil, false
	}
	s, err := encoding.NewDecoder().Bytes(b)
	return s, err == nil
}

// charsetName returns the value of the first charset= or XML encoding=.
func charsetName(head string) string {
	for _, key := range []string{"charset", "encoding"} {
		_, rest, _ := strings.Cut(head, key)
		rest, ok := strings.CutPrefix(strings.TrimLeft(rest, " \t\n\r"), "=")
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, " \t\n\r\"'")
		name := strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz0123456789-_:.")
		if name = rest[:len(rest)-len(name)]; name != "" {
			return name
		}
	}
	return ""
}
