package state

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/fxamacker/cbor/v2"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// lenient reads text that is not UTF-8, as it was written: an error message may
// quote a file's name.
var lenient = func() cbor.DecMode {
	mode, err := cbor.DecOptions{UTF8: cbor.UTF8DecodeInvalid}.DecMode()
	if err != nil {
		panic(err)
	}
	return mode
}()

// sum covers the key too, so that a value found under a damaged key is noticed.
func sum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}

// seal appends the checksum to a value.
func seal(key, value []byte) []byte {
	return binary.BigEndian.AppendUint32(value, sum(key, value))
}

// unseal checks the checksum of a stored value and returns the value.
func unseal(key, stored []byte) ([]byte, error) {
	at := len(stored) - 4
	if at < 0 || binary.BigEndian.Uint32(stored[at:]) != sum(key, stored[:at]) {
		return nil, fmt.Errorf("the record of %q does not match its checksum", key)
	}
	return stored[:at:at], nil
}

// encode returns a value as it is stored.
func encode(key []byte, value any) ([]byte, error) {
	enc, err := cbor.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode the record of %q: %w", key, err)
	}
	return seal(key, enc), nil
}

// decodeRecord decodes for a reader of the state.
func decodeRecord(key, stored []byte, value any) error { return readError(decode(key, stored, value)) }

func decode(key, stored []byte, value any) error {
	enc, err := unseal(key, stored)
	if err != nil {
		return err
	}
	if err := lenient.Unmarshal(enc, value); err != nil {
		return fmt.Errorf("decode the record of %q: %w", key, err)
	}
	return nil
}

// packer is a record that is packed.
type packer interface {
	pack(key string, t *Tx) ([]byte, error)
}

// unpackable is where one is unpacked to.
type unpackable interface {
	unpack(key string, enc []byte, t *Tx) error
}

func (t *Tx) putPacked(kind []byte, id string, p packer) error {
	key := []byte(id)
	enc, err := p.pack(id, t)
	if err != nil {
		return fmt.Errorf("encode the record of %q: %w", key, err)
	}
	return t.kv.put(kind, key, seal(key, enc))
}

func (t *Tx) readPacked(kind []byte, id string, into unpackable) (found bool, err error) {
	key := []byte(id)
	stored, err := t.kv.get(kind, key)
	if err != nil || stored == nil {
		return false, readError(err)
	}
	return true, t.decodePacked(key, id, stored, into)
}

// decodePacked decodes a record of the id, which is the key as text. Those of
// older schemas are not packed.
func (t *Tx) decodePacked(key []byte, id string, stored []byte, into unpackable) error {
	enc, err := unseal(key, stored)
	switch {
	case err != nil:
		return readError(err)
	case isPacked(enc):
		err = into.unpack(id, enc, t)
	default:
		err = lenient.Unmarshal(enc, into)
	}
	if err != nil {
		return readError(fmt.Errorf("decode the record of %q: %w", key, err))
	}
	return nil
}

func readError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("read state: %w", err)
}

func writeError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write state: %w", err)
}
