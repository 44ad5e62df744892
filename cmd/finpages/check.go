package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"finpages/ingest"
	"finpages/intercomapi"
	"finpages/sources"
	"finpages/state"

	"github.com/spf13/cobra"
)

// finding is a line of check.
type finding struct {
	Subject string `json:"subject"`
	OK      bool   `json:"ok"`
	Text    string `json:"text"`
	Warning bool   `json:"warning,omitempty"` // OK, but should be fixed; with --strict it is not OK
}

func passed(subject, format string, args ...any) finding {
	return finding{Subject: subject, OK: true, Text: fmt.Sprintf(format, args...)}
}

func failed(subject string, err error) finding { return finding{Subject: subject, Text: err.Error()} }

func warned(subject, text string) finding {
	return finding{Subject: subject, OK: true, Text: text, Warning: true}
}

func checkCommand(g *globals) *cobra.Command {
	var asJSON, strict bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Check the config, the token, the workspace and each source",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return g.runCheck(c.Context(), asJSON, strict)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	c.Flags().BoolVar(&strict, "strict", false, "treat warnings as failures")
	return c
}

func (g *globals) runCheck(ctx context.Context, asJSON, strict bool) error {
	cfg, err := g.load()
	if err != nil {
		return err
	}
	a, err := g.open(cfg, appOptions{noState: true, retryFor: -1})
	if err != nil {
		return err
	}
	defer a.close()
	return g.check(ctx, a, asJSON, strict)
}

// check looks at everything at once, and tells what it found in order, each as
// soon as all before it are told.
func (g *globals) check(ctx context.Context, a *app, asJSON, strict bool) error {
	checks, err := a.checks()
	if err != nil {
		return err
	}
	answers := make([]chan []finding, len(checks))
	for i := range checks {
		answers[i] = make(chan []finding, 1)
	}
	free := make(chan struct{}, checksAtOnce)
	go func() {
		for i, c := range checks {
			free <- struct{}{}
			go func() { answers[i] <- c.run(ctx); <-free }()
		}
	}()
	told := []finding{}
	for _, answer := range answers {
		found := <-answer
		told = append(told, found...)
		if !asJSON {
			g.tell(found)
		}
	}
	known := g.remembered(ctx, a)
	told = append(told, known...)
	if asJSON {
		writeJSON(g.stdout, map[string]any{"findings": told})
	} else {
		g.tell(known)
	}
	if slices.ContainsFunc(told, func(f finding) bool { return !f.OK || strict && f.Warning }) {
		return &exitError{code: exitFailed}
	}
	return nil
}

func (g *globals) tell(found []finding) {
	for _, f := range found {
		mark := paint(green, "ok  ")
		switch {
		case !f.OK:
			mark = paint(red, "FAIL")
		case f.Warning:
			mark = paint(yellow, "warn")
		}
		fmt.Fprintf(g.stdout, "%s  %s: %s\n", mark, f.Subject, f.Text)
	}
}

// checksAtOnce bounds the checks under way, checkTime each of them, and
// checkGrace how long one may take to end after that.
const (
	checksAtOnce = 16
	checkTime    = 2 * time.Minute
	checkGrace   = 2 * time.Second
)

// check is one thing to be looked at.
type check struct {
	subject string
	look    func(context.Context) []finding
}

// checks lists what is to be looked at, in the order of the config.
func (a *app) checks() ([]check, error) {
	list := []check{{"config", a.checkConfig}, {"token", a.checkIntercom}}
	if len(a.cfg.Sources) == 0 {
		none := failed("sources", errors.New(noSources(a.cfg)))
		list = append(list, check{"sources", func(context.Context) []finding { return []finding{none} }})
	}
	for i := range a.cfg.Sources {
		src, err := a.cfg.Sources[i].Ingest(a.cfg)
		if err != nil {
			return nil, err
		}
		list = append(list,
			check{"source " + src.Name, func(ctx context.Context) []finding {
				return append(checkSource(ctx, src), a.checkTakeover(ctx, src)...)
			}})
	}
	return list, nil
}

// run looks, for as long as a check may take. What does not end then, such as
// to read a folder of a server that is gone, is left behind.
func (c check) run(ctx context.Context) []finding {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	answer := make(chan []finding, 1)
	go func() { answer <- c.look(ctx) }()
	var found []finding
	select {
	case found = <-answer:
	case <-ctx.Done():
		select {
		case found = <-answer:
		case <-time.After(checkGrace):
		}
	}
	if ctx.Err() == nil {
		return found
	}
	return append(found, failed(c.subject, c.unanswered(ctx.Err())))
}

