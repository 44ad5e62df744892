package state

import (
	"testing"
	"time"

	"finpages/sources/limits/costtest"

	"github.com/fxamacker/cbor/v2"
)

// A state file may come from anywhere, and hold anything under a good checksum:
// reading a record of it takes no more than the record is long.
func FuzzRecords(f *testing.F) {
	kinds := []func() any{
		func() any { return new(Intent) },
		func() any { return new(Info) }, func() any { return new(Hold) }, func() any { return new(Retraction) },
		func() any { return new(Deleted) }, func() any { return new(Run) },
	}
	for _, record := range []any{
		Info{URL: "u", Incomplete: []string{"a"}, LastComplete: time.Unix(1, 0)},
		Hold{Pages: []string{"a"}}, map[int]any{4: []int{1}}, []any{},
	} {
		enc, err := cbor.Marshal(record)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(enc)
	}
	f.Add([]byte{0xa1, 0x04, 0x9b, 255, 255, 255, 255, 255, 255, 255, 255}) // more pages than there are bytes
	f.Add([]byte{0x9f, 0x9f, 0x9f, 0x9f, 0x9f, 0x9f})
	f.Fuzz(func(t *testing.T, enc []byte) {
		key := []byte("key")
		stored := seal(key, append([]byte{}, enc...))
		for _, kind := range kinds {
			value := kind()
			most := float64(100 + 10*len(enc))
			if allocs := testing.AllocsPerRun(1, func() { value = kind(); _ = decode(key, stored, value) }); allocs > most {
				t.Errorf("%T: %.0f allocations for %d bytes", value, allocs, len(enc))
			}
			costtest.CheckList(t, "\xa2\x01\x9f", enc, "", "\xff", func(b []byte) { _ = decode(key, seal(key, b), kind()) })
			if decode(key, stored, value) != nil {
				continue
			}
			again, err := encode(key, value)
			if err == nil {
				err = decode(key, again, kind())
			}
			if err != nil {
				t.Errorf("%T: %x is read, and what is written of it is not: %v", value, enc, err)
			}
		}
	})
}
