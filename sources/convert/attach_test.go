package convert_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"finpages/sources"
	"finpages/sources/convert"
)

func mailWith(text string, files ...[2]string) string {
	mail := "From: a@corp.example\r\nSubject: Pumps\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=" + text[:3] +
		"\r\n\r\n--" + text[:3] + "\r\nContent-Type: text/plain\r\n\r\n" + text + "\r\n"
	for _, f := range files {
		media := "application/octet-stream"
		if strings.HasSuffix(f[0], ".eml") {
			media = "message/rfc822"
		}
		mail += fmt.Sprintf("--%s\r\nContent-Type: %s; name=%q\r\nContent-Disposition: attachment; filename=%[3]q\r\n\r\n%[4]s\r\n",
			text[:3], media, f[0], f[1])
	}
	return mail + "--" + text[:3] + "--\r\n"
}

// Files of a mail that a program reads stand in their places under their names, also those of forwarded mails.
func TestFilesOfMailsAreConverted(t *testing.T) {
	script := need(t, "sed")
	c := newConverter(t, map[string][]string{".foo": {script, "s/^/<h1>Plan<\\/h1><p>/"}, ".bad": {need(t, "false"), "-"}})
	forwarded := mailWith("See it.", [2]string{"inner.foo", "rinsed"})
	body := mailWith("Look.", [2]string{"a.txt", "First."}, [2]string{"plan.foo", "drained"}, [2]string{"b.txt", "Third."},
		[2]string{"mail.eml", forwarded}, [2]string{"c.bad", "x"}, [2]string{"d.docx", "x"})
	out, notes, err := c.Convert(t.Context(), sources.Document{Format: ".eml", Path: "m.eml", Body: []byte(body)}, sources.Others{})
	if err != nil || out.Format != sources.Content || len(out.Attached) > 0 {
		t.Fatalf("%s, %v", out.Format, err)
	}
	text, at := string(out.Body), 0
	for _, want := range []string{"<h1>Pumps</h1>", "Look.", "<h2>a.txt</h2>", "First.", "<h2>plan.foo</h2>", "<h3>Plan</h3>", "drained",
		"<h2>b.txt</h2>", "Third.", "<h2>mail.eml</h2>", "See it.", "<h2>inner.foo</h2>", "rinsed"} {
		i := strings.Index(text[at:], want)
		if i < 0 {
			t.Fatalf("%q is missing, or out of its place: %s", want, text)
		}
		at += i
	}
	for _, name := range []string{"c.bad", "d.docx"} {
		if !slices.ContainsFunc(notes, func(note string) bool {
			return strings.HasPrefix(note, fmt.Sprintf("the attachment %q is left out: ", name))
		}) || strings.Contains(text, name) {
			t.Errorf("%s: %q", name, notes)
		}
	}
	if strings.Contains(text, "attached-") {
		t.Errorf("a mark is left: %s", text)
	}
	apart, err := convert.New(convert.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, notes, err = apart.Convert(t.Context(), sources.Document{Format: ".eml", Body: []byte(body)}, sources.Others{})
	if err != nil || len(notes) != 4 {
		t.Errorf("without converters: %q, %v", notes, err)
	}
}
