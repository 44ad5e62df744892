//go:build unix

package rootfile

import "syscall"

// nonblock keeps a pipe that takes a document's place from blocking.
const nonblock = syscall.O_NONBLOCK
