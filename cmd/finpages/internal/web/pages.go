package web

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"finpages/ingest"
)

func (s *server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.showOverview)
	mux.HandleFunc("GET /sources/{source}", s.showSource)
	mux.HandleFunc("GET /sources/{source}/deleted", s.showDeleted)
	mux.HandleFunc("GET /sources/{source}/page", s.showDocument)
	mux.HandleFunc("GET /sources/{source}/page/html", s.showPreview)
	for verb, action := range s.actions() {
		mux.Handle("POST /sources/{source}/"+verb, s.act(verb, action))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.problem(w, http.StatusNotFound, "There is no such page.", "/")
	})
}

// frame is what all pages show around their own.
type frame struct {
	Title   string
	Source  string // whose page it is; "" for none
	Flash   string // what has just been done
	Version string
	Login   bool // whether there is anything to log out of
}

func (s *server) frame(r *http.Request, title string) frame {
	return frame{title, r.PathValue("source"), flashes[r.URL.Query().Get("done")], s.Version, s.Token != nil}
}

// render writes a page. One that cannot be made is not begun.
func (s *server) render(w http.ResponseWriter, status int, name string, view any) {
	var b bytes.Buffer
	if err := pageTemplates.ExecuteTemplate(&b, name, view); err != nil {
		s.Log.Error("make page", "page", name, "error", err)
		http.Error(w, "this page cannot be shown; the log says why", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

type loginView struct {
	frame
	Next  string
	Wrong bool
}

type problemView struct {
	frame
	Text, Back string
}

func (s *server) problem(w http.ResponseWriter, status int, text, back string) {
	s.render(w, status, "problem", problemView{frame{Title: "That did not work", Version: s.Version}, sentence(text), back})
}

type overviewView struct {
	frame
	Headline verdict
	Cards    []card
}

func (s *server) showOverview(w http.ResponseWriter, r *http.Request) {
	v := overviewView{frame: s.frame(r, "Is Fin up to date?")}
	for _, name := range s.Service.Names() {
		st, err := s.Service.Glance(name)
		if err != nil {
			s.problem(w, statusOf(err), err.Error(), "/")
			return
		}
		v.Cards = append(v.Cards, newCard(st))
	}
	v.Headline = headline(v.Cards)
	s.render(w, http.StatusOK, "overview", v)
}

// How many of each a page spells out.
const (
	shownRuns  = 20
	shownHeld  = 100
	maxDeleted = 200
)

type sourceView struct {
	frame
	card
	Runs      []ingest.Report // the newest first, as many as the table has
	Chart     chart
	Inventory ingest.Inventory
	Query     ingest.InventoryQuery
	First     bool
}

// Shows are what the pages can be narrowed down to.
func (sourceView) Shows() []struct{ Value, Text string } {
	return []struct{ Value, Text string }{
		{ingest.ShowAll, "Everything"}, {ingest.ShowInFin, "In Fin"}, {ingest.ShowLeftOut, "Left out"},
		{ingest.ShowProblems, "Refused or failed"}, {ingest.ShowHeld, "Waiting for approval"},
	}
}

func (s *server) showSource(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("source")
	q, err := inventoryQuery(r.URL.Query())
	if err != nil {
		s.problem(w, http.StatusBadRequest, err.Error(), sourceURL(name))
		return
	}
	v := sourceView{frame: s.frame(r, name), Query: q, First: q.After == ""}
	st, err := s.Service.Glance(name)
	if err == nil {
		v.card = newCard(st)
		v.Runs, err = s.Service.History(name, chartRuns)
	}
	if err == nil {
		v.Chart = drawRuns(v.Runs)
		v.Runs = v.Runs[:min(len(v.Runs), shownRuns)]
		v.Inventory, err = s.Service.Inventory(r.Context(), name, q)
	}
	if err != nil {
		s.problem(w, statusOf(err), err.Error(), "/")
		return
	}
	s.render(w, http.StatusOK, "source", v)
}

type deletedView struct {
	frame
	Pages []ingest.DeletedPage
}

// Runs returns the first page of each run that deleted several.
func (v deletedView) Runs() (runs []ingest.DeletedPage) {
	for i, p := range v.Pages {
		if i > 0 && v.Pages[i-1].Run == p.Run && !slices.ContainsFunc(runs, func(r ingest.DeletedPage) bool { return r.Run == p.Run }) {
			runs = append(runs, p)
		}
	}
	return runs
}

func (s *server) showDeleted(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("source")
	pages, err := s.Service.Deleted(r.Context(), name, "", maxDeleted)
	if err != nil {
		s.problem(w, statusOf(err), err.Error(), "/")
		return
	}
	s.render(w, http.StatusOK, "deleted", deletedView{s.frame(r, "Deleted pages of "+name), pages})
}

type documentView struct {
	frame
	ID          string
	Explanation ingest.Explanation
	Preview     ingest.Preview
	PreviewErr  string // why there is no preview
	Text        string // the document as stored
	TextNote    string // where Text is not all of it
	Events      []happening
	Deleted     *ingest.DeletedPage
}

// State says how the document stands.
func (v documentView) State() verdict {
	x := v.Explanation
	if x.Error != "" && !x.Retracted && x.Hold == "" {
		return verdict{Kind: bad, Label: "Has a problem"}
	}
	return stateOf(ingest.InventoryDocument{InFin: x.InFin, Retracted: x.Retracted, Held: x.Hold != "", Withheld: v.Preview.Withheld})
}

// Reaches tells whether Fin has the document, or the next sync sends it.
func (v documentView) Reaches() bool {
	return v.Explanation.InFin || v.PreviewErr == "" && v.Preview.Withheld == "" && !v.Explanation.Retracted
}

// CitedAs is the address that Fin names: the one that it has, else the one
// that it would get.
func (v documentView) CitedAs() string { return firstOf(v.Explanation.URL, v.Preview.URL) }

// AIAgent tells whether Fin answers customers from the document.
func (v documentView) AIAgent() bool {
	return v.Explanation.AIAgent || !v.Explanation.InFin && v.Preview.AIAgent
}

// AICopilot tells whether Fin helps teammates with the document.
func (v documentView) AICopilot() bool {
	return v.Explanation.AICopilot || !v.Explanation.InFin && v.Preview.AICopilot
}

// happening is something that is known of a document's past.
type happening struct {
	Time time.Time
	Kind kind
	Text string
}

func (s *server) showDocument(w http.ResponseWriter, r *http.Request) {
	name, id := r.PathValue("source"), r.URL.Query().Get("id")
	x, err := s.Service.Explain(r.Context(), name, id)
	if err != nil {
		s.problem(w, statusOf(err), err.Error(), "/")
		return
	}
	v := documentView{frame: s.frame(r, id), ID: id, Explanation: x}
	if v.Preview, err = s.previewOf(r.Context(), name, id); err != nil {
		v.PreviewErr = sentence(err.Error())
	}
	v.Text, v.TextNote = readable(v.Preview.Body)
	if title := firstOf(v.Preview.Title, x.Title); title != "" {
		v.Title = title
	}
	if err := s.past(r, &v); err != nil {
		s.problem(w, statusOf(err), err.Error(), sourceURL(name))
		return
	}
	s.render(w, http.StatusOK, "document", v)
}

// past collects what runs, the journal and the state know of a document.
func (s *server) past(r *http.Request, v *documentView) error {
	add := func(at time.Time, k kind, text string) { v.Events = append(v.Events, happening{at, k, text}) }
	if v.Explanation.Pushed != nil {
		add(*v.Explanation.Pushed, good, "Sent to Fin as it is now")
	}
	deleted, err := s.Service.Deleted(r.Context(), v.Source, v.Explanation.ExternalID, shownRuns)
	if err != nil {
		return err
	}
	for i, d := range deleted {
		add(d.Time, waiting, "Taken out of Fin by sync "+grouped(int64(d.Run)))
		if i == 0 && !v.Explanation.InFin {
			v.Deleted = &d
		}
	}
	runs, err := s.Service.History(v.Source, 100)
	v.Events = append(v.Events, failures(runs, v.Explanation)...)
	slices.SortStableFunc(v.Events, func(a, b happening) int { return b.Time.Compare(a.Time) })
	return err
}

// failures tells which runs failed with a document, once for each reason: the
// first of the runs, and how many did after it. The runs come newest first.
func failures(runs []ingest.Report, x ingest.Explanation) (list []happening) {
	later := map[string]int{}
	for _, run := range runs {
		for _, e := range run.Errors {
			if e.ExternalID != x.ExternalID && e.ExternalID != x.Entry {
				continue
			}
			text := "Sync " + grouped(int64(run.Run))
			if n := later[e.Error]; n > 0 {
				text += " and " + count(n, "later one", "later ones")
				list = slices.DeleteFunc(list, func(h happening) bool { return strings.HasSuffix(h.Text, " failed with it: "+e.Error) })
			}
			later[e.Error]++
			list = append(list, happening{run.Started, bad, text + " failed with it: " + e.Error})
		}
	}
	return list
}

// maxText bounds how much of a document's text a page shows.
const maxText = 256 << 10

// readable returns the beginning of a document as text, and what that leaves out.
func readable(body []byte) (text, note string) {
	if bytes.IndexByte(body, 0) >= 0 {
		return "", "The document is not text."
	}
	if len(body) > maxText {
		note = "This is the beginning of it: the whole has " + count(len(body)/1024, "KiB", "KiB") + "."
		body = body[:maxText]
	}
	text = string(body)
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	return text, note
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
