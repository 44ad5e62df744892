package convert

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// rightToLeft are scripts that pdftotext -bbox-layout writes as they stand, from
// left to right.
var rightToLeft = []*unicode.RangeTable{unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko}

func isRightToLeft(word string) bool {
	return strings.ContainsFunc(word, func(r rune) bool { return unicode.In(r, rightToLeft...) })
}

// inReadingOrder returns the words of a line as they are read.
func inReadingOrder(words []string) []string {
	rtl, ltr := 0, 0
	for _, word := range words {
		if isRightToLeft(word) {
			rtl++
		} else if strings.ContainsFunc(word, unicode.IsLetter) {
			ltr++
		}
	}
	if rtl == 0 {
		return words
	}
	isMostly := rtl > ltr
	out := slices.Clone(words)
	for i, word := range out {
		if isRightToLeft(word) {
			out[i] = turned(word)
		}
	}
	if isMostly {
		slices.Reverse(out)
	}
	for from := 0; from < len(out); { // words of the other direction keep theirs
		end := from
		for end < len(out) && isRightToLeft(out[end]) != isMostly {
			end++
		}
		slices.Reverse(out[from:end])
		from = end + 1
	}
	return out
}

// turned reverses a word, but for the numbers and the letters of other scripts in
// it, and writes its letters without their forms.
func turned(word string) string {
	runes := []rune(word)
	slices.Reverse(runes)
	isOther := func(r rune) bool {
		return unicode.IsDigit(r) || unicode.IsLetter(r) && !unicode.In(r, rightToLeft...)
	}
	for from := 0; from < len(runes); {
		end := from
		for end < len(runes) && isOther(runes[end]) {
			end++
		}
		slices.Reverse(runes[from:end])
		from = end + 1
	}
	return norm.NFKC.String(string(runes))
}
