package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// output remembers the first error of writing, such as that the disk is full,
// so that no command has to look.
type output struct {
	w       io.Writer
	err     error
	written bool
}

// Write implements [io.Writer].
func (o *output) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	o.written = o.written || n > 0
	if err != nil && o.err == nil {
		o.err = fmt.Errorf("write output: %w", err)
	}
	return n, err
}

// printable is the one way to print what others wrote, such as a file's name or
// a server's error: characters that a terminal would obey, or that change the
// order in which text is shown, are written as escapes ("\u001b", "\u202e"),
// which JSON strings read back. What [paint] marked it shows in color, if the
// writer is a terminal whose user wants colors.
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
var sequences = map[rune]string{plain: "\x1b[0m", green: "\x1b[32m", yellow: "\x1b[33m", red: "\x1b[31m",
	magenta: "\x1b[35m", cyan: "\x1b[36m"}

// paint marks text to be shown in a colour. Cells of one column of a table are
// all painted, or none.
func paint(colour rune, s string) string { return string(colour) + s + string(plain) }

// Write implements [io.Writer].
func (p printable) Write(b []byte) (int, error) {
	var out strings.Builder
	for _, r := range string(b) {
		switch {
		case isMark(r):
			if p.colour {
				out.WriteString(sequences[r])
			}
		case isUnsafe(r):
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	if _, err := io.WriteString(p.w, out.String()); err != nil {
		return 0, err
	}
	return len(b), nil
}

// isUnsafe reports whether a character is a control character of terminals, a
// line separator, or one that reorders text
// (https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters).
func isUnsafe(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.IsControl(r), r == '\u2028', r == '\u2029':
		return true
	}
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// escapeUnsafe returns text on one line without unsafe characters.
func escapeUnsafe(text string) string {
	var out strings.Builder
	_, _ = printable{w: &out}.Write([]byte(strings.ReplaceAll(text, "\n", " ")))
	return out.String()
}

// escapeMarks keeps a document's own private-use characters in JSON from being
// taken for the marks of [paint].
func escapeMarks(text string) string {
	if !strings.ContainsFunc(text, isMark) {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if isMark(r) {
			fmt.Fprintf(&out, `\u%04x`, r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

func isMark(r rune) bool { return r >= plain && r <= cyan }
