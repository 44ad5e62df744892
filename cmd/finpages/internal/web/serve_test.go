package web_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/httpserve"
	"finpages/cmd/finpages/internal/web"
	"finpages/ingest"
	"finpages/intercomapi/emulator"
)

var quiet = slog.New(slog.DiscardHandler)

// serve serves the world by Serve, until the function it returns is called.
func (w *world) serve(l net.Listener) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- httpserve.Serve(ctx, l, web.Handler(w.options), quiet) }()
	return func() {
		w.t.Helper()
		cancel()
		if err := <-served; err != nil {
			w.t.Errorf("Serve: %v", err)
		}
	}
}

func listen(t *testing.T) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEventsTellOfRunsAndEndWithTheServer(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	w.put("docs", "a.md", "# A")
	l := listen(t)
	stop := w.serve(l)
	resp, err := browser.Get("http://" + l.Addr().String() + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("content type %q", resp.Header.Get("Content-Type"))
	}
	lines := bufio.NewScanner(resp.Body)
	wait := func(text string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), text) {
				return
			}
		}
		t.Fatalf("the stream ended without %q", text)
	}
	wait("event: hello")
	w.sync("docs")
	wait("event: change")
	wait(`"source":"docs","state":"ok","text":"Fin is up to date.","pages":1`)
	w.configure("docs", "more")
	wait("The config was reloaded.")
	stop()
	for lines.Scan() {
	}
	if err := lines.Err(); err != nil { // the server waited for the stream, and cut it off
		t.Errorf("the stream ended with %v", err)
	}
}

func TestEventsShowProgress(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	release, entered := make(chan struct{}), make(chan struct{}, 1)
	w.emu.Fail(func(r *http.Request) *emulator.Fault {
		if r.Method == "POST" && strings.Contains(r.URL.Path, "external_pages") {
			select {
			case entered <- struct{}{}:
			default:
			}
			<-release
		}
		return nil
	})
	w.put("docs", "a.md", "# A", "b.md", "# B")
	resp, err := browser.Get(w.server.URL + "/api/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	w.trigger("docs")
	<-entered
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() && !strings.Contains(lines.Text(), `"running":{`) {
	}
	if !strings.Contains(lines.Text(), "Syncing now") {
		t.Errorf("the stream said %q", lines.Text())
	}
	w.want(w.get("/"), 200, "Syncing now", "Syncing")
	w.want(w.get("/sources/docs/page/text?id=a.md"), 409, "A sync is running")
	w.want(w.get("/sources/docs/page/html?id=a.md"), 409, "Nothing to show.")
	close(release)
	for lines.Scan() && !strings.Contains(lines.Text(), "Fin is up to date.") {
	}
	w.runs.Wait()
}

func TestTooManyFollowersAreTurnedAway(t *testing.T) {
	w := newWorld(t, []string{"docs"}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range 64 {
		req, _ := http.NewRequestWithContext(ctx, "GET", w.server.URL+"/api/v1/events", nil)
		resp, err := browser.Do(req)
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%v, %v", resp, err)
		}
		defer resp.Body.Close()
	}
	w.want(w.get("/api/v1/events"), http.StatusServiceUnavailable, "too many")
}

// certificate writes a certificate and its key, and returns their paths.
func certificate(t *testing.T, dir, name string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{name}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
	os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), 0o600)
	return cert, key
}

