package fulltext

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const maxWord = 40 // bytes of a word that count

// texts reads texts: it calls add with each word, folded, which holds until it returns.
type texts struct {
	word    []byte // that is being read
	foreign bool   // not all of it is ASCII
	uneven  bool   // nor are its letters words' as they are: there is more to do than to fold each
	add     func(word []byte)

	kinds  []kind // of letters up to U+FFFF, so far as they have occurred
	folded map[rune]string
	folds  []byte
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
		switch c := src[i]; {
		case classes[c] > special:
			i += t.letters(src[i:])
		case classes[c] == between || c < utf8.RuneSelf && !isHTML:
			t.end()
			i++
		case c >= utf8.RuneSelf:
			i += t.letter(src[i:])
		case c == '<':
			i += t.tag(src[i:])
		default:
			i += t.reference(src[i:])
		}
	}
}

// letters reads letters and digits of ASCII, and returns how many bytes these are, as
// do letter, tag and reference.
func (t *texts) letters(src string) int {
	end := 1
	for end < len(src) && classes[src[end]] > special {
		end++
	}
	size := len(t.word)
	t.word = slices.Grow(t.word, end)[:size+end]
	for i, to := 0, t.word[size:]; i < len(to); i++ {
		to[i] = classes[src[i]]
	}
	return end
}

// letter reads what is more than one byte.
func (t *texts) letter(src string) int {
	r, size := utf8.DecodeRuneInString(src)
	switch k := t.kind(r); {
	case r == '\u00ad' || r == '\u200b' || r == '\u200d': // where a word may be broken, or is joined
	case k == other:
		t.end()
	default:
		t.word, t.foreign, t.uneven = append(t.word, src[:size]...), true, t.uneven || k >= joining
	}
	return size
}

// end ends a word.
func (t *texts) end() {
	switch {
	case len(t.word) == 0:
		return
	case t.foreign:
		t.addForeign(t.word)
	default:
		t.add(cut(t.word))
	}
	t.word, t.foreign, t.uneven = t.word[:0], false, false
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
	if len(t.word) > 0 && !isInline(name(src)) {
		t.end()
	}
	end := strings.IndexByte(src, '>')
	if end >= 0 && strings.IndexByte(src[:end], '\'') < 0 && strings.Count(src[:end], `"`)%2 == 0 {
		return end + 1
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

// name returns the name of a tag, or the beginning of a long one.
func name(tag string) string {
	name := strings.TrimLeft(tag[1:min(len(tag), 12)], "/")
	for i := range len(name) {
		switch name[i] {
		case ' ', '\t', '\n', '/', '>':
			return name[:i]
		}
	}
	return name
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
	switch ref := src[:end+1]; ref {
	case "&amp;", "&lt;", "&gt;", "&quot;", "&#34;", "&#39;", "&nbsp;": // what pages have nearly always
		t.end()
	default:
		if plain := html.UnescapeString(ref); plain != ref {
			t.read(plain, false)
		} else {
			t.end()
		}
	}
	return end + 1
}

// kind is what a letter of more than one byte is.
type kind uint8

const (
	unknown kind = iota
	other        // no letter
	spaced       // of a script that puts spaces between words
	solid        // of one that puts none
	joining      // that normalization may change, or make one with what is before it
	mark
)

func (t *texts) kind(r rune) kind {
	if r > 0xffff {
		return kindOf(r)
	}
	if t.kinds == nil {
		t.kinds = make([]kind, 1<<16)
	}
	if t.kinds[r] == unknown {
		t.kinds[r] = kindOf(r)
	}
	return t.kinds[r]
}

func kindOf(r rune) kind {
	switch {
	case r == utf8.RuneError || !unicode.In(r, unicode.L, unicode.M, unicode.N):
		return other
	case unicode.Is(unicode.M, r):
		return mark
	case !norm.NFKC.IsNormalString(string(r)) || !norm.NFKC.PropertiesString(string(r)).BoundaryBefore():
		return joining
	case isUnspaced(r):
		return solid
	}
	return spaced
}

func isUnspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer,
		unicode.Myanmar)
}

// addForeign adds the words of letters: folded, or of scripts that put no spaces
// between words, each two letters that follow each other, and the last.
func (t *texts) addForeign(text []byte) {
	if t.uneven && !norm.NFKC.IsNormal(text) {
		text = norm.NFKC.Bytes(text)
	}
	for len(text) > 0 {
		r, end := utf8.DecodeRune(text)
		isSolid, uneven := t.isSolid(r), t.kind(r) >= joining
		for end < len(text) {
			r, size := utf8.DecodeRune(text[end:])
			k := t.kind(r)
			if k != mark && t.isSolid(r) != isSolid {
				break
			}
			uneven = uneven || k >= joining
			end += size
		}
		switch run := text[:end]; {
		case isSolid:
			t.addPairs(run)
		case uneven:
			t.addFolded([]byte(fold(string(run))))
		default:
			t.addFolded(t.fold(run))
		}
		text = text[end:]
	}
}

func (t *texts) isSolid(r rune) bool {
	k := t.kind(r)
	return k == solid || k >= joining && isUnspaced(r)
}

func (t *texts) addFolded(word []byte) {
	if len(word) > 0 {
		t.add(cut(word))
	}
}

func (t *texts) addPairs(run []byte) {
	_, size := utf8.DecodeRune(run)
	for size < len(run) {
		_, second := utf8.DecodeRune(run[size:])
		t.add(run[:size+second])
		run, size = run[size:], second
	}
	t.add(run)
}

// fold folds a word without marks, which can be done letter by letter.
func (t *texts) fold(word []byte) []byte {
	if t.folded == nil {
		t.folded = map[rune]string{}
	}
	t.folds = t.folds[:0]
	for len(word) > 0 {
		r, size := utf8.DecodeRune(word)
		if r < utf8.RuneSelf {
			t.folds = append(t.folds, byte(unicode.ToLower(r)))
		} else {
			folded, known := t.folded[r]
			if !known {
				folded = fold(string(r))
				t.folded[r] = folded
			}
			t.folds = append(t.folds, folded...)
		}
		word = word[size:]
	}
	return t.folds
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
	t := texts{}
	t.add = func(word []byte) {
		next := term{string(word), len(word) == 1}
		if len(terms) < maxTerms && !slices.Contains(terms, next) {
			terms = append(terms, next)
		}
	}
	t.text(query)
	return terms
}
