package native_test

import (
	"fmt"
	"strings"
	"testing"

	"finpages/sources"
)

// message is a mail with the parts beside its text.
func message(text string, parts ...string) string {
	var b strings.Builder
	b.WriteString("From: a@corp.example\r\nSubject: Pumps\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; " +
		"boundary=out\r\n\r\n--out\r\nContent-Type: text/plain\r\n\r\n" + text + "\r\n")
	for _, part := range parts {
		b.WriteString("--out\r\n" + part + "\r\n")
	}
	return b.String() + "--out--\r\n"
}

func attached(media, disposition, name, body string) string {
	return fmt.Sprintf("Content-Type: %s; name=%q\r\nContent-Disposition: %s; filename=%[2]q\r\n\r\n%[4]s", media, name,
		disposition, body)
}

func TestMailAttachments(t *testing.T) {
	forwarded := "Content-Type: message/rfc822\r\n\r\nSubject: Valves\r\nContent-Type: text/plain\r\n\r\nClose them.\r\n"
	doc, notes := read(t, "mail", message("See below.",
		attached("text/markdown", "attachment", "plan.md", "# Plan\r\n\r\n| a | b |\r\n|---|---|\r\n| 1 | *2* |\r\n"),
		attached("text/html", "attachment", "page.HTM", "<title>x</title><h2>Page</h2><p>said</p>"),
		attached("text/csv", "inline", "prices.csv", "Model,Litres\r\nP1,20\r\n"),
		attached("text/plain; charset=iso-8859-1", "attachment", "note.txt", "Es l\xe4uft <jetzt>.\r\n\r\nEnde."),
		attached("application/pdf", "attachment", "plan.pdf", "x"), attached("image/png", "inline", "logo.png", "x"),
		attached("application/json", "attachment", "bad.ipynb", "{"), forwarded))
	wantParts(t, doc, sources.Content, "<h1>Pumps</h1>", "<p>See below.</p>", "<h2>plan.md</h2>", "<h3>Plan</h3>",
		"<td><em>2</em></td>", "<h2>page.HTM</h2>", "<h4>Page</h4><p>said</p>", "<h2>note.txt</h2>",
		"<p>Es läuft &lt;jetzt&gt;.</p>\n<p>Ende.</p>", "<h2>prices.csv</h2>", "<th>Model</th>", "<td>P1</td>",
		"<h2>message.eml</h2>", "<h3>Valves</h3>", "<p>Close them.</p>")
	if len(notes) != 1 || !strings.HasPrefix(notes[0], `the attachment "bad.ipynb" is left out: read notebook: `) ||
		len(doc.Attached) != 1 || doc.Attached[0].Name != "plan.pdf" {
		t.Errorf("%q, %v", notes, doc.Attached)
	}
	doc, _ = read(t, "mail", message("", attached("text/plain", "attachment", "only.txt", "All there is.")))
	wantParts(t, doc, sources.Content, "<h2>only.txt</h2>", "<p>All there is.</p>")
}

// Parts that have no name from which their format can be told.
func TestMailParts(t *testing.T) {
	invitation := "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Pump\r\n  day\\, all\r\n" +
		"DTSTART;TZID=Europe/Berlin:20240102T030400\r\nDTEND:20240102T050000Z\r\nATTENDEE:mailto:secret@corp.example\r\n" +
		"BEGIN:VALARM\r\nDESCRIPTION:secret\r\nEND:VALARM\r\nLOCATION:Hall\r\nEND:VEVENT\r\nEND:VCALENDAR"
	forwarded := "Content-Type: message/rfc822; name=\"Re: hoses\"\r\nContent-Disposition: inline; filename=\"Re: hoses\"\r\n\r\n" +
		"Subject: Hoses\r\nContent-Type: text/plain\r\n\r\nReplace them."
	doc, notes := read(t, "mail", message("See below.", forwarded, attached("text/plain", "attachment", "README", "No end."), invitation))
	wantParts(t, doc, sources.Content, "<h2>README.txt</h2>", "<p>No end.</p>", "<h2>Re: hoses.eml</h2>", "<h3>Hoses</h3>", "<p>Replace them.</p>",
		"<h2>invitation.ics</h2>", "<p>Pump day, all</p>", "<p>Start: 2024-01-02 03:04 Europe/Berlin</p>", "<p>End: 2024-01-02 05:00 UTC</p>",
		"<p>Location: Hall</p>")
	if len(notes) > 0 || strings.Contains(string(doc.Body), "secret") {
		t.Errorf("%q, %s", notes, doc.Body)
	}
}

func TestMailAttachmentsAreBounded(t *testing.T) {
	mail := "Subject: last\r\n\r\nDeepest."
	for range 6 {
		mail = strings.ReplaceAll(message("Look.", "Content-Type: message/rfc822\r\n\r\n"+mail), "=out", "=o")
		mail = strings.ReplaceAll(mail, "--out", "--o")
		mail = strings.ReplaceAll(strings.ReplaceAll(mail, "--o", "--oo"), "=o", "=oo")
	}
	doc, notes := read(t, "mail", mail)
	if n := strings.Count(string(doc.Body), "Look."); n != 4 || strings.Contains(string(doc.Body), "Deepest") ||
		len(notes) != 1 || !strings.Contains(notes[0], "it is the message in 3 others") {
		t.Errorf("%d %q\n%s", n, notes, doc.Body)
	}
	var many []string
	for i := range 60 {
		many = append(many, attached("text/plain", "attachment", fmt.Sprintf("%d.txt", i), "word"))
	}
	doc, notes = read(t, "mail", message("Many.", many...))
	if n := strings.Count(string(doc.Body), "<p>word</p>"); n != 50 || len(notes) != 10 {
		t.Errorf("%d are read, %q", n, notes)
	}
	long := attached("text/plain", "attachment", "long.txt", strings.Repeat("word ", 1<<20))
	doc, notes = read(t, "mail", message("Long.", long, long, attached("text/plain", "attachment", "short.txt", "word")))
	if len(doc.Body) > 9<<20 || len(notes) != 1 || !strings.Contains(notes[0], "too long") ||
		!strings.Contains(string(doc.Body), "short.txt") {
		t.Errorf("%d bytes, %q", len(doc.Body), notes)
	}
}

func TestBooksKeepTheWordsOfPictures(t *testing.T) {
	doc, _ := read(t, "epub", zipped(t, "META-INF/container.xml",
		`<container><rootfiles><rootfile full-path="content.opf"/></rootfiles></container>`,
		"content.opf", `<package><metadata><title>Pumps</title></metadata><manifest><item id="a" href="a.xhtml" `+
			`media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/></spine></package>`,
		"a.xhtml", `<html><body><p><img src="p.png" alt="The red valve"/></p></body></html>`))
	wantParts(t, doc, sources.Content, `alt="The red valve"`)
}
