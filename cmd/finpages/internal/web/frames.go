package web

import (
	"bytes"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest/documents"
	"finpages/ingest/render/loss"
)

// framePolicy makes a document inert: no scripts, forms, frames, or anything
// from elsewhere, in an origin of its own.
const framePolicy = "sandbox; default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; " +
	"frame-ancestors 'self'"

// textView is what a source has of a document.
type textView struct {
	Title      string
	Comparison string // how that compares to what Fin has
	Warnings   []string
	Text       string
	Note       string // where Text is not all of it
}

// showHTML shows what Fin gets of a document. Its HTML is trusted to nothing:
// the policy that it comes with, and not the template, makes it harmless.
func (s *server) showHTML(w http.ResponseWriter, r *http.Request) {
	p, err := s.previewOf(r)
	switch {
	case err != nil:
		s.renderFrame(w, api.StatusOf(err), "frame-note", "Nothing to show. “In the source” says why.")
	case p.Withheld != "":
		s.renderFrame(w, http.StatusOK, "frame-note", sentence("not sent to Fin: "+p.Withheld))
	default:
		s.renderFrame(w, http.StatusOK, "frame-html", map[string]any{"Title": p.Title, "HTML": template.HTML(p.HTML)})
	}
}

// showText shows a document as its source has it, also where nothing can be
// made of it for Fin.
func (s *server) showText(w http.ResponseWriter, r *http.Request) {
	p, err := s.previewOf(r)
	if err != nil && p.Body != nil {
		v := textView{Title: "In the source", Comparison: sentence(err.Error())}
		v.Text, v.Note = excerpt(p.Body)
		s.renderFrame(w, http.StatusOK, "frame-text", v)
		return
	}
	if err != nil {
		s.renderFrame(w, api.StatusOf(err), "frame-note", sentence(err.Error()))
		return
	}
	x, err := s.Service.Recall(r.PathValue("source"), r.URL.Query().Get("id"))
	if err != nil {
		s.renderFrame(w, api.StatusOf(err), "frame-note", sentence(err.Error()))
		return
	}
	v := textView{Title: "In the source", Comparison: comparison(p, x)}
	if p.Withheld == "" { // what is kept out is not shown here either
		v.Title, v.Warnings = p.Title, slices.Concat(lacking(p.Loss), p.Warnings)
		v.Text, v.Note = excerpt(p.Body)
	}
	s.renderFrame(w, http.StatusOK, "frame-text", v)
}

// lacking says what a page lacks of its document's words.
func lacking(l *loss.Loss) []string {
	if l == nil || l.Lost == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d of %d words: %s", l.Lost, l.Words, strings.Join(l.LostWords, ", "))}
}

func comparison(p documents.Preview, x documents.Explanation) string {
	switch {
	case p.Withheld != "":
		return sentence("kept out: " + p.Withheld)
	case x.Retracted:
		return "Retracted. It is not sent to Fin."
	case x.Refused && p.Revision == x.Revision:
		return "It was rejected and has not changed since."
	case !x.InFin:
		return "The next sync sends it to Fin."
	case p.Revision != "" && p.Revision == x.Revision:
		return "Fin has this version."
	}
	return "It may have changed since it was sent to Fin. The next sync will update it."
}

func (s *server) renderFrame(w http.ResponseWriter, status int, name string, view any) {
	w.Header().Set("Content-Security-Policy", framePolicy)
	s.render(w, status, name, view)
}

// maxText bounds how much of a document's text a page shows.
const maxText = 256 << 10

// excerpt returns the beginning of a document as text, and what that leaves out.
func excerpt(body []byte) (text, note string) {
	if bytes.IndexByte(body, 0) >= 0 {
		return "", "The document is not text."
	}
	if len(body) > maxText {
		note = "Only the beginning is shown, the first " + count(maxText>>10, "KiB", "KiB") + "."
		body = body[:maxText]
	}
	text = string(body)
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	return text, note
}
