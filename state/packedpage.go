package state

import (
	"encoding/binary"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// What is in a page's record: first byte.
const (
	pageAIAgent = 1 << iota
	pageAICopilot
	pageRestored
	pageEmpty
	pageHTMLHash
	pageUndone
	pageNumber // IntercomID is a decimal number
)

// What is in a page's record: second byte. The address is a shared prefix with
// the locale, then what pageURL says, then text of its own.
const (
	pageURLHost  = 1 // nothing more
	pageURLKey   = 2 // the external_id
	pageURLStem  = 3 // the external_id without its extension
	pageURL      = 3 // mask
	pageOwnEntry = 4 // it is made from the entry of its own name
	pageHash     = 8
	pagePushed   = 16
	pageMore     = 32  // CBOR of all else
	pageLocale   = 64  // shared: a page without an address
	pagePart     = 128 // it is made from the entry of the name before its last #
)

func (p Page) pack(key string, t *Tx) ([]byte, error) {
	f1 := flag(p.AIAgent, pageAIAgent) | flag(p.AICopilot, pageAICopilot) | flag(p.Restored, pageRestored) |
		flag(p.Empty, pageEmpty) | flag(p.HTMLHash != ShortHash{}, pageHTMLHash) | flag(p.Undone != ShortHash{}, pageUndone)
	f2 := flag(p.Entry == key && key != "", pageOwnEntry) | flag(p.Hash != ShortHash{}, pageHash) |
		flag(!p.Pushed.IsZero(), pagePushed) | flag(p.Entry != "" && p.Entry != key && p.Entry == wholeOf(key), pagePart)
	b := make([]byte, 2, 128)
	if n, err := strconv.ParseUint(p.IntercomID, 10, 64); err == nil && strconv.FormatUint(n, 10) == p.IntercomID {
		f1, b = f1|pageNumber, binary.AppendUvarint(b, n)
	} else {
		b = appendText(b, p.IntercomID)
	}
	b = appendText(b, p.Title)
	rest := p
	rest.IntercomID, rest.Title, rest.Pushed = "", "", time.Time{}
	rest.Hash, rest.HTMLHash, rest.Undone = ShortHash{}, ShortHash{}, ShortHash{}
	rest.AIAgent, rest.AICopilot, rest.Restored, rest.Empty = false, false, false, false
	if f2&(pageOwnEntry|pagePart) != 0 {
		rest.Entry = ""
	}
	how, prefix, own := splitURL(p.URL, key)
	if p.URL != "" || p.Locale != "" {
		ref, ok, err := t.share(string(appendText(nil, p.Locale)) + prefix)
		if err != nil {
			return nil, err
		}
		if ok {
			f2, b, rest.URL, rest.Locale = f2|how, append(b, ref[:]...), "", ""
		}
		if ok && how != pageLocale {
			b = appendText(b, own)
		}
	}
	b = appendIf(b, f2&pageHash != 0, p.Hash[:])
	if f2&pagePushed != 0 {
		b = binary.AppendVarint(b, p.Pushed.Unix())
	}
	b = appendIf(appendIf(b, f1&pageHTMLHash != 0, p.HTMLHash[:]), f1&pageUndone != 0, p.Undone[:])
	if rest != (Page{}) {
		more, err := cbor.Marshal(rest)
		if err != nil {
			return nil, err
		}
		f2, b = f2|pageMore, append(b, more...)
	}
	b[0], b[1] = f1, f2
	return b, nil
}

// wholeOf returns the ID of the entry that a page is a part of, by its own.
func wholeOf(key string) string { return key[:max(strings.LastIndexByte(key, '#'), 0)] }

// splitURL parts an address into what the pages of a source have in common, and
// what is a page's own.
func splitURL(url, key string) (how byte, prefix, own string) {
	if url == "" {
		return pageLocale, "", ""
	}
	if at := strings.LastIndex(url, key); key != "" && at > 0 {
		return pageURLKey, url[:at], url[at+len(key):]
	}
	if stem := strings.TrimSuffix(key, path.Ext(key)); stem != "" {
		if at := strings.LastIndex(url, stem); at > 0 {
			return pageURLStem, url[:at], url[at+len(stem):]
		}
	}
	at := 0
	if scheme := strings.Index(url, "://"); scheme > 0 {
		at = scheme + len("://") + strings.IndexByte(url[scheme+len("://"):], '/') + 1
	}
	return pageURLHost, url[:at], url[at:]
}

// packedPage is a page's record, parted.
type packedPage struct {
	f1, f2    byte
	id, title []byte // id: text, if it is not a number
	number    uint64
	prefix    ref // of the address, with the locale
	ownURL    []byte
}

func (u *unpacker) page() (p packedPage) {
	p.f1, p.f2 = u.byte(), u.byte()
	if p.f1&pageNumber != 0 {
		p.number = u.uvarint()
	} else {
		p.id = u.text()
	}
	p.title = u.text()
	if p.f2&(pageURL|pageLocale) != 0 {
		p.prefix = ref(u.take(len(p.prefix)))
	}
	if p.f2&pageURL != 0 {
		p.ownURL = u.text()
	}
	return p
}

// address returns the address and the locale.
func (p packedPage) address(key string, t *Tx) (url, locale string, err error) {
	if p.f2&(pageURL|pageLocale) == 0 {
		return "", "", nil
	}
	text, err := t.shared(p.prefix)
	if err != nil {
		return "", "", err
	}
	u := unpacker{rest: []byte(text)}
	locale = string(u.text())
	if u.bad {
		return "", "", errUnpack
	}
	prefix := string(u.rest)
	middle := ""
	switch p.f2 & pageURL {
	case pageURLKey:
		middle = key
	case pageURLStem:
		middle = strings.TrimSuffix(key, path.Ext(key))
	}
	if p.f2&pageURL != 0 {
		url = prefix + middle + string(p.ownURL)
	}
	return url, locale, nil
}

func (p packedPage) intercomID() string {
	if p.f1&pageNumber != 0 {
		return strconv.FormatUint(p.number, 10)
	}
	return string(p.id)
}

func (p *Page) unpack(key string, enc []byte, t *Tx) error {
	u := unpacker{rest: enc}
	parts := u.page()
	var hash, html, undone ShortHash
	u.hash(parts.f2&pageHash != 0, &hash)
	var pushed time.Time
	if parts.f2&pagePushed != 0 {
		pushed = time.Unix(u.varint(), 0).UTC()
	}
	u.hash(parts.f1&pageHTMLHash != 0, &html)
	u.hash(parts.f1&pageUndone != 0, &undone)
	if err := u.more(parts.f2&pageMore != 0, p); err != nil {
		return err
	}
	switch {
	case parts.f2&pageOwnEntry != 0:
		p.Entry = key
	case parts.f2&pagePart != 0:
		p.Entry = wholeOf(key)
	}
	if parts.f2&(pageURL|pageLocale) != 0 {
		var err error
		if p.URL, p.Locale, err = parts.address(key, t); err != nil {
			return err
		}
	}
	p.IntercomID, p.Title, p.Hash, p.Pushed, p.HTMLHash, p.Undone =
		parts.intercomID(), string(parts.title), hash, pushed, html, undone
	p.AIAgent, p.AICopilot = parts.f1&pageAIAgent != 0, parts.f1&pageAICopilot != 0
	p.Restored, p.Empty = parts.f1&pageRestored != 0, parts.f1&pageEmpty != 0
	return nil
}
