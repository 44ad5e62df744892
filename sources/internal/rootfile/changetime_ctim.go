//go:build linux || openbsd

package rootfile

import (
	"io/fs"
	"syscall"
)

// ChangeTime returns when the file's content or attributes changed last, in
// nanoseconds since 1970; false if unknown.
func ChangeTime(info fs.FileInfo) (int64, bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return st.Ctim.Nano(), true
}
