package transform_test

import (
	"strings"
	"testing"

	"finpages/ingest/transform"
	"finpages/sources"
)

// Whatever a source or a document gives as a page's address: what goes out is a
// web address, and nothing else.
func TestAddressesAreEncoded(t *testing.T) {
	for given, want := range map[string]string{
		"https://wiki.example.com/spaces/OPS/pages/7/A+b%20c?x=1&y=2#top": "https://wiki.example.com/spaces/OPS/pages/7/A+b%20c?x=1&y=2#top",
		`http://wiki.example.com/x"><script>alert(1)</script>`:            "http://wiki.example.com/x%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
		`http://wiki.example.com/a%2Fb?q="><b>#"><i>`:                     "http://wiki.example.com/a%2Fb?q=%22%3E%3Cb%3E#%22%3E%3Ci%3E",
		"http://wiki.example.com/日本 100%":                                 "http://wiki.example.com/%E6%97%A5%E6%9C%AC%20100%25",
		"https://reader:secret@wiki.example.com/x":                        "https://wiki.example.com/x",
		"HTTPS://wiki.example.com":                                        "https://wiki.example.com",
		"https://münchen.example/x":                                       "https://xn--mnchen-3ya.example/x",
		"http://wiki.example.com/x\r\nSet-Cookie: a=b":                    "",
		"http://wiki.example.com/x\x00":                                   "",
		`http://wiki.example.com"><script>/x`:                             "",
		"javascript:alert(1)":                                             "",
		"javascript://wiki.example.com/%0aalert(1)":                       "",
		"//wiki.example.com/x":                                            "",
		"/x":                                                              "",
		"http://":                                                         "",
		"":                                                                "",
	} {
		maker := transform.NewMaker(&transform.Options{}, nil, 1)
		doc := sources.Document{Format: sources.Markdown, Body: []byte("# Title\n\nText."), Path: "a.md"}
		made, err := maker.Make(t.Context(), sources.Entry{ID: "7", URL: given}, doc)
		if err != nil {
			t.Fatal(err)
		}
		if made.Request.URL != want {
			t.Errorf("%q goes out as %q, want %q", given, made.Request.URL, want)
		}
		if strings.ContainsAny(given, "\r\n\x00") {
			continue // no value of front matter
		}
		doc.Body = []byte("---\nurl: '" + given + "'\n---\n# Title\n\nText.")
		if made, err := maker.Make(t.Context(), sources.Entry{ID: "7"}, doc); err == nil &&
			strings.ContainsAny(made.Request.URL, "\"<> ") {
			t.Errorf("%q as front matter goes out as %q", given, made.Request.URL)
		}
	}
}
