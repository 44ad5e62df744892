// Package emulator is a Confluence in memory: an [http.Handler] that
// speaks as much of the REST APIs of Cloud and Data Center as a reader of
// pages needs, with the traps that real servers have been seen to set.
//
// It renders includes as Confluence does, with the rights of the login, which
// may see everything that is not hidden from it.
package emulator

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Config says what kind of wiki to serve. The zero value is a Data Center
// without a context path that lets everybody in.
type Config struct {
	Cloud  bool
	Prefix string // path before /rest/api and /api/v2: "/wiki", "/confluence", "/ex/confluence/ID/wiki"
	Media  string // address of the server that Cloud redirects downloads to; "" means none
	Base   string // what _links.base names; "" means the request's host with Prefix

	Email, Token string // the login that is let in; an empty Token lets everybody in
	Traps        Traps
}

// Traps are habits of real servers that mislead readers.
type Traps struct {
	MaxLimit      int    // caps every limit silently; 0 means 250 on Cloud and 200 on Data Center
	NextByLimit   bool   // by start, the next page begins after the limit asked for, not after the items given
	AbsoluteNext  bool   // links to the next page name scheme and host
	HeaderOnly    bool   // the link to the next page is in the Link header alone
	EndlessNext   bool   // by start, the last page repeats for ever
	CursorLoop    bool   // by cursor, the last page leads to itself for ever
	FailOn        string // listings that would hold this page answer 500
	NoScan        bool   // /content/scan is missing, as before Data Center 7.18
	NoSearch      bool   // v1's search answers 410
	V1Content     bool   // Cloud still serves v1's listing of content, which otherwise answers 410
	NoOperation   bool   // restrictions are served for all operations together only
	NoRestriction int    // status with which restrictions are refused, alone and in listings
	Anonymous     bool   // a wrong login is answered like an anonymous visitor
	Silent        bool   // and without the header that says so
	LoginPage     bool   // a wrong login is answered with a web page
}

// Page is what a wiki holds.
type Page struct {
	ID      string // "" lets the server choose
	Space   string // key
	Title   string
	Kind    string // page, blogpost or folder; "" means page
	Status  string // "" means current
	Parent  string // id of a page or folder
	Storage string // body in storage format
	View    string // rendered body; "" renders Storage
	Labels  []string

	Version  int       // set by the server
	Modified time.Time // set by the server
	Groups   []string  // who may view it; see Restrict
	unseen   bool      // by the login
	unfound  bool      // by the search
}

type space struct {
	id, key, name    string
	archived, hidden bool
}

// Request is one that the server has answered.
type Request struct {
	Path          string
	Query         url.Values
	Authorization string
	Host          string
}

// Server is a wiki in memory. It may be used concurrently.
type Server struct {
	mu       sync.Mutex
	config   Config
	spaces   map[string]*space
	pages    map[string]*Page
	files    map[string]*File
	lastID   int
	clock    time.Time
	requests []Request
	hook     func(http.ResponseWriter, *http.Request) bool
	wrong    func(*Server, http.ResponseWriter, *http.Request) // answers one request, once wrongAt are answered
	wrongAt  int
}

// New returns an empty wiki.
func New(c Config) *Server {
	return &Server{
		config: c, spaces: map[string]*space{}, pages: map[string]*Page{}, files: map[string]*File{}, lastID: 65536,
		clock: time.Date(2024, 1, 1, 9, 0, 0, 0, time.UTC),
	}
}

// AddSpace creates a space, or renames it.
func (s *Server) AddSpace(key, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sp := s.spaces[key]; sp != nil {
		sp.name = name
		return
	}
	s.spaces[key] = &space{id: s.nextID(), key: key, name: name}
}

func (s *Server) nextID() string {
	s.lastID++
	return strconv.Itoa(s.lastID)
}

// ArchiveSpace archives a space.
func (s *Server) ArchiveSpace(key string) { s.editSpace(key, func(sp *space) { sp.archived = true }) }

// HideSpace takes the login's right to view a space, or gives it back.
func (s *Server) HideSpace(key string, hidden bool) {
	s.editSpace(key, func(sp *space) { sp.hidden = hidden })
}

// RekeySpace gives a space and its pages another key.
func (s *Server) RekeySpace(from, to string) {
	s.editSpace(from, func(sp *space) {
		sp.key = to
		delete(s.spaces, from)
		s.spaces[to] = sp
		for _, p := range s.pages {
			if p.Space == from {
				p.Space = to
			}
		}
	})
}

func (s *Server) editSpace(key string, edit func(*space)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sp := s.spaces[key]; sp != nil {
		edit(sp)
	}
}

// PutPage creates a page or saves a new version of it, and returns its id.
// Its space is created if need be; labels and restrictions of a page that
// exists stay.
func (s *Server) PutPage(p Page) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spaces[p.Space] == nil {
		s.spaces[p.Space] = &space{id: s.nextID(), key: p.Space, name: p.Space}
	}
	if p.ID == "" {
		p.ID = s.nextID()
	}
	p.Version = 1
	if old := s.pages[p.ID]; old != nil {
		p.Version = old.Version + 1
		p.Labels, p.Groups = old.Labels, old.Groups
		p.unseen, p.unfound = old.unseen, old.unfound
	}
	s.clock = s.clock.Add(time.Minute)
	p.Modified = s.clock
	p.Kind, p.Status = or(p.Kind, "page"), or(p.Status, "current")
	s.pages[p.ID] = &p
	return p.ID
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// DeletePage removes a page for good.
func (s *Server) DeletePage(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pages, id)
}

