package confluenceexport

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"finpages/sources"
	"finpages/sources/confluenceexport/internal/zipdir"
	"finpages/sources/internal/rootfile"
)

// archive is an export in a zip file. The file stays open, so that one that
// takes its place does not matter; one that overwrites it fails the checksums.
type archive struct {
	content  *os.File
	stat     string // revision of the file
	size     int64
	rules    rules
	pages    []member          // ordered as by comparePaths
	outside  []member          // pages whose names lead out of the archive
	others   map[string]member // indexes, by path
	files    []member          // attachments, if they are documents
	ruledOut []member          // pages that a pattern leaves out, as many as maxRuledOut lets be held
	excluded int               // all others that are left out

	incomplete []sources.Incomplete // scopes that are links
	held       int                  // bytes that the members take in memory, about
	heldOut    int                  // likewise, those of ruledOut
	lookalikes
}

// maxHeld bounds what a directory may take in memory: some 400,000 pages.
const maxHeld = 64 << 20

// maxRuledOut bounds what the pages take in memory that a pattern leaves out.
// Beyond it they are counted, and leave Fin as pages do that are gone.
const maxRuledOut = 16 << 20

var errTooMany = errors.New("the archive holds too many pages: export fewer spaces at a time")

func openArchive(ctx context.Context, name string, r rules) (*archive, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, mend(err)
	}
	a := &archive{content: file, others: map[string]member{}}
	// Until the directory is read, any folder may be a space's.
	a.rules, a.rules.exists = r, func(p string) bool { return scopeOf(p) != "" }
	if err := a.scan(ctx); err != nil {
		file.Close()
		return nil, err
	}
	return a, nil
}

func (a *archive) Close() error { return a.content.Close() }

func (a *archive) revision() string { return a.stat }

func (a *archive) scan(ctx context.Context) error {
	info, err := a.content.Stat()
	if err != nil {
		return err
	}
	a.stat, a.size = statRevision(info), info.Size()
	if err := zipdir.Read(ctx, a.content, a.size, a.add); err != nil {
		return err
	}
	a.rules.exists = func(p string) bool { _, ok := a.others[p]; return ok }
	a.pages = slices.DeleteFunc(a.pages, func(m member) bool { return a.rules.sideFolder(m.path) != "" })
	a.pages, a.outside = inOrder(a.pages), inOrder(a.outside)
	a.files = inOrder(a.files)
	return nil
}

// add keeps a file of the archive if it is a page or a space's index.
func (a *archive) add(f zipdir.File) error {
	p, inside := cleanName(f.Name)
	m := member{File: f, path: strings.TrimSuffix(p, "/")}
	m.isFolder = m.path != p
	isPage := a.rules.why(m.path) == ""
	byPath := rules{Selection: a.rules.Selection} // of what is no page, whatever spaces there are
	if !m.isFolder {
		a.see(byPath, p)
	}
	_, _, _, isAttached := attachedAt(p)
	switch {
	case isAttached && a.rules.attachments && inside:
		a.files = append(a.files, m)
	case isPage && !inside:
		a.outside = append(a.outside, m)
	case isPage:
		a.pages = append(a.pages, m)
	case m.isFolder:
		return nil
	case inside && a.isOther(p):
		a.others[p] = m
	case f.IsLink && (byPath.hidesFolder(p) || a.rules.hidesFiles(p)):
		a.incomplete = append(a.incomplete, sources.Incomplete{Scope: p, Err: linkFault(p)})
	default:
		if inside && !f.IsLink && byPath.whyPattern(p) != "" && a.heldOut < maxRuledOut {
			a.heldOut += m.cost()
			a.ruledOut = append(a.ruledOut, m)
		} else if byPath.isCounted(p) {
			a.excluded++
		}
		return nil
	}
	if a.held += m.cost(); a.held > maxHeld {
		return errTooMany
	}
	return nil
}

