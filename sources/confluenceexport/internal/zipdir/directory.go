// Package zipdir reads zip archives of any size and origin in little memory.
//
// archive/zip keeps some 300 bytes for each file of an archive. Exports hold
// many more attachments than pages, and a directory is as long as its author
// likes: here it is a stream, and a file is what its record in the directory
// says or an error. The layout is that of
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, section 4.3.
package zipdir

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"unicode/utf8"
)

const (
	sizeLocal    = 30 // local file header
	sizeRecord   = 46 // a file's record in the central directory
	sizeEnd      = 22 // end of central directory record
	sizeLocator  = 20 // zip64 end of central directory locator
	sizeEnd64    = 56 // zip64 end of central directory record
	extraZip64   = 0x0001
	extraPath    = 0x7075 // the name in UTF-8, APPNOTE 4.6.9
	max16, max32 = math.MaxUint16, math.MaxUint32
)

const (
	sigLocal   = "PK\x03\x04"
	sigRecord  = "PK\x01\x02"
	sigEnd     = "PK\x05\x06"
	sigLocator = "PK\x06\x07"
	sigEnd64   = "PK\x06\x06"
)

var (
	errNoZip = errors.New("not a zip archive, or only the beginning of one: copy the file again, or export the " +
		"space again")
	errNoRecord = errors.New("what follows is no file's record")
	errSplit    = errors.New("one part of a split zip archive: join the parts, or export the space again")
)

// directory is where the central directory lies.
type directory struct {
	start, size uint64
	records     uint64
	exact       bool // false: only the lower 16 bits of records are known
}

// Read calls yield for each file of the archive of the given size.
func Read(ctx context.Context, r io.ReaderAt, size int64, yield func(File) error) error {
	d, err := findDirectory(r, uint64(size))
	if err != nil {
		return err
	}
	section := bufio.NewReaderSize(io.NewSectionReader(r, int64(d.start), int64(d.size)), 64<<10)
	var records uint64
	var last string
	for ; ; records++ {
		if records%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		f, err := readRecord(section)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("the archive's directory is broken after %d files (the last is %q, %w): copy the "+
				"file again, or export the space again", records, last, err)
		}
		if err := yield(f); err != nil {
			return err
		}
		last = f.Name[:min(len(f.Name), 200)]
	}
	if records != d.records && (d.exact || uint16(records) != uint16(d.records)) {
		return fmt.Errorf("the archive's directory holds %d of %d files: copy the file again, or export the space "+
			"again", records, d.records)
	}
	return nil
}

// findDirectory reads the record at the end of the archive, which a comment of
// up to 64 KiB may follow.
func findDirectory(r io.ReaderAt, size uint64) (directory, error) {
	tail := make([]byte, min(size, sizeLocator+sizeEnd+max16))
	from := size - uint64(len(tail))
	if _, err := r.ReadAt(tail, int64(from)); err != nil && err != io.EOF {
		return directory{}, err
	}
	at := len(tail) - sizeEnd
	for ; at >= 0; at-- {
		if hasSig(tail[at:], sigEnd) && at+sizeEnd+int(le16(tail[at+20:])) <= len(tail) {
			break
		}
	}
	if at < 0 {
		return directory{}, errNoZip
	}
	end := tail[at:]
	if disk := le16(end[4:]); disk != 0 && disk != max16 {
		return directory{}, errSplit
	}
	d := directory{records: uint64(le16(end[10:])), size: uint64(le32(end[12:]))}
	offset, endAt := uint64(le32(end[16:])), from+uint64(at)
	full := d.records == max16 || d.size == max32 || offset == max32
	if full && at >= sizeLocator && hasSig(tail[at-sizeLocator:], sigLocator) {
		return findDirectory64(r, tail[at-sizeLocator:at], endAt-sizeLocator)
	}
	return d.place(offset, endAt)
}

