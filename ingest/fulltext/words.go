package fulltext

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	maxWord  = 40      // bytes of a word that count
	maxWords = 1 << 14 // different words of one page
	inTitle  = 4       // how often a word of the title counts, at least
)

// reader of texts: it calls add with each word, folded, which holds until it returns.
type texts struct {
	word  []byte // that is being read
	plain bool   // it is of ASCII so far
	add   func(word []byte)
}

// What a byte of a text is: a letter or digit, which is itself in lower case, or one
// of these.
const (
	between = 0 // words
	special = 1 // more than one byte, or a mark of HTML
)

var classes = func() (c [256]byte) {
	for b := range c {
		switch {
		case 'a' <= b && b <= 'z', '0' <= b && b <= '9':
			c[b] = byte(b)
		case 'A' <= b && b <= 'Z':
			c[b] = byte(b) + 'a' - 'A'
		case b >= utf8.RuneSelf, b == '<', b == '&':
			c[b] = special
		}
	}
	return c
}()

// text reads plain text.
func (t *texts) text(text string) {
	t.read(text, false)
	t.end()
}

// html reads the text of HTML.
func (t *texts) html(src string) {
	t.read(src, true)
	t.end()
}

func (t *texts) read(src string, isHTML bool) {
	for i := 0; i < len(src); {
		c := classes[src[i]]
		for ; c > special; c = classes[src[i]] {
			t.word = append(t.word, c)
			if i++; i == len(src) {
				return
			}
		}
		switch {
		case c == between || src[i] < utf8.RuneSelf && !isHTML:
			t.end()
			i++
		case src[i] >= utf8.RuneSelf:
			i += t.letter(src[i:])
		case src[i] == '<':
			i += t.tag(src[i:])
		default:
			i += t.reference(src[i:])
		}
	}
}

// letter reads what is more than one byte, and returns how many these are, as do tag
// and reference.
func (t *texts) letter(src string) int {
	r, size := utf8.DecodeRuneInString(src)
	switch {
	case r == '\u00ad' || r == '\u200b' || r == '\u200d': // where a word may be broken, or is joined
	case unicode.In(r, unicode.L, unicode.M, unicode.N) && r != utf8.RuneError:
		t.word, t.plain = append(t.word, src[:size]...), false
	default:
		t.end()
	}
	return size
}

// end ends a word.
func (t *texts) end() {
	switch {
	case len(t.word) == 0:
		return
	case t.plain:
		t.add(cut(t.word))
	default:
		foreign(string(t.word), t.add)
	}
	t.word, t.plain = t.word[:0], true
}

// cut shortens a long word, not within a letter.
func cut(word []byte) []byte {
	if len(word) <= maxWord {
		return word
	}
	end := maxWord
	for end > 0 && !utf8.RuneStart(word[end]) {
		end--
	}
	return word[:end]
}

// tag passes over a tag, which ends a word unless text goes on across it.
func (t *texts) tag(src string) int {
	if strings.HasPrefix(src, "<!--") {
		if end := strings.Index(src, "-->"); end >= 0 {
			return end + len("-->")
		}
		return len(src)
	}
	name := strings.TrimLeft(src[1:min(len(src), 12)], "/")
	if end := strings.IndexAny(name, " \t\n/>"); end >= 0 {
		name = name[:end]
	}
	if !isInline(name) {
		t.end()
	}
	quote := byte(0)
	for i := 1; i < len(src); i++ {
		switch c := src[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return len(src)
}

// isInline tells the elements that words go on across.
func isInline(name string) bool {
	switch name {
	case "a", "abbr", "b", "code", "em", "i", "kbd", "mark", "s", "small", "span", "strong", "sub", "sup", "u", "wbr":
		return true
	}
	return false
}

// reference reads a character reference.
func (t *texts) reference(src string) int {
	end := strings.IndexByte(src[:min(len(src), 40)], ';')
	if end < 0 {
		t.end()
		return 1
	}
	if plain := html.UnescapeString(src[:end+1]); plain != src[:end+1] {
		t.read(plain, false)
	} else {
		t.end()
	}
	return end + 1
}

// foreign calls add with the words of a text of letters: folded, or of scripts that
// put no spaces between words, each two letters that follow each other, and the last.
func foreign(text string, add func(word []byte)) {
	rest := []rune(norm.NFKC.String(text))
	for len(rest) > 0 {
		solid := isUnspaced(rest[0])
		end := 1
		for end < len(rest) && (isUnspaced(rest[end]) == solid || unicode.Is(unicode.M, rest[end])) {
			end++
		}
		run := rest[:end]
		rest = rest[end:]
		if !solid {
			if word := fold(string(run)); word != "" {
				add(cut([]byte(word)))
			}
			continue
		}
		for i := range len(run) - 1 {
			add([]byte(string(run[i : i+2])))
		}
		add([]byte(string(run[len(run)-1:])))
	}
}

func isUnspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer,
		unicode.Myanmar)
}

// fold takes differences of case and accents away.
func fold(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(cases.Fold().String(word)))
}

// term is a word that is searched for.
type term struct {
	word  string
	whole bool // not the beginning of a longer one
}

// maxTerms is how many words of a query count.
const maxTerms = 16

// termsOf returns the different words of a query.
func termsOf(query string) (terms []term) {
	t := newTally()
	t.text(query)
	for _, w := range t.words {
		if word := string(t.bytes(w)); len(terms) < maxTerms {
			terms = append(terms, term{word, len(word) == 1})
		}
	}
	return terms
}
