package convert

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"finpages/sources/limits"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// rtfCharsets are the names of encodings by the charsets of fonts (\fcharset); what
// is not among them has the document's code page. See the Rich Text Format
// Specification 1.9.1, "Font Table".
var rtfCharsets = map[int]string{
	77: "macintosh", 128: "shift_jis", 129: "euc-kr", 134: "gbk", 136: "big5", 161: "windows-1253",
	162: "windows-1254", 163: "windows-1258", 177: "windows-1255", 178: "windows-1256", 186: "windows-1257",
	204: "windows-1251", 222: "windows-874", 238: "windows-1250", rtfSymbols: "",
}

// rtfSymbols is the charset of fonts whose letters are pictures.
const rtfSymbols = 2

// rtfPages are the names of encodings by code pages that have others than
// "windows-" and their number.
var rtfPages = map[int]string{932: "shift_jis", 936: "gbk", 949: "euc-kr", 950: "big5", 10000: "macintosh"}

// rtfState is what a group of RTF begins with as its parent had it.
type rtfState struct {
	font int
	skip int // characters after \u that stand for it where that is not known

	isHidden, isDeleted bool // the text
	isApart             bool // it is no text that readers see: a comment, an author's name
}

// rtfApart are the groups whose text stands in no page, or at its head and foot.
var rtfApart = map[string]bool{
	"annotation": true, "atnid": true, "atnauthor": true, "atndate": true, "atnref": true, "atnparent": true,
	"header": true, "headerl": true, "headerr": true, "headerf": true,
	"footer": true, "footerl": true, "footerr": true, "footerf": true,
	"author": true, "operator": true, "manager": true, "company": true, "category": true, "keywords": true,
	"subject": true, "comment": true, "doccomm": true, "hlinkbase": true, "xe": true, "tc": true, "tcn": true,
	"sp": true, "shprslt": true, // what a shape is like, and a picture of it
}

// isSeen tells whether readers see the text.
func (s rtfState) isSeen() bool { return !s.isHidden && !s.isDeleted && !s.isApart }

// maxRTFDepth bounds how deep groups lie in each other.
const maxRTFDepth = 1000

// rtfReader writes the letters of a document as UTF-8.
type rtfReader struct {
	in    []byte
	at    int
	out   bytes.Buffer
	state rtfState
	outer []rtfState
	page  string         // encoding of the document
	fonts map[int]string // and those of its fonts
	bytes []byte         // that were not decoded yet
	isLed bool           // the last of them may be the first half of a letter
	units []uint16       // of UTF-16, likewise
	word  bool           // the last of out is a control word, which a letter would go on
	fault error
}

// rtfLetters returns the document with the letters that it names by numbers as
// themselves, in UTF-8.
func rtfLetters(body []byte) ([]byte, error) {
	r := rtfReader{in: body, state: rtfState{skip: 1}, page: "windows-1252", fonts: map[int]string{}}
	r.out.Grow(len(body))
	for r.at < len(r.in) {
		r.next()
	}
	r.flush()
	r.out.Write(bytes.Repeat([]byte("}"), len(r.outer))) // the end that some files lack
	return r.out.Bytes(), r.fault
}

func (r *rtfReader) next() {
	c := r.in[r.at]
	switch {
	case c == '\\' && r.at+1 < len(r.in):
		r.control()
		return
	case c == '{':
		if len(r.outer) == maxRTFDepth {
			r.fault = fmt.Errorf("read RTF: %w: groups in each other more than %d deep", limits.ErrExceeded, maxRTFDepth)
			r.at = len(r.in)
			return
		}
		r.flush()
		r.outer = append(r.outer, r.state)
	case c == '}':
		r.flush()
		if last := len(r.outer) - 1; last >= 0 {
			r.state, r.outer = r.outer[last], r.outer[:last]
		}
	case c == '\r' || c == '\n':
		r.at++ // it means nothing
		if r.word && len(r.bytes)+len(r.units) == 0 {
			r.out.WriteByte(' ')
			r.word = false
		}
		return
	case c >= 0x80 || r.halfLetter():
		r.add(c)
		r.at++
		return
	default:
		r.flush()
		if !r.state.isSeen() {
			r.at++
			return
		}
	}
	r.out.WriteByte(c)
	r.word = false
	r.at++
}

func (r *rtfReader) add(b byte) {
	r.bytes = append(r.bytes, b)
	r.isLed = !r.isLed && b >= 0x81
}

// halfLetter tells whether the first of the two bytes of a letter was read.
func (r *rtfReader) halfLetter() bool {
	if !r.isLed {
		return false
	}
	switch r.encoding() {
	case "shift_jis", "euc-kr", "gbk", "big5":
		return true
	}
	return false
}

