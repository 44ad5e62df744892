//go:build unix

package confluenceexport

import (
	"io/fs"
	"syscall"
)

// inode tells a file from another that was put in its place.
func inode(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Ino)
	}
	return 0
}
