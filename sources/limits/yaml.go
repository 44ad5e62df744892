package limits

import (
	"fmt"
	"strings"
)

// YAML checks a text in YAML.
func (l Limits) YAML(text string) error {
	if err := l.size(text); err != nil {
		return err
	}
	y := yamlScan{Limits: l, literal: -1}
	for line := range strings.Lines(text) {
		y.line++
		if err := y.scan(strings.TrimRight(line, "\r\n")); err != nil {
			return err
		}
	}
	return nil
}

type yamlScan struct {
	Limits
	line    int
	indents []int // of the blocks around, the outermost first
	flow    int   // brackets that are open
	quote   byte  // of the string that is open, 0 if none
	aliases int
	literal int // indentation of the key whose value is the lines below, -1 if none
}

func (y *yamlScan) scan(line string) error {
	rest := strings.TrimLeft(line, " ")
	indent := len(line) - len(rest)
	if rest == "" || y.literal >= 0 && indent > y.literal {
		return nil
	}
	y.literal = -1
	if y.flow == 0 && y.quote == 0 {
		if strings.HasPrefix(rest, "#") {
			return nil
		}
		var err error
		if rest, err = y.blocks(rest, indent); err != nil {
			return err
		}
	}
	if err := y.values(rest); err != nil {
		return err
	}
	if y.flow == 0 && y.quote == 0 && isLiteral(rest) {
		y.literal = indent
	}
	return nil
}

// blocks counts the blocks that a line lies in: one for each indentation, and
// for each "- " or "? " at its start. It returns what follows these.
func (y *yamlScan) blocks(rest string, indent int) (string, error) {
	for len(y.indents) > 0 && y.indents[len(y.indents)-1] >= indent {
		y.indents = y.indents[:len(y.indents)-1]
	}
	y.indents = append(y.indents, indent)
	for len(rest) > 1 && (rest[0] == '-' || rest[0] == '?') && rest[1] == ' ' {
		inner := strings.TrimLeft(rest[1:], " ")
		indent += len(rest) - len(inner)
		rest = inner
		y.indents = append(y.indents, indent)
		if err := y.depth(y.line, len(y.indents)); err != nil {
			return "", err
		}
	}
	return rest, y.depth(y.line, len(y.indents))
}

// values counts the brackets and aliases of a line. Both count only where a
// value may begin, as plain text may hold them anywhere else.
func (y *yamlScan) values(s string) error {
	begins := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if y.quote != 0 {
			if c == '\\' && y.quote == '"' {
				i++
			} else if c == y.quote {
				y.quote, begins = 0, false
			}
			continue
		}
		if c == '#' && i > 0 && s[i-1] == ' ' {
			return nil
		}
		next, err := y.value(c, begins)
		if err != nil {
			return err
		}
		begins = next || begins && (c == ' ' || c == '\t')
	}
	return nil
}

// value takes one character, and tells whether a value may begin behind it.
func (y *yamlScan) value(c byte, begins bool) (bool, error) {
	switch {
	case c == '"' || c == '\'':
		if begins {
			y.quote = c
		}
	case c == '[' || c == '{':
		if begins || y.flow > 0 {
			y.flow++
			return true, y.depth(y.line, y.flow+len(y.indents))
		}
	case c == ']' || c == '}':
		y.flow = max(0, y.flow-1)
	case c == '*' && begins:
		y.aliases++
		if y.Aliases > 0 && y.aliases > y.Aliases {
			return false, fmt.Errorf("line %d: %w: more than %d aliases", y.line, ErrExceeded, y.Aliases)
		}
	case c == ':' || c == ',':
		return true, nil
	}
	return false, nil
}

// isLiteral tells whether the text below a line is its value: "key: |".
func isLiteral(s string) bool {
	s, _, _ = strings.Cut(s, " #")
	fields := strings.Fields(s)
	if len(fields) == 0 {
		return false
	}
	last := fields[len(fields)-1]
	return (last[0] == '|' || last[0] == '>') && strings.Trim(last[1:], "+-123456789") == ""
}
