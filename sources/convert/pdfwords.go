package convert

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ligatures are what fonts of TeX without a table of characters mean by these
// bytes, in its encodings OT1 and T1.
// https://tug.org/fontname/fontname.pdf
var ligatures = map[byte]string{0x0b: "ff", 0x0c: "fi", 0x0d: "fl", 0x0e: "ffi", 0x0f: "ffl",
	0x10: "\u201C", 0x11: "\u201D", 0x12: "\u201E", 0x13: "\u00AB", 0x14: "\u00BB", 0x15: "\u2013", 0x16: "\u2014",
	0x1b: "ff", 0x1c: "fi", 0x1d: "fl", 0x1e: "ffi", 0x1f: "ffl", 0x7f: "-"}

// plainCharacters puts letters in the place of characters that XML has no way to
// write, as fonts without a proper encoding bring them; a space where none is known.
func plainCharacters(data []byte) []byte {
	data = bytes.ToValidUTF8(data, []byte("\uFFFD"))
	if !bytes.ContainsFunc(data, isControl) {
		return data
	}
	out := make([]byte, 0, len(data)+len(data)/16)
	for _, c := range data {
		switch {
		case !isControl(rune(c)):
			out = append(out, c)
		case ligatures[c] != "":
			out = append(out, ligatures[c]...)
		default:
			out = append(out, ' ')
		}
	}
	return out
}

func isControl(c rune) bool { return c < ' ' && c != '\n' && c != '\t' || c == 0x7f }

// vocabulary are the words of a document, with their hyphens, but for those that the
// end of a line breaks.
type vocabulary struct {
	words      map[string]bool
	hyphenates bool // words are broken at the ends of lines
}

// maxVocabulary bounds how many words are kept.
const maxVocabulary = 200_000

func vocabularyOf(pages []pdfPage) vocabulary {
	v := vocabulary{words: map[string]bool{}}
	lines, broken := 0, 0
	eachLine(pages, func(_ pdfPage, l pdfLine) {
		lines++
		text, isBroken := strings.CutSuffix(l.text, "-")
		if isBroken {
			broken++
		}
		words := strings.Fields(strings.ToLower(text))
		for i, word := range words {
			if len(v.words) < maxVocabulary && !(isBroken && i == len(words)-1) {
				v.words[strings.TrimFunc(word, isNoLetter)] = true
			}
		}
	})
	v.hyphenates = broken*50 > lines // every fiftieth line
	return v
}

func isNoLetter(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }

// isBroken tells whether a line's end broke a word between these halves, so that
// the hyphen is none of the word's.
func (v vocabulary) isBroken(text []byte, next string) bool {
	first, _ := utf8.DecodeRuneInString(next)
	last, _ := utf8.DecodeLastRune(text)
	if !unicode.IsLower(first) || !unicode.IsLetter(last) {
		return false
	}
	head := strings.ToLower(string(text[bytes.LastIndexByte(text, ' ')+1:]))
	tail, _, _ := strings.Cut(strings.ToLower(next), " ")
	head, tail = strings.TrimLeftFunc(head, isNoLetter), strings.TrimRightFunc(tail, isNoLetter)
	const least = 3 // letters, less than which are rather a syllable than a word
	switch {
	case v.words[head+tail]:
		return true
	case v.words[head+"-"+tail], len(head) >= least && len(tail) >= least && v.words[head] && v.words[tail]:
		return false
	}
	return v.hyphenates || slices.Contains(endings, tail)
}

// endings are those of words that are no words of their own.
var endings = strings.Fields("tion tions tional sion sions ment ments mental ness tive tively ally ing ings ity ities ance ence " +
	"ible ibly ously cally ization ung ungen keit heit lich liche lichen")
