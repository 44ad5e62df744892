package state

import "encoding/binary"

// Major types of CBOR: https://www.rfc-editor.org/rfc/rfc8949.html#section-3.1
const (
	cborUint  = 0
	cborBytes = 2
	cborText  = 3
	cborArray = 4
	cborMap   = 5
	cborTag   = 6
)

// cborReader passes over CBOR. What it does not know is bad.
type cborReader struct {
	rest []byte
	bad  bool
}

// head takes the head of an item: its major type, and its number or length.
func (c *cborReader) head() (kind byte, n uint64) {
	if len(c.rest) == 0 {
		c.bad = true
		return 0xff, 0
	}
	kind, n = c.rest[0]>>5, uint64(c.rest[0]&0x1f)
	c.rest = c.rest[1:]
	const long, longest = 24, 27 // 1 to 8 bytes follow
	switch {
	case n > longest:
		c.bad = true
	case n >= long:
		size := 1 << (n - long)
		if size > len(c.rest) {
			c.bad = true
			return 0xff, 0
		}
		var padded [8]byte
		copy(padded[8-size:], c.rest)
		n, c.rest = binary.BigEndian.Uint64(padded[:]), c.rest[size:]
	}
	return kind, n
}

// skip passes over an item, which lies so many others deep.
func (c *cborReader) skip(depth int) {
	const deepest = 8
	kind, n := c.head()
	switch {
	case c.bad:
	case depth > deepest || n > uint64(len(c.rest)) && kind >= cborBytes && kind <= cborMap:
		c.bad = true
	case kind == cborBytes, kind == cborText:
		c.rest = c.rest[n:]
	case kind == cborMap:
		n *= 2
		fallthrough
	case kind == cborArray:
		for i := uint64(0); i < n && !c.bad; i++ {
			c.skip(depth + 1)
		}
	case kind == cborTag:
		c.skip(depth + 1)
	}
}
