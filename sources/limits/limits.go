// Package limits bounds texts in YAML, TOML and JSON before a parser sees
// them: parsers recurse into what is nested, and some take a time and memory
// that grow with the square of the depth.
//
// The checks read no grammar, only what opens and closes: a text that passes
// may still be broken, and one that no parser would read may be refused here
// first.
package limits

import (
	"errors"
	"fmt"
	"strings"
)

// ErrExceeded is wrapped by the errors of texts beyond a limit.
var ErrExceeded = errors.New("too complex")

// Limits are how much a text may hold. Zero means no limit.
type Limits struct {
	Bytes   int
	Items   int // lines and commas: there are at most so many keys and values
	Depth   int // of lists and maps in each other
	Aliases int // of YAML: each writes what it names once more
}

func (l Limits) size(text string) error {
	if l.Bytes > 0 && len(text) > l.Bytes {
		return fmt.Errorf("%w: longer than %d KiB", ErrExceeded, l.Bytes>>10)
	}
	if l.Items > 0 && strings.Count(text, "\n")+strings.Count(text, ",") > l.Items {
		return fmt.Errorf("%w: more than %d lines or values", ErrExceeded, l.Items)
	}
	return nil
}

func (l Limits) depth(line, depth int) error {
	if l.Depth > 0 && depth > l.Depth {
		return fmt.Errorf("line %d: %w: lists or maps in each other more than %d deep", line, ErrExceeded, l.Depth)
	}
	return nil
}

// JSON checks a text in JSON.
func (l Limits) JSON(text string) error {
	if err := l.size(text); err != nil {
		return err
	}
	return l.brackets(text, `"`)
}

// TOML checks a text in TOML. The parts of a dotted key count as maps.
func (l Limits) TOML(text string) error {
	if err := l.size(text); err != nil {
		return err
	}
	number := 0
	for line := range strings.Lines(text) {
		number++
		key, _, _ := strings.Cut(line, "=")
		if err := l.depth(number, strings.Count(key, ".")); err != nil {
			return err
		}
	}
	return l.brackets(text, `"'`)
}

// brackets checks how deep brackets lie in each other, outside of strings. A
// string ends with its line, or with its quote.
func (l Limits) brackets(text, quotes string) error {
	line, depth, quote := 1, 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			line++
			quote = 0
		case quote != 0:
			if c == '\\' && quote == '"' {
				i++
			} else if c == quote {
				quote = 0
			}
		case strings.IndexByte(quotes, c) >= 0:
			quote = c
		case c == '[' || c == '{':
			depth++
			if err := l.depth(line, depth); err != nil {
				return err
			}
		case c == ']' || c == '}':
			depth = max(0, depth-1)
		}
	}
	return nil
}
