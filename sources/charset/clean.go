package charset

import (
	"strings"
	"unicode/utf8"

	regexp "finpages/sources/lazyregexp"
)

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\f", "\n")

// mark is the byte order mark, which within a text is a space without width.
const mark = "\uFEFF"

// Clean mends line ends and leaves out what neither JSON nor XML take, and
// byte order marks.
func Clean(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.ReplaceAll(CleanCode(s), mark, "")
}

// isPlain tells whether a text is of printable ASCII, tabs and line ends alone.
func isPlain[T string | []byte](s T) bool {
	for i := range len(s) {
		if !plain[s[i]] {
			return false
		}
	}
	return true
}

var plain = func() (table [256]bool) {
	for c := range table {
		table[c] = c >= ' ' && c <= '~' || c == '\n' || c == '\t'
	}
	return table
}()

// terminalCode is a control sequence, or an operating system command, of ECMA-48, such
// as those that tell a terminal its colors.
var terminalCode = regexp.MustCompile(`\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\))`)

// CleanCode is Clean for text that is kept as it is: marks stay.
func CleanCode(s string) string {
	if isClean(s) {
		return s
	}
	if strings.ContainsAny(s, "\r\f\u2028\u2029") {
		s = newlines.Replace(s)
	}
	if strings.IndexByte(s, '\x1b') >= 0 {
		s = terminalCode.ReplaceAllString(s, "")
	}
	if strings.IndexFunc(s, unwanted) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unwanted(r) {
			return -1
		}
		return r
	}, s)
}

// isClean tells whether nothing in a text is to be mended.
func isClean(s string) bool {
	for i := 0; i < len(s); {
		if plain[s[i]] {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == '\u2028' || r == '\u2029' || unwanted(r) {
			return false
		}
		i += size
	}
	return true
}

func unwanted(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\t' && r != '\n'
	case r >= 0x7f && r < 0xa0:
		return true
	}
	return r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF
}
