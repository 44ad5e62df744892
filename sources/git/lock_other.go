//go:build !unix

package git

import "os"

func tryLock(*os.File) bool { return true }
