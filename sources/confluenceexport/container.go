package confluenceexport

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"finpages/sources"
)

// container is where the files of an export lie: a folder or an archive.
type container interface {
	// walk calls yield for each page, folder by folder and ordered by path. An
	// error from yield ends it and is returned as it is.
	walk(ctx context.Context, yield func(file) error) (sources.Listing, error)
	// read reads a file that is no larger than sources.MaxDocument.
	read(path string) ([]byte, error)
	has(path string) bool
	// noPages says why there is no page, where walk has found none and left
	// out so many; nil if rules alone are the reason.
	noPages(excluded int) error
	// revision identifies the state of all files; "" if unknown.
	revision() string
	Close() error
}

// file is a page of an export.
type file struct {
	path     string // slash path in NFC
	revision string // "" if unknown
	modified time.Time
	err      error // why the file cannot be read
	read     func() ([]byte, error)
}

// racy is the time in which two writes may leave the same modification time:
// FAT keeps even seconds only.
const racy = 2 * time.Second

// statRevision identifies a file's content without reading it; "" if a write
// after the scan could leave the same times (https://git-scm.com/docs/racy-git).
func statRevision(info fs.FileInfo) string {
	if time.Since(info.ModTime()) < racy {
		return ""
	}
	return fmt.Sprintf("%x-%x-%x", info.Size(), info.ModTime().UnixNano(), inode(info))
}
