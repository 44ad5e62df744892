package sanitize

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// kind is what an element of the output may hold.
type kind int

const (
	flow     kind = iota // blocks; loose text becomes a paragraph
	item                 // blocks or bare text: li, td, dd
	phrasing             // text only: p, headings
	listing              // li only: ul, ol
	pairs                // dt and dd only: dl
	rows                 // rows or groups of rows: table, tbody
	cells                // td and th only: tr
)

// frame is an element of the output that is not finished. Its start tag is
// written with its first content, so that empty elements leave no trace.
type frame struct {
	tag, attrs string // tag "" only parts what is in it from what is around it
	kind       kind
	implied    bool // made to hold what could not stand where it stood
	written    bool
	inRun      bool // text was written since the last block

	heading *html.Node // that the element is made of; nil if of another
	isBox   bool       // what is in it belongs together
}

// mark is a phrasing element, such as strong, that text stands in.
type mark struct {
	tag, attrs string
	number     int // of a link or code, so that two with space between do not become one; else 0
}

// writer writes elements so that what comes out is well-formed whatever goes
// in: blocks end paragraphs, and phrasing elements around a block are ended
// before it and begun again inside.
type writer struct {
	out    strings.Builder
	frames []frame
	wanted []mark // phrasing elements around what comes next
	open   []mark // those of them that are written
	space  bool   // white space is due before the next text
	breaks int    // br elements due before the next text
	last   rune   // the end of the text that is written
	named  bool   // it is a picture's name
	words  bool   // some text was written
	codes  int    // links and code elements begun
	marks  []Mark
}

// put writes markup, which is in pieces.
func (w *writer) put(pieces ...string) {
	for _, piece := range pieces {
		w.out.WriteString(piece)
	}
}

func (w *writer) top() *frame { return &w.frames[len(w.frames)-1] }

// block writes the element f around what body writes. Where only text may
// stand, it parts the words and writes no element.
func (w *writer) block(f frame, body func()) {
	if t := w.top(); t.kind == phrasing {
		if t.tag != "p" {
			w.space = true
			body()
			w.space = true
			return
		}
		w.pop()
	}
	w.makeRoom(f)
	base := len(w.frames)
	w.push(f)
	body()
	for len(w.frames) > base {
		w.pop()
	}
}

// makeRoom opens the elements that f needs around it, or ends implied ones
// that hold what came before it.
func (w *writer) makeRoom(f frame) {
	for w.top().implied && belongs(f.tag, w.frames[len(w.frames)-2].kind) {
		w.pop()
	}
	for {
		inner, ok := impliedBy(w.top().kind)
		if !ok || belongs(f.tag, w.top().kind) {
			return
		}
		w.push(inner)
	}
}

// belongs tells whether an element is one of those that a container is for.
func belongs(tag string, in kind) bool {
	switch tag {
	case "li":
		return in == listing
	case "dt", "dd":
		return in == pairs
	case "td", "th":
		return in == cells
	case "tr", "thead", "tbody", "tfoot", "caption":
		return in == rows
	}
	return false
}

// impliedBy is what holds other content in containers that take none.
func impliedBy(k kind) (frame, bool) {
	switch k {
	case listing:
		return frame{tag: "li", kind: item, implied: true}, true
	case pairs:
		return frame{tag: "dd", kind: item, implied: true}, true
	case rows:
		return frame{tag: "tr", kind: cells, implied: true}, true
	case cells:
		return frame{tag: "td", kind: item, implied: true}, true
	}
	return frame{}, false
}

func (w *writer) push(f frame) {
	w.settle()
	w.top().inRun = false
	w.frames = append(w.frames, f)
}

func (w *writer) pop() {
	w.settle()
	f := w.frames[len(w.frames)-1]
	w.frames = w.frames[:len(w.frames)-1]
	if f.written && f.tag != "" {
		w.put("</", f.tag, ">\n")
	}
	w.top().inRun = false
}

// settle ends the phrasing elements that are written, and forgets the white
// space at the end of a block.
func (w *writer) settle() {
	w.closeMarks(0)
	w.space, w.breaks = false, 0
}

func (w *writer) closeMarks(keep int) {
	for i := len(w.open) - 1; i >= keep; i-- {
		w.put("</", w.open[i].tag, ">")
	}
	w.open = w.open[:keep]
}

// writeFrames writes the start tags that are due: those of the innermost frames.
func (w *writer) writeFrames() {
	first := len(w.frames)
	for first > 0 && !w.frames[first-1].written {
		first--
	}
	for i := first; i < len(w.frames); i++ {
		f := &w.frames[i]
		f.written = true
		if f.tag == "" {
			continue
		}
		w.mark(i)
		w.put("<", f.tag, f.attrs, ">")
		if f.kind == listing || f.kind == pairs || f.kind == rows || f.kind == cells || f.kind == flow {
			w.out.WriteByte('\n')
		}
	}
}