// isOther tells whether a file is wanted although it is no page.
func (a *archive) isOther(p string) bool {
	return p == xmlExport || isIndex(path.Base(p)) && a.rules.sideFolder(p) == ""
}

// hidesFolder tells whether a link may stand for a folder with pages.
func (r rules) hidesFolder(p string) bool {
	return couldBeFolder(path.Base(p)) && r.sideFolder(p) == "" && !r.excludes(p)
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

func (a *archive) exists(p string) bool { return a.rules.exists(p) }

func (a *archive) has(p string) bool {
	_, ok := a.find(p)
	return ok
}

func (a *archive) file(p string) (file, error) {
	m, ok := a.find(p)
	if !ok {
		return file{}, os.ErrNotExist
	}
	return a.fileOf(&m, m.fault()), nil
}

func (a *archive) read(p string) ([]byte, error) {
	m, ok := a.find(p)
	if !ok {
		return nil, os.ErrNotExist
	}
	return a.readMember(m)
}

func (a *archive) walk(ctx context.Context, yield func(file) error) (sources.Listing, error) {
	listing := sources.Listing{Excluded: a.excluded, Incomplete: slices.Clone(a.incomplete)}
	for _, m := range a.ruledOut {
		f := a.fileOf(&m, nil)
		f.excluded = a.rules.whyPattern(m.path)
		if err := errors.Join(ctx.Err(), yield(f)); err != nil {
			return listing, err
		}
	}
	for i := range a.pages {
		m := &a.pages[i] // hundreds of thousands may be held while they are listed
		if err := a.yield(ctx, m, m.fault(), yield); err != nil {
			return listing, err
		}
	}
	for _, p := range slices.Sorted(maps.Keys(a.others)) {
		if m := a.others[p]; a.rules.isWanted(p) {
			if err := a.yield(ctx, &m, m.fault(), yield); err != nil {
				return listing, err
			}
		}
	}
	for i := range a.outside {
		if err := a.yield(ctx, &a.outside[i], a.outside[i].outside(), yield); err != nil {
			return listing, err
		}
	}
	return listing, nil
}

func (a *archive) attached(ctx context.Context, yield func(file) error) ([]sources.Incomplete, error) {
	for i := range a.files {
		if err := a.yield(ctx, &a.files[i], a.files[i].fault(), yield); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (a *archive) yield(ctx context.Context, m *member, fault error, yield func(file) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return yield(a.fileOf(m, fault))
}

func (a *archive) fileOf(m *member, fault error) file {
	f := file{path: m.path, revision: m.revision(), err: fault,
		read: func() ([]byte, error) { return a.readMember(*m) }}
	if err := m.fault(); err == nil || errors.Is(err, rootfile.ErrTooLarge) {
		f.head = func() ([]byte, error) { return m.Head(a.content, a.size, maxHead) }
	}
	return f
}

func (a *archive) readMember(m member) ([]byte, error) {
	if err := m.fault(); err != nil {
		return nil, err
	}
	return m.Read(a.content, a.size)
}

// member is a file of the archive.
type member struct {
	zipdir.File
	path  string // in NFC, without steps out of the archive
	twice bool   // files with different content have this path

	isFolder bool
}

// cost is about how many bytes the member takes in memory.
func (m member) cost() int { return len(m.Name) + len(m.path) + 100 }

func (m member) revision() string { return fmt.Sprintf("%08x-%x", m.CRC32, m.Unpacked) }

// fault says why the file cannot be read; nil if nothing is known against it.
func (m member) fault() error {
	switch {
	case m.IsLink:
		return errLink
	case m.isFolder:
		return errFolder
	case m.twice:
		return errors.New("the archive holds different files of this name: export the space again")
	case m.Unpacked > sources.MaxDocument:
		return rootfile.ErrTooLarge
	}
	return m.Fault()
}

// outside is the fault of a file whose name leads out of the archive.
func (m member) outside() error {
	return fmt.Errorf("the archive calls it %q, which is no path inside of the archive: pack the export again, or "+
		"leave it out with exclude", m.Name)
}
