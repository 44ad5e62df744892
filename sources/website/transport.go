package website

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// transport reaches the site: with the client certificate, through the proxy that
// the environment names for it, and at no private address that is not allowed.
func (w *Website) transport() (*http.Transport, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if w.options.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(w.env.Path(w.options.CertFile), w.env.Path(w.options.KeyFile))
		if err != nil {
			return nil, fmt.Errorf("read website.client_cert_file: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if w.options.CAFile != "" {
		pem, err := os.ReadFile(w.env.Path(w.options.CAFile))
		if err != nil {
			return nil, fmt.Errorf("read website.ca_file: %w", err)
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			config.RootCAs = x509.NewCertPool()
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("website.ca_file holds no certificate in PEM")
		}
	}
	dialer := &net.Dialer{Timeout: 15 * time.Second, Resolver: w.resolver, Control: w.mayDial}
	proxy, err := httpproxy.FromEnvironment().ProxyFunc()(w.base)
	if err != nil {
		return nil, err
	}
	if proxy != nil { // which is the only one that is dialed, and looks names up itself
		dialer.Control = nil
	}
	return &http.Transport{
		Proxy: http.ProxyURL(proxy), DialContext: dialer.DialContext, TLSClientConfig: config, ForceAttemptHTTP2: true,
		MaxIdleConnsPerHost: atOnce, TLSHandshakeTimeout: 15 * time.Second, ResponseHeaderTimeout: requestTime,
	}, nil
}

// mayDial keeps requests away from private addresses that nobody has named: a
// name can be made to lead anywhere.
func (w *Website) mayDial(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	ip := at.Addr().Unmap()
	if !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified() &&
		!shared.Contains(ip) {
		return nil
	}
	if host := strings.Trim(w.base.Hostname(), "[]"); host == ip.WithZone("").String() ||
		strings.EqualFold(host, "localhost") && ip.IsLoopback() {
		return nil // url itself names it
	}
	for _, n := range w.options.PrivateNetworks {
		if p, err := netip.ParsePrefix(n); err == nil && p.Contains(ip.WithZone("")) {
			return nil
		}
	}
	return &privateError{w.base.Hostname(), ip}
}

// shared is what providers use inside of their networks (RFC 6598).
var shared = netip.MustParsePrefix("100.64.0.0/10")

type privateError struct {
	host string
	ip   netip.Addr
}

func (e *privateError) Error() string {
	return fmt.Sprintf(
		"%s is at the private address %s: if that is meant, add its network to website.private_networks, such as %s",
		e.host,
		e.ip,
		netip.PrefixFrom(e.ip, e.ip.BitLen()),
	)
}