// SetStatus archives or trashes a page: "archived", "trashed", "draft".
func (s *Server) SetStatus(id, status string) { s.edit(id, func(p *Page) { p.Status = status }) }

// Restrict lets only these groups view a page, and with no groups everybody.
// Like labels and moves, that makes no new version.
func (s *Server) Restrict(id string, groups ...string) {
	s.edit(id, func(p *Page) { p.Groups = groups })
}

// Label sets the labels of a page.
func (s *Server) Label(id string, labels ...string) { s.edit(id, func(p *Page) { p.Labels = labels }) }

// Move puts a page below another one.
func (s *Server) Move(id, parent string) { s.edit(id, func(p *Page) { p.Parent = parent }) }

// MoveToSpace puts a page into another space.
func (s *Server) MoveToSpace(id, space string) { s.edit(id, func(p *Page) { p.Space = space }) }

// SetStorage changes a page's body without a new version, as the wiki does when a
// page that it links to moves.
func (s *Server) SetStorage(id, storage string) { s.edit(id, func(p *Page) { p.Storage = storage }) }

// Hide takes the login's right to view a page.
func (s *Server) Hide(id string) { s.edit(id, func(p *Page) { p.unseen = true }) }

// Unindex makes the search miss a page, as it does soon after a change.
func (s *Server) Unindex(id string) { s.edit(id, func(p *Page) { p.unfound = true }) }

func (s *Server) edit(id string, edit func(*Page)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.pages[id]; p != nil {
		edit(p)
	}
}

// Page returns a copy of a page; false if there is none.
func (s *Server) Page(id string) (Page, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.pages[id]
	if !ok {
		return Page{}, false
	}
	return *p, true
}

// SetTraps replaces the traps.
func (s *Server) SetTraps(t Traps) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.config.Traps = t
}

// SetLogin replaces the login that is let in.
func (s *Server) SetLogin(email, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.config.Email, s.config.Token = email, token
}

// SetHook sets a function that sees every request first and may answer it
// itself, by returning true; nil removes it.
func (s *Server) SetHook(hook func(http.ResponseWriter, *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = hook
}

// Requests returns the requests since the last call, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := s.requests
	s.requests = nil
	return log
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, Request{r.URL.Path, r.URL.Query(), r.Header.Get("Authorization"), r.Host})
	hook, wrong := s.hook, s.wrongNow()
	s.mu.Unlock()
	if wrong != nil {
		wrong(s, w, r)
		return
	}
	if hook != nil && hook(w, r) {
		return
	}
	s.Unhooked(w, r)
}

// Unhooked answers a request past the hook and the log, for hooks that change
// what the server answers.
func (s *Server) Unhooked(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, ok := strings.CutPrefix(r.URL.Path, s.config.Prefix)
	switch {
	case !ok || r.Method != http.MethodGet:
		fail(w, http.StatusNotFound, "no such resource")
	case !s.letIn(w, r):
	case s.config.Cloud:
		s.serveCloud(w, r, path)
	default:
		s.serveDataCenter(w, r, path)
	}
}

// letIn checks the login and answers a wrong one.
func (s *Server) letIn(w http.ResponseWriter, r *http.Request) bool {
	if s.known(r) {
		if !s.config.Cloud {
			w.Header().Set("X-AUSERNAME", "reader")
			w.Header().Set("X-Seraph-LoginReason", "OK")
		}
		return true
	}
	switch t := s.config.Traps; {
	case t.LoginPage:
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		_, _ = w.Write([]byte("<!DOCTYPE html><title>Log In</title><form>"))
	case t.Anonymous:
		if !t.Silent {
			w.Header().Set("X-AUSERNAME", "anonymous")
		}
		if strings.HasSuffix(r.URL.Path, "/user/current") {
			answer(w, object{"type": "anonymous", "displayName": "Anonymous"})
		} else {
			answer(w, object{"results": []any{}, "start": 0, "limit": 25, "size": 0, "_links": object{}})
		}
	default:
		fail(w, http.StatusUnauthorized, "Unauthorized")
	}
	return false
}

func (s *Server) known(r *http.Request) bool {
	switch {
	case s.config.Token == "":
		return true
	case s.config.Email != "":
		user, password, _ := r.BasicAuth()
		return user == s.config.Email && password == s.config.Token
	}
	return r.Header.Get("Authorization") == "Bearer "+s.config.Token
}

// listed returns the pages of a space that the login sees in a listing, by id.
func (s *Server) listed(key, kind string, statuses []string) (pages []*Page) {
	sp := s.spaces[key]
	if sp == nil || sp.hidden {
		return nil
	}
	for _, p := range s.pages {
		if p.Space == key && p.Kind == kind && !p.unseen && slices.Contains(statuses, p.Status) {
			pages = append(pages, p)
		}
	}
	return byID(pages)
}

func byID(pages []*Page) []*Page {
	slices.SortFunc(pages, func(a, b *Page) int { return number(a.ID) - number(b.ID) })
	return pages
}

// visible returns a page that the login may see, nil otherwise.
func (s *Server) visible(id string) *Page {
	p := s.pages[id]
	if p == nil || p.unseen || s.spaces[p.Space].hidden {
		return nil
	}
	return p
}

func (s *Server) spaceByID(id string) *space {
	for _, sp := range s.spaces {
		if sp.id == id && !sp.hidden {
			return sp
		}
	}
	return nil
}

func (s *Server) keys() []string { return slices.Sorted(maps.Keys(s.spaces)) }

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

type object = map[string]any

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func fail(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"statusCode": status, "message": message})
}
