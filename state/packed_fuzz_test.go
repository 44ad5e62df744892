package state

import (
	"reflect"
	"testing"
	"time"
)

// fakeKV holds records of one kind after another, to be read and written.
type fakeKV struct {
	kv
	values map[string][]byte
}

func (f fakeKV) get(kind, key []byte) ([]byte, error) {
	return f.values[string(kind)+"\x00"+string(key)], nil
}

func (f fakeKV) put(kind, key, value []byte) error {
	f.values[string(kind)+"\x00"+string(key)] = value
	return nil
}

func fakeTx() *Tx {
	return &Tx{kv: fakeKV{values: map[string][]byte{}}, sharing: &sharing{values: map[ref]string{}}}
}

// A packed record may hold anything under a good checksum. What is read of one is
// written, and read again, as it was.
func FuzzPacked(f *testing.F) {
	tx := fakeTx()
	for _, p := range []packer{
		Entry{}, Entry{Revision: "r", Pages: []string{"a/b.md"}, Scope: "a", Settings: Hash{1}, BodyHash: ShortHash{2}},
		Entry{Pages: []string{"a/b.md#x", "a/b.md#y"}, Scope: "other", Refused: "no", Since: time.Unix(5, 0)},
		Page{}, Page{Entry: "a/b.md", IntercomID: "17", Hash: ShortHash{3}, Title: "T", URL: "https://h/a/b.md", Locale: "en",
			Pushed: time.Unix(7, 0), HTMLHash: ShortHash{4}, Undone: ShortHash{5}},
		Page{Entry: "other", IntercomID: "x", URL: "https://h/a/b.html#c"}, Page{URL: "https://h", Locale: "de"},
	} {
		enc, err := p.pack("a/b.md", tx)
		if err != nil {
			f.Fatal(err)
		}
		f.Add("a/b.md", enc)
	}
	f.Add("", []byte{0x40, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, key string, enc []byte) {
		for _, blank := range []func() unpackable{func() unpackable { return new(Entry) },
			func() unpackable { return new(Page) }} {
			tx, first, second := fakeTx(), blank(), blank()
			if first.unpack(key, enc, tx) != nil {
				continue
			}
			again, err := reflect.ValueOf(first).Elem().Interface().(packer).pack(key, tx)
			if err == nil {
				err = second.unpack(key, again, tx)
			}
			if err != nil || !reflect.DeepEqual(utc(first), utc(second)) {
				t.Errorf("%q: %x reads as %+v, and what is written of that as %+v, %v", key, enc, first, second, err)
			}
		}
	})
}

// utc makes times comparable.
func utc(record unpackable) any {
	switch r := record.(type) {
	case *Entry:
		c := *r
		c.Since = c.Since.UTC()
		return c
	case *Page:
		c := *r
		c.Pushed = c.Pushed.UTC()
		return c
	}
	return nil
}
