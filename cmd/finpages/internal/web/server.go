// Package web is the daemon's HTTP server: the status page, the API behind it
// and behind the commands, metrics and health.
package web

import (
	"context"
	"errors"
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
	Trigger  func(source string) // makes a source run soon
	Gatherer prometheus.Gatherer
	Token    func() (string, error) // of those who may come in; nil lets everybody in
	Version  string
	Log      *slog.Logger
}

type server struct{ Options }

// Handler serves everything, to be called by [Serve].
func Handler(o Options) http.Handler {
	s := &server{o}
	inside := http.NewServeMux()
	s.routes(inside)
	inside.Handle("GET /metrics", promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{}))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("alive\n")) })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("/", s.login(inside))
	return secured(http.NewCrossOriginProtection().Handler(mux))
}

// ready answers whether the state can be read and a config is loaded.
func (s *server) ready(w http.ResponseWriter, _ *http.Request) {
	for _, name := range s.Service.Names() {
		if _, err := s.Service.Status(name); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
	}
	w.Write([]byte("ready\n"))
}

// secured sets the headers that keep browsers from doing more than showing.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		next.ServeHTTP(w, r)
	})
}

// Serve serves until ctx ends, then lets requests under way finish for a few
// seconds.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	go func() { stopped <- srv.Serve(l) }()
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := srv.Shutdown(end); errors.Is(err, context.DeadlineExceeded) {
		srv.Close()
	}
	<-stopped
	return nil
}
