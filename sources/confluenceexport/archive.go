package confluenceexport

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"

	"finpages/sources"
	"finpages/sources/confluenceexport/internal/zipdir"
	"finpages/sources/internal/rootfile"
)

// archive is an export in a zip file. The file stays open, so that one that
// takes its place does not matter; one that overwrites it fails the checksums.
type archive struct {
	file     *os.File
	stat     string // revision of the file
	size     int64
	rules    rules
	pages    []member          // ordered as by comparePaths
	outside  []member          // pages whose names lead out of the archive
	others   map[string]member // indexes, by path
	excluded int
	held     int // bytes that the members take in memory, about
	strays
}

// maxHeld bounds what a directory may take in memory: some 400,000 pages.
const maxHeld = 64 << 20

var errTooMany = errors.New("the archive holds too many pages: export fewer spaces at a time")

func openArchive(ctx context.Context, name string, r rules) (*archive, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	a := &archive{file: file, rules: r, others: map[string]member{}}
	if err := a.scan(ctx); err != nil {
		file.Close()
		return nil, err
	}
	return a, nil
}

func (a *archive) Close() error { return a.file.Close() }

func (a *archive) revision() string { return a.stat }

func (a *archive) scan(ctx context.Context) error {
	info, err := a.file.Stat()
	if err != nil {
		return err
	}
	a.stat, a.size = statRevision(info), info.Size()
	if err := zipdir.Read(ctx, a.file, a.size, a.add); err != nil {
		return err
	}
	a.pages, a.outside = inOrder(a.pages), inOrder(a.outside)
	return nil
}

// add keeps a file of the archive if it is a page or a space's index.
func (a *archive) add(f zipdir.File) error {
	p, inside := cleanName(f.Name)
	m := member{File: f, path: p}
	a.see(p)
	switch {
	case f.IsLink || a.rules.why(p) != "" && !(inside && isOther(p)):
		if isCounted(p) {
			a.excluded++
		}
		return nil
	case !inside:
		a.outside = append(a.outside, m)
	case isOther(p):
		a.others[p] = m
	default:
		a.pages = append(a.pages, m)
	}
	if a.held += len(m.Name) + len(m.path) + 100; a.held > maxHeld {
		return errTooMany
	}
	return nil
}

// isOther tells whether a file is wanted although it is no page.
func isOther(p string) bool {
	return p == xmlExport || isIndex(path.Base(p)) && sideFolder(p) == ""
}

// inOrder sorts the members, and merges those that have one path.
func inOrder(members []member) []member {
	slices.SortStableFunc(members, func(x, y member) int { return comparePaths(x.path, y.path) })
	kept := members[:0]
	for _, m := range members {
		last := len(kept) - 1
		if last < 0 || kept[last].path != m.path {
			kept = append(kept, m)
		} else if kept[last].revision() != m.revision() {
			kept[last].twice = true
		}
	}
	return slices.Clip(kept)
}

// find returns the page or index at the path.
func (a *archive) find(p string) (member, bool) {
	if m, ok := a.others[p]; ok {
		return m, true
	}
	i, ok := slices.BinarySearchFunc(a.pages, p, func(m member, p string) int { return comparePaths(m.path, p) })
	if !ok {
		return member{}, false
	}
	return a.pages[i], true
}

func (a *archive) has(p string) bool {
	_, ok := a.find(p)
	return ok
}

func (a *archive) read(p string) ([]byte, error) {
	m, ok := a.find(p)
	if !ok {
		return nil, os.ErrNotExist
	}
	return a.readMember(m)
}

func (a *archive) walk(ctx context.Context, yield func(file) error) (sources.Listing, error) {
	listing := sources.Listing{Excluded: a.excluded}
	for _, m := range a.pages {
		if err := a.yield(ctx, m, m.fault(), yield); err != nil {
			return listing, err
		}
	}
	for _, m := range a.outside {
		if err := a.yield(ctx, m, m.outside(), yield); err != nil {
			return listing, err
		}
	}
	return listing, nil
}

func (a *archive) yield(ctx context.Context, m member, fault error, yield func(file) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return yield(file{path: m.path, revision: m.revision(), err: fault,
		read: func() ([]byte, error) { return a.readMember(m) }})
}

func (a *archive) readMember(m member) ([]byte, error) {
	if err := m.fault(); err != nil {
		return nil, err
	}
	return m.Read(a.file, a.size)
}

// member is a file of the archive.
type member struct {
	zipdir.File
	path  string // in NFC, without steps out of the archive
	twice bool   // files with different content have this path
}

func (m member) revision() string { return fmt.Sprintf("%08x-%x", m.CRC32, m.Unpacked) }

// fault says why the file cannot be read; nil if nothing is known against it.
func (m member) fault() error {
	switch {
	case m.twice:
		return errors.New("the archive holds different files of this name: export the space again")
	case m.Unpacked > sources.MaxDocument:
		return rootfile.ErrTooLarge
	}
	return m.Fault()
}

// outside is the fault of a file whose name leads out of the archive.
func (m member) outside() error {
	return fmt.Errorf("the archive calls it %q, which is no path inside of the archive", m.Name)
}
