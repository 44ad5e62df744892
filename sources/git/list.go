package git

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"

	"finpages/sources"
	"finpages/sources/internal/names"

	"golang.org/x/text/unicode/norm"
)

// List implements [sources.Snapshot]. Documents come in git's order; symbolic
// links come last, so that a document is listed under its own path rather than
// a link's.
func (s *snapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	l := &listing{snapshot: s, yield: yield, names: &names.Set{}}
	err := l.all(ctx)
	s.keepNames(l, err)
	if err == nil || ctx.Err() != nil || l.stopped || errors.Is(err, errGone) || errors.Is(err, errClosed) ||
		isDiskFull(err) {
		return l.Listing, err
	}
	if heal := s.heal(ctx); heal != nil {
		return l.Listing, fmt.Errorf("%w; and a new clone failed: %w", err, heal)
	}
	again := &listing{snapshot: s, yield: yield, skip: l.yielded, names: &names.Set{}}
	err = again.all(ctx)
	s.keepNames(again, err)
	return again.Listing, err
}

// heal replaces a clone that cannot be read.
func (s *snapshot) heal(ctx context.Context) error {
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	return s.timedOut(ctx, s.clone(ctx))
}

// listing is one listing under way.
type listing struct {
	*snapshot
	sources.Listing
	yield   func(sources.Entry) error
	yielded int
	skip    int  // entries that were yielded by an earlier attempt
	files   int  // of those yielded, the documents that no rule leaves out
	stopped bool // yield returned an error

	names  *names.Set
	folder string // the last one whose name is in names
	links  []link
	seed   maphash.Seed
	ids    map[uint64]struct{} // hashes of the IDs yielded: a few dozen bytes each
}

func (l *listing) all(ctx context.Context) error {
	l.seed, l.ids = maphash.MakeSeed(), map[uint64]struct{}{}
	l.names.AddFolder(names.HashOf(""))
	// Git lists while the commit is read; if it cannot be read, that tells why.
	err := lsTreeAfter(ctx, l.run, l.cache.repo, []string{"-r", l.target.commit + ":" + l.opts.Path},
		func() error { return l.describe(ctx) }, func(e treeEntry) error { return l.entry(ctx, e) })
	if err != nil {
		return err
	}
	return l.followLinks(ctx)
}

// treeEntry is a line of git ls-tree.
type treeEntry struct {
	mode, id string
	name     string // any bytes but NUL
}

const (
	modeLink      = "120000"
	modeSubmodule = "160000"
	modeTree      = "040000"
)

// maxName bounds the length of one path, which git itself does not.
const maxName = 1 << 20

// lsTree calls visit for each entry as git lists it. The option -l, which
// would fetch every blob for its size, must not be given.
func lsTree(ctx context.Context, run runner, repo string, args []string, visit func(treeEntry) error) error {
	return lsTreeAfter(ctx, run, repo, args, func() error { return nil }, visit)
}

// lsTreeAfter is lsTree that calls begin first, when git has started.
func lsTreeAfter(ctx context.Context, run runner, repo string, args []string, begin func() error,
	visit func(treeEntry) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p, err := run.start(ctx, repo, false, append([]string{"ls-tree", "-z", "--full-tree"}, args...)...)
	if err != nil {
		return err
	}
	err = begin()
	if err == nil {
		err = eachTreeEntry(p, visit)
	}
	if err != nil {
		cancel()
		p.drain()
		_ = p.wait() // stopped by us
		return err
	}
	return p.wait()
}

func eachTreeEntry(p *running, visit func(treeEntry) error) error {
	for {
		record, err := readRecord(p, 0)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		meta, name, _ := strings.Cut(record, "\t")
		mode, rest, _ := strings.Cut(meta, " ")
		_, id, ok := strings.Cut(rest, " ")
		if !ok || name == "" {
			return fmt.Errorf("git ls-tree says %q", plain(record))
		}
		if err := visit(treeEntry{mode: mode, id: id, name: name}); err != nil {
			return err
		}
	}
}

