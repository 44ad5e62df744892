package jsx

import (
	"strings"
	"unicode/utf8"
)

// reader reads expressions. It fails by a panic with [ErrSyntax], which what is
// exported recovers.
type reader struct {
	s     string
	i     int
	depth int
}

// catch makes an error of what [reader.fail] does.
func catch(err *error) {
	if fault := recover(); fault != nil {
		if fault != ErrSyntax {
			panic(fault)
		}
		*err = ErrSyntax
	}
}

func (p *reader) fail() { panic(ErrSyntax) }

// enter counts what lies in each other; leave is to be deferred.
func (p *reader) enter() (leave func()) {
	if p.depth++; p.depth > maxDepth {
		p.fail()
	}
	return func() { p.depth-- }
}

// Braces reads the expression in braces that a text begins with, and returns its
// length with them. An expression that is empty, or a comment, is nil.
func Braces(s string) (e Expr, length int, err error) {
	defer catch(&err)
	p := &reader{s: s}
	p.want("{")
	if p.space(); p.take("}") {
		return func(*Run, *Scope) (any, error) { return nil, nil }, p.i, nil
	}
	e = p.expr()
	p.want("}")
	return e, p.i, nil
}

// Read reads a whole expression.
func Read(s string) (e Expr, err error) {
	defer catch(&err)
	p := &reader{s: s}
	e = p.expr()
	if p.space(); p.i < len(s) {
		p.fail()
	}
	return e, nil
}

// space passes over white space and comments.
func (p *reader) space() {
	for p.i < len(p.s) {
		switch rest := p.s[p.i:]; {
		case strings.IndexByte(" \t\r\n", rest[0]) >= 0:
			p.i++
		case strings.HasPrefix(rest, "//"):
			end := strings.IndexByte(rest, '\n')
			if end < 0 {
				end = len(rest)
			}
			p.i += end
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				p.fail()
			}
			p.i += end + 4
		default:
			return
		}
	}
}

// peek tells whether a mark comes next.
func (p *reader) peek(mark string) bool {
	p.space()
	return strings.HasPrefix(p.s[p.i:], mark)
}

func (p *reader) take(mark string) bool {
	if !p.peek(mark) {
		return false
	}
	p.i += len(mark)
	return true
}

func (p *reader) want(mark string) {
	if !p.take(mark) {
		p.fail()
	}
}

// word tells whether a word comes next, and passes over it.
func (p *reader) word(word string) bool {
	if !p.peek(word) || nameAt(p.s[p.i:]) != len(word) {
		return false
	}
	p.i += len(word)
	return true
}

// nameAt is the length of the name that a text begins with; 0 if it begins with none.
func nameAt(s string) int {
	for i, c := range s {
		isLetter := c == '_' || c == '$' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf
		if !isLetter && (i == 0 || c < '0' || c > '9') {
			return i
		}
	}
	return len(s)
}

func (p *reader) name() string {
	p.space()
	n := nameAt(p.s[p.i:])
	if n == 0 {
		p.fail()
	}
	p.i += n
	return p.s[p.i-n : p.i]
}

// Length is the length of what a text begins with in braces, whatever that is; 0 if
// it does not end.
func Length(s string) int {
	depth := 0
	var unended ['`' + 1]int // by a mark, up to where no string ends with it
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"', '\'', '`':
			if depth == 0 || i < unended[c] {
				continue
			}
			n, ends := stringEnd(s[i:])
			if ends {
				i += n - 1
			} else {
				unended[c] = i + n
			}
		case '/':
			if strings.HasPrefix(s[i:], "/*") {
				end := strings.Index(s[i+2:], "*/")
				if end < 0 {
					return 0
				}
				i += end + 3
			}
		}
	}
	return 0
}

// StringLength is how long the string is that s begins with; 0 if it does not end.
func StringLength(s string) int {
	if n, ends := stringEnd(s); ends {
		return n
	}
	return 0
}

// stringEnd is how far the string goes that s begins with.
func stringEnd(s string) (n int, ends bool) {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == s[0]:
			return i + 1, true
		case s[i] == '\n' && s[0] != '`':
			return i, false
		}
	}
	return len(s), false
}

var escapes = map[byte]string{'n': "\n", 't': "\t", 'r': "", 'b': "", 'f': "", 'v': "", '0': "", '\n': ""}

// unescaped is the text of a string between its marks.
func unescaped(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		i++
		if text, ok := escapes[s[i]]; ok {
			out.WriteString(text)
			continue
		}
		if c, n := codePoint(s[i:]); n > 0 {
			out.WriteRune(c)
			i += n - 1
			continue
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// codePoint reads "u00e9", "u{1F600}" and "x41".
func codePoint(s string) (c rune, n int) {
	digits, isBraced := "", strings.HasPrefix(s, "u{")
	switch {
	case isBraced:
		digits, _, _ = strings.Cut(s[2:], "}")
		n = len(digits) + 3
	case s[0] == 'u' && len(s) >= 5:
		digits, n = s[1:5], 5
	case s[0] == 'x' && len(s) >= 3:
		digits, n = s[1:3], 3
	}
	if digits == "" || len(digits) > 6 {
		return 0, 0
	}
	for _, d := range digits {
		at := strings.IndexRune("0123456789abcdef", d|0x20)
		if at < 0 {
			return 0, 0
		}
		c = c<<4 | rune(at)
	}
	return c, n
}
