package state

import "encoding/binary"

// PageSummary is what is most asked for of a page's record, which has not been
// decoded. It holds until the transaction ends.
type PageSummary struct {
	ID         string // external_id
	IntercomID []byte
	Title      []byte
	URL        []byte

	key, stored []byte
}

// Page decodes the record.
func (g PageSummary) Page() (p Page, err error) { return p, decodeRecord(g.key, g.stored, &p) }

// PageSummary returns the summary of a page's record; false if there is none.
func (t *Tx) PageSummary(id string) (g PageSummary, found bool, err error) {
	key := []byte(id)
	stored, err := t.kv.get(pagesBucket, key)
	if err != nil || stored == nil {
		return g, false, readError(err)
	}
	g, err = summarize(key, stored)
	return g, true, err
}

// EachPageSummary is EachPage for whoever passes over most pages: it takes a small
// part of the time.
func (t *Tx) EachPageSummary(from string, f func(PageSummary) error) error {
	return stopped(t.kv.scan(pagesBucket, []byte(from), func(k, v []byte) error {
		g, err := summarize(k, v)
		if err != nil {
			return err
		}
		return f(g)
	}))
}

func summarize(key, stored []byte) (PageSummary, error) {
	g := PageSummary{ID: string(key), key: key, stored: stored}
	enc, err := unseal(key, stored)
	if err != nil {
		return g, readError(err)
	}
	if texts, ok := textsOf(enc); ok {
		g.IntercomID, g.Title, g.URL = texts[2], texts[4], texts[5] // the keys of Page's fields
		return g, nil
	}
	p, err := g.Page()
	g.IntercomID, g.Title, g.URL = []byte(p.IntercomID), []byte(p.Title), []byte(p.URL)
	return g, err
}

// textsOf returns the text strings of a CBOR map by their keys, which are
// numbers below 16; false if it is anything else. See
// https://www.rfc-editor.org/rfc/rfc8949#section-3.
func textsOf(enc []byte) (texts [16][]byte, ok bool) {
	major, pairs, enc, ok := cborHead(enc)
	if !ok || major != cborMap {
		return texts, false
	}
	for range pairs {
		var key, size uint64
		if major, key, enc, ok = cborHead(enc); !ok || major != cborUint || key >= 16 {
			return texts, false
		}
		major, size, rest, ok := cborHead(enc)
		if ok && major == cborText && size <= uint64(len(rest)) {
			texts[key], enc = rest[:size], rest[size:]
		} else if enc, ok = cborSkip(enc); !ok {
			return texts, false
		}
	}
	return texts, len(enc) == 0
}

// Major types of CBOR.
const (
	cborUint  = 0
	cborBytes = 2
	cborText  = 3
	cborArray = 4
	cborMap   = 5
	cborTag   = 6
)

// cborHead reads the head of an item: its major type and its argument.
func cborHead(b []byte) (major byte, arg uint64, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, 0, nil, false
	}
	major, arg, rest = b[0]>>5, uint64(b[0]&31), b[1:]
	if arg < 24 {
		return major, arg, rest, true
	}
	size := 1 << (arg - 24)
	if arg > 27 || len(rest) < size {
		return 0, 0, nil, false // of indefinite length, or cut short
	}
	var wide [8]byte
	copy(wide[8-size:], rest)
	return major, binary.BigEndian.Uint64(wide[:]), rest[size:], true
}

// cborSkip returns what comes after an item.
func cborSkip(b []byte) (rest []byte, ok bool) {
	for items := uint64(1); items > 0; items-- {
		major, arg, after, ok := cborHead(b)
		b = after
		if !ok || arg > uint64(len(b)) && major >= cborBytes && major <= cborMap {
			return nil, false
		}
		switch major {
		case cborBytes, cborText:
			b = b[arg:]
		case cborArray:
			items += arg
		case cborMap:
			items += 2 * arg
		case cborTag:
			items++
		}
	}
	return b, true
}
