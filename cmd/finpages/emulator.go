package main

import (
	"errors"
	"fmt"
	"net"
	"time"

	"finpages/cmd/finpages/internal/httpserve"
	"finpages/intercomapi/emulator"

	"github.com/spf13/cobra"
)

func emulatorCommand(g *globals) *cobra.Command {
	var listen string
	var opts emulator.Options
	c := &cobra.Command{
		Use:   "emulator",
		Short: "Serve an emulator of Intercom's AI Content API",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if opts.Log, err = g.logger("warn"); err != nil {
				return err
			}
			srv, err := emulator.New(opts)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, srv.Close()) }()
			l, err := net.Listen("tcp", listen)
			if err != nil {
				return fmt.Errorf("%w: choose another address with --listen", err)
			}
			fmt.Fprintf(g.stdout, "emulator of Intercom's AI Content API on http://%s\n", l.Addr())
			return httpserve.Serve(c.Context(), l, srv, opts.Log)
		},
	}
	f := c.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:8089", "address to listen on")
	f.StringVar(&opts.StateFile, "state", "", "file to keep its data in (default: none, data is lost at exit)")
	f.IntVar(&opts.Limit, "limit", 0, "requests allowed in 10 seconds (default 1666)")
	f.DurationVar(&opts.Latency, "latency", 0*time.Second, "delay before each response")
	f.StringVar((*string)(&opts.Lists), "lists", string(emulator.ListsBounded),
		"behavior of page lists: bounded (10,000 pages), empty (beyond these), unbounded, plain (no parameters)")
	f.BoolVar(&opts.NormalizeHTML, "normalize-html", false, "store HTML as a parser serializes it, not as it was sent")
	f.StringVar(&opts.Token, "token", "", "the only accepted token (default: any token)")
	return c
}
