package exec

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	osexec "os/exec"
	"slices"
	"sync"
	"time"

	"finpages/sources/internal/process"
)

// session is the talk with a program from its start to its end. What breaks the
// protocol ends it, and with it every answer that is owed.
type session struct {
	process *process.Process
	stdin   *os.File
	stdout  *os.File
	stderr  process.Tail
	secrets []string // which must not be shown
	owner   *Exec

	writing sync.Mutex

	mu       sync.Mutex
	calls    map[int64]*call
	lastID   int64
	owed     int  // answers that somebody waits for
	handing  bool // a line is being handed over, which may take its time
	silence  *time.Timer
	failure  error
	dead     chan struct{} // closed once failure is set
	greeting chan hello
}

// call is a request that is not answered to the end.
type call struct {
	answers chan message
	left    chan struct{} // closed once nobody waits any more
}

// start starts the program.
func (x *Exec) start() (*session, error) {
	s := &session{owner: x, calls: map[int64]*call{}, dead: make(chan struct{}), greeting: make(chan hello)}
	cmd := osexec.Command(x.command[0], x.command[1:]...)
	cmd.Dir, cmd.Env = x.env.Path("."), process.Environ()
	for name, value := range x.options.Env {
		cmd.Env = append(cmd.Env, name+"="+value)
		if len(value) >= 6 {
			s.secrets = append(s.secrets, value)
		}
	}
	slices.SortFunc(s.secrets, func(a, b string) int { return len(b) - len(a) })
	cmd.Stderr = io.Writer(&s.stderr)
	if x.Log != nil {
		cmd.Stderr = io.MultiWriter(&s.stderr, x.Log)
	}
	if err := s.launch(cmd); err != nil {
		return nil, err
	}
	s.silence = time.AfterFunc(x.options.IdleTimeout, s.silent)
	go s.read()
	return s, nil
}

// launch starts the program with pipes that are ours, so that what it leaves
// behind cannot keep them open.
func (s *session) launch(cmd *osexec.Cmd) error {
	input, stdin, err := os.Pipe()
	if err != nil {
		return err
	}
	defer input.Close()
	stdout, output, err := os.Pipe()
	if err != nil {
		stdin.Close()
		return err
	}
	defer output.Close()
	cmd.Stdin, cmd.Stdout = input, output
	if s.process, err = process.Start(cmd); err != nil {
		stdin.Close()
		stdout.Close()
		return err
	}
	s.stdin, s.stdout = stdin, stdout
	go func() {
		<-s.process.Done()
		s.hurry()
	}()
	return nil
}

// open greets the program and returns its answer.
func (s *session) open(ctx context.Context, g greeting) (hello, error) {
	s.wait(1)
	defer s.wait(-1)
	go s.send(g)
	select {
	case h := <-s.greeting:
		return h, s.judge(h)
	case <-s.dead:
		return hello{}, s.failure
	case <-ctx.Done():
		return hello{}, ctx.Err()
	}
}

func (s *session) judge(h hello) error {
	switch {
	case h.Version == nil:
		return errors.New(`its first line has no "finpages", the version of the protocol`)
	case int(*h.Version) != version:
		return fmt.Errorf(
			"it speaks version %v of the protocol, and this finpages version %d: use an adapter for this version",
			*h.Version,
			version,
		)
	case h.Error != nil:
		return s.errorOf(*h.Error)
	}
	return nil
}

// errorOf returns what the program says went wrong, in words also where it has
// none.
func (s *session) errorOf(text string) error {
	if text = s.shown(text); text == "" {
		text = "the adapter answers with an error, and does not say which: see its log"
	}
	return errors.New(text)
}

// wait counts the answers that somebody waits for, and listens anew.
func (s *session) wait(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owed += n
	s.silence.Reset(s.owner.options.IdleTimeout)
}

// silent ends a session in which nothing has been heard for too long.
func (s *session) silent() {
	s.mu.Lock()
	quiet := s.owed > 0 && !s.handing
	s.mu.Unlock()
	if quiet {
		s.fail(
			fmt.Errorf(
				"the adapter was silent for %s: raise exec.idle_timeout, or have it send {\"id\":…} now and then",
				s.owner.options.IdleTimeout,
			),
		)
	}
}

// ask sends a request and calls each with its answers until that is done.
func (s *session) ask(ctx context.Context, r request, each func(message) (done bool, err error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := s.begin(&r)
	if err != nil {
		return err
	}
	defer s.wait(-1)
	sent := make(chan struct{})
	go func() { defer close(sent); s.send(r) }()
	for {
		select {
		case m := <-c.answers:
			if m.Error != nil {
				return s.errorOf(*m.Error)
			}
			s.wait(-1) // who is busy with an answer waits for none
			done, err := each(m)
			s.wait(1)
			if err != nil && !m.last() {
				s.leave(c, r.ID, sent)
			}
			if done || err != nil {
				return err
			}
			if m.last() {
				return s.fail(fmt.Errorf("the adapter answers %q with what answers another request", r.Op))
			}
		case <-s.dead:
			return s.failure
		case <-ctx.Done():
			s.leave(c, r.ID, sent)
			return ctx.Err()
		}
	}
}

func (s *session) begin(r *request) (*call, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure != nil {
		return nil, s.failure
	}
	s.lastID++
	r.ID = s.lastID
	c := &call{answers: make(chan message), left: make(chan struct{})}
	s.calls[r.ID] = c
	s.owed++
	s.silence.Reset(s.owner.options.IdleTimeout)
	return c, nil
}

// leave tells the program that the answer is not waited for.
func (s *session) leave(c *call, id int64, sent <-chan struct{}) {
	close(c.left)
	go func() { <-sent; s.send(request{ID: id, Op: "cancel"}) }()
}

// send writes a line. It may wait for the program; the end of the session ends
// that. What went wrong shows in the answers.
func (s *session) send(line any) {
	text, err := json.Marshal(line)
	if err != nil {
		_ = s.fail(fmt.Errorf("write to the adapter: %w", err))
		return
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	_, _ = s.stdin.Write(append(text, '\n'))
}
