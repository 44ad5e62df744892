// Package web is the daemon's HTTP server: the status pages, the API behind
// them and behind the commands, webhooks, metrics and health.
package web

import (
	"context"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/httpserve"
	"finpages/ingest/operate"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options says what to serve.
type Options struct {
	Service  *operate.Service
	State    string              // names the state file, for [api.Client]
	Trigger  func(source string) // makes a source run soon; triggers that come before it does are one
	Gatherer prometheus.Gatherer
	// Token is the server's, of those who may do everything. Where there is neither
	// this nor users nor a trusted proxy, everybody may: for loopback only.
	Token func() (string, error)
	Users []User
	Proxy *TrustedProxy // nil for none
	// HookSecret returns the secret that webhooks of a source are signed with.
	// Nil or "" means that it takes none, an error that the secret cannot be read.
	HookSecret func(source string) (secret string, err error)
	// ConfigFault returns why the config was refused while the one before it goes
	// on; nil if the last one was accepted. A nil function stands for no faults.
	ConfigFault func() *api.ConfigFault
	// Waiting returns the parts of the config that are not in use yet. A nil
	// function stands for none.
	Waiting func() []api.Waiting
	// Reload reads the config again; see [api.Options].
	Reload func(context.Context) error
	// InPlace returns an error if the state file is no longer the one that was
	// opened. Nil means that it always is.
	InPlace func() error
	Help    []HelpTopic // the guide, in the order in which it is listed
	Version string
	Log     *slog.Logger
	// BasePath is the path that browsers see everything below, such as /finpages;
	// "" for none.
	BasePath string
}

// Pages serves everything, to be called by [httpserve.Serve].
type Pages struct {
	kept *kept
	now  atomic.Pointer[served]
}

// served is what serves by some options, until others replace them.
type served struct {
	http.Handler
	replaced chan struct{}
	once     sync.Once
}

func (s *served) end() { s.once.Do(func() { close(s.replaced) }) }

// kept is what outlives a change of the options.
type kept struct {
	previews previewCache
	logins   loginLimiter
	ended    endedSessions
	hookLog  logLimiter
	loginLog logLimiter
	streams  chan struct{} // holds a token for each client that follows the events
}

type server struct {
	Options
	*kept
	site      site
	templates *template.Template
	replaced  <-chan struct{} // closed when other options take the place of these
}

// Handler returns what serves by the options.
func Handler(o Options) *Pages {
	p := &Pages{kept: &kept{hookLog: logLimiter{what: "webhook"}, loginLog: logLimiter{what: "login"},
		streams: make(chan struct{}, maxStreams)}}
	p.Set(o)
	return p
}

// Next returns what serves by other options at another address, with the same
// sessions and limits. Clients that follow the events must come again, there.
func (p *Pages) Next(o Options) *Pages {
	next := &Pages{kept: p.kept}
	next.Set(o)
	p.now.Load().end()
	return next
}

// Set has requests served by other options from now on. Those in flight go on
// as they began, but for clients that follow the events: these must come again.
func (p *Pages) Set(o Options) {
	next := &served{replaced: make(chan struct{})}
	next.Handler = handler(o, p.kept, next.replaced)
	if before := p.now.Swap(next); before != nil {
		before.end()
	}
}

func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.now.Load().ServeHTTP(w, r) }

func handler(o Options, k *kept, replaced <-chan struct{}) http.Handler {
	at := site(o.BasePath)
	s := &server{Options: o, kept: k, site: at, templates: pageTemplates(at), replaced: replaced}
	inside := http.NewServeMux()
	api.Register(inside, api.Options{Service: o.Service, Trigger: o.Trigger, ConfigFault: s.configFault,
		Waiting: s.waiting, Reload: o.Reload, BasePath: o.BasePath})
	inside.HandleFunc("GET /api/v1/events", s.events)
	s.pageRoutes(inside)
	inside.Handle("GET /metrics", promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{}))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /assets/{file}", assetHandler())
	public := s.public()
	for _, path := range []string{"/login", "/logout", "/hooks/{source}"} {
		mux.Handle(path, public)
	}
	// Sources asks comes first, then whether there is room, then the body.
	mux.Handle("/", sameOrigin(s.login(httpserve.LimitRequests(maxRequests, maxRequestsPerClient,
		httpserve.ReadBody(maxBody, s.operators(inside))))))
	return secured(api.RefuseOtherState(o.State, at.mount(mux)))
}

// Requests in flight at once, and the bytes of a body that is held in memory:
// of those who are logged in, and of anybody.
const (
	maxRequests          = 256
	maxRequestsPerClient = 128
	maxBody              = 64 << 10

	maxPublicRequests          = 128
	maxPublicRequestsPerClient = 32
	maxLoginBody               = 8 << 10
)

// public handles what needs no login but costs something.
func (s *server) public() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/{source}", s.hook)
	mux.Handle("GET /login", sameOrigin(http.HandlerFunc(s.showLogin)))
	mux.Handle("POST /login", sameOrigin(httpserve.ReadBody(maxLoginBody, http.HandlerFunc(s.takeLogin))))
	mux.Handle("POST /logout", sameOrigin(http.HandlerFunc(s.logout)))
	return httpserve.LimitRequests(maxPublicRequests, maxPublicRequestsPerClient, mux)
}

func (s *server) configFault() *api.ConfigFault {
	if s.ConfigFault == nil {
		return nil
	}
	return s.ConfigFault()
}

func (s *server) waiting() []api.Waiting {
	if s.Waiting == nil {
		return []api.Waiting{}
	}
	return s.Waiting()
}

// ready answers whether the state can be read, and is where it was opened, and a
// config is loaded; and who runs which source.
func (s *server) ready(w http.ResponseWriter, _ *http.Request) {
	if s.InPlace != nil {
		if err := s.InPlace(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
	}
	for _, name := range s.Service.Names() {
		if _, err := s.Service.Pulse(name); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
	}
	fmt.Fprintln(w, "ready")
	for _, l := range s.Service.Leases() {
		fmt.Fprintf(w, "source %s is run by %s until %s\n", l.Source, l.Name(), l.Expires.UTC().Format(time.RFC3339))
	}
}

const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; " +
	"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secured sets the headers that keep browsers from doing more than showing.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
