package git

import (
	"strings"

	"finpages/sources"
	"finpages/sources/internal/names"
)

var _ sources.Namer = (*snapshot)(nil)

// Kinds of names.
const (
	aFile = iota
	aFolder
	otherwise // a link, or a submodule
)

// addName adds the name of what git lists, and those of the folders that it lies in:
// git lists one after the other, and no folders.
func (l *listing) addName(e treeEntry) {
	kind := uint64(aFile)
	if e.mode == modeLink || e.mode == modeSubmodule {
		kind = otherwise
	}
	l.names.Add(names.HashOf(e.name), kind)
	last := strings.LastIndexByte(e.name, '/')
	if last < 0 || e.name[:last] == l.folder {
		return
	}
	folder := e.name[:last]
	for i := range len(folder) + 1 {
		if isEnd := i == len(folder) || folder[i] == '/'; !isEnd || within(l.folder, folder[:i]) {
			continue
		}
		path := names.HashOf(folder[:i])
		l.names.Add(path, aFolder)
		l.names.AddFolder(path)
	}
	l.folder = folder
}

// within reports whether a folder is another one, or lies below it.
func within(folder, other string) bool {
	rest, ok := strings.CutPrefix(folder, other)
	return ok && (rest == "" || rest[0] == '/')
}

// keepNames keeps the names that a listing has seen, if that is the first.
func (s *snapshot) keepNames(l *listing, err error) {
	if err == nil {
		s.Keep(l.names)
	}
}
