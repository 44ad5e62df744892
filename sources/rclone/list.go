package rclone

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"finpages/sources"
	"finpages/sources/internal/rootfile"
	"finpages/sources/internal/scratch"

	"golang.org/x/text/unicode/norm"
)

// snapshot is a storage as one run sees it.
type snapshot struct {
	*Rclone
	run      runner
	version  string
	features features
	tmp      *scratch.Dir
	seed     maphash.Seed

	listed atomic.Pointer[index] // of the last listing; nil before its end
	parts  parts

	life  context.Context // until Close
	end   context.CancelFunc
	ahead sync.WaitGroup // copies that nobody waits for

	mu      sync.Mutex
	batches map[string]*batch // by path
	count   int

	again relisting
}

var (
	_ sources.Prefetcher = (*snapshot)(nil)
	_ sources.Linker     = (*snapshot)(nil)
	_ sources.Confirmer  = (*snapshot)(nil)
	_ sources.Includer   = (*snapshot)(nil)
	_ sources.Prober     = (*snapshot)(nil)
)

// Close implements [sources.Snapshot].
func (s *snapshot) Close() error {
	s.end()
	s.ahead.Wait()
	return s.tmp.Close()
}

// item is a file as lsjson tells it.
// https://rclone.org/commands/rclone_lsjson/
type item struct {
	Path    string
	Size    int64  // -1 if unknown
	ModTime string // RFC 3339, "" if not asked for
	ID      string // that the storage gives, "" if it gives none
	Hashes  map[string]string
	IsDir   bool
}

func (s *snapshot) listArgs(kinds ...string) []string {
	args := append([]string{"lsjson", "--recursive", "--no-mimetype"}, kinds...)
	if hash := s.features.hash(); hash != "" {
		args = append(args, "--hash", "--hash-type", hash)
		if s.features.Features.SlowModTime {
			args = append(args, "--no-modtime")
		}
	}
	return append(args, "--", s.options.Remote)
}

// List implements [sources.Snapshot]. An error of rclone, wherever in the
// listing, leaves open what else there is.
func (s *snapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	l := &listing{snapshot: s, yield: yield, paths: map[uint64]struct{}{}, index: newIndex(), now: time.Now()}
	err := s.each(ctx, s.listArgs("--files-only"), l.take)
	s.listed.Store(l.index)
	return l.Listing, err
}

// each runs a listing.
func (s *snapshot) each(ctx context.Context, args []string, visit func(item) error) error {
	c, err := s.run.start(ctx, args...)
	if err != nil {
		return err
	}
	err = items(c.stdout, visit)
	var taker *takerError
	if errors.As(err, &taker) {
		c.abort()
		return taker.err
	}
	if ended := c.end(); ended != nil { // which says more than a list that is cut
		return ended
	}
	return err
}

// listing is one listing under way.
type listing struct {
	*snapshot
	sources.Listing
	index   *index
	now     time.Time
	yield   func(sources.Entry) error
	entries int
	paths   map[uint64]struct{} // hashes of the paths and IDs yielded: a few dozen bytes each
}

func (l *listing) take(it item) error {
	at := norm.NFC.String(it.Path)
	l.note(it, at)
	if why, byPattern := l.options.Decide(at); byPattern {
		return l.exclude(it, at, why)
	} else if why != "" {
		if _, isDoc := l.options.FormatOf(at); isDoc {
			l.options.LeaveOut(at, &l.Listing)
		}
		return nil
	}
	e := sources.Entry{ID: idOf(it), Scope: scope(at), Revision: it.revision(time.Now()), Modified: it.modified()}
	if e.ID != at && e.Revision != "" { // the page's address and links follow the path
		e.Revision += " at " + at
	}
	switch {
	case strings.ContainsAny(it.Path, "\r\n"):
		e.ID = strconv.QuoteToASCII(e.ID)
		e.Err = fmt.Errorf("the name %q holds a line break: rename it", it.Path)
	case it.Size > sources.MaxDocument:
		e.Err = rootfile.ErrTooLarge
	case l.taken(at):
		e.Err = fmt.Errorf("another file has the name %q, too: rename one", at)
		l.index.twice[l.key(at)] = struct{}{}
	default:
		l.paths[l.key(at)] = struct{}{}
		if e.ID != at {
			l.index.byPath[l.key(at)] = e.ID
		}
		s, index := l.snapshot, l.index
		e.Load = func(ctx context.Context) (sources.Document, error) { return s.load(ctx, index, it, at) }
	}
	for e.Err != nil && l.taken("id "+e.ID) {
		e.ID += "~"
	}
	l.paths[l.key("id "+e.ID)] = struct{}{}
	l.entries++
	if err := l.options.Bounded(l.entries); err != nil {
		return err
	}
	return l.yield(e)
}

// exclude yields a document that a pattern leaves out: it may be in Fin from
// before the pattern.
func (l *listing) exclude(it item, at, why string) error {
	id := idOf(it)
	if strings.ContainsAny(it.Path, "\r\n") || l.taken("id "+id) {
		l.Excluded++
		return nil
	}
	if id != it.Path { // others may have it, too
		l.paths[l.key("id "+id)] = struct{}{}
	}
	return l.yield(sources.Entry{ID: id, Scope: scope(at), Excluded: why})
}

// idOf returns what names a document: what the storage calls it, so that it
// survives moves, else its path.
func idOf(it item) string {
	if it.ID != "" {
		return it.ID
	}
	return norm.NFC.String(it.Path)
}

func (s *snapshot) key(text string) uint64 { return maphash.String(s.seed, text) }

func (l *listing) taken(text string) bool {
	_, taken := l.paths[l.key(text)]
	return taken
}

func scope(at string) string {
	if dir := path.Dir(at); dir != "." {
		return dir
	}
	return ""
}

// modified returns when the file was last changed; zero if unknown.
func (it item) modified() time.Time {
	t, err := time.Parse(time.RFC3339Nano, it.ModTime)
	if err != nil {
		return time.Time{}
	}
	return t
}

// settled is how old a time must be so that no later change can have the same.
const settled = time.Minute

// revision identifies a file's content: by its hash, else by size and time.
func (it item) revision(now time.Time) string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(it.Hashes)) {
		if it.Hashes[kind] != "" {
			parts = append(parts, kind+" "+it.Hashes[kind])
		}
	}
	if len(parts) > 0 {
		return strings.Join(parts, " ")
	}
	modified := it.modified()
	if modified.IsZero() || now.Sub(modified) < settled {
		return ""
	}
	return fmt.Sprintf("%d %s", it.Size, modified.UTC().Format(time.RFC3339Nano))
}

// Link implements [sources.Linker].
func (s *snapshot) Link(at string) (string, bool) {
	byPath := s.index().byPath
	if id, ok := byPath[s.key(at)]; ok {
		return id, true
	}
	return at, len(byPath) == 0
}
