package state

import (
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/fxamacker/cbor/v2"
)

// Of entries and pages there are many, so their records are packed: numbers are
// varints, what the key says is not said again, and what many records have in
// common is kept once (see sharing). What is rare follows as CBOR. The first byte
// is below 0x80, other than that of the CBOR maps which schema 2 had.

const cborMapByte = 0xa0

func isPacked(enc []byte) bool { return len(enc) > 0 && enc[0] < cborMapByte }

// What is in an entry's record.
const (
	entryOwnPage  = 1 << iota // it has one page, under its own name
	entryOwnScope             // its scope is the folder of its ID
	entryScope                // shared
	entrySettings             // shared
	entryBody                 // BodyHash
	entryMore                 // CBOR of all else
	entryPages                // its pages' names begin with its own
)

func (e Entry) pack(key string, t *Tx) ([]byte, error) {
	flags, b := byte(0), appendText(make([]byte, 1, 96), e.Revision)
	rest := e
	rest.Revision = ""
	if len(e.Pages) == 1 && e.Pages[0] == key {
		flags, rest.Pages = flags|entryOwnPage, nil
	} else if areParts(e.Pages, key) {
		flags, rest.Pages = flags|entryPages, nil
		b = binary.AppendUvarint(b, uint64(len(e.Pages)))
		for _, page := range e.Pages {
			b = appendText(b, page[len(key):])
		}
	}
	if e.Settings != (Hash{}) {
		if ref, ok, err := t.share(string(e.Settings[:])); err != nil {
			return nil, err
		} else if ok {
			flags, b, rest.Settings = flags|entrySettings, append(b, ref[:]...), Hash{}
		}
	}
	if folder := folderOf(key); e.Scope != "" && e.Scope == folder {
		flags, rest.Scope = flags|entryOwnScope, ""
	} else if e.Scope != "" {
		if ref, ok, err := t.share(e.Scope); err != nil {
			return nil, err
		} else if ok {
			flags, b, rest.Scope = flags|entryScope, append(b, ref[:]...), ""
		}
	}
	if e.BodyHash != (ShortHash{}) {
		flags, b, rest.BodyHash = flags|entryBody, append(b, e.BodyHash[:]...), ShortHash{}
	}
	if !reflect.ValueOf(rest).IsZero() {
		more, err := cbor.Marshal(rest)
		if err != nil {
			return nil, err
		}
		flags, b = flags|entryMore, append(b, more...)
	}
	b[0] = flags
	return b, nil
}

// areParts reports whether all names begin with the key.
func areParts(pages []string, key string) bool {
	return len(pages) > 0 && !slices.ContainsFunc(pages, func(page string) bool { return !strings.HasPrefix(page, key) })
}

func folderOf(key string) string {
	if at := strings.LastIndexByte(key, '/'); at > 0 {
		return key[:at]
	}
	return ""
}

func (e *Entry) unpack(key string, enc []byte, t *Tx) error {
	u := unpacker{rest: enc}
	flags := u.byte()
	revision := string(u.text())
	var pages []string
	if flags&entryPages != 0 {
		for range min(u.uvarint(), uint64(len(u.rest))) {
			pages = append(pages, key+string(u.text()))
		}
	}
	var settings, scope ref
	if flags&entrySettings != 0 {
		settings = ref(u.take(len(settings)))
	}
	if flags&entryScope != 0 {
		scope = ref(u.take(len(scope)))
	}
	if flags&entryBody != 0 {
		e.BodyHash = ShortHash(u.take(len(e.BodyHash)))
	}
	body := e.BodyHash
	if err := u.more(flags&entryMore != 0, e); err != nil {
		return err
	}
	e.Revision, e.BodyHash = revision, body
	if flags&entryOwnPage != 0 {
		pages = []string{key}
	}
	if pages != nil {
		e.Pages = pages
	}
	if flags&entryOwnScope != 0 {
		e.Scope = folderOf(key)
	}
	if flags&entryScope != 0 {
		text, err := t.shared(scope)
		if err != nil {
			return err
		}
		e.Scope = text
	}
	if flags&entrySettings != 0 {
		text, err := t.shared(settings)
		if err != nil {
			return err
		}
		copy(e.Settings[:], text)
	}
	return nil
}

func flag(is bool, bit byte) byte {
	if is {
		return bit
	}
	return 0
}

func appendIf(b []byte, is bool, more []byte) []byte {
	if is {
		return append(b, more...)
	}
	return b
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

var errUnpack = errors.New("it is cut short, or of a kind that is not known")

// unpacker takes a packed record apart.
type unpacker struct {
	rest []byte
	bad  bool
}

func (u *unpacker) take(n int) []byte {
	if n < 0 || n > len(u.rest) {
		u.bad, u.rest = true, nil
		return make([]byte, min(max(n, 0), len(Hash{})))
	}
	part := u.rest[:n:n]
	u.rest = u.rest[n:]
	return part
}

func (u *unpacker) byte() byte { return u.take(1)[0] }

func (u *unpacker) uvarint() uint64 {
	value, n := binary.Uvarint(u.rest)
	u.take(max(n, -1))
	u.bad = u.bad || n <= 0
	return value
}

func (u *unpacker) varint() int64 {
	value, n := binary.Varint(u.rest)
	u.take(max(n, -1))
	u.bad = u.bad || n <= 0
	return value
}

func (u *unpacker) text() []byte {
	n := u.uvarint()
	if n > uint64(len(u.rest)) {
		u.bad = true
		return nil
	}
	return u.take(int(n))
}

func (u *unpacker) hash(is bool, into *ShortHash) {
	if is {
		*into = ShortHash(u.take(len(into)))
	}
}

// more decodes what follows as CBOR, and returns what was wrong so far.
func (u *unpacker) more(is bool, value any) error {
	if u.bad || !is && len(u.rest) > 0 {
		return errUnpack
	}
	if !is {
		return nil
	}
	return lenient.Unmarshal(u.rest, value)
}