// inline writes the phrasing element around what body writes.
func (w *writer) inline(tag, attrs string, body func()) {
	if w.inside(tag) {
		body()
		return
	}
	m := mark{tag: tag, attrs: attrs}
	if tag == "kbd" && len(w.open) > 0 && w.open[len(w.open)-1].tag == "kbd" && !w.inside("kbd") {
		w.space = true // keys side by side are no word
	}
	if tag == "code" || tag == "a" || tag == "kbd" {
		w.codes++
		m.number = w.codes
	}
	w.wanted = append(w.wanted, m)
	body()
	w.wanted = w.wanted[:len(w.wanted)-1]
}

func (w *writer) inside(tag string) bool {
	for i := range w.wanted {
		if w.wanted[i].tag == tag {
			return true
		}
	}
	return false
}

// text writes text; runs of white space become one space, except in code.
func (w *writer) text(s string) {
	if s == "" {
		return
	}
	w.space = w.space || w.named && startsWord(s)
	w.named = false
	w.last, _ = utf8.DecodeLastRuneInString(s)
	if w.inside("code") {
		w.ready()
		if strings.IndexByte(s, '\n') >= 0 || strings.IndexByte(s, '\t') >= 0 {
			s = blanks.Replace(s)
		}
		w.escapeCode(s)
		w.wrote()
		return
	}
	for isFirst := true; s != ""; {
		for s != "" && isSpace[s[0]] {
			w.space = true
			s = s[1:]
		}
		if s == "" {
			return
		}
		if isFirst {
			w.ready()
			isFirst = false
		} else {
			w.writeSpace()
		}
		if plain := plainLength(s); plain > 0 {
			w.out.WriteString(s[:plain])
			w.wrote()
			s = s[plain:]
			continue
		}
		word := 0
		for word < len(s) && !isSpace[s[word]] {
			word++
		}
		w.escape(s[:word])
		w.wrote()
		s = s[word:]
	}
}

// plainLength is how much at the start of a text is written as it is: words with
// a space between them.
func plainLength(s string) int {
	n := 0
	for n < len(s) {
		switch {
		case plainBytes[s[n]]:
			n++
		case s[n] == ' ' && n > 0 && n+1 < len(s) && plainBytes[s[n+1]]:
			n += 2
		default:
			return n
		}
	}
	return n
}

var blanks = strings.NewReplacer("\n", " ", "\t", " ")

// name writes the name of a picture, which is no part of the words around it.
func (w *writer) name(s string) {
	w.space = w.space || isOfWord(w.last) && startsWord(s)
	w.text(s)
	w.named = true
}

func startsWord(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return isOfWord(first)
}

func isOfWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

const spaces = " \t\n\r\f"

var plainBytes = func() (table [256]bool) {
	for c := range table {
		table[c] = c > ' ' && c <= '~' && c != '&' && c != '<' && c != '>'
	}
	return table
}()

var isSpace = func() (table [256]bool) {
	for _, c := range []byte(spaces) {
		table[c] = true
	}
	return table
}()

// wrote notes that text was written.
func (w *writer) wrote() {
	w.top().inRun = true
	w.words = true
}

// ready writes all that is due before text.
func (w *writer) ready() {
	for {
		inner, ok := impliedBy(w.top().kind)
		if w.top().kind == flow {
			inner, ok = frame{tag: "p", kind: phrasing, implied: true}, true
		}
		if !ok {
			break
		}
		w.push(inner)
	}
	if w.breaks > 1 && w.top().tag == "p" {
		w.pop()
		w.push(frame{tag: "p", kind: phrasing, implied: true})
	}
	w.writeFrames()
	w.closeMarks(w.shared())
	w.writeSpace()
	for _, m := range w.wanted[len(w.open):] {
		w.put("<", m.tag, m.attrs, ">")
		w.open = append(w.open, m)
	}
}

// shared counts the written phrasing elements that stay open: those around
// what comes next, and those that end only to begin again.
func (w *writer) shared() int {
	n := 0
	for n < len(w.open) && n < len(w.wanted) && w.same(w.open[n], w.wanted[n]) {
		n++
	}
	return n
}

func (w *writer) same(a, b mark) bool {
	apart := w.space || w.breaks > 0
	return a.tag == b.tag && a.attrs == b.attrs && (a.number == b.number || !apart)
}

func (w *writer) writeSpace() {
	switch {
	case !w.top().inRun:
	case w.breaks > 0:
		w.out.WriteString(strings.Repeat("<br>", min(w.breaks, 2)) + "\n")
	case w.space:
		w.out.WriteByte(' ')
	}
	w.space, w.breaks = false, 0
}

func (w *writer) lineBreak() {
	switch t := w.top(); {
	case t.kind == phrasing && t.tag != "p", w.inside("code"):
		w.space = true
	case t.inRun:
		w.breaks++
	}
}

// void writes an element without content between blocks.
func (w *writer) void(tag string) {
	w.block(frame{}, func() {
		if w.top().kind == phrasing {
			return
		}
		w.writeFrames()
		w.mark(len(w.frames) - 1)
		w.put("<", tag, ">\n")
	})
}

// raw writes a block that body writes as it is.
func (w *writer) raw(body func()) {
	w.block(frame{}, func() {
		w.writeFrames()
		w.mark(len(w.frames) - 1)
		body()
		w.words = true
	})
}
