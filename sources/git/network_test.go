package git_test

import (
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// overTLS serves a repository at https://example.com, by a certificate that
// nobody trusts, behind a proxy. It returns the file with the certificate, the
// proxy's address, and how often that was asked.
func overTLS(t *testing.T) (r *repository, certificate, proxy string, asked *atomic.Int32) {
	for _, name := range []string{"GIT_SSL_CAINFO", "SSL_CERT_FILE"} {
		t.Setenv(name, "") // restores it
		os.Unsetenv(name)
	}
	r = newRepository(t)
	plain := serveHTTP(t, filepath.Dir(r.dir), "")
	secure := httptest.NewTLSServer(plain.Config.Handler)
	t.Cleanup(secure.Close)
	asked = new(atomic.Int32)
	through := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		asked.Add(1)
		if req.Method != http.MethodConnect {
			http.Error(w, "only CONNECT", http.StatusMethodNotAllowed)
			return
		}
		tunnel(w, secure.Listener.Addr().String())
	}))
	t.Cleanup(through.Close)
	block := &pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}
	r.opts.URL = "https://example.com/docs/.git"
	return r, r.file("ca.pem", string(pem.EncodeToMemory(block))), through.URL, asked
}

// tunnel joins the client with an address until either ends.
func tunnel(w http.ResponseWriter, address string) {
	there, err := net.Dial("tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(there, here); there.Close() }()
	_, _ = io.Copy(here, there)
}

// A proxy and a private authority that the environment names hold for git, too.
func TestProxyAndAuthority(t *testing.T) {
	r, certificate, proxy, asked := overTLS(t)
	t.Setenv("HTTPS_PROXY", proxy)
	t.Setenv("NO_PROXY", "")
	if _, err := r.Source().Open(t.Context()); err == nil || !strings.Contains(err.Error(), "SSL_CERT_FILE") {
		t.Errorf("without the authority: %v", err)
	}
	t.Setenv("SSL_CERT_FILE", certificate)
	if got := r.sync(); len(got) != 1 {
		t.Errorf("read %v", got)
	}
	if asked.Load() == 0 {
		t.Error("the proxy was not asked")
	}
}

// What the user's git is set to comes before SSL_CERT_FILE.
func TestOwnAuthority(t *testing.T) {
	r, certificate, proxy, _ := overTLS(t)
	t.Setenv("HTTPS_PROXY", proxy)
	t.Setenv("NO_PROXY", "")
	t.Setenv("SSL_CERT_FILE", r.file("other.pem", ""))
	runGit(t, "", "", "config", "--global", "http.https://example.com.sslCAInfo", certificate)
	if got := r.sync(); len(got) != 1 {
		t.Errorf("by git's config, read %v", got)
	}
	runGit(t, "", "", "config", "--global", "--unset", "http.https://example.com.sslCAInfo")
	t.Setenv("GIT_SSL_CAINFO", certificate)
	if got := r.sync(); len(got) != 1 {
		t.Errorf("by git's variable, read %v", got)
	}
}
