package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/config"
	"finpages/cmd/finpages/internal/httpserve"
	"finpages/cmd/finpages/internal/web"
)

// listener is where the daemon listens: an address, or a Unix socket.
type listener struct {
	*httpserve.Listener
	at    string // as configured
	pages *web.Pages
}

// listen begins to serve as the config says.
func (d *daemon) listen(ctx context.Context) error {
	server := d.cfg.Server
	l, err := net.Listen("tcp", server.Listen)
	if err != nil {
		return fmt.Errorf("%w: stop the other finpages, or set server.listen to a free port", err)
	}
	tcp := &httpserve.Listener{Listener: l}
	if err := tcp.UseTLS(server.TLS.CertFile, server.TLS.KeyFile, d.log); err != nil {
		l.Close()
		return err
	}
	var socket net.Listener
	if server.Socket != "" {
		if socket, err = listenOnSocket(server.Socket); err != nil {
			l.Close()
			return err
		}
	}
	d.tcp = d.serveOn(ctx, tcp, server.Listen, web.Handler(d.served(d.cfg, true)))
	if socket != nil { // who may open it needs no token
		d.socket = d.serveOn(ctx, &httpserve.Listener{Listener: socket}, server.Socket, web.Handler(d.served(d.cfg, false)))
	}
	return nil
}

func (d *daemon) serveOn(ctx context.Context, l *httpserve.Listener, at string, pages *web.Pages) *listener {
	d.group.Go(func() error { return httpserve.Serve(ctx, l, pages, d.log) })
	return &listener{l, at, pages}
}

// serve goes over to the config's server, and returns what it cannot do yet. What
// was served before goes on then. Requests in flight go on in any case.
func (d *daemon) serve(ctx context.Context, cfg *config.Config) (waiting []api.Waiting) {
	wait := func(part string, err error) {
		waiting = append(waiting, api.Waiting{Part: part, Why: err.Error()})
	}
	if at := d.tcp.at; at != cfg.Server.Listen {
		if err := d.moveTo(ctx, cfg); err != nil {
			wait("server.listen", fmt.Errorf("the daemon still listens on %s: %w", at, err))
		}
	} else if err := d.tcp.UseTLS(cfg.Server.TLS.CertFile, cfg.Server.TLS.KeyFile, d.log); err != nil {
		wait("server.tls", fmt.Errorf("what was in use before stays in use: %w", err))
	}
	if safeOn(d.tcp.at, cfg.Server) {
		d.tcp.pages.Set(d.served(cfg, true))
	}
	if err := d.moveSocket(ctx, cfg); err != nil {
		wait("server.socket", err)
	}
	if d.socket != nil {
		d.socket.pages.Set(d.served(cfg, false))
	}
	return waiting
}

// safeOn reports whether a server may be served at an address that may not be
// its own: not without a login where other machines reach it.
func safeOn(at string, server config.Server) bool {
	host, _, err := net.SplitHostPort(at)
	return at == server.Listen || server.HasLogin() || err == nil && config.Loopback(host)
}

// moveTo listens on the new address, and closes the old one.
func (d *daemon) moveTo(ctx context.Context, cfg *config.Config) error {
	server, old := cfg.Server, d.tcp
	next := &httpserve.Listener{}
	if err := next.UseTLS(server.TLS.CertFile, server.TLS.KeyFile, d.log); err != nil {
		return err
	}
	l, err := net.Listen("tcp", server.Listen)
	if errors.Is(err, syscall.EADDRINUSE) && samePort(old.at, server.Listen) {
		old.Close() // what is in the way of the new address may be the old one
		if l, err = net.Listen("tcp", server.Listen); err != nil {
			return errors.Join(err, d.listenAgain(ctx))
		}
	}
	if err != nil {
		return err
	}
	next.Listener = l
	d.tcp = d.serveOn(ctx, next, server.Listen, old.pages.Next(d.served(cfg, true)))
	old.Close()
	d.log.Info("listening on another address", "listen", server.Listen, "before", old.at)
	return nil
}

// listenAgain opens the address again that was closed to no avail.
func (d *daemon) listenAgain(ctx context.Context) error {
	old := d.tcp
	l, err := net.Listen("tcp", old.at)
	if err != nil {
		old.at = "" // so that the next reload tries again
		return fmt.Errorf("and cannot open the old address again: %w", err)
	}
	again := &httpserve.Listener{Listener: l}
	again.UseTLSOf(old.Listener)
	d.tcp = d.serveOn(ctx, again, old.at, old.pages)
	return nil
}

func samePort(a, b string) bool {
	_, p, err := net.SplitHostPort(a)
	_, q, err2 := net.SplitHostPort(b)
	return err == nil && err2 == nil && p == q
}

// moveSocket listens on the socket of the config, and closes the one before.
func (d *daemon) moveSocket(ctx context.Context, cfg *config.Config) error {
	path, old := cfg.Server.Socket, d.socket
	if old == nil && path == "" || old != nil && old.at == path {
		return nil
	}
	var next *listener
	if path != "" {
		l, err := listenOnSocket(path)
		if err != nil {
			return err
		}
		next = d.serveOn(ctx, &httpserve.Listener{Listener: l}, path, web.Handler(d.served(cfg, false)))
	}
	d.socket = next
	if old != nil {
		old.Close()
	}
	return nil
}
