package leaks

import (
	"context"
	"sort"
	"strings"
	"unicode/utf8"
)

// window is a part of a text that a rule is tried on, in bytes.
type window struct{ start, end int }

// Bytes of text that is looked at before and behind a keyword, and of the
// longest one.
const before, after, longestWord = 200, 600, 40

// widest is how long a window grows, in bytes, before it is tried: between
// windows, the search can end.
const widest = 64 << 10

// scan finds the secrets of a text, until the context ends.
func (d *Detector) scan(ctx context.Context, plain string, odd, keys places) (found []span) {
	if len(odd) == 0 {
		return nil
	}
	in := d.index()
	found = in.scan(ctx, in.people, plain, odd, found)
	return in.scan(ctx, in.machines, plain, keys, found)
}

// scan tries the rules of the words near the places.
func (in index) scan(
	ctx context.Context, x words, plain string, odd places, found []span,
) []span {
	var open []window // by rule; what is still to be tried
	var tried []int   // rules that have one
	for _, region := range odd.regions(len(plain)) {
		x.keywords.walk(plain[region.start:region.end], func(start, end, word int) bool {
			near, looks := windowsAround(plain, region.start+start, region.start+end)
			for _, i := range x.byWord[word] {
				r := &in.rules[i]
				w := near[r.reach]
				if !odd.within(looks[r.reach]) {
					continue
				}
				if open == nil {
					open = *in.windows.Get().(*[]window)
				}
				if open[i].end > 0 && w.start <= open[i].end && w.end-open[i].start <= widest {
					open[i].end = max(open[i].end, w.end)
					continue
				}
				if open[i].end == 0 {
					tried = append(tried, i)
				} else {
					found = r.find(plain, open[i], found)
				}
				open[i] = w
			}
			return ctx.Err() == nil
		})
	}
	for _, i := range tried {
		if ctx.Err() == nil {
			found = in.rules[i].find(plain, open[i], found)
		}
		open[i] = window{}
	}
	if open != nil {
		in.windows.Put(&open)
	}
	return found
}

// regions are the parts of a text in which keywords may stand for the places:
// private keys have their words before their first line.
func (o places) regions(length int) (regions []window) {
	for _, w := range o {
		r := window{max(0, w.start-after-longestWord), min(length, w.end+before)}
		if n := len(regions); n > 0 && r.start <= regions[n-1].end {
			regions[n-1].end = max(regions[n-1].end, r.end)
			continue
		}
		regions = append(regions, r)
	}
	return regions
}

// reach is how far from its keyword a rule finds a secret.
type reach int

const (
	sameLine  reach = iota // or what lies near in it: some texts are one line
	sameWord               // as addresses do
	nextWord               // the value that is given to a name
	nearLines              // one line before, three after
	farAfter               // as far as a private key in its armor
	reaches
)

