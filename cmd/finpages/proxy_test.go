package main

import (
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// proxy is a way to the database that can be cut.
type proxy struct {
	t        *testing.T
	listener net.Listener
	socket   string
	within   atomic.Bool // connections are cut after some bytes
	rnd      *rand.Rand

	mu    sync.Mutex
	conns map[net.Conn]bool
	hung  chan struct{} // closed when bytes pass again; nil: they pass
}

func newProxy(t *testing.T, socket string, seed uint64) *proxy {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, listener: l, socket: socket, rnd: rand.New(rand.NewPCG(seed, 3)), conns: map[net.Conn]bool{}}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() { l.Close(); p.cut(); wg.Wait() })
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

func (p *proxy) serve(conn net.Conn) {
	defer conn.Close()
	server, err := net.Dial("unix", p.socket)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	p.conns[conn] = true
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.conns, conn)
		p.mu.Unlock()
	}()
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{conn, server}, {server, conn}} {
		go func() {
			defer func() { conn.Close(); server.Close(); done <- struct{}{} }()
			p.pass(way[1], way[0])
		}()
	}
	<-done
	<-done
}

func (p *proxy) pass(to, from net.Conn) {
	buf := make([]byte, 4096)
	for {
		n, err := from.Read(buf)
		p.mu.Lock()
		hung, cut := p.hung, p.within.Load() && p.rnd.IntN(20) == 0
		if cut {
			n = p.rnd.IntN(n + 1)
		}
		p.mu.Unlock()
		if hung != nil {
			<-hung
		}
		if _, err2 := to.Write(buf[:n]); err != nil || err2 != nil || cut {
			return
		}
	}
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		conn.Close()
	}
}

// hang holds all bytes back for a while.
func (p *proxy) hang(d time.Duration) {
	hung := make(chan struct{})
	p.mu.Lock()
	p.hung = hung
	p.mu.Unlock()
	<-time.After(d)
	p.mu.Lock()
	p.hung = nil
	p.mu.Unlock()
	close(hung)
}
