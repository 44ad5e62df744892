package markup

import (
	"net/url"
	"path"
	"strings"
)

// FileName returns the name of the attachment that lies at the path, as seen from
// the page's file; "" if the page does not tell it: a list of them ends the page.
// Links within the text may say anything, so what they say must have the extension.
func FileName(body []byte, at string) (name string) {
	scan(body, func(s scanner, e element) bool {
		if e.end || e.Data != "a" && e.Data != "img" {
			return true
		}
		href := e.attr("href") + e.attr("src")
		if u, err := url.Parse(href); err != nil || u.IsAbs() || path.Clean(u.Path) != at {
			return true
		}
		if alias := e.attr("data-linked-resource-default-alias"); alias != "" {
			name = alias
		} else if e.Data == "a" {
			if text := s.text("a"); strings.EqualFold(path.Ext(text), path.Ext(at)) {
				name = text
			}
		}
		return true
	})
	return strings.Join(strings.Fields(name), " ")
}
