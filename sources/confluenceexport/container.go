package confluenceexport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"finpages/sources"
	"finpages/sources/internal/rootfile"
)

// container is where the files of an export lie: a folder or an archive.
type container interface {
	// walk calls yield for each page and index, in an order that an export has
	// whether it is packed or not, and for pages that a pattern leaves out. An error from yield ends it and is returned
	// as it is.
	walk(ctx context.Context, yield func(file) error) (sources.Listing, error)
	// attached calls yield for each attachment that the last walk has come by, and
	// returns what could not be listed. An error is one from yield, or the context's.
	attached(ctx context.Context, yield func(file) error) ([]sources.Incomplete, error)
	// read reads a file that is no larger than sources.MaxDocument.
	read(path string) ([]byte, error)
	// file returns the file at the path.
	file(path string) (file, error)
	// has tells whether a file lies there, exists whether anything does.
	has(path string) bool
	exists(path string) bool
	// noPages says why there is no page, where walk has found none and left
	// out so many; nil if rules alone are the reason.
	noPages(excluded int) error
	// revision identifies the state of all files; "" if unknown.
	revision() string
	Close() error
}

// file is a page of an export, or an attachment.
type file struct {
	path     string // slash path in NFC
	revision string // "" if unknown
	modified time.Time
	excluded string // the pattern that leaves it out; only path and head are set then
	err      error  // why the file cannot be read
	read     func() ([]byte, error)
	head     func() ([]byte, error) // reads the first maxHead bytes; nil if it cannot
}

// maxHead is how much of a page is read while it is listed, in bytes: pages
// tell their ids and titles within the first few thousand.
const maxHead = 32 << 10

// What lies in the place of a page's file.
var (
	errLink = errors.New("a symbolic link, which is not followed: put the file itself there, or leave it out " +
		"with exclude")
	errFolder  = errors.New("a folder lies where the file should be: put the file there, or leave it out with exclude")
	errSpecial = errors.New("a pipe or device lies where the file should be: put the file there, or leave it out " +
		"with exclude")
)

// linkFault is why nothing is known of what lies below the path.
func linkFault(p string) error {
	return fmt.Errorf("%q is a link or no folder, which is not followed: put the folder itself there, or leave it "+
		"out with exclude: [%q]", p, p+"/**")
}

// mend adds to an error of the file system what people can do, and leaves out
// its name for the call.
func mend(err error) error {
	if at, bare := err.(*fs.PathError); bare { //nolint:errorlint // what wraps it says more than the call's name
		err = at.Err
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: let the user that finpages runs as read it", err)
	}
	return err
}

// racy is the time in which two writes may leave the same modification time:
// FAT keeps even seconds only.
const racy = 2 * time.Second

// statRevision identifies a file's content without reading it; "" if a write
// after the scan could leave the same times (https://git-scm.com/docs/racy-git).
// The change time, where the system has one, tells of writes that keep the size
// and the modification time (cp -p, rsync -t).
func statRevision(info fs.FileInfo) string {
	if time.Since(info.ModTime()) < racy {
		return ""
	}
	changed, _ := rootfile.ChangeTime(info)
	return fmt.Sprintf("%x-%x-%x-%x", info.Size(), info.ModTime().UnixNano(), changed, inode(info))
}
