// Package emulator is a stand-in for Intercom's [AI Content API]: the sources
// and external pages of Fin's content library, as versions 2.14 to 2.17 of the
// API answer for them. It holds everything in memory and, on request, in a file.
//
// Where Intercom says nothing, the emulator is strict about what it is sent:
// what it accepts, Intercom accepts too. These are its choices:
//
//   - an upsert without url keeps the page's url; an empty url removes it;
//   - an external_id that was deleted gets a new id when it comes back;
//   - null is a value of the wrong type, but for audience_ids;
//   - a locale is required, although the description also names a default;
//   - html may be empty; title and external_id may not;
//   - fin_availability reads as ai_agent_availability, and writes both that and
//     ai_copilot_availability;
//   - two sources may share a url;
//   - a list takes source_id and external_id together, or neither.
//
// [AI Content API]: https://developers.intercom.com/docs/references/rest-api/api.intercom.io/ai-content
package emulator

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// defaultLimit is what a private app's 10,000 requests a minute come to in one
// window of ten seconds.
const defaultLimit = 1666

// Options say what the emulator pretends to be. The zero value is a workspace
// with Intercom's usual limits that forgets everything when it ends.
type Options struct {
	// Token is the bearer token to expect. Empty accepts any that is not empty.
	Token string
	// Limit is the number of requests allowed in a window of 10 seconds; 0 is 1666.
	Limit int
	// Latency is how long every request waits before anything happens to it.
	Latency time.Duration
	// StateFile, when not empty, is read by New and rewritten within about a
	// second of a change, and by Close. Where it does not exist, New creates it.
	StateFile string
	// Lists is how lists of pages answer; empty is ListsBounded.
	Lists Lists
	// ListReach is what page times per_page of a list may come to; 0 is 10,000.
	ListReach int
	// NormalizeHTML stores html as an HTML parser writes it again, and not as it was sent.
	NormalizeHTML bool
	// Workspace is what /me answers.
	Workspace Workspace
	// Log is told of every request (debug) and of trouble with StateFile. nil: nowhere.
	Log *slog.Logger
}

// Workspace is an Intercom workspace. Fields left empty get "emulator",
// "Emulated workspace" and "US".
type Workspace struct {
	IDCode, Name, Region string
}

// Server answers for Intercom. It is an [http.Handler]; the caller listens.
// It is safe for concurrent use.
//
// Requests below /_emulator/ are for the emulator itself, from this machine
// without a token:
//
//	GET    /_emulator/requests  the log, a JSON array of [Request]
//	DELETE /_emulator/requests  forget it
//	GET    /_emulator/pages     all pages with their html, a line of JSON each
//	POST   /_emulator/faults    set a [Fault], see below
//	DELETE /_emulator/faults    take all of these away
//
// A fault is a JSON object of any of: match (method and the beginning of path),
// status, headers, body, delay and slow (like "1.5s"), hang, cut ("before" or
// "after" the effect), effect, truncate (bytes), times (0 is without end),
// percent (of the requests that match) and seed (of the chance). The first one
// set that matches a request and whose chance comes up happens.
//
// A fault that closes a connection panics with [http.ErrAbortHandler], as
// net/http wants it: who calls ServeHTTP without net/http's server has to
// expect that.
type Server struct {
	opts    Options
	routes  map[string]methods
	started time.Time
	store   *store
	saver   *saver
	window  rateWindow
	log     requestLog
	hook    atomic.Pointer[func(*http.Request) *Fault]
	rules   faultRules
}

// New makes a Server. With a StateFile that exists, it starts with what that
// holds; one that cannot be read, or written, is an error. Close it.
func New(opts Options) (*Server, error) {
	if opts.Limit < 0 || opts.Latency < 0 || opts.ListReach < 0 {
		return nil, errors.New("emulator: limit, latency and list reach cannot be negative")
	}
	opts.setDefaults()
	if !slices.Contains(AllLists, opts.Lists) {
		return nil, fmt.Errorf("emulator: lists %q: use one of %v", opts.Lists, AllLists)
	}
	s := &Server{
		opts:    opts,
		started: time.Now(),
		store:   newStore(),
		window:  rateWindow{limit: opts.Limit},
	}
	s.routes = s.endpoints()
	if opts.StateFile != "" {
		var err error
		if s.saver, err = openState(opts.StateFile, s.store, opts.Log); err != nil {
			return nil, fmt.Errorf("emulator: %w", err)
		}
	}
	return s, nil
}

func (o *Options) setDefaults() {
	setDefault(&o.Limit, defaultLimit)
	setDefault(&o.Lists, ListsBounded)
	setDefault(&o.ListReach, listReach)
	setDefault(&o.Workspace.IDCode, "emulator")
	setDefault(&o.Workspace.Name, "Emulated workspace")
	setDefault(&o.Workspace.Region, "US")
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Close writes the state file, if there is one and it lacks a change. What is
// changed after Close is not written.
func (s *Server) Close() error {
	if s.saver == nil {
		return nil
	}
	if err := s.saver.close(); err != nil {
		return fmt.Errorf("emulator: %w", err)
	}
	return nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		s.serveControl(w, r)
		return
	}
	c := receive(r)
	number := s.log.begin(r, s.externalID(c))
	if !sleep(r.Context(), s.opts.Latency) {
		panic(http.ErrAbortHandler)
	}
	fault := s.fault(c)
	a := s.respond(c, fault)
	s.log.finish(number, a.status)
	s.opts.Log.Debug("request", "number", number, "method", r.Method, "path", r.URL.Path, "status", a.status)
	if err := a.send(w, fault.wrap(r.Context(), w)); err != nil {
		// What was written has to leave before the connection is cut.
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// Requests returns the latest requests to the API (at most 100,000), oldest
// first, also those that a fault answered. It does not know those for the
// control surface.
func (s *Server) Requests() []Request { return s.log.all() }

// ClearRequests forgets the requests so far. Numbers go on.
func (s *Server) ClearRequests() { s.log.clear() }

// Pages returns all pages, in the order in which they were created.
func (s *Server) Pages() []Page { return values(s.store.allPages()) }

// Sources returns all content import sources, in the order in which they were
// created.
func (s *Server) Sources() []Source { return values(s.store.allSources()) }

func values[T any](rows []*T) []T {
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = *row
	}
	return out
}
