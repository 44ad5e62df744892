//go:build !linux && !freebsd && !openbsd && !darwin && !netbsd

package rootfile

import "io/fs"

// ChangeTime returns false: this system does not tell.
func ChangeTime(fs.FileInfo) (int64, bool) { return 0, false }
