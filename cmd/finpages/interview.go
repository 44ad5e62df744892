package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// interview asks people, a line for each answer.
type interview struct {
	in    *lines
	out   io.Writer
	quiet bool // nobody is there to answer
}

// question is one thing to be known, from a flag or from a person.
type question struct {
	flag, usage string
	answer      *string
	text        string        // what is asked; "" if it is not
	otherwise   string        // the answer that an empty line gives; "" for none
	optional    bool          // may stay empty
	check       func() string // what is wrong with the answer; "" for nothing
}

// ask gets an answer, unless there is one.
func (i *interview) ask(ctx context.Context, q question) error {
	if *q.answer != "" || i.quiet || q.text == "" {
		return q.unasked()
	}
	for {
		fmt.Fprintf(i.out, "%s%s ", q.text, bracketed(q.otherwise))
		line, err := i.in.next(ctx)
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended {
			return err
		}
		*q.answer = strings.TrimSpace(line)
		if ended && *q.answer == "" {
			fmt.Fprintln(i.out)
			return q.unasked()
		}
		switch fault := q.fault(); {
		case fault == "":
			return nil
		case ended:
			return usageError("--%s: %s", q.flag, fault)
		default:
			fmt.Fprintf(i.out, "  %s\n", fault)
			*q.answer = ""
		}
	}
}

// unasked takes the answer of the flag, or the default.
func (q question) unasked() error {
	if fault := q.fault(); fault != "" {
		return usageError("--%s: %s", q.flag, fault)
	}
	return nil
}

// fault fills in the default and says what is wrong with the answer.
func (q question) fault() string {
	if *q.answer == "" {
		*q.answer = q.otherwise
	}
	switch {
	case *q.answer == "" && q.optional:
		return ""
	case *q.answer == "":
		return "missing: " + q.usage
	case q.check == nil:
		return ""
	}
	return q.check()
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return " [" + s + "]"
}

// lines reads lines such that an interrupt is not kept waiting.
type lines struct{ r *bufio.Reader }

func newLines(r io.Reader) *lines { return &lines{bufio.NewReader(r)} }

// next returns the next line; at the end, what is left and [io.EOF].
func (l *lines) next(ctx context.Context) (string, error) {
	type line struct {
		text string
		err  error
	}
	got := make(chan line, 1)
	go func() {
		text, err := l.r.ReadString('\n')
		got <- line{text, err}
	}()
	select {
	case l := <-got:
		return l.text, l.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}
