package intercomapi

import (
	"bytes"
	"crypto/sha256"
	"strconv"
	"time"
	"unicode/utf8"
)

// upserted is a page as UpsertPage returns it: with the hash of its HTML alone.
type upserted ExternalPage

// UnmarshalJSON reads a page as the API writes it.
func (p *upserted) UnmarshalJSON(b []byte) error {
	if (*ExternalPage)(p).readPlain(b, false) {
		return nil
	}
	return (*ExternalPage)(p).readAny(b)
}

// readPlain reads a page that is written plainly: with each name once and in lower
// case, and no value that holds others. It reports false, and reads nothing, where
// that is not so or something is wrong.
func (p *ExternalPage) readPlain(b []byte, withHTML bool) bool {
	var page ExternalPage
	room := buffers.Get().(*bytes.Buffer)
	defer keep(room)
	room.Grow(len(b))
	s := plainScanner{rest: b, decoded: room.AvailableBuffer()}
	if !s.take('{') {
		return false
	}
	html, hasHTML := []byte(nil), false
	seen := make([]string, 0, 24)
	for first := true; !s.take('}'); first = false {
		if !first && !s.take(',') {
			return false
		}
		name, ok := s.name()
		if !ok || isAmong(seen, name) || !s.take(':') {
			return false
		}
		seen = append(seen, name)
		v, ok := s.value()
		if !ok {
			return false
		}
		if name == "html" {
			html, hasHTML, ok = v.text, v.isText, v.isText || string(v.text) == "null"
		} else {
			ok = page.set(name, v)
		}
		if !ok {
			return false
		}
	}
	if len(bytes.TrimSpace(s.rest)) > 0 || page.ID == "" {
		return false
	}
	if hasHTML {
		page.HTMLHash = sha256.Sum256(html)
	}
	if hasHTML && withHTML {
		page.HTML = string(html)
	}
	*p = page
	return true
}

func isAmong(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// set sets the field of the name, if there is one; false for a value that it does not
// have.
func (p *ExternalPage) set(name string, v plainValue) bool {
	switch name {
	case "id":
		return v.id(&p.ID)
	case "external_id":
		return v.id(&p.ExternalID)
	case "source_id":
		return v.number(&p.SourceID)
	case "title":
		return v.string(&p.Title)
	case "url":
		return v.string(&p.URL)
	case "locale":
		return v.string(&p.Locale)
	case "ai_agent_availability":
		return v.flag(&p.AIAgent)
	case "ai_copilot_availability":
		return v.flag(&p.AICopilot)
	case "ai_sales_agent_availability":
		if v.isNull() {
			return true
		}
		p.AISalesAgent = new(bool)
		return v.flag(p.AISalesAgent)
	case "created_at":
		return v.time(&p.CreatedAt)
	case "updated_at":
		return v.time(&p.UpdatedAt)
	case "last_ingested_at":
		return v.time(&p.LastIngestedAt)
	}
	return true
}

// plainValue is a string, decoded, or the spelling of a number, true, false or null.
type plainValue struct {
	text   []byte
	isText bool
}

func (v plainValue) isNull() bool { return !v.isText && string(v.text) == "null" }

func (v plainValue) string(to *string) bool {
	if v.isText {
		*to = string(v.text)
	}
	return v.isText || v.isNull()
}

// id reads a string, or a number for one.
func (v plainValue) id(to *string) bool {
	if v.string(to) {
		return true
	}
	n, err := strconv.ParseInt(string(v.text), 10, 64)
	*to = strconv.FormatInt(n, 10)
	return err == nil
}

// number reads a number, or a string for one.
func (v plainValue) number(to *int64) (ok bool) {
	if v.isNull() {
		return true
	}
	n, err := strconv.ParseInt(string(v.text), 10, 64)
	*to = n
	return err == nil
}

func (v plainValue) flag(to *bool) bool {
	*to = string(v.text) == "true"
	return !v.isText && (*to || string(v.text) == "false" || v.isNull())
}

// time reads Unix seconds; anything else is no time.
func (v plainValue) time(to *time.Time) bool {
	if n, err := strconv.ParseInt(string(v.text), 10, 64); err == nil && !v.isText && n > 0 && n < 1<<37 {
		*to = time.Unix(n, 0).UTC()
	}
	return true
}

// plainScanner takes JSON apart.
type plainScanner struct {
	rest    []byte
	decoded []byte // strings with escapes; there is room for all
}

// take takes a mark, and the white space before it; false if another follows.
func (s *plainScanner) take(mark byte) bool {
	for len(s.rest) > 0 && (s.rest[0] == ' ' || s.rest[0] == '\n' || s.rest[0] == '\t' || s.rest[0] == '\r') {
		s.rest = s.rest[1:]
	}
	if len(s.rest) == 0 || s.rest[0] != mark {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// name takes a name in lower case.
func (s *plainScanner) name() (name string, ok bool) {
	if !s.take('"') {
		return "", false
	}
	for i, c := range s.rest {
		if c == '"' {
			name, s.rest = string(s.rest[:i]), s.rest[i+1:]
			return name, true
		}
		if c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			break
		}
	}
	return "", false
}

func (s *plainScanner) value() (v plainValue, ok bool) {
	if s.take('"') {
		v.text, ok = s.text()
		v.isText = true
		return v, ok
	}
	end := bytes.IndexAny(s.rest, ",} \n\t\r")
	if end < 0 {
		return v, false
	}
	v.text, s.rest = s.rest[:end], s.rest[end:]
	switch string(v.text) {
	case "null", "true", "false", "0":
		return v, true
	}
	_, err := strconv.ParseUint(string(v.text), 10, 63)
	return v, err == nil && v.text[0] != '0'
}

// text takes a string behind its first quotation mark.
func (s *plainScanner) text() (text []byte, ok bool) {
	text = s.decoded[len(s.decoded):]
	for {
		run := 0
		for run < len(s.rest) && !endsRun[s.rest[run]] {
			run++
		}
		if run == len(s.rest) || s.rest[run] < ' ' {
			return nil, false
		}
		if s.rest[run] == '"' && len(text) == 0 { // nothing is escaped
			text, s.rest = s.rest[:run:run], s.rest[run+1:]
			return text, utf8.Valid(text)
		}
		text = append(text, s.rest[:run]...)
		if s.rest = s.rest[run:]; s.rest[0] == '"' {
			s.rest = s.rest[1:]
			s.decoded = s.decoded[:len(s.decoded)+len(text)]
			return text, utf8.Valid(text)
		}
		size := 0
		if text, size = unescape(text, s.rest); size == 0 {
			return nil, false
		}
		s.rest = s.rest[size:]
	}
}

// endsRun has what is not itself in a string.
var endsRun = func() (is [256]bool) {
	for c := range ' ' {
		is[c] = true
	}
	is['"'], is['\\'] = true, true
	return is
}()

// unescape appends what the escape means that begins a text. It returns how long that
// is; 0 if it is none, or half of a pair.
func unescape(to, text []byte) (_ []byte, size int) {
	if len(text) < 2 {
		return to, 0
	}
	c := text[1]
	switch c {
	case '"', '\\', '/':
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'u':
		const size = len(`\u0000`)
		if len(text) < size {
			return to, 0
		}
		r, err := strconv.ParseUint(string(text[2:size]), 16, 16)
		if err != nil || 0xd800 <= r && r < 0xe000 {
			return to, 0
		}
		return utf8.AppendRune(to, rune(r)), size
	default:
		return to, 0
	}
	return append(to, c), 2
}