// findDirectory64 reads the record that the locator points to.
func findDirectory64(r io.ReaderAt, locator []byte, locatorAt uint64) (directory, error) {
	if le32(locator[16:]) > 1 {
		return directory{}, errSplit
	}
	at := le64(locator[8:])
	if at > locatorAt || locatorAt-at < sizeEnd64 {
		return directory{}, errNoZip
	}
	var end [sizeEnd64]byte
	if _, err := r.ReadAt(end[:], int64(at)); err != nil || !hasSig(end[:], sigEnd64) {
		return directory{}, errNoZip
	}
	d := directory{records: le64(end[32:]), size: le64(end[40:]), exact: true}
	return d.place(le64(end[48:]), at)
}

// place says where the directory lies that claims the given offset and ends at
// the given byte. What was put before an archive is not tolerated: the end of
// an archive that was cut off may be that of an archive stored in it.
func (d directory) place(offset, end uint64) (directory, error) {
	if d.size > end || offset > end-d.size {
		return directory{}, errNoZip
	}
	if ahead := end - d.size - offset; ahead > 0 {
		return directory{}, fmt.Errorf("%d bytes stand before the zip archive, or its own beginning is lost: copy "+
			"the file again, or export the space again", ahead)
	}
	d.start = offset
	return d, nil
}

// readRecord returns io.EOF at the end of the directory only.
func readRecord(r *bufio.Reader) (File, error) {
	fixed, err := r.Peek(sizeRecord)
	if len(fixed) == 0 && err == io.EOF {
		return File{}, io.EOF
	}
	if err == io.EOF || err == nil && !hasSig(fixed, sigRecord) {
		err = errNoRecord
	}
	if err != nil {
		return File{}, err
	}
	f := File{
		Flags: le16(fixed[8:]), Method: le16(fixed[10:]), CRC32: le32(fixed[16:]),
		Packed: uint64(le32(fixed[20:])), Unpacked: uint64(le32(fixed[24:])), Offset: uint64(le32(fixed[42:])),
	}
	if madeBy := fixed[5]; madeBy == madeOnUnix || madeBy == madeOnMac {
		f.IsLink = le32(fixed[38:])>>16&modeType == modeLink
	}
	name, extra, comment := int(le16(fixed[28:])), int(le16(fixed[30:])), int(le16(fixed[32:]))
	variable := make([]byte, name+extra)
	if _, err := r.Discard(sizeRecord); err != nil {
		return File{}, noEOF(err)
	}
	if _, err := io.ReadFull(r, variable); err != nil {
		return File{}, noEOF(err)
	}
	if _, err := r.Discard(comment); err != nil {
		return File{}, noEOF(err)
	}
	f.Name = string(variable[:name])
	f.extend(variable[name:])
	return f, nil
}

// noEOF tells a record that breaks off from the end of the directory.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return errNoRecord
	}
	return err
}

// extend takes what the extra fields tell better than the record.
func (f *File) extend(extra []byte) {
	for len(extra) >= 4 {
		id, n := le16(extra), int(le16(extra[2:]))
		extra = extra[4:]
		if n > len(extra) {
			return
		}
		switch id {
		case extraZip64:
			f.widenFrom(extra[:n])
		case extraPath:
			f.rename(extra[:n])
		}
		extra = extra[n:]
	}
}

// rename takes the name in UTF-8, if it was made for the name of the record.
func (f *File) rename(field []byte) {
	if len(field) > 5 && field[0] == 1 && le32(field[1:]) == crc32.ChecksumIEEE([]byte(f.Name)) &&
		utf8.Valid(field[5:]) {
		f.Name = string(field[5:])
	}
}

// widenFrom takes the 64-bit values of those that did not fit into 32 bits.
func (f *File) widenFrom(values []byte) {
	for _, field := range []*uint64{&f.Unpacked, &f.Packed, &f.Offset} {
		if *field == max32 && len(values) >= 8 {
			*field = le64(values)
			values = values[8:]
		}
	}
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

func hasSig(b []byte, sig string) bool { return len(b) >= len(sig) && string(b[:len(sig)]) == sig }
