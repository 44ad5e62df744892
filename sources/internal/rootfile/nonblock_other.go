//go:build !unix

package rootfile

const nonblock = 0
