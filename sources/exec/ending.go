package exec

import (
	"bufio"
	"errors"
	"fmt"
	osexec "os/exec"
	"strings"
	"time"

	"finpages/sources/internal/process"
)

// ended says why the program's lines end.
func (s *session) ended(err error, n, rest int) error {
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return fmt.Errorf(
			"line %d of the adapter is longer than %d KiB: put what is long into a file below tmp",
			n,
			maxLine>>10,
		)
	case rest > 0:
		return fmt.Errorf("the adapter ended in the middle of line %d%s", n, s.lastWords())
	}
	select {
	case <-s.process.Done():
	case <-time.After(s.owner.exitGrace):
		return fmt.Errorf("the adapter closed its output%s", s.lastWords())
	}
	if err := s.process.Err(); err != nil && !errors.Is(err, osexec.ErrWaitDelay) {
		return &exitError{fmt.Sprintf("the adapter ended (%v)%s", err, s.lastWords())}
	}
	return fmt.Errorf("%w%s", errExited, s.lastWords())
}

// errExited means that the program ended by itself, and says that all is well.
var errExited = errors.New("the adapter ended before it was told to close")

// exitError means that the program ended by itself, and not well.
type exitError struct{ text string }

func (e *exitError) Error() string { return e.text }

func (s *session) lastWords() string {
	if last := s.stderr.Last(); last != "" {
		return ": " + s.shown(last)
	}
	return ""
}

// fail ends the session; the first failure counts.
func (s *session) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure == nil {
		s.failure = err
		close(s.dead)
		s.silence.Stop()
		go func() {
			s.stdin.Close()
			s.process.Stop(s.owner.killGrace)
		}()
	}
	return s.failure
}

var errClosed = errors.New("the source is closed")

// close has the program end, and returns how it did.
func (s *session) close() error {
	if s.alive() {
		go func() { s.send(request{Op: "close"}); s.stdin.Close() }()
		select {
		case <-s.process.Done():
		case <-time.After(s.owner.closeGrace):
		}
	}
	wasAlive := s.fail(errClosed) == errClosed || errors.Is(s.failure, errExited)
	s.process.Stop(s.owner.killGrace)
	s.stdout.Close()
	if err := s.process.Err(); wasAlive && err != nil && !errors.Is(err, osexec.ErrWaitDelay) {
		return fmt.Errorf("the adapter ended (%w)%s", err, s.lastWords())
	}
	return nil
}

func (s *session) alive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure == nil
}

// shown makes a text of the program fit for a message, without its secrets.
func (s *session) shown(text string) string {
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, "[secret]")
	}
	return process.Brief(text)
}
