//go:build unix

package confluenceexport

import (
	"io/fs"
	"syscall"
)

// nonblock keeps a pipe that takes a page's place from blocking.
const nonblock = syscall.O_NONBLOCK

// inode tells a file from another that was put in its place.
func inode(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Ino)
	}
	return 0
}
