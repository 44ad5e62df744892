package leaks

import (
	"context"
	"sort"
	"strings"
	"unicode/utf8"
)

// window is a part of a text that a rule is tried on, in bytes.
type window struct{ start, end int }

// widest is how long a window grows, in bytes, before it is tried: between
// windows, the search can end.
const widest = 64 << 10

// scan finds the secrets of a text, until the context ends.
func (d *Detector) scan(ctx context.Context, plain string, odd places) (found []span) {
	if len(odd) == 0 {
		return nil
	}
	in := d.index()
	open := make([]window, len(in.rules)) // by rule; what is still to be tried
	in.keywords.Walk(lowerASCII(plain), func(last, length, pattern int64) bool {
		end := int(last) + 1
		near := odd.windowsAround(plain, end-int(length), end)
		for _, i := range in.byWord[pattern] {
			w := near[in.rules[i].reach]
			if w.start <= open[i].end && w.end-open[i].start <= widest {
				open[i].end = max(open[i].end, w.end)
				continue
			}
			found = in.rules[i].find(plain, open[i], found)
			open[i] = w
		}
		return ctx.Err() == nil
	})
	for i := range open {
		if ctx.Err() == nil {
			found = in.rules[i].find(plain, open[i], found)
		}
	}
	return found
}

// reach is how far from its keyword a rule finds a secret.
type reach int

const (
	sameLine  reach = iota // or what lies near in it: some texts are one line
	nextWord               // the value that is given to a name
	nearLines              // one line before, three after
	farAfter               // as far as a private key in its armor
	reaches
)

// windowsAround returns the windows for a keyword, by reach; empty where they
// hold nothing that could be a secret.
func (o places) windowsAround(text string, start, end int) (w [reaches]window) {
	const before, after, name, next, key = 200, 600, 64, 60, 16 << 10 // bytes
	low, high := max(0, start-before), min(len(text), end+after)
	w = [reaches]window{{low, high}, {}, {low, high}, {low, min(len(text), end+key)}}
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
	looks := [reaches]window{follows, {start, min(follows.end, end+next)}, w[nearLines], w[farAfter]}
	for i := range w {
		if !o.within(looks[i]) {
			w[i] = window{}
		}
	}
	return w
}

// places are windows in order, none overlapping another.
type places []window

func (o places) within(w window) bool {
	i := sort.Search(len(o), func(i int) bool { return o[i].end > w.start })
	return i < len(o) && o[i].start < w.end
}

// oddWords finds the words that no language has, by digits, marks or case, and
// that are not known. Text without them, most of it, holds no secrets and is
// searched no further.
func oddWords(text string, known map[string]bool) (odd places) {
	for i := 0; i < len(text); {
		if isSpace(text[i]) {
			i++
			continue
		}
		start := i
		for i < len(text) && !isSpace(text[i]) {
			i++
		}
		if isOdd(text[start:i]) && !known[bare(text[start:i])] {
			odd = append(odd, window{start, i})
		}
	}
	return odd
}

// bare is a word without the marks that code, quotations and Markdown put around it.
func bare(word string) string { return strings.Trim(word, "`*_\"'()[]<>{},.;:|=") }

func isOdd(word string) bool {
	const shortest, longest = 4, 30 // bytes: of secrets, and of words
	if len(word) < shortest {
		return false
	}
	letters, digits, marks, turns := 0, 0, 0, 0
	for i := range len(word) {
		switch c := word[i]; {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= utf8.RuneSelf:
			letters++
		case i > 0 && i < len(word)-1 && strings.IndexByte("!@#$%^&+~?", c) >= 0:
			marks++
		}
		if i > 0 && isUpper(word[i]) != isUpper(word[i-1]) {
			turns++
		}
	}
	return letters > 0 && (digits > 0 || marks > 0 || turns >= 4) || len(word) >= longest
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// find appends the rule's secrets within the window.
func (r *rule) find(text string, w window, found []span) []span {
	part := text[w.start:w.end]
	if part == "" || !strings.Contains(part, r.needs) || !r.shape.fits(part) {
		return found
	}
	for from := 0; from < len(part); {
		m := r.expr.FindStringSubmatchIndex(part[from:])
		if m == nil {
			break
		}
		start, end := r.secret(m)
		start, end = start+from, end+from
		secret, match := part[start:end], part[from+m[0]:from+m[1]]
		isSecret := secret != "" && (r.entropy == 0 || entropyOf(secret) > r.entropy)
		if isSecret && r.fits(secret, strings.Trim(match, "\n"), lineAt(text, w.start+start)) {
			found = append(found, span{r.id, w.start + start, w.start + end})
		}
		from += max(m[0]+1, r.next(m, start-from, isSecret)) // of the secret's terminator another may begin
	}
	return found
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
	out := []byte(text)
	for i := 0; i < len(out); {
		c := out[i]
		if c < utf8.RuneSelf {
			if isStop(c) && endsHere(text, i+1) {
				out[i] = ' '
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if separates(r) {
			for j := range size {
				out[i+j] = ' '
			}
		}
		i += size
	}
	return string(out)
}

func isStop(c byte) bool {
	switch c {
	case '.', ',', '!', '?', ')', ']', '}', '|', '*':
		return true
	}
	return false
}

// endsHere tells whether nothing but marks stands between the place and white space.
func endsHere(text string, at int) bool {
	for n := 0; at < len(text) && n < 4; n++ {
		switch c := text[at]; {
		case c == ' ', c == '\n', c == '\t':
			return true
		case isStop(c), c == '"', c == '\'', c == '`':
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

// lowerASCII keeps all offsets, as strings.ToLower does not.
func lowerASCII(text string) []byte {
	out := []byte(text)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return out
}
