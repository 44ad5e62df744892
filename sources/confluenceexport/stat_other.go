//go:build !unix

package confluenceexport

import "io/fs"

func inode(fs.FileInfo) uint64 { return 0 }
