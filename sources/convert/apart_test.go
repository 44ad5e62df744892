package convert_test

import (
	"strings"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/convert"
	"finpages/sources/convert/sandbox"
)

// TestReadersAreBounded gives documents that libraries take hours or all memory for.
func TestReadersAreBounded(t *testing.T) {
	c, err := convert.New(convert.Options{Apart: true})
	if err != nil {
		t.Fatal(err)
	}
	org := func(text string) sources.Document {
		return sources.Document{Format: ".org", Body: []byte(text), Path: "a.org"}
	}
	doc, notes, err := c.Convert(t.Context(), org("#+INCLUDE: \"/etc/passwd\"\n* A pump\nIt runs.\n"), sources.Others{})
	isRead := strings.Contains(string(doc.Body), "A pump") && doc.Format == sources.Content && doc.Path == "a.org"
	if err != nil || !isRead || len(notes) != 0 {
		t.Errorf("%s %q, %v, %v", doc.Format, doc.Body, notes, err)
	}
	empty := sources.Document{Format: ".eml", Body: []byte("From: a@b.c\r\n\r\n")}
	if _, _, err := c.Convert(t.Context(), empty, sources.Others{}); err == nil || err.Error() != "read message: it has no text" {
		t.Error(err)
	}
	c.Limit(sandbox.Limits{Time: time.Second, Memory: 512 << 20})
	for name, body := range map[string]string{
		"time":   strings.Repeat("#+BEGIN_QUOTE\n", 50_000),
		"memory": strings.Repeat("- a\n", 1_000_000),
	} {
		_, _, err := c.Convert(t.Context(), org(body), sources.Others{})
		if err == nil || !strings.Contains(err.Error(), "split it, or exclude it") {
			t.Errorf("%s: %v", name, err)
		}
	}

}
