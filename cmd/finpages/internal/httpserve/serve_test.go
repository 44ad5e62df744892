package httpserve_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"finpages/cmd/finpages/internal/httpserve"
)

// A listener that is closed takes no more connections; what is in flight ends
// in its own time, as it would have.
func TestRequestsInFlightOutliveTheListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered, release := make(chan context.Context), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entered <- r.Context()
		<-release
		io.WriteString(w, "done")
	})
	served := make(chan error, 1)
	go func() { served <- httpserve.Serve(t.Context(), l, h, slog.New(slog.DiscardHandler)) }()
	answered := make(chan string, 1)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	go func() {
		resp, err := client.Get("http://" + l.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answered <- string(body)
	}()
	inFlight := <-entered
	l.Close()
	if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
		c.Close()
		t.Error("the address is still open")
	}
	select {
	case err := <-served:
		t.Fatalf("Serve ended with a request in flight: %v", err)
	case <-inFlight.Done():
		t.Fatal("the request in flight was cancelled")
	default:
	}
	close(release)
	if got := <-answered; got != "done" {
		t.Errorf("the request in flight got %q", got)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

// When the program ends, it ends also what a closed listener has left.
func TestRequestsOfAClosedListenerEndWithTheProgram(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered := make(chan struct{})
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- httpserve.Serve(ctx, l, h, slog.New(slog.DiscardHandler)) }()
	go func() {
		if resp, err := http.Get("http://" + l.Addr().String()); err == nil {
			resp.Body.Close()
		}
	}()
	<-entered
	l.Close()
	cancel()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

// TLS can be turned on and off while a listener is open.
func TestTLSCanBeTurnedOnAndOff(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &httpserve.Listener{Listener: tcp}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) })
	go func() { served <- httpserve.Serve(ctx, l, h, slog.New(slog.DiscardHandler)) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	get := func(scheme string) string {
		resp, err := client.Get(scheme + "://" + l.Addr().String())
		if err != nil {
			return "error"
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return string(body)
	}
	want := func(plain, secure string) {
		t.Helper()
		if got, gotTLS := get("http"), get("https"); got != plain || gotTLS != secure {
			t.Errorf("http %q, https %q; want %q and %q", got, gotTLS, plain, secure)
		}
	}
	want("HTTP/1.1", "error")
	cert, key := certificate(t)
	if err := l.UseTLS(cert, key, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if got := get("https"); got != "HTTP/2.0" {
		t.Errorf("https: %q", got)
	}
	if err := l.UseTLS(cert, cert, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a key that is none is taken")
	}
	if got := get("https"); got != "HTTP/2.0" {
		t.Errorf("https after a bad pair: %q", got)
	}
	if err := l.UseTLS("", "", slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	want("HTTP/1.1", "error")
	cancel()
	if err := <-served; err != nil && !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// certificate writes the certificate of httptest, and its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	return writePair(t, s.TLS.Certificates[0])
}

func writePair(t *testing.T, pair tls.Certificate) (cert, key string) {
	t.Helper()
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), 0o600),
		os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}
