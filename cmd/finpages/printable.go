package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"golang.org/x/term"
)

// output remembers the first error of writing, such as that the disk is full,
// so that no command has to look.
type output struct {
	w   io.Writer
	err error
}

// Write implements [io.Writer].
func (o *output) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	if err != nil && o.err == nil {
		o.err = fmt.Errorf("write output: %w", err)
	}
	return n, err
}

// printable keeps control characters, such as a file's name may hold, from
// reaching a terminal as commands. What [paint] marked it shows in colour, if
// the writer is a terminal whose user wants colours.
type printable struct {
	w      io.Writer
	colour bool
	width  int // columns of the terminal; 0 if the writer is none
}

func newPrintable(w io.Writer) printable {
	p := printable{w: w, colour: colours(w)}
	if f, ok := fileOf(w); ok && isTerminal(w) {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			p.width = width
		}
	}
	return p
}

// Colours, as marks in text: private-use characters, each a column wide.
const (
	plain   = '\ue100'
	green   = '\ue101'
	yellow  = '\ue102'
	red     = '\ue103'
	magenta = '\ue104'
	cyan    = '\ue105'
)

// sequences are the terminal's for the marks
// (https://en.wikipedia.org/wiki/ANSI_escape_code#Colors).
var sequences = strings.NewReplacer(string(plain), "\x1b[0m", string(green), "\x1b[32m", string(yellow), "\x1b[33m",
	string(red), "\x1b[31m", string(magenta), "\x1b[35m", string(cyan), "\x1b[36m")

// paint marks text to be shown in a colour. Cells of one column of a table are
// all painted, or none.
func paint(colour rune, s string) string { return string(colour) + s + string(plain) }

// Write implements [io.Writer].
func (p printable) Write(b []byte) (int, error) {
	clean := bytes.Map(func(r rune) rune {
		switch {
		case r >= plain && r <= cyan && !p.colour:
			return -1
		case r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0:
			return '\uFFFD'
		}
		return r
	}, b)
	if _, err := sequences.WriteString(p.w, string(clean)); err != nil {
		return 0, err
	}
	return len(b), nil
}
