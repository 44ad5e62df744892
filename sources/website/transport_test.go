package website_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"finpages/sources"
	"finpages/sources/website"

	"golang.org/x/net/dns/dnsmessage"
)

func TestClientCertificate(t *testing.T) {
	s := newSite(t)
	s.page("/docs/a", "A")
	cert, key := certificate(t)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(cert)
	server := httptest.NewUnstartedServer(s)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	dir := t.TempDir()
	write := func(name string, text []byte) string {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	s.opts.URL = server.URL + "/docs/"
	if _, err := s.Source().Open(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("an unknown authority: %v", err)
	}
	s.opts.CAFile = write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	if _, err := s.Source().Open(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate required") {
		t.Errorf("without a client certificate: %v", err)
	}
	s.opts.CertFile, s.opts.KeyFile = write("client.pem", cert), write("client.key", key)
	s.wantIDs("", "a")
	s.opts.KeyFile = s.opts.CAFile
	if _, err := s.Source().Open(t.Context()); err == nil || !strings.Contains(err.Error(), "website.client_cert_file") {
		t.Errorf("a key that is none: %v", err)
	}
}

// certificate makes one for a client, and its key.
func certificate(t *testing.T) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true,
		BasicConstraintsValid: true,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text})
}

// named gives the site a name that leads to it.
func (s *site) named(name string) sources.Source {
	s.opts.URL = strings.Replace(s.server.URL, "127.0.0.1", name, 1) + "/docs/"
	src := s.Source().(*website.Website)
	src.Resolve(&net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		us, it := net.Pipe()
		go answerLoopback(it)
		return us, nil
	}})
	return src
}

// answerLoopback answers a query as over TCP: every name leads to 127.0.0.1.
func answerLoopback(conn net.Conn) {
	defer conn.Close()
	query := make([]byte, 512)
	n, err := conn.Read(query[:2])
	if err == nil {
		n, err = conn.Read(query[:min(512, int(query[0])<<8|int(query[1]))])
	}
	var m dnsmessage.Message
	if err != nil || m.Unpack(query[:n]) != nil {
		return
	}
	m.Response, m.Additionals = true, nil
	if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
	}
	text, err := m.Pack()
	if err != nil {
		return
	}
	_, _ = conn.Write(append([]byte{byte(len(text) >> 8), byte(len(text))}, text...))
}

func TestPrivateNetworksMustBeNamed(t *testing.T) {
	s := newSite(t)
	s.page("/docs/a", "A")
	src := s.named("intranet.example.com")
	if _, err := src.Open(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "add its network to website.private_networks, such as 127.0.0.1/32") {
		t.Errorf("a private address that is not named: %v", err)
	}
	if asked := s.asked(); len(asked) > 0 {
		t.Errorf("asked for %q", asked)
	}
	s.opts.PrivateNetworks = []string{"10.0.0.0/8"}
	if _, err := s.named("intranet.example.com").Open(t.Context()); err == nil {
		t.Error("another network was named, and the site was opened")
	}
	s.opts.PrivateNetworks = []string{"10.0.0.0/8", "127.0.0.0/8"}
	snap, err := s.named("intranet.example.com").Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer snap.Close()
	n := 0
	if l, err := snap.List(t.Context(), func(sources.Entry) error { n++; return nil }); err != nil || n != 2 ||
		len(l.Incomplete) > 0 {
		t.Errorf("%d pages, %+v, %v", n, l, err)
	}
}

func TestProxyOfTheEnvironment(t *testing.T) {
	s := newSite(t)
	s.page("/docs/a", "A")
	var hosts []string
	s.answer(func(_ http.ResponseWriter, r *http.Request) bool { hosts = append(hosts, r.URL.Host); return false })
	proxy := s.server.URL
	s.opts.URL = "http://intranet.example.com/docs/"
	t.Setenv("NO_PROXY", "")
	t.Setenv("HTTP_PROXY", proxy)
	s.wantIDs("", "a")
	if len(hosts) == 0 || hosts[0] != "intranet.example.com" {
		t.Errorf("the proxy was asked for pages of %q", hosts)
	}
	t.Setenv("NO_PROXY", "127.0.0.1,.example.org")
	hosts = nil
	s.opts.URL = proxy + "/docs/"
	s.wantIDs("", "a")
	if len(hosts) == 0 || hosts[0] != "" {
		t.Errorf("a site of its own was asked through the proxy: %q", hosts)
	}
}
