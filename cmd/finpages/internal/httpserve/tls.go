package httpserve

import (
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"
)

// Listener accepts connections with TLS, or without.
type Listener struct {
	net.Listener
	tls atomic.Pointer[tls.Config] // nil for none
}

// UseTLS has connections from now on speak TLS with the certificate and the key
// of the files, in PEM; no TLS where there are none. They are read again when
// they change; a pair that cannot be read then is told to log, and the last good
// one goes on.
func (l *Listener) UseTLS(certFile, keyFile string, log *slog.Logger) error {
	if certFile == "" {
		l.tls.Store(nil)
		return nil
	}
	p := &keyPair{certFile: certFile, keyFile: keyFile, log: log}
	if err := p.load(p.sums()); err != nil {
		return err
	}
	l.tls.Store(&tls.Config{GetCertificate: p.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}})
	return nil
}

// UseTLSOf has connections from now on speak TLS as those of another listener.
func (l *Listener) UseTLSOf(other *Listener) { l.tls.Store(other.tls.Load()) }

// Accept waits for the next connection.
func (l *Listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if conf := l.tls.Load(); err == nil && conf != nil {
		return tls.Server(c, conf), nil
	}
	return c, err
}

// keyPair is a certificate that follows its files.
type keyPair struct {
	certFile, keyFile string
	log               *slog.Logger

	mu     sync.Mutex
	cert   *tls.Certificate
	loaded [2]sum // of the files when they were last looked into
}

// sum tells a file's content from another, also where sizes and times are alike.
type sum [sha256.Size]byte

func (p *keyPair) sums() (s [2]sum) {
	for i, name := range []string{p.certFile, p.keyFile} {
		if data, err := os.ReadFile(name); err == nil {
			s[i] = sha256.Sum256(data)
		}
	}
	return s
}

func (p *keyPair) load(s [2]sum) error {
	p.loaded = s
	cert, err := tls.LoadX509KeyPair(p.certFile, p.keyFile)
	if err != nil {
		return fmt.Errorf("load server.tls: %w", err)
	}
	p.cert = &cert
	return nil
}

func (p *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.sums(); s != p.loaded {
		if err := p.load(s); err != nil {
			p.log.Error("the new certificate cannot be used; the old one stays in use", "error", err)
		} else {
			p.log.Info("certificate reloaded", "cert_file", p.certFile)
		}
	}
	return p.cert, nil
}
