package state

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// bbolt may panic, also in goroutines of its own, on files whose pages are
// damaged. So a file is walked here first, page by page, by the layout in
// https://pkg.go.dev/go.etcd.io/bbolt/internal/common: what is sound for this
// walk is sound for bbolt. Numbers are in the machine's byte order.

const (
	pageHeader  = 16 // id uint64, flags uint16, count uint16, overflow uint32
	leafElement = 16 // flags, pos, ksize, vsize uint32
	branchElem  = 16 // pos, ksize uint32, pgid uint64
	metaSize    = 64 // magic, version, pageSize, flags uint32, root, sequence, freelist, pgid, txid, checksum uint64
	bucketSize  = 16 // root, sequence uint64
	branchPage  = 1
	leafPage    = 2
	freePage    = 16
	noFreelist  = 1<<64 - 1
	manyFree    = 1<<16 - 1 // then the count is the first of the numbers
	isBucket    = 1
	boltMagic   = 0xED0CDAED
	boltVersion = 2
)

var order = binary.NativeEndian

type probe struct {
	file     *os.File
	pageSize int64
	pages    uint64 // the first page number that is not in use
	root     uint64
	freelist uint64
	foreign  bool     // values are not records of a state
	visited  []bool   // by page number
	buffers  [][]byte // a page each, by depth: the keys above a page are looked at below it

	blocks [blocks]block // read last
	turn   int           // of them, the one to be read next
}

// block is a part of the file: few large reads cost less than many small ones.
type block struct {
	data   []byte
	number int64
}

const (
	blocks    = 8
	blockSize = 256 << 10
)

// readAt fills buf, or fails.
func (p *probe) readAt(buf []byte, at int64) error {
	if at%blockSize+int64(len(buf)) > blockSize {
		_, err := p.file.ReadAt(buf, at)
		return err
	}
	number := at / blockSize
	for _, b := range p.blocks {
		if b.data != nil && b.number == number {
			return fill(buf, b.data, at%blockSize)
		}
	}
	b := &p.blocks[p.turn]
	p.turn = (p.turn + 1) % blocks
	if b.data == nil {
		b.data = make([]byte, blockSize)
	}
	n, err := p.file.ReadAt(b.data[:blockSize], number*blockSize)
	if err != nil && !errors.Is(err, io.EOF) {
		b.data = nil
		return err
	}
	b.data, b.number = b.data[:n], number
	return fill(buf, b.data, at%blockSize)
}

func fill(buf, from []byte, at int64) error {
	if at+int64(len(buf)) > int64(len(from)) {
		return io.ErrUnexpectedEOF
	}
	copy(buf, from[at:])
	return nil
}

// CheckBolt returns what is damaged in a file of bbolt that is no state: what bbolt
// would panic on. Nobody may write to the file meanwhile.
func CheckBolt(path string) error { return checkFile(path, &probe{foreign: true}) }

// probeFile returns what is damaged in a state file.
func probeFile(path string) error { return checkFile(path, &probe{}) }

func checkFile(path string, p *probe) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	p.file = file
	if err := p.meta(); err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < int64(p.pages)*p.pageSize {
		return errors.New("it is cut short")
	}
	p.visited = make([]bool, p.pages)
	if err := p.page(p.root, nil, nil, 0); err != nil || p.freelist == noFreelist {
		return err
	}
	return p.free()
}

// free checks the list of the pages that are free: one that is in use would be
// written over.
func (p *probe) free() error {
	data, err := p.claim(p.freelist, 0)
	if err != nil {
		return err
	}
	count, at := uint64(order.Uint16(data[10:])), pageHeader
	if count == manyFree && len(data) >= pageHeader+8 {
		count, at = order.Uint64(data[at:]), at+8
	}
	if order.Uint16(data[8:]) != freePage || count > uint64(len(data)-at)/8 {
		return errors.New("the list of free pages is damaged")
	}
	for range count {
		id := order.Uint64(data[at:])
		if id < 2 || id >= p.pages || p.visited[id] {
			return fmt.Errorf("page %d is in use, and listed as free", id)
		}
		p.visited[id], at = true, at+8
	}
	return nil
}

// meta reads the two meta pages and takes the newer valid one, as bbolt does.
func (p *probe) meta() error {
	var newest uint64
	for _, at := range metaOffsets() {
		buf := make([]byte, metaSize)
		if _, err := p.file.ReadAt(buf, at+pageHeader); err != nil || !validMeta(buf) {
			continue
		}
		if txid := order.Uint64(buf[48:]); p.pageSize == 0 || txid > newest {
			newest, p.pageSize = txid, int64(order.Uint32(buf[8:]))
			p.root, p.freelist, p.pages = order.Uint64(buf[16:]), order.Uint64(buf[32:]), order.Uint64(buf[40:])
		}
	}
	if p.pageSize < 512 || p.pageSize > 1<<20 {
		return errors.New("it has no valid meta page")
	}
	return nil
}

// metaOffsets are where the second meta page may begin: after one page, whose
// size is the writing machine's.
func metaOffsets() (offsets []int64) {
	offsets = []int64{0}
	for size := int64(1 << 10); size <= 64<<10; size <<= 1 {
		offsets = append(offsets, size)
	}
	return offsets
}

func validMeta(m []byte) bool {
	h := fnv.New64a()
	h.Write(m[:56])
	return order.Uint32(m) == boltMagic && order.Uint32(m[4:]) == boltVersion && order.Uint64(m[56:]) == h.Sum64()
}

