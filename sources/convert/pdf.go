package convert

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

// What pdftotext -bbox-layout writes: blocks in reading order, with the places
// of their lines in points.
type pdfPage struct {
	Height float64    `xml:"height,attr"`
	Blocks []pdfBlock `xml:"flow>block"`
}

type pdfBlock struct {
	Lines []pdfLine `xml:"line"`
}

type pdfLine struct {
	Left   float64   `xml:"xMin,attr"`
	Right  float64   `xml:"xMax,attr"`
	Top    float64   `xml:"yMin,attr"`
	Bottom float64   `xml:"yMax,attr"`
	Words  []pdfWord `xml:"word"`

	text    string
	size    float64
	scale   float64 // how wide its letters are; 0: not known
	letters int
	table   *pdfTable // of which it is a cell

	isFurniture bool
}

type pdfWord struct {
	Left   float64 `xml:"xMin,attr"`
	Right  float64 `xml:"xMax,attr"`
	Top    float64 `xml:"yMin,attr"`
	Bottom float64 `xml:"yMax,attr"`
	Text   string  `xml:",chardata"`
}

// pdfPages turns the places of words into headings, lists and paragraphs.
func pdfPages(doc *sources.Document) error {
	pages, err := readPages(doc.Body)
	if err != nil {
		return err
	}
	rightSizes(pages)
	w := pdfWriter{levels: headingLevels(pages, bodySize(pages)), words: vocabularyOf(pages)}
	markFurniture(pages)
	for _, p := range pages {
		findTables(p.lines())
		for _, b := range p.Blocks {
			w.block(b)
		}
	}
	w.begin("p")
	w.endList()
	if w.out.Len() == 0 {
		return errors.New("the PDF has no text: its pages may be pictures")
	}
	doc.Format, doc.Body = sources.Content, w.out.Bytes()
	return nil
}

// lines returns those with text of the page.
func (p pdfPage) lines() (lines []*pdfLine) {
	for _, b := range p.Blocks {
		for i := range b.Lines {
			if l := &b.Lines[i]; l.text != "" && !l.isFurniture {
				lines = append(lines, l)
			}
		}
	}
	return lines
}

func readPages(data []byte) (pages []pdfPage, err error) {
	d := xml.NewDecoder(bytes.NewReader(plainCharacters(data)))
	d.Strict = false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return pages, nil
		}
		if err != nil {
			return pages, fmt.Errorf("read its output: %w", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "page" {
			continue
		}
		var p pdfPage
		if err := d.DecodeElement(&p, &start); err != nil {
			return pages, fmt.Errorf("read its output: %w", err)
		}
		p.inColumns()
		for _, b := range p.Blocks {
			for i := range b.Lines {
				b.Lines[i].join()
			}
		}
		pages = append(pages, p)
	}
}

func (l *pdfLine) join() {
	l.measure()
	var words []string
	for _, w := range l.Words {
		words = append(words, strings.TrimSpace(w.Text))
		l.size = max(l.size, math.Round((w.Bottom-w.Top)*2)/2)
	}
	l.text, l.Words = strings.Join(inReadingOrder(words), " "), nil
}

func eachLine(pages []pdfPage, f func(pdfPage, pdfLine)) {
	for _, p := range pages {
		for _, b := range p.Blocks {
			for _, l := range b.Lines {
				f(p, l)
			}
		}
	}
}

// bodySize is the size that most of the text has.
func bodySize(pages []pdfPage) (size float64) {
	counts := map[float64]int{}
	eachLine(pages, func(_ pdfPage, l pdfLine) { counts[l.size] += len(l.text) })
	for s, n := range counts {
		if n > counts[size] || n == counts[size] && s < size {
			size = s
		}
	}
	return size
}

// headingLevels gives the sizes well above the body's a level each, 1 for the
// largest, 4 at most.
func headingLevels(pages []pdfPage, body float64) map[float64]int {
	levels := map[float64]int{}
	eachLine(pages, func(_ pdfPage, l pdfLine) {
		if l.size >= body*1.15 {
			levels[l.size] = 0
		}
	})
	sizes := slices.Sorted(maps.Keys(levels))
	for i, size := range sizes {
		levels[size] = min(len(sizes)-i, 4)
	}
	return levels
}

// pdfWriter writes paragraphs, which may go on over blocks and pages.
type pdfWriter struct {
	out    bytes.Buffer
	levels map[float64]int // of headings, by their size
	words  vocabulary
	text   []byte
	tag    string // of text
	inList bool
}

var listItem = regexp.MustCompile(`^(?:[•◦▪‣·●○■–*]|\d{1,3}[.)]|[a-z][.)])\s+`)

func (w *pdfWriter) block(b pdfBlock) {
	isFirst := true
	for _, l := range b.Lines {
		if l.text == "" || l.isFurniture {
			continue
		}
		if l.table != nil {
			if !l.table.isWritten {
				w.writeTable(l.table)
			}
			continue
		}
		w.line(l, isFirst)
		isFirst = false
	}
}

func (w *pdfWriter) line(l pdfLine, beginsBlock bool) {
	tag := w.tagOf(l)
	switch {
	case tag == "p" && listItem.MatchString(l.text):
		w.begin("li")
		l.text = listItem.ReplaceAllString(l.text, "")
	case tag == "p" && w.tag == "li" && !beginsBlock:
	case tag != w.tag && !(tag == "p" && w.tag == "li" && w.goesOn(l.text)), beginsBlock && !w.goesOn(l.text):
		w.begin(tag)
	}
	w.add(l.text)
}

// tagOf tells headings by their size.
func (w *pdfWriter) tagOf(l pdfLine) string {
	level := w.levels[l.size]
	if level == 0 || len(l.text) > 200 {
		return "p"
	}
	return fmt.Sprintf("h%d", level)
}

// goesOn tells whether a block continues the sentence before it.
func (w *pdfWriter) goesOn(next string) bool {
	if len(w.text) == 0 || strings.HasPrefix(w.tag, "h") {
		return false
	}
	last, _ := utf8.DecodeLastRune(w.text)
	first, _ := utf8.DecodeRuneInString(next)
	return unicode.IsLower(first) && (unicode.IsLetter(last) || last == ',' || last == '-')
}

// add joins a line to the text, without the hyphen that broke a word.
func (w *pdfWriter) add(line string) {
	word, endsOpen := bytes.CutSuffix(w.text, []byte("-"))
	first, _ := utf8.DecodeRuneInString(line)
	last, _ := utf8.DecodeLastRune(word)
	switch {
	case len(w.text) == 0:
	case endsOpen && w.words.isBroken(word, line):
		w.text = word
	case endsOpen && unicode.IsLetter(first) && unicode.IsLetter(last): // a word with a hyphen of its own
	default:
		w.text = append(w.text, ' ')
	}
	w.text = append(w.text, line...)
}

func (w *pdfWriter) begin(tag string) {
	w.flush()
	w.tag = tag
}

func (w *pdfWriter) flush() {
	isItem := w.tag == "li" && len(w.text) > 0
	if !isItem && len(w.text) > 0 {
		w.endList()
	}
	if isItem && !w.inList {
		w.out.WriteString("<ul>\n")
		w.inList = true
	}
	if len(w.text) > 0 {
		fmt.Fprintf(&w.out, "<%[1]s>%[2]s</%[1]s>\n", w.tag, html.EscapeString(string(w.text)))
	}
	w.text = w.text[:0]
}

func (w *pdfWriter) endList() {
	if w.inList {
		w.out.WriteString("</ul>\n")
		w.inList = false
	}
}