func (c check) unanswered(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no response within %v: check that this machine can reach it. "+
			"A source that is only slow or large is still synced", checkTime)
	}
	return fmt.Errorf("check not finished: %w", err)
}

// checkConfig looks at what is around the config: who else may read it, and
// whether the state can be written.
func (a *app) checkConfig(context.Context) []finding {
	found := []finding{passed("config", "%s", a.cfg.Path)}
	for _, w := range a.cfg.Warnings {
		found = append(found, warned("config", fmt.Sprintf("%s:%d: %s", a.cfg.Path, w.Line, w.Message)))
	}
	for _, text := range a.cfg.Exposed() {
		found = append(found, warned("config", text))
	}
	if state.IsPostgres(a.cfg.State) {
		return append(found, checkDatabase(a.cfg.State))
	}
	if err := canCreate(filepath.Dir(a.cfg.State)); err != nil {
		found = append(found,
			warned("state", fmt.Sprintf("%v: the user that runs finpages must be able to write there", err)))
	}
	return found
}

// checkDatabase looks whether the state's database answers, and changes nothing.
func checkDatabase(url string) finding {
	db, err := state.Open(url, state.Options{ReadOnly: true})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return passed("state", "%s, which has no records yet", state.Redacted(url))
	case err != nil:
		return failed("state", err)
	}
	_ = db.Close()
	return passed("state", "%s", state.Redacted(url))
}

// canCreate returns an error if this user cannot create files in a directory,
// or create the directory.
func canCreate(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) && filepath.Dir(dir) != dir {
		return canCreate(filepath.Dir(dir))
	}
	f, err := os.CreateTemp(dir, ".finpages-check-")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// checkIntercom tries the token, and what it may do.
func (a *app) checkIntercom(ctx context.Context) []finding {
	me, err := a.client.Me(ctx)
	if err != nil {
		text := strings.TrimPrefix(intercomapi.Hinted(err).Error(), "get me: ")
		return []finding{{Subject: "token", Text: strings.TrimPrefix(text, "read the access token: ")}}
	}
	found := []finding{passed("token", "accepted by %s", a.cfg.Intercom.BaseURL)}
	want := a.cfg.Intercom.Workspace
	switch {
	case me.App == nil:
		found = append(found, finding{Subject: "workspace", OK: want == "", Text: "Intercom does not name it"})
	case want != "" && want != me.App.IDCode:
		found = append(found, failed("workspace", fmt.Errorf("the token belongs to workspace %s (%s), "+
			"but intercom.workspace is %s", me.App.IDCode, me.App.Name, want)))
	default:
		found = append(found, passed("workspace", "%s (%s), region %s", me.App.IDCode, me.App.Name, me.App.Region))
	}
	n := 0
	for _, err := range a.client.ImportSources(ctx) {
		if err != nil {
			return append(found, failed("scope", intercomapi.Hinted(err)))
		}
		n++
	}
	return append(found, passed("scope", "the token can read AI content; the workspace has %d import sources", n))
}

// checkSource tries to reach a source, and what converts its documents.
func checkSource(ctx context.Context, src *ingest.Source) []finding {
	subject := "source " + src.Name
	found := checkDocuments(ctx, src.Adapter, subject)
	if src.Converter == nil {
		return found
	}
	lines, err := src.Converter.Check(ctx)
	for _, line := range lines {
		found = append(found, passed(subject, "%s", line))
	}
	if err != nil {
		found = append(found, failed(subject, err))
	}
	return found
}

func checkDocuments(ctx context.Context, adapter sources.Source, subject string) (found []finding) {
	checker, ok := adapter.(sources.Checker)
	if !ok {
		return []finding{passed(subject, "configured")}
	}
	lines, err := sources.Guarded(func() ([]string, error) { return checker.Check(ctx) })
	for _, line := range lines {
		found = append(found, passed(subject, "%s", line))
	}
	switch {
	case errors.Is(err, sources.ErrNothingFound):
		found = append(found, warned(subject, err.Error()))
	case err != nil:
		found = append(found, failed(subject, err))
	}
	return found
}
