// Package web is the daemon's HTTP server: the status pages, the API behind
// them and behind the commands, webhooks, metrics and health.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"finpages/ingest"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options says what to serve.
type Options struct {
	Service  *ingest.Service
	State    string              // names the state file, for [Client.State]
	Trigger  func(source string) // makes a source run soon; triggers that come before it does are one
	Gatherer prometheus.Gatherer
	Token    func() (string, error) // of those who may come in; nil lets everybody in, and is for loopback only
	// HookSecret returns the secret that webhooks of a source are signed with.
	// Nil or "" means that it takes none, an error that the secret cannot be read.
	HookSecret func(source string) (secret string, err error)
	// ConfigFault returns what is wrong with a config that was refused while the
	// one before it goes on, and since when; "" if the last one was taken. Nil
	// means never.
	ConfigFault func() (text string, since time.Time)
	// InPlace returns an error if the state file is no longer the one that was
	// opened. Nil means that it always is.
	InPlace func() error
	Version string
	Log     *slog.Logger
}

type server struct {
	Options
	previews previews
	guesses  guesses
	ended    ended
	floods   floods
	streams  chan struct{} // holds a token for each client that follows the events
}

// Handler serves everything, to be called by [Serve].
func Handler(o Options) http.Handler {
	s := &server{Options: o, streams: make(chan struct{}, maxStreams)}
	inside := http.NewServeMux()
	s.routes(inside)
	s.pageRoutes(inside)
	inside.Handle("GET /metrics", promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{}))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "alive") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("POST /hooks/{source}", s.hook)
	mux.Handle("GET /assets/", assetHandler())
	mux.Handle("GET /login", s.sameSite(http.HandlerFunc(s.showLogin)))
	mux.Handle("POST /login", s.sameSite(http.HandlerFunc(s.takeLogin)))
	mux.Handle("POST /logout", s.sameSite(http.HandlerFunc(s.logout)))
	mux.Handle("/", s.sameSite(s.login(inside)))
	return secured(s.ourState(mux))
}

// ourState refuses what is meant for a daemon with another state file.
func (s *server) ourState(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := r.Header.Get(stateHeader); h != "" && h != s.State {
			http.Error(w, ErrOtherState.Error(), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ready answers whether the state can be read, and is where it was opened, and a
// config is loaded.
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
}

const pagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secured sets the headers that keep browsers from doing more than showing,
// and keeps clients from holding a connection without using it.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		hurried(w, r)
		next.ServeHTTP(unhurried(w), r)
	})
}

// grace is how long requests under way may go on when the server ends: as long
// as a cancelled run may finish what it has begun, and a little more.
const grace = 10 * time.Second

// Serve serves until ctx ends. Requests under way then see their context end,
// too: streams end, runs stop taking up pages, and all may finish for a few
// seconds.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	go func() { stopped <- srv.Serve(l) }()
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := srv.Shutdown(end); errors.Is(err, context.DeadlineExceeded) {
		srv.Close()
	}
	<-stopped
	return nil
}