// readRecord reads up to the delimiter, which it leaves out.
func readRecord(p *running, delim byte) (string, error) {
	var long []byte
	for {
		part, err := p.stdout.ReadSlice(delim)
		switch {
		case err == nil && long == nil:
			return string(part[:len(part)-1]), nil
		case err == nil:
			return string(append(long, part[:len(part)-1]...)), nil
		case err == io.EOF && len(long)+len(part) == 0:
			return "", io.EOF
		case err == io.EOF:
			return "", io.ErrUnexpectedEOF
		case len(long)+len(part) > maxName:
			return "", fmt.Errorf("a path is longer than %d bytes: %.100q…", maxName, long)
		}
		long = append(long, part...)
	}
}

func (l *listing) entry(ctx context.Context, e treeEntry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.addName(e)
	switch e.mode {
	case modeSubmodule:
		l.Excluded++
		return nil
	case modeLink:
		if dotted(e.name) {
			return nil
		}
		l.links = append(l.links, link{name: e.name, at: l.full(e.name)})
		return l.bounded(len(l.links))
	}
	selected, err := l.selected(e.name)
	if err != nil || !selected {
		return err
	}
	return l.file(e.name, l.full(e.name), e.mode, e.id)
}

// selected tells whether the file is to be listed as a document. One that a rule
// leaves out is yielded as such if it may be in Fin from before the rule, and
// counted otherwise.
func (l *listing) selected(name string) (bool, error) {
	why, byPattern := l.opts.Decide(readable(name))
	if why == "" {
		return true, nil
	}
	if byPattern {
		return false, l.exclude(name, why)
	}
	if _, isDoc := l.opts.FormatOf(name); isDoc {
		l.opts.LeaveOut(name, &l.Listing)
	}
	return false, nil
}

// exclude yields a document that a pattern leaves out. It costs a name: git lists
// what lies below folders that a pattern covers in any case. Nothing is kept of
// it, and it does not count against max_entries.
func (l *listing) exclude(name, why string) error {
	id := readable(name)
	if id != name { // not as git has it: another may have the ID, too
		if l.taken(id) {
			l.Excluded++
			return nil
		}
		l.ids[maphash.String(l.seed, id)] = struct{}{}
	}
	return l.send(sources.Entry{ID: id, Excluded: why})
}

// file yields the blob under the name. It lies at another path of the
// repository if the name is a link's.
func (l *listing) file(name, at, mode, blob string) error {
	id := readable(name)
	e := sources.Entry{ID: id, Revision: revision(mode, blob), URL: l.page(at), Modified: l.committed}
	switch {
	case !utf8.ValidString(name):
		e.Err = fmt.Errorf("the file name %s is not UTF-8: rename it", id)
	case l.taken(id):
		e.Err = fmt.Errorf("the name of %s differs from that of another file only in its Unicode form: rename one", id)
		id = printable(name)
	case path.Clean(id) != id:
		e.Err = fmt.Errorf("the file name %s is not one that git should hold: rename it", printable(name))
	default:
		s := l.snapshot
		e.Load = func(ctx context.Context) (sources.Document, error) { return s.load(ctx, id, blob) }
	}
	for e.ID = id; l.taken(e.ID); {
		e.ID += "~"
	}
	return l.emit(e)
}

func (l *listing) emit(e sources.Entry) error {
	l.ids[maphash.String(l.seed, e.ID)] = struct{}{}
	l.files++
	if err := l.bounded(l.files); err != nil {
		return err
	}
	return l.send(e)
}

func (l *listing) send(e sources.Entry) error {
	l.yielded++
	if l.yielded <= l.skip {
		return nil
	}
	err := l.yield(e)
	l.stopped = err != nil
	return err
}

func (l *listing) bounded(entries int) error {
	err := l.opts.Bounded(entries)
	l.stopped = l.stopped || err != nil
	return err
}

func (l *listing) taken(id string) bool {
	_, taken := l.ids[maphash.String(l.seed, id)]
	return taken
}

// readable is the ID that a name gives: NFC, and UTF-8 in any case.
func readable(name string) string {
	if !utf8.ValidString(name) {
		return printable(name)
	}
	return norm.NFC.String(name)
}

// printable spells the bytes of a name that are not readable text.
func printable(name string) string {
	quoted := strconv.QuoteToASCII(name)
	return quoted[1 : len(quoted)-1]
}

// dotted reports whether the name or a folder on its way is hidden.
func dotted(name string) bool { return name[0] == '.' || strings.Contains(name, "/.") }
