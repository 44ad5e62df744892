//go:build unix

package state

import (
	"io/fs"
	"os"
	"syscall"
)

// keepOwner gives a file the owner that another has.
func keepOwner(path string, info fs.FileInfo) error {
	have, err := os.Stat(path)
	if err != nil {
		return err
	}
	want, ok1 := info.Sys().(*syscall.Stat_t)
	is, ok2 := have.Sys().(*syscall.Stat_t)
	if !ok1 || !ok2 || want.Uid == is.Uid && want.Gid == is.Gid {
		return nil
	}
	return os.Chown(path, int(want.Uid), int(want.Gid))
}
