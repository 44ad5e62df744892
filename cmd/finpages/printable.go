package main

import (
	"bytes"
	"io"
)

// printable keeps control characters, such as a file's name may hold, from
// reaching a terminal as commands.
type printable struct{ w io.Writer }

// Write implements [io.Writer].
func (p printable) Write(b []byte) (int, error) {
	clean := bytes.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, b)
	if _, err := p.w.Write(clean); err != nil {
		return 0, err
	}
	return len(b), nil
}
