package zipdir

import (
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// File is a file of an archive, as the archive's directory tells.
type File struct {
	Name             string // as stored, in any encoding
	Packed, Unpacked uint64 // sizes in bytes
	Offset           uint64 // of the local header
	CRC32            uint32
	Flags, Method    uint16
	IsLink           bool // a symbolic link, packed on Unix
}

// Methods of compression, and a flag.
const (
	stored        = 0
	deflated      = 8
	flagEncrypted = 1
)

// What external attributes are made of where the archive was packed on Unix.
const (
	madeOnUnix, madeOnMac = 3, 19
	modeType, modeLink    = 0o170000, 0o120000
)

var errDamaged = errors.New("the archive is damaged here: copy the file again, or export the space again")

// Fault says why the file cannot be read; nil if nothing is known against it.
func (f File) Fault() error {
	switch {
	case f.Flags&flagEncrypted != 0:
		return errors.New("encrypted: pack the export without a password")
	case f.Method != stored && f.Method != deflated:
		return fmt.Errorf("compressed by a method other than deflate (number %d): pack the export with deflate",
			f.Method)
	}
	return nil
}

// Read returns the content of the file, which lies in an archive of the given
// size. It takes memory for at most the size that the directory tells, and
// fails unless size and checksum are as told.
func (f File) Read(archive io.ReaderAt, size int64) ([]byte, error) {
	r, err := f.content(archive, size)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(f.Unpacked)+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w (%w)", errDamaged, err)
	case uint64(len(data)) != f.Unpacked || crc32.ChecksumIEEE(data) != f.CRC32:
		return nil, errDamaged
	}
	return data, nil
}

// Head returns at most the first n bytes of the file, without its checksum.
func (f File) Head(archive io.ReaderAt, size int64, n int) ([]byte, error) {
	r, err := f.content(archive, size)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(min(f.Unpacked, uint64(n)))))
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", errDamaged, err)
	}
	return data, nil
}

// content returns the file, unpacked.
func (f File) content(archive io.ReaderAt, size int64) (io.Reader, error) {
	if err := f.Fault(); err != nil {
		return nil, err
	}
	r, err := f.open(archive, uint64(size))
	if err == nil && f.Method == deflated {
		r = flate.NewReader(r)
	}
	return r, err
}

// open returns the bytes that the archive has for the file.
func (f File) open(archive io.ReaderAt, size uint64) (io.Reader, error) {
	if f.Offset > size || size-f.Offset < sizeLocal {
		return nil, errDamaged
	}
	var local [sizeLocal]byte
	if _, err := archive.ReadAt(local[:], int64(f.Offset)); err != nil {
		return nil, fmt.Errorf("%w (%w)", errDamaged, err)
	}
	start := f.Offset + sizeLocal + uint64(le16(local[26:])) + uint64(le16(local[28:]))
	if !hasSig(local[:], sigLocal) || start > size || size-start < f.Packed {
		return nil, errDamaged
	}
	return io.NewSectionReader(archive, int64(start), int64(f.Packed)), nil
}