func TestTLSFollowsItsFiles(t *testing.T) {
	w := newWorld(t, []string{"docs"}, func(o *web.Options) { o.Token = func() (string, error) { return "s3cret", nil } })
	dir := t.TempDir()
	cert, key := certificate(t, dir, "one.example")
	sameTime := func() {
		for _, file := range []string{cert, key} {
			if err := os.Chtimes(file, time.Unix(1, 0), time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
		}
	}
	sameTime()
	l := listen(t)
	secure := &httpserve.Listener{Listener: l}
	if err := secure.UseTLS(cert, key, quiet); err != nil {
		t.Fatal(err)
	}
	stop := w.serve(secure)
	defer stop()
	served := func() string {
		conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].Subject.CommonName
	}
	client := func(file string) error {
		c := api.NewClient(l.Addr().String(), "s3cret")
		c.TLS(file)
		defer c.Close()
		_, err := c.StatusAll(t.Context(), nil)
		return err
	}
	if got := served(); got != "one.example" {
		t.Errorf("serves %s", got)
	}
	if err := client(cert); err != nil {
		t.Error(err)
	}
	elsewhere, _ := certificate(t, t.TempDir(), "one.example")
	if err := client(elsewhere); err == nil {
		t.Error("a client takes another certificate for the daemon's")
	}

	modern := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	req, _ := http.NewRequestWithContext(t.Context(), "GET", "https://"+l.Addr().String()+"/api/v1/events", nil)
	req.Header.Set("Authorization", "Bearer s3cret")
	resp, err := modern.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() // still open when the server ends
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); resp.ProtoMajor != 2 || line != "event: hello\n" {
		t.Errorf("HTTP/%d: %q, %v", resp.ProtoMajor, line, err)
	}

	certificate(t, dir, "two.example")
	sameTime() // sizes may be alike, too
	if got := served(); got != "two.example" {
		t.Errorf("after the files changed it serves %s", got)
	}
	if err := client(cert); err != nil {
		t.Error(err)
	}
	os.WriteFile(cert, []byte("half a certificate"), 0o600)
	if got := served(); got != "two.example" {
		t.Errorf("with a bad file it serves %s", got)
	}
	if err := secure.UseTLS(cert, key, quiet); err == nil || !strings.Contains(err.Error(), "server.tls") {
		t.Errorf("a bad file at the start: %v", err)
	}
}

func TestClientSpeaksTheAPI(t *testing.T) {
	w := newWorld(t, []string{"handbook", "wiki"}, func(o *web.Options) { o.Token = func() (string, error) { return "s3cret", nil } })
	w.scene2()
	l := listen(t)
	defer w.serve(l)()
	c := api.NewClient(l.Addr().String(), "s3cret")
	defer c.Close()
	ctx := t.Context()
	all, err := c.StatusAll(ctx, []string{"wiki"})
	if err != nil || len(all) != 1 || all[0].Hold == nil {
		t.Fatalf("%+v, %v", all, err)
	}
	if _, err := c.Approve(ctx, "wiki", "another"); err == nil || !strings.Contains(err.Error(), "is no more") {
		t.Errorf("approve another hold: %v", err)
	}
	if r, err := c.Approve(ctx, "wiki", all[0].Hold.ID); err != nil || r.Deleted != 3 {
		t.Errorf("approve: %+v, %v", r, err)
	}
	if id, err := c.Retract(ctx, "handbook", "refunds.md"); err != nil || id != "refunds.md" {
		t.Errorf("retract: %s, %v", id, err)
	}
	if err := c.Unretract(ctx, "handbook", "refunds.md"); err != nil {
		t.Error(err)
	}
	if ids, err := c.Undo(ctx, "handbook", "old.md"); err != nil || len(ids) != 1 {
		t.Errorf("undo: %v, %v", ids, err)
	}
	if x, err := c.Explain(ctx, "handbook", "old.md"); err != nil || !x.InFin {
		t.Errorf("explain: %+v, %v", x, err)
	}
	if r, err := c.RunAll(ctx, nil, ingest.RunOptions{Plan: true}); err != nil || len(r) != 2 {
		t.Errorf("plan: %+v, %v", r, err)
	}
	if _, err := api.NewClient(l.Addr().String(), "wrong").StatusAll(ctx, nil); err == nil || err.Error() != "the daemon answered 401 Unauthorized: log in with the server token" {
		t.Errorf("with a wrong token: %v", err)
	}
}
