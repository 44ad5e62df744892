// Package markup reads what the files of a Confluence HTML export tell of
// themselves, element by element: no tree is built.
package markup

import (
	"bytes"
	"slices"
	"strings"

	"finpages/sources/charset"

	"golang.org/x/net/html"
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
	return slices.ContainsFunc(strings.Fields(e.attr("class")),
		func(c string) bool { return slices.Contains(classes, c) })
}

// scanner reads the elements of a file one after the other.
type scanner struct{ *html.Tokenizer }

// scan calls visit for each element until it returns false.
func scan(body []byte, visit func(scanner, element) bool) {
	s := scanner{html.NewTokenizer(bytes.NewReader(charset.Markup(body)))}
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
