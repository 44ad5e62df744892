// Package rootfile reads documents that lie in a folder which others write to
// meanwhile: nothing is read from outside it, nothing by a symbolic link,
// nothing that is no file, and nothing without end.
//
// An [os.Root] keeps within its folder and follows links there. A folder that
// is exchanged for a link between the listing and the reading would lead to
// what the rules leave out, so each folder on the way is opened by itself, and
// compared with what lay there before.
package rootfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"finpages/sources"
)

// ErrTooLarge means that a file is larger than [sources.MaxDocument].
var ErrTooLarge = fmt.Errorf("larger than %d MiB: split the document", sources.MaxDocument>>20)

var (
	errNotRegular = errors.New("no longer a regular file")
	errNotFolder  = errors.New("no longer a folder")
)

// Read reads the regular file at the slash path below root.
func Read(root *os.Root, name string) ([]byte, error) {
	file, err := Open(root, name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > sources.MaxDocument {
		return nil, ErrTooLarge
	}
	return ReadCapped(file)
}

// Open opens the regular file at the slash path below root.
func Open(root *os.Root, name string) (*os.File, error) {
	folder, err := OpenDir(root, path.Dir(name))
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	base := path.Base(name)
	listed, err := folder.Lstat(base)
	if err != nil {
		return nil, err
	}
	if !listed.Mode().IsRegular() {
		return nil, errNotRegular
	}
	file, err := folder.OpenFile(base, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	if opened, err := file.Stat(); err != nil || !os.SameFile(listed, opened) {
		file.Close()
		return nil, errors.Join(errNotRegular, err)
	}
	return file, nil
}

// Lstat describes what lies at the slash path below root.
func Lstat(root *os.Root, name string) (fs.FileInfo, error) {
	folder, err := OpenDir(root, path.Dir(name))
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	return folder.Lstat(path.Base(name))
}

// OpenDir opens the folder at the slash path below root.
func OpenDir(root *os.Root, name string) (*os.Root, error) {
	at, err := root.OpenRoot(".")
	if err != nil || name == "." {
		return at, err
	}
	for part := range strings.SplitSeq(name, "/") {
		next, err := openDir(at, part)
		at.Close()
		if err != nil {
			return nil, err
		}
		at = next
	}
	return at, nil
}

func openDir(parent *os.Root, name string) (*os.Root, error) {
	listed, err := parent.Lstat(name)
	if err != nil {
		return nil, err
	}
	return OpenListedDir(parent, listed)
}

// OpenListedDir opens the folder in parent that a listing of it has shown.
func OpenListedDir(parent *os.Root, listed fs.FileInfo) (*os.Root, error) {
	if !listed.IsDir() {
		return nil, errNotFolder
	}
	dir, err := parent.OpenRoot(listed.Name())
	if err != nil {
		return nil, err
	}
	if opened, err := dir.Stat("."); err != nil || !os.SameFile(listed, opened) {
		dir.Close()
		return nil, errors.Join(errNotFolder, err)
	}
	return dir, nil
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
