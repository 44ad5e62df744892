//go:build !unix

package confluenceexport

import "io/fs"

const openNonblock = 0

func inode(fs.FileInfo) uint64 { return 0 }
