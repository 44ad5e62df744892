package web_test

import (
	"net/http"
	"strings"
	"testing"

	"finpages/cmd/finpages/internal/web"
)

func TestHelpIsShown(t *testing.T) {
	w := newWorld(t, []string{"docs"}, func(o *web.Options) {
		o.Help = []web.HelpTopic{
			{Name: "token", Title: "Getting a token", Text: "# Getting a token\n\n1. Open `it`.\n\n<script>alert(1)</script>"},
			{Name: "faq", Title: "Questions", Text: "# Questions\n\n**How do I open it?** As a token.\n\n**Is it red?** No."},
			{Name: "schema", Title: "The schema", Text: `{"type": "object"}`},
		}
	})
	w.want(w.get("/help"), http.StatusOK, `<a href="/help/token">Getting a token</a>`,
		`<a href="/help/schema">The schema</a>`)
	a := w.get("/help/token")
	w.want(a, http.StatusOK, `<h1 id="getting-a-token">Getting a token</h1>`, "<li>Open <code>it</code>.</li>",
		"All help topics")
	if strings.Contains(a.text, "<script>alert") {
		t.Errorf("raw HTML is shown: %s", a.text)
	}
	a = w.get("/help/schema")
	w.want(a, http.StatusOK, `{"type": "object"}`)
	if a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("the schema is %s", a.Header.Get("Content-Type"))
	}
	w.want(w.get("/help/none"), http.StatusNotFound, "There is no help on this topic.")
	w.want(w.get("/search?text=open+TOKEN"), http.StatusOK, "In the guide", `<a href="/help/faq">Questions</a>`)
	w.want(w.get("/search?text=open"), http.StatusOK, "<a href=\"/help/faq\">Questions</a></li>\n<li><a href=\"/help/token\">")
	if a := w.get("/search?text=red+token"); strings.Contains(a.text, "In the guide") {
		t.Error("the search shows a topic that does not match")
	}
	w.want(w.get("/"), http.StatusOK, `<a href="/help">Help</a>`)
}
