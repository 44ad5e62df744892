package exec

import (
	"bufio"
	"errors"
	"fmt"
	"time"
)

// read hands the program's lines to those who wait for them.
func (s *session) read() {
	lines := bufio.NewReaderSize(s.stdout, maxLine+2)
	greeted := false
	for n := 1; ; n++ {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			_ = s.fail(s.ended(err, n, len(line)))
			return
		}
		s.mu.Lock()
		s.handing = true
		s.mu.Unlock()
		if greeted {
			err = s.hand(line)
		} else {
			err = s.greet(line)
		}
		if err != nil {
			_ = s.fail(fmt.Errorf("line %d of the adapter: %w", n, err))
			return
		}
		greeted = true
		s.mu.Lock()
		s.handing = false
		s.silence.Reset(s.owner.options.IdleTimeout)
		s.mu.Unlock()
		select {
		case <-s.process.Done():
			s.hurry() // who took the line may have taken his time
		default:
		}
	}
}

// hurry gives a program that has ended a moment for what it wrote last.
func (s *session) hurry() { _ = s.stdout.SetReadDeadline(time.Now().Add(time.Second)) }

func (s *session) greet(line []byte) error {
	var h hello
	if err := decode(line, &h); err != nil {
		return err
	}
	select {
	case s.greeting <- h:
	case <-s.dead:
	}
	return nil
}

func (s *session) hand(line []byte) error {
	var m message
	if err := decode(line, &m); err != nil {
		return err
	}
	if m.ID == nil {
		return errors.New(`no "id" of a request`)
	}
	s.mu.Lock()
	c := s.calls[*m.ID]
	if m.last() {
		delete(s.calls, *m.ID)
	}
	s.mu.Unlock()
	if c == nil {
		return fmt.Errorf("no request %d waits for an answer", *m.ID)
	}
	select {
	case c.answers <- m:
	case <-c.left:
	case <-s.dead:
	}
	return nil
}
