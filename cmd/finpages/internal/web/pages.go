package web

import (
	"bytes"
	"net/http"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest"
	"finpages/ingest/documents"
	"finpages/ingest/inspect"
	"finpages/ingest/operate"
	"finpages/state"
)

func (s *server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.showOverview)
	mux.HandleFunc("GET /help", s.showHelp)
	mux.HandleFunc("GET /help/{topic}", s.showHelp)
	mux.HandleFunc("GET /audit", s.showAudit)
	mux.HandleFunc("GET /sources/{source}", s.showSource)
	mux.HandleFunc("GET /sources/{source}/deleted", s.showDeleted)
	mux.HandleFunc("GET /sources/{source}/page", s.showDocument)
	mux.HandleFunc("GET /sources/{source}/page/html", s.showHTML)
	mux.HandleFunc("GET /sources/{source}/page/text", s.showText)
	for verb, action := range s.actions() {
		do := s.act(verb, action)
		if verb == "approve" {
			do = s.askAgain(do)
		}
		mux.Handle("POST /sources/{source}/"+verb, do)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.problem(w, http.StatusNotFound, "This page does not exist.", s.site.home())
	})
}

// frame is what all pages show around their own.
type frame struct {
	Title   string
	Source  string // whose page it is; "" for none
	Flash   string // what has just been done
	Version string
	Login   bool   // whether there is anything to log out of
	User    string // who looks; "" for nobody in particular
	Operate bool   // whether they may change something: else there are no buttons that do
}

func (s *server) frame(r *http.Request, title string) frame {
	id := identityOf(r)
	return frame{title, r.PathValue("source"), flashes[r.URL.Query().Get("done")], s.Version, id.out, id.name,
		id.role == api.Operate}
}

// render writes a page. One that cannot be made is not begun.
func (s *server) render(w http.ResponseWriter, status int, name string, view any) {
	var b bytes.Buffer
	if err := s.templates.ExecuteTemplate(&b, name, view); err != nil {
		s.Log.Error("make page", "page", name, "error", err)
		http.Error(w, "this page cannot be shown; see the log", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

type loginView struct {
	frame
	Next  string
	Wrong string // why the last attempt failed
	Users bool   // whether each has a token of their own
}

type problemView struct {
	frame
	Text, Back string
}

func (s *server) problem(w http.ResponseWriter, status int, text, back string) {
	s.render(w, status, "problem",
		problemView{frame{Title: "That did not work", Version: s.Version}, sentence(text), back})
}

type overviewView struct {
	frame
	ConfigFault *api.ConfigFault
	Waiting     []api.Waiting
	Replicas    *operate.ReplicasStatus // nil where there are none
	Headline    headline
	Cards       []card
}

func (s *server) showOverview(w http.ResponseWriter, r *http.Request) {
	v := overviewView{frame: s.frame(r, "Is Fin up to date?"), ConfigFault: s.configFault(), Waiting: s.waiting(),
		Replicas: s.Service.ReplicasStatus()}
	gone, err := s.Service.Unconfigured()
	if err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	for _, name := range append(s.Service.Names(), gone...) {
		c, err := s.card(name)
		if err != nil {
			s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
			return
		}
		v.Cards = append(v.Cards, c)
	}
	v.Headline = newHeadline(v.Cards)
	s.render(w, http.StatusOK, "overview", v)
}

// How many of each a page spells out.
const (
	newRuns   = 5
	shownRuns = 30
	shownHeld = 100
)

type sourceView struct {
	frame
	card
	Runs      []ingest.Report // the newest first, as many as the table has
	Chart     chart
	Inventory documents.Inventory
	Query     documents.InventoryQuery
	First     bool
}

// NewRuns returns the runs that are shown at once.
func (v sourceView) NewRuns() []ingest.Report { return v.Runs[:min(len(v.Runs), newRuns)] }

// OldRuns returns the others.
func (v sourceView) OldRuns() []ingest.Report { return v.Runs[min(len(v.Runs), newRuns):] }

// Shows are what the pages can be narrowed down to.
func (sourceView) Shows() []struct{ Value, Text string } {
	return []struct{ Value, Text string }{
		{documents.ShowAll, "Everything"}, {documents.ShowInFin, "In Fin"}, {documents.ShowLeftOut, "Left out"},
		{documents.ShowProblems, "Rejected or failed"}, {documents.ShowHeld, "Needs approval"},
	}
}

func (s *server) showSource(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("source")
	q, err := api.InventoryQuery(r.URL.Query())
	if err != nil {
		s.problem(w, http.StatusBadRequest, err.Error(), s.site.source(name))
		return
	}
	v := sourceView{frame: s.frame(r, name), Query: q, First: q.After == ""}
	v.card, err = s.card(name)
	if err == nil {
		v.Runs, err = s.Service.Runs(name, shownRuns)
	}
	if err == nil {
		v.Chart = drawRuns(v.Runs)
		v.Inventory, err = s.Service.Inventory(r.Context(), name, q)
	}
	if err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	s.render(w, http.StatusOK, "source", v)
}

type auditView struct {
	frame
	Records []state.Audited
}

// shownAudited is how many records of the audit trail a page shows.
const shownAudited = 200

func (s *server) showAudit(w http.ResponseWriter, r *http.Request) {
	list, err := s.Service.Audit(r.Context(), shownAudited)
	if err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	s.render(w, http.StatusOK, "audit", auditView{s.frame(r, "Who did what"), list})
}

type deletedView struct {
	frame
	Pages []inspect.DeletedPage
}

// Runs returns a page of each run that deleted several that may come back.
func (v deletedView) Runs() (runs []inspect.DeletedPage) {
	of := map[uint64]int{}
	for _, p := range v.Pages {
		if p.Kept != "" {
			continue
		}
		if of[p.Run]++; of[p.Run] == 2 {
			runs = append(runs, p)
		}
	}
	return runs
}

func (s *server) showDeleted(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("source")
	pages, err := s.Service.Deleted(name, api.MaxDeleted)
	if err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	s.render(w, http.StatusOK, "deleted", deletedView{s.frame(r, "Deleted pages of "+name), pages})
}
