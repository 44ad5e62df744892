package state

import (
	"testing"

	"finpages/sources/limits/costtest"

	"github.com/fxamacker/cbor/v2"
)

// What is glimpsed of a record is what decoding it gives.
func FuzzTextsOf(f *testing.F) {
	for _, p := range []Page{{}, {Entry: "e", IntercomID: "1", Title: "T", URL: "u", Hash: Hash{1, 200}, Restored: true}} {
		enc, err := cbor.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(enc)
	}
	f.Add([]byte{0xbf, 0x04, 0x61, 'a', 0xff})
	f.Add([]byte{0xa1, 0x04, 0x7b, 255, 255, 255, 255, 255, 255, 255, 255})
	f.Add([]byte{0xa1, 0x01, 0x9b, 255, 255, 255, 255, 255, 255, 255, 255, 0})
	f.Fuzz(func(t *testing.T, enc []byte) {
		costtest.CheckList(t, "\xbf", enc, "", "\xff", func(b []byte) { textsOf(b) })
		_, ok := textsOf(enc)
		var p Page
		if !ok || lenient.Unmarshal(enc, &p) != nil {
			return
		}
		again, err := cbor.Marshal(p)
		if err != nil {
			return
		}
		if back, ok := textsOf(again); !ok || string(back[4]) != p.Title || string(back[5]) != p.URL || string(back[2]) != p.IntercomID {
			t.Errorf("%x: glimpsed %q of %+v", again, back, p)
		}
	})
}