// page walks the page and all below it. Its keys lie from low to below high,
// where these are given.
func (p *probe) page(id uint64, low, high []byte, depth int) error {
	data, err := p.claim(id, depth)
	if err != nil {
		return err
	}
	return p.content(id, data, low, high, depth)
}

// claim reads a page, which nothing else may use.
func (p *probe) claim(id uint64, depth int) ([]byte, error) {
	if id < 2 || id >= p.pages || p.visited[id] || depth > 64 {
		return nil, fmt.Errorf("page %d is out of place", id)
	}
	p.visited[id] = true
	data := p.buffer(depth)
	if err := p.readAt(data, int64(id)*p.pageSize); err != nil {
		return nil, fmt.Errorf("page %d cannot be read: the file is cut short", id)
	}
	overflow := uint64(order.Uint32(data[12:]))
	if order.Uint64(data) != id || id+overflow >= p.pages {
		return nil, fmt.Errorf("page %d has a damaged head", id)
	}
	for i := id + 1; i <= id+overflow; i++ {
		if p.visited[i] {
			return nil, fmt.Errorf("page %d is used twice", i)
		}
		p.visited[i] = true
	}
	if overflow > 0 {
		data = make([]byte, p.pageSize*int64(overflow+1))
		if err := p.readAt(data, int64(id)*p.pageSize); err != nil {
			return nil, fmt.Errorf("page %d cannot be read: the file is cut short", id)
		}
	}
	return data, nil
}

// buffer returns the room for a page at a depth, until the next one there.
func (p *probe) buffer(depth int) []byte {
	for len(p.buffers) <= depth {
		p.buffers = append(p.buffers, make([]byte, p.pageSize))
	}
	return p.buffers[depth]
}

func (p *probe) content(id uint64, data, low, high []byte, depth int) error {
	count := int(order.Uint16(data[10:]))
	switch flags := order.Uint16(data[8:]); {
	case flags == leafPage && (count > 0 || depth == 0 || low == nil):
		return p.leaf(id, data, count, low, high, depth)
	case flags == branchPage && count > 0:
		return p.branch(id, data, count, low, high, depth)
	}
	return fmt.Errorf("page %d is neither branch nor leaf", id)
}

func (p *probe) leaf(id uint64, data []byte, count int, low, high []byte, depth int) error {
	before := low
	for i := range count {
		at := pageHeader + i*leafElement
		if at+leafElement > len(data) {
			return fmt.Errorf("page %d holds more than fits", id)
		}
		el := data[at:]
		pos, ksize, vsize := uint64(order.Uint32(el[4:])), uint64(order.Uint32(el[8:])), uint64(order.Uint32(el[12:]))
		start := uint64(at) + pos
		if start+ksize+vsize > uint64(len(data)) || ksize == 0 {
			return fmt.Errorf("page %d: a record lies outside", id)
		}
		key, value := data[start:start+ksize], data[start+ksize:start+ksize+vsize]
		if !inOrder(before, key, i == 0) || (high != nil && bytes.Compare(key, high) >= 0) {
			return fmt.Errorf("page %d: keys out of order at %q", id, key)
		}
		before = key
		if err := p.value(order.Uint32(el), key, value, depth); err != nil {
			return err
		}
	}
	return nil
}

func inOrder(before, key []byte, first bool) bool {
	c := bytes.Compare(before, key)
	return c < 0 || (first && c == 0)
}

// value checks a record, or walks the bucket that the value holds.
func (p *probe) value(flags uint32, key, value []byte, depth int) error {
	switch {
	case flags == 0 && p.foreign:
		return nil
	case flags == 0:
		_, err := unseal(key, value)
		return err
	case flags != isBucket || len(value) < bucketSize:
		return fmt.Errorf("the record of %q is damaged", key)
	}
	if root := order.Uint64(value); root != 0 {
		return p.page(root, nil, nil, depth+1)
	}
	inline := value[bucketSize:]
	if len(inline) < pageHeader || order.Uint16(inline[8:]) != leafPage {
		return fmt.Errorf("the part %q is damaged", key)
	}
	return p.leaf(0, inline, int(order.Uint16(inline[10:])), nil, nil, depth+1)
}

func (p *probe) branch(id uint64, data []byte, count int, low, high []byte, depth int) error {
	keys, children := make([][]byte, count+1), make([]uint64, count)
	keys[count] = high
	for i := range count {
		at := pageHeader + i*branchElem
		if at+branchElem > len(data) {
			return fmt.Errorf("page %d holds more than fits", id)
		}
		start, ksize := uint64(at)+uint64(order.Uint32(data[at:])), uint64(order.Uint32(data[at+4:]))
		if start+ksize > uint64(len(data)) {
			return fmt.Errorf("page %d: a key lies outside", id)
		}
		keys[i], children[i] = data[start:start+ksize], order.Uint64(data[at+8:])
		if i > 0 && !inOrder(keys[i-1], keys[i], false) || i == 0 && low != nil && bytes.Compare(keys[0], low) < 0 {
			return fmt.Errorf("page %d: keys out of order at %q", id, keys[i])
		}
	}
	for i, child := range children {
		if err := p.page(child, keys[i], keys[i+1], depth+1); err != nil {
			return err
		}
	}
	return nil
}
