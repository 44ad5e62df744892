package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"finpages/cmd/finpages/internal/config"
	"finpages/cmd/finpages/internal/httpserve"
	"finpages/ingest"
	"finpages/intercomapi/emulator"
	wikiemulator "finpages/sources/confluence/emulator"

	"github.com/spf13/cobra"
)

func demoCommand(g *globals) *cobra.Command {
	var serve bool
	var listen string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Try finpages on an emulated Intercom; no account needed",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			dir, err := os.MkdirTemp("", "finpages-demo-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(dir)
			ctx, stop := context.WithCancel(c.Context())
			d := &demo{globals: g, dir: dir, listen: listen}
			defer func() { stop(); err = errors.Join(err, d.close()) }()
			if err := d.start(ctx); err != nil {
				return err
			}
			if err := d.show(ctx); err != nil || !serve {
				return err
			}
			return d.serve(ctx)
		},
	}
	c.Flags().BoolVar(&serve, "serve", false, "keep the daemon and its status page running until interrupted")
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:9464", "address of the status page, with --serve")
	return c
}

// demo is a small company: docs in four places, and an emulated Intercom.
type demo struct {
	*globals
	dir    string
	listen string
	emu    *emulator.Server
	wiki   *wikiemulator.Server
	git    *demoRepo // nil without the git program
	app    *app
	ended  []<-chan error
}

// start makes the docs, starts the servers and puts finpages together.
func (d *demo) start(ctx context.Context) (err error) {
	if d.emu, err = emulator.New(emulator.Options{}); err != nil {
		return err
	}
	if err := d.writeDocs(ctx); err != nil {
		return err
	}
	d.wiki = demoWiki()
	api, err := d.serveOn(ctx, d.emu)
	if err != nil {
		return err
	}
	wiki, err := d.serveOn(ctx, d.wiki)
	if err != nil {
		return err
	}
	path := filepath.Join(d.dir, "finpages.yaml")
	if err := os.WriteFile(path, []byte(demoConfig(d, api, wiki)), 0o600); err != nil {
		return err
	}
	cfg, err := config.Load(path, adapters())
	if err != nil {
		return err
	}
	d.app, err = d.open(cfg, appOptions{})
	return err
}

// serveOn serves a handler on a free port of this machine.
func (d *demo) serveOn(ctx context.Context, h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	log, err := d.logger("")
	if err != nil {
		return "", err
	}
	ended := make(chan error, 1)
	d.ended = append(d.ended, ended)
	go func() { ended <- httpserve.Serve(ctx, l, h, log) }()
	return "http://" + l.Addr().String(), nil
}

func (d *demo) close() (err error) {
	if d.app != nil {
		d.app.close()
	}
	for _, ended := range d.ended {
		err = errors.Join(err, <-ended)
	}
	if d.emu != nil {
		err = errors.Join(err, d.emu.Close())
	}
	return err
}

// show syncs, edits, and syncs again, and says what happens.
func (d *demo) show(ctx context.Context) error {
	d.say("A company has docs in %d places. Intercom is an emulator on this machine.\n", len(d.app.cfg.Sources))
	d.say("What would the first sync do? (finpages plan)\n")
	plan, err := d.app.service.RunAll(ctx, nil, ingest.RunOptions{Plan: true})
	if err != nil {
		return err
	}
	printPlans(d.stdout, plan)
	d.say("\nThe first sync. (finpages backfill)\n")
	if err := d.sync(ctx); err != nil {
		return err
	}
	d.say("\nNothing has changed, so the second sync writes nothing.\n")
	if err := d.sync(ctx); err != nil {
		return err
	}
	d.say(
		"\nNow somebody edits a page and removes another from the handbook, moves a file in Git,\n" +
			"and restricts a wiki page. Only these changes reach Intercom:\n",
	)
	if err := d.edit(ctx); err != nil {
		return err
	}
	if err := d.sync(ctx); err != nil {
		return err
	}
	d.say("\nSomebody empties the handbook by mistake. Nothing is deleted until somebody approves it.\n")
	if err := d.emptyHandbook(); err != nil {
		return err
	}
	if err := d.sync(ctx); err != nil {
		return err
	}
	d.result()
	return nil
}

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.stdout, format, args...) }

// sync runs all sources and counts what reached Intercom.
func (d *demo) sync(ctx context.Context) error {
	d.emu.ClearRequests()
	reports, err := d.app.service.RunAll(ctx, nil, ingest.RunOptions{})
	if err != nil {
		return err
	}
	printReports(d.stdout, reports)
	writes := 0
	for _, r := range d.emu.Requests() {
		if r.Method != http.MethodGet {
			writes++
		}
	}
	d.say("Intercom received %d writes.\n", writes)
	for _, r := range reports {
		if r.Result == ingest.Failed || r.Result == ingest.Interrupted || r.Result == ingest.Partial {
			return &exitError{exitFailed, "the demo's sync of " + r.Name + " failed"}
		}
	}
	return nil
}

// result shows what Fin has now.
func (d *demo) result() {
	pages := d.emu.Pages()
	d.say("\nFin now answers from %d pages:\n", len(pages))
	for _, p := range slices.Backward(pages) {
		d.say("  %-28s %s\n", p.Title, p.URL)
	}
}

// serve runs the daemon on the demo's docs until it is interrupted.
func (d *demo) serve(ctx context.Context) error {
	d.say(
		"\nThe status page is at http://%s. The docs are in %s: edit them and watch.\nStop with Ctrl-C.\n",
		d.listen,
		d.dir,
	)
	return d.daemon(ctx, d.app)
}
