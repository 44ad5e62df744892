package native_test

import (
	"strings"
	"testing"

	"finpages/sources"
)

// Messages as mailboxes hold them, and reports whose text does not say what it is.
func TestFormsOfMail(t *testing.T) {
	doc, _ := read(t, "mail", strings.ReplaceAll("From a@example.com Thu Oct 19 01:23:47 2006\nFrom: a@example.com\nSubject: Late\nMIME-Version: 1.0\n"+
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nNot delivered after 1 day.\n--b\n"+
		"Content-Type: message/delivery-status\n\nStatus: 4.5.0\n--b--\n", "\n", "\r\n"))
	wantParts(t, doc, sources.Content, "<h1>Late</h1>", "From: a@example.com", "<p>Not delivered after 1 day.</p>")
}
