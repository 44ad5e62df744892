// Package exec reads documents through a program in any language.
//
// The program speaks a protocol of one JSON object a line on its standard input
// and output; PROTOCOL.md beside this file is its description. It runs for as
// long as a run does, in a session of its own that ends as a whole.
package exec

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	osexec "os/exec"
	"strings"
	"time"

	"finpages/sources"
	"finpages/sources/internal/scratch"
)

// Protocol is the description of the protocol, in Markdown.
//
//go:embed PROTOCOL.md
var Protocol string

// Exec is a program that has documents.
type Exec struct {
	options Options
	command []string
	env     sources.Env

	// Log gets the program's standard error; nil keeps only its end, for messages.
	Log io.Writer

	closeGrace time.Duration // from close to SIGTERM
	killGrace  time.Duration // from SIGTERM to SIGKILL
	exitGrace  time.Duration // from the end of its output to its own end
}

var (
	_ sources.Source    = (*Exec)(nil)
	_ sources.Explainer = (*Exec)(nil)
	_ sources.Checker   = (*Exec)(nil)
)

// Open implements [sources.Source]: it starts the program.
func (x *Exec) Open(ctx context.Context) (sources.Snapshot, error) {
	s, err := x.open(ctx)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (x *Exec) open(ctx context.Context) (*snapshot, error) {
	tmp, err := scratch.New(x.env.CacheDir)
	if err != nil {
		return nil, err
	}
	sess, h, err := x.greeted(ctx, tmp.Path)
	if err != nil {
		tmp.Close()
		return nil, err
	}
	return &snapshot{owner: x, session: sess, loader: sess, hello: h, tmp: tmp, formats: x.env.Formats}, nil
}

// greeted starts the program and greets it.
func (x *Exec) greeted(ctx context.Context, tmp string) (*session, hello, error) {
	sess, err := x.start()
	if err != nil {
		return nil, hello{}, x.notStarted(err)
	}
	h, err := sess.open(ctx, x.greeting(tmp))
	if err != nil {
		_ = sess.close()
		return nil, hello{}, fmt.Errorf("open adapter: %w", err)
	}
	return sess, h, nil
}

func (x *Exec) greeting(tmp string) greeting {
	options := x.options.Options
	if options == nil {
		options = map[string]any{}
	}
	return greeting{Version: version, Op: "open", Name: x.env.Name, Options: options, Tmp: tmp}
}

func (x *Exec) notStarted(err error) error {
	name := x.command[0]
	switch {
	case errors.Is(err, osexec.ErrNotFound), errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("there is no program %s: correct exec.command, or install it", name)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("the program %s may not be run by this user: chmod +x it", name)
	}
	return fmt.Errorf("start %s: %w", name, err)
}

// Explain implements [sources.Explainer], where the program can.
func (x *Exec) Explain(ctx context.Context, id string) (string, error) {
	s, err := x.open(ctx)
	if err != nil {
		return "", err
	}
	defer s.Close()
	if !s.hello.can("explain") {
		return "", nil
	}
	var why string
	err = s.session.ask(ctx, request{Op: "explain", Entry: id}, func(m message) (bool, error) {
		if m.Why == nil {
			return false, nil
		}
		why = s.session.shown(*m.Why)
		return true, nil
	})
	return why, err
}

// Check implements [sources.Checker]: what the program says of itself, else
// what it lists.
func (x *Exec) Check(ctx context.Context) ([]string, error) {
	s, err := x.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	found := []string{
		fmt.Sprintf("%s speaks version %d of the protocol; it can %s", x.command[0], version, s.hello.abilities()),
	}
	if s.hello.can("check") {
		lines, err := s.check(ctx)
		return append(found, lines...), err
	}
	tally, err := sources.Count(ctx, s)
	if err != nil {
		return found, err
	}
	found = append(found, tally.String())
	if tally.Documents == 0 {
		err = fmt.Errorf("%w: see what %s is to list", sources.ErrNothingFound, x.command[0])
	}
	return found, err
}

func (s *snapshot) check(ctx context.Context) (lines []string, err error) {
	err = s.session.ask(ctx, request{Op: "check"}, func(m message) (bool, error) {
		if m.Lines == nil {
			return false, nil
		}
		for _, line := range *m.Lines {
			lines = append(lines, s.session.shown(line))
		}
		return true, nil
	})
	return lines, err
}

// abilities names the capabilities that this version knows.
func (h hello) abilities() string {
	able := []string{"list and load"}
	for _, name := range []string{"gone", "check", "explain"} {
		if h.can(name) {
			able = append(able, name)
		}
	}
	return strings.Join(able, ", ")
}
