// Package markup reads what the files of a Confluence HTML export tell of
// themselves, element by element: no tree is built.
package markup

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
)

// element is the start or the end of an HTML element.
type element struct {
	html.Token
	end bool
}

func (e element) attr(key string) string {
	for _, a := range e.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func (e element) hasClass(classes ...string) bool {
	return slices.ContainsFunc(strings.Fields(e.attr("class")), func(c string) bool { return slices.Contains(classes, c) })
}

// scanner reads the elements of a file one after the other.
type scanner struct{ *html.Tokenizer }

// scan calls visit for each element until it returns false.
func scan(body []byte, visit func(scanner, element) bool) {
	s := scanner{html.NewTokenizer(decode(body))}
	for {
		switch s.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			if !visit(s, element{s.Token(), false}) {
				return
			}
		case html.EndTagToken:
			if !visit(s, element{s.Token(), true}) {
				return
			}
		}
	}
}

// maxText bounds a title in bytes; Confluence allows 255 characters.
const maxText = 4096

// text returns the text up to the end of the named element, which was just
// begun, with single spaces.
func (s scanner) text(name string) string {
	var text strings.Builder
	for depth := 1; depth > 0 && text.Len() < maxText; {
		switch s.Next() {
		case html.ErrorToken:
			return collapse(text.String())
		case html.TextToken:
			data := s.Token().Data
			text.WriteString(data[:min(len(data), maxText-text.Len())])
		case html.StartTagToken:
			if s.Token().Data == name {
				depth++
			}
		case html.EndTagToken:
			if s.Token().Data == name {
				depth--
			}
		}
	}
	return collapse(text.String())
}

func collapse(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "\ufffd")), " ")
}

// decode makes the file UTF-8. What is valid UTF-8 is taken as that, whatever
// else the file claims to be.
func decode(body []byte) io.Reader {
	if order, ok := utf16Order(body); ok {
		return unicode.UTF16(order, unicode.IgnoreBOM).NewDecoder().Reader(bytes.NewReader(body))
	}
	if utf8.Valid(body) {
		return bytes.NewReader(body)
	}
	encoding, _, _ := charset.DetermineEncoding(body, "text/html")
	return encoding.NewDecoder().Reader(bytes.NewReader(body))
}

// utf16Order finds UTF-16 without a byte order mark by the NUL bytes of the
// markup that a file begins with.
func utf16Order(body []byte) (unicode.Endianness, bool) {
	if len(body) < 4 || body[0]|body[2] != 0 && body[1]|body[3] != 0 {
		return unicode.BigEndian, false
	}
	if body[0] == 0 {
		return unicode.BigEndian, body[1] != 0 && body[3] != 0
	}
	return unicode.LittleEndian, body[0] != 0 && body[2] != 0
}
