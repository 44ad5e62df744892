package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"time"

	"finpages/cmd/finpages/internal/api"
	"finpages/cmd/finpages/internal/config"

	"github.com/spf13/cobra"
)

func healthCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "health",
		Short: "Check that the daemon is alive: exit code 0 or 1",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			// A daemon that refused the config, or a token or certificate that
			// is on disk now, goes on with what it has: none of these matters.
			outline, fault := config.ReadOutline(g.configPath())
			ctx, cancel := context.WithTimeout(c.Context(), 5*time.Second)
			defer cancel()
			if err := healthy(ctx, outline.Server); err != nil {
				if fault != nil {
					return fmt.Errorf("%w; %w", err, fault)
				}
				return err
			}
			fmt.Fprintln(g.stdout, "alive")
			return nil
		},
	}
}

// healthy asks for the health of the daemon that the config describes. It
// sends no secret, and needs no login.
func healthy(ctx context.Context, server config.Server) error {
	client := api.NewClient(server.Listen, "")
	if server.TLS.CertFile != "" {
		client.TLS(server.TLS.CertFile)
	}
	req, err := http.NewRequestWithContext(ctx, "GET", client.Base+"/healthz", nil)
	if err != nil {
		return err
	}
	// Nothing to keep from an impostor, who could as well take the address.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return api.NoDaemon(client.Base, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the daemon at %s answered %s", client.Base, resp.Status)
	}
	return nil
}
