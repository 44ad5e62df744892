package web

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/ingest/inspect"
	"finpages/ingest/replicas"
	"finpages/state"
)

func (s *server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.showOverview)
	mux.HandleFunc("GET /help", s.showHelp)
	mux.HandleFunc("GET /help/{topic}", s.showHelp)
	mux.HandleFunc("GET /audit", s.showAudit)
	mux.HandleFunc("GET /search", s.showSearch)
	mux.HandleFunc("GET /attention", s.showAttention)
	mux.HandleFunc("GET /sources/{source}", s.showSource)
	mux.HandleFunc("GET /sources/{source}/deleted", s.showDeleted)
	mux.HandleFunc("GET /sources/{source}/syncs/{run}", s.showSync)
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
	Replicas    *replicas.Status // nil where there are none
	Headline    headline
	Cards       []card
}

// Pages returns how many pages Fin has of all sources.
func (v overviewView) Pages() (n int) {
	for _, c := range v.Cards {
		n += c.Pages
	}
	return n
}

func (s *server) showOverview(w http.ResponseWriter, r *http.Request) {
	v := overviewView{frame: s.frame(r, "Is Fin up to date?"), ConfigFault: s.configFault(), Waiting: s.waiting(),
		Replicas: s.Service.ReplicasStatus()}
	var err error
	if v.Cards, err = s.cards(); err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	v.Headline = newHeadline(v.Cards)
	s.render(w, http.StatusOK, "overview", v)
}

// cards tells how all sources stand, those that are no longer configured last.
func (s *server) cards() ([]card, error) {
	gone, err := s.Service.Unconfigured()
	if err != nil {
		return nil, err
	}
	cards := []card{}
	for _, name := range append(s.Service.Names(), gone...) {
		c, err := s.card(name)
		if err != nil {
			return nil, err
		}
		cards = append(cards, c)
	}
	return cards, nil
}

// auditedRun returns the run that a record is about; 0 if it is about none.
func auditedRun(a state.Audited) (run uint64) {
	if _, err := fmt.Sscanf(a.Detail, "run %d:", &run); err != nil || a.Action != "sync" {
		return 0
	}
	return run
}

type auditView struct {
	frame
	Records []state.Audited
}

// shownAudited is how many records of the audit trail a page shows.
const shownAudited = 200

func (s *server) showAudit(w http.ResponseWriter, r *http.Request) {
	n := shownAudited
	if wantsExport(r) {
		n = math.MaxInt
	}
	list, err := s.Service.Audit(r.Context(), n)
	if err != nil {
		s.problem(w, api.StatusOf(err), err.Error(), s.site.home())
		return
	}
	if wantsExport(r) {
		export(s, w, r, "finpages-audit", auditColumns(), slice(list))
		return
	}
	s.render(w, http.StatusOK, "audit", auditView{s.frame(r, "What changed, and who did it"), list})
}

type deletedView struct {
	frame
	Pages []inspect.DeletedPage
}

// deletedByRun are the pages that one run deleted.
type deletedByRun struct {
	Run   uint64
	Time  time.Time
	Pages []inspect.DeletedPage
	Back  int // how many of them may come back
}

// Folds reports whether the run's pages are not shown at first.
func (d deletedByRun) Folds() bool { return len(d.Pages) > 5 }

// Runs returns what the runs deleted, the last run first.
func (v deletedView) Runs() (runs []deletedByRun) {
	for _, p := range v.Pages {
		if len(runs) == 0 || runs[len(runs)-1].Run != p.Run {
			runs = append(runs, deletedByRun{Run: p.Run, Time: p.Time})
		}
		run := &runs[len(runs)-1]
		if run.Pages = append(run.Pages, p); p.Kept == "" {
			run.Back++
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
	if wantsExport(r) {
		export(s, w, r, "finpages-"+name+"-deleted", deletedColumns(), slice(pages))
		return
	}
	s.render(w, http.StatusOK, "deleted", deletedView{s.frame(r, "Deleted pages of "+name), pages})
}