// windowsAround returns the windows for a keyword, by reach, and where in them
// the secret would be.
func windowsAround(text string, start, end int) (w, looks [reaches]window) {
	const name, next, key = 64, 60, 16 << 10 // bytes
	low, high := max(0, start-before), min(len(text), end+after)
	w = [reaches]window{{low, high}, {low, high}, {}, {low, high}, {low, min(len(text), end+key)}}
	for i := start - 1; i >= low; i-- {
		if text[i] == ' ' || text[i] == '\n' || text[i] == '\t' {
			w[sameWord].start = i + 1
			break
		}
	}
	for i := end; i < high; i++ {
		if text[i] == ' ' || text[i] == '\n' || text[i] == '\t' {
			w[sameWord].end = i + 1
			break
		}
	}
	if at := strings.LastIndexByte(text[low:start], '\n'); at >= 0 {
		w[sameLine].start = low + at + 1
		w[nearLines].start = low + strings.LastIndexByte(text[low:low+at], '\n') + 1
	}
	for n, at := 0, end; n < 4; n++ {
		i := strings.IndexByte(text[at:high], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		if n == 0 {
			w[sameLine].end = at
		}
		w[nearLines].end = at
	}
	w[sameLine].start = max(w[sameLine].start, start-name)
	w[nextWord] = w[sameLine]
	follows := window{start, w[sameLine].end} // the secret follows its name
	looks = [reaches]window{follows, w[sameWord], {start, min(follows.end, end+next)}, w[nearLines], w[farAfter]}
	return w, looks
}

// places are windows in order, none overlapping another.
type places []window

func (o places) within(w window) bool {
	i := sort.Search(len(o), func(i int) bool { return o[i].end > w.start })
	return i < len(o) && o[i].start < w.end
}

// oddWords finds the words that no language has, by digits, marks or case, and
// that are not known; keys are those that a machine could have made. Text
// without them, most of it, holds no secrets and is searched no further.
func oddWords(text string, known map[string]bool) (odd, keys places) {
	const kinds = digit | mark | capital
	for i := 0; i < len(text); i++ {
		start := i
		for i < len(text) && classes[text[i]]&(kinds|space) == 0 {
			i++
		}
		var has byte // kinds
		upper := 0
		for i < len(text) && classes[text[i]] != space {
			has |= classes[text[i]]
			upper += int(classes[text[i]] & capital / capital)
			i++
		}
		isPlain := has&(digit|mark) == 0 && upper < 2 && i-start < longest
		if isPlain || i-start < shortest { // most words
			continue
		}
		if !isOdd(text[start:i]) || known[bare(text[start:i])] {
			continue
		}
		odd = append(odd, window{start, i})
		if hasKey(text[start:i]) {
			keys = append(keys, window{start, i})
		}
	}
	return odd, keys
}

// Bytes: of secrets, of words, of words in capitals.
const shortest, longest, capitals = 6, 30, 18

// Kinds of bytes.
const (
	digit   byte = 1 << iota
	small        // letter, and what is part of one beyond ASCII
	capital      // letter
	mark         // that passwords have
	stop         // that may end a sentence
	space        // that parts words; nothing else is of its kind
	wide         // part of a letter beyond ASCII
	outside      // mark that is in no secret
)

// classes are the kinds of all bytes.
var classes = func() (of [256]byte) {
	for c := range of {
		switch {
		case isSpace(byte(c)):
			of[c] = space
		case '0' <= c && c <= '9':
			of[c] = digit
		case c >= utf8.RuneSelf:
			of[c] = small | wide
		case 'a' <= c && c <= 'z':
			of[c] = small
		case 'A' <= c && c <= 'Z':
			of[c] = capital
		}
	}
	for _, c := range []byte("!@#$%^&+~?") {
		of[c] |= mark
	}
	for _, c := range []byte(".,!?)]}|*") {
		of[c] |= stop
	}
	for _, c := range []byte("\"'`<>()[]{},;") {
		of[c] |= outside
	}
	return of
}()

// bare is a word without the marks that code, quotations and Markdown put around it.
func bare(word string) string { return strings.Trim(word, "`*_\"'()[]<>{},.;:|=") }

func isOdd(word string) bool {
	letters, digits, marks, turns, lower := 0, 0, 0, 0, 0
	wasUpper := false
	for i := range len(word) {
		class := classes[word[i]]
		switch {
		case class&small != 0:
			letters++
			lower++
		case class == capital:
			letters++
		case class == digit:
			digits++
		case class&mark != 0 && i > 0 && i < len(word)-1:
			marks++
		}
		if isUpper := class == capital; isUpper != wasUpper {
			wasUpper = isUpper
			turns += min(i, 1)
		}
	}
	if letters > 1 && (digits > 0 || marks > 0) {
		return true
	}
	return (turns >= 4 || len(word) >= longest || lower == 0 && letters >= capitals) && hasKey(word)
}

func isSpace(c byte) bool { return c <= ' ' && (c == ' ' || c == '\n' || c == '\t' || c == '\r') }

// find appends the rule's secrets within the window.
func (r *rule) find(text string, w window, found []span) []span {
	part := text[w.start:w.end]
	if part == "" || !strings.Contains(part, r.needs) || r.oneOf != nil && !r.oneOf.in(part) {
		return found
	}
	expr := r.compiled()
	if !expr.shape.fits(part) || !expr.quick.may(part) {
		return found
	}
	for from := 0; from < len(part); {
		m := expr.FindStringSubmatchIndex(part[from:])
		if m == nil {
			break
		}
		start, end := r.secret(m)
		start, end = start+from, end+from
		secret, match := part[start:end], part[from+m[0]:from+m[1]]
		isSecret := secret != "" && (r.entropy == 0 || entropyOf(secret) > r.entropy)
		if isSecret && r.fits(secret, strings.Trim(match, "\n"), lineAt(text, w.start+start)) {
			found = append(found, span{r.id, w.start + start, endOf(text, w.start+end, w)})
		}
		from += max(m[0]+1, r.next(m, start-from, isSecret)) // of the secret's terminator another may begin
	}
	return found
}

// endOf is where a secret ends of which the window shows the beginning.
func endOf(text string, end int, w window) int {
	if end < w.end || end == 0 || isSpace(text[end-1]) {
		return end
	}
	for end < len(text) && !isSpace(text[end]) && strings.IndexByte(quotes, text[end]) < 0 {
		end++
	}
	return end
}

func (r *rule) secret(m []int) (start, end int) {
	if r.group > 0 {
		return max(m[2*r.group], 0), max(m[2*r.group+1], 0)
	}
	for i := 2; i < len(m); i += 2 {
		if m[i] >= 0 && m[i+1] > m[i] {
			return m[i], m[i+1]
		}
	}
	return m[0], m[1]
}

// next is where the search goes on after a match.
func (r *rule) next(m []int, start int, isSecret bool) int {
	if !isSecret || r.group == 0 && len(m) == 2 {
		return m[1]
	}
	_, end := r.secret(m)
	return max(end, start)
}

func lineAt(text string, at int) string {
	const most = 1000 // bytes to each side: some texts are one line
	low, high := max(0, at-most), min(len(text), at+most)
	if i := strings.LastIndexByte(text[low:at], '\n'); i >= 0 {
		low += i + 1
	}
	if i := strings.IndexByte(text[at:high], '\n'); i >= 0 {
		high = at + i
	}
	return text[low:high]
}

// plainText is the text with spaces in place of what sets secrets off in
// prose, byte by byte: gitleaks knows the marks of code alone. A key before a
// full stop ends there; typographic quotation marks are none of it.
func plainText(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	from := 0 // what is not written yet
	blank := func(at, size int) {
		out.WriteString(text[from:at])
		out.WriteString("   "[:size])
		from = at + size
	}
	for i := 0; i < len(text); {
		switch class := classes[text[i]]; {
		case class&(stop|wide) == 0:
			i++
		case class&wide == 0:
			if endsHere(text, i+1) {
				blank(i, 1)
			}
			i++
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			if separates(r) {
				blank(i, size)
			}
			i += size
		}
	}
	if from == 0 {
		return text
	}
	out.WriteString(text[from:])
	return out.String()
}

// endsHere tells whether nothing but marks stands between the place and white space.
func endsHere(text string, at int) bool {
	for n := 0; at < len(text) && n < 4; n++ {
		switch c := text[at]; {
		case c == ' ', c == '\n', c == '\t':
			return true
		case classes[c]&stop != 0, c == '"', c == '\'', c == '`':
			at++
		default:
			r, _ := utf8.DecodeRuneInString(text[at:])
			return separates(r)
		}
	}
	return at >= len(text)
}

// separates tells the marks beyond ASCII that end a word.
func separates(r rune) bool {
	switch {
	case r == '\u00a0', r == '\u00ab', r == '\u00bb', r == '\ufeff', r == '\u3000':
		return true
	case r >= 0x2000 && r <= 0x206f: // spaces, dashes, quotation marks, bullets, marks of direction
		return true
	case r >= 0x3001 && r <= 0x3011, r >= 0xff01 && r <= 0xff1f && r != 0xff0f: // stops and brackets of East Asia
		return true
	}
	return false
}
