package website

import (
	"errors"
	"unicode"

	"github.com/PuerkitoBio/goquery"
)

// errLogin means that a form to log in stands where a page should.
var errLogin = errors.New("the site answers with a form to log in: renew the login")

// Beside a form to log in, so many letters of text make a page: a login page has
// a greeting and a notice, a document about logging in has more. A form in the
// page's head or margin takes up no room of the text, which may be shorter.
const (
	textBesideForm   = 400
	textBesideMargin = 80
)

// furniture is what stands around the text of a page.
const furniture = `header, nav, aside, footer, [role="banner" i], [role="navigation" i], [role="complementary" i], [role="search" i]`

// loginForm reports whether a page has a form that asks for a password, and
// whether that is all there is. Pages that hold such a form beside their text are
// pages: documents about logins, sites whose every page offers one.
func loginForm(doc *goquery.Document) (password, all bool) {
	forms := doc.Find(`form:has(input[type="password" i])`)
	if forms.Length() == 0 {
		return false, false
	}
	enough := textBesideMargin
	forms.Each(func(_ int, form *goquery.Selection) {
		if form.Closest(furniture).Length() == 0 {
			enough = textBesideForm
		}
	})
	text := textWithout(doc, "script", "style", "template", "head", "noscript", "header", "nav", "aside", "footer",
		"label", "button", "select", "legend", "dialog")
	return true, letters(text) < enough
}

func letters(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
