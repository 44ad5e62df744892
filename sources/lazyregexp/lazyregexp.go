// Package lazyregexp stands in for [regexp], for expressions that are package
// variables: they are compiled when they are first used. Compiling them all takes
// most of the time in which a short command could be done.
package lazyregexp

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// Regexp is a regular expression. Its methods are those of [regexp.Regexp].
type Regexp struct {
	expr string
	once sync.Once
	made *regexp.Regexp
}

// MustCompile returns an expression. One that cannot be compiled panics when it is
// first used; in tests at once.
func MustCompile(expr string) *Regexp {
	re := &Regexp{expr: expr}
	if strings.HasSuffix(strings.TrimSuffix(os.Args[0], ".exe"), ".test") {
		re.Compiled()
	}
	return re
}

// Compiled returns the expression for those who need one of the type.
func (re *Regexp) Compiled() *regexp.Regexp {
	re.once.Do(func() { re.made = regexp.MustCompile(re.expr) })
	return re.made
}