// control reads a control word or sign.
func (r *rtfReader) control() {
	end := r.at + 1
	for end < len(r.in) && (r.in[end]|0x20) >= 'a' && (r.in[end]|0x20) <= 'z' {
		end++
	}
	if end == r.at+1 {
		r.sign()
		return
	}
	word, digits := string(r.in[r.at+1:end]), end
	if digits < len(r.in) && r.in[digits] == '-' {
		digits++
	}
	for digits < len(r.in) && r.in[digits] >= '0' && r.in[digits] <= '9' {
		digits++
	}
	number, _ := strconv.Atoi(string(r.in[end:digits]))
	number = max(-1<<31, min(number, 1<<31-1))
	if word == "u" && digits > end {
		r.decode()
		r.units = append(r.units, uint16(number))
		r.at = digits
		r.skipFallback()
		return
	}
	r.flush()
	r.apply(word, number)
	if r.hides(word, digits == end || number != 0) {
		r.out.WriteString(`\kerning0`) // which means nothing, and ends the word before
		r.at, r.word = digits, true
		return
	}
	if word == "bin" { // a picture's bytes, braces among them
		r.at = min(len(r.in), digits+1+max(0, number))
		return
	}
	r.out.Write(r.in[r.at:digits])
	r.at, r.word = digits, true
}

// apply takes in what a control word says of letters.
func (r *rtfReader) apply(word string, number int) {
	switch word {
	case "uc":
		r.state.skip = max(0, number)
	case "ansicpg", "cpg":
		if name := rtfPage(number); name != "" && word == "ansicpg" {
			r.page = name
		} else if name != "" {
			r.fonts[r.state.font] = name
		}
	case "mac":
		r.page = "macintosh"
	case "f":
		r.state.font = number
	case "plain":
		r.state.font = -1
	case "fcharset":
		if name, ok := rtfCharsets[number]; ok {
			r.fonts[r.state.font] = name
		}
	}
}

// hides takes in what a control word says of who sees the text, and tells whether
// it says that and nothing else.
func (r *rtfReader) hides(word string, on bool) bool {
	switch word {
	case "v":
		r.state.isHidden = on
	case "deleted", "mvf":
		r.state.isDeleted = on
	case "plain":
		r.state.isHidden = false
		return false
	default:
		r.state.isApart = r.state.isApart || rtfApart[word]
		return false
	}
	return true
}

func rtfPage(number int) string {
	name, ok := rtfPages[number]
	if !ok {
		name = fmt.Sprintf("windows-%d", number)
	}
	if e, _ := charset.Lookup(name); e == nil {
		return ""
	}
	return name
}

// sign reads a control word that is no letter, \'e4 among them.
func (r *rtfReader) sign() {
	if r.in[r.at+1] == '\'' && r.at+4 <= len(r.in) {
		if b, err := strconv.ParseUint(string(r.in[r.at+2:r.at+4]), 16, 8); err == nil && r.encoding() != "" {
			if len(r.units) > 0 {
				r.flush()
			}
			r.add(byte(b))
			r.at += 4
			return
		}
	}
	r.flush()
	isText := strings.IndexByte(`\{}~_-'`, r.in[r.at+1]) >= 0
	if !isText || r.state.isSeen() {
		r.out.Write(r.in[r.at : r.at+2])
		r.word = false
	}
	r.at += 2
}

// skipFallback leaves out what stands for a letter where its number is not known.
func (r *rtfReader) skipFallback() {
	if r.at < len(r.in) && r.in[r.at] == ' ' {
		r.at++
	}
	for range r.state.skip {
		rest := bytes.TrimLeft(r.in[r.at:], "\r\n")
		r.at = len(r.in) - len(rest)
		switch {
		case len(rest) == 0 || rest[0] == '{' || rest[0] == '}':
			return
		case bytes.HasPrefix(rest, []byte(`\'`)):
			r.at += min(4, len(rest))
		case rest[0] == '\\':
			return
		default:
			r.at++
		}
	}
}

func (r *rtfReader) encoding() string {
	if name, ok := r.fonts[r.state.font]; ok {
		return name
	}
	return r.page
}

func (r *rtfReader) flush() {
	r.decode()
	if len(r.units) > 0 {
		r.write(string(utf16.Decode(r.units)))
		r.units = r.units[:0]
	}
}

func (r *rtfReader) decode() {
	if len(r.bytes) == 0 {
		return
	}
	if len(r.units) > 0 {
		units := r.units
		r.units = nil
		r.write(string(utf16.Decode(units)))
	}
	var e encoding.Encoding
	if e, _ = charset.Lookup(r.encoding()); e == nil {
		e, _ = charset.Lookup(r.page)
	}
	text, err := e.NewDecoder().Bytes(r.bytes)
	r.bytes, r.isLed = r.bytes[:0], false
	if err == nil {
		r.write(string(text))
	}
}

func (r *rtfReader) write(text string) {
	if !r.state.isSeen() {
		return
	}
	for _, c := range text {
		switch {
		case c == '\\' || c == '{' || c == '}':
			r.out.WriteByte('\\')
		case c < ' ' && c != '\t' || c == '\r' || c == '\n':
			continue
		case r.word:
			r.out.WriteByte(' ')
		}
		r.out.WriteRune(c)
		r.word = false
	}
}
