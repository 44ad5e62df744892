package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/config"
)

// listenOnSocket listens on a Unix socket that the user and the group of the
// daemon may use. What a daemon that was killed has left there is replaced.
func listenOnSocket(path string) (net.Listener, error) {
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeSocket != 0 {
		if c, err := net.Dial("unix", path); err == nil {
			c.Close()
			return nil, fmt.Errorf("listen on server.socket %s: another finpages process does: stop it first", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("replace server.socket: %w", err)
		}
	}
	l, err := net.Listen("unix", path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("listen on server.socket: the folder %s does not exist: create it, "+
			"writable for the user that runs finpages", filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("listen on server.socket: %w", err)
	}
	if err := os.Chmod(path, 0o660); err != nil {
		l.Close()
		return nil, fmt.Errorf("let the group use server.socket: %w", err)
	}
	return l, nil
}

// socketDaemon returns a client of the daemon that listens on the socket of the
// config; nil where none does. It needs no token, and no config that is in
// order: the daemon may have been started with another one, or by a user who
// may read secrets that this one may not.
func (g *globals) socketDaemon(ctx context.Context) *api.Client {
	outline, _ := config.ReadOutline(g.configPath())
	if outline.Server.Socket == "" {
		return nil
	}
	client := api.NewSocketClient(outline.Server.Socket)
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	now, err := client.Config(ctx)
	switch {
	case errors.Is(err, fs.ErrPermission):
		fmt.Fprintf(g.stderr, "finpages: this user may not use the daemon's socket %s: join its group, or use sudo\n",
			outline.Server.Socket)
		fallthrough
	case err != nil:
		client.Close()
		return nil
	}
	g.tellOfConfig(now)
	return client
}

// tellOfConfig says where the daemon does not use the config file as it is.
func (g *globals) tellOfConfig(now api.ConfigState) {
	if now.Fault != nil {
		fmt.Fprintf(g.stderr, "finpages: the config file has errors, so the daemon still uses the previous config:\n%s\n",
			now.Fault.Error)
	}
	for _, w := range now.Waiting {
		fmt.Fprintf(g.stderr, "finpages: the daemon does not use %s of the config file yet: %s\n", w.Part, w.Why)
	}
}
