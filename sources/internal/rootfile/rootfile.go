// Package rootfile reads documents that lie in a folder which others write to
// meanwhile: nothing is read from outside it, nothing that is no file, and
// nothing without end.
package rootfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"finpages/sources"
)

// ErrTooLarge means that a file is larger than [sources.MaxDocument].
var ErrTooLarge = fmt.Errorf("larger than %d MiB: split the document", sources.MaxDocument>>20)

var errNotRegular = errors.New("no longer a regular file")

// Read reads the regular file of the name below root. A symbolic link is
// followed, where it does not lead out of root, or is an error.
func Read(root *os.Root, name string, followLink bool) ([]byte, error) {
	if !followLink {
		if err := mustBeRegular(root.Lstat(name)); err != nil {
			return nil, err
		}
	}
	file, err := root.OpenFile(name, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err := mustBeRegular(info, err); err != nil {
		return nil, err
	}
	if info.Size() > sources.MaxDocument {
		return nil, ErrTooLarge
	}
	return ReadCapped(file)
}

func mustBeRegular(info fs.FileInfo, err error) error {
	if err == nil && !info.Mode().IsRegular() {
		return errNotRegular
	}
	return err
}

// ReadCapped reads all of r, and fails with [ErrTooLarge] where that is more
// than a document may have.
func ReadCapped(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, sources.MaxDocument+1))
	if err == nil && len(data) > sources.MaxDocument {
		err = ErrTooLarge
	}
	return data, err
}
