//go:build unix

package filesystem

import (
	"io/fs"
	"strconv"
	"syscall"
)

type fileID struct{ dev, ino uint64 }

func identify(info fs.FileInfo) (fileID, bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fileID{}, false
	}
	return fileID{uint64(st.Dev), uint64(st.Ino)}, true
}

func (id fileID) append(buf []byte) []byte { return strconv.AppendUint(buf, id.ino, 36) }
