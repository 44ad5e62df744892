package git

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"finpages/sources"
	"finpages/sources/internal/names"
)

// snapshot is one commit of the repository.
type snapshot struct {
	*Git
	cache   *cache
	run     runner
	layout  layout
	target  target
	pinned  bool // the target's commit stays, wherever its ref goes
	objects *objects

	mending chan struct{} // holds a token while the clone is mended
	wanted  []string      // blobs that were to be fetched together
	renewed bool          // the clone was made anew for a document
	useless error         // why no more is fetched in this run

	root, top string    // ids of the trees of the folder that holds the documents, and of the commit
	committed time.Time // of the commit
	page      func(name string) string

	names.Seen
}

var (
	_ sources.Snapshot     = (*snapshot)(nil)
	_ sources.Revisioned   = (*snapshot)(nil)
	_ sources.URLVariables = (*snapshot)(nil)
	_ sources.Prefetcher   = (*snapshot)(nil)
	_ sources.Mover        = (*snapshot)(nil)
)

// Revision implements [sources.Revisioned]: the commit's id.
func (s *snapshot) Revision() string { return s.target.commit }

// Variables implements [sources.URLVariables].
func (s *snapshot) Variables() map[string]string {
	return map[string]string{"ref": s.target.name, "commit": s.target.commit}
}

// Close implements [sources.Snapshot].
func (s *snapshot) Close() error {
	s.objects.close()
	if s.cache == nil {
		return nil
	}
	c := s.cache
	s.cache = nil
	if s.objects.broken.Load() {
		os.RemoveAll(c.repo)
	}
	if err := c.close(); err != nil {
		return fmt.Errorf("close cache: %w", err)
	}
	return nil
}

// describe reads the commit, and finds the folder that holds the documents.
func (s *snapshot) describe(ctx context.Context) error {
	commit, err := s.objects.get(ctx, s.target.commit, maxOutput)
	if err != nil {
		return fmt.Errorf("read commit %.10s: %w", s.target.commit, err)
	}
	s.committed = committerTime(commit.body)
	where := fmt.Sprintf("in %s at %s", s.remote.url, s.target.name)
	s.top = treeOf(commit.body)
	root, err := s.folder(ctx, s.top, where)
	if err == nil && root.size == 0 {
		err = fmt.Errorf("%w: there is nothing at all %s: it was emptied, or git.ref is wrong", errGone, where)
	}
	if err != nil {
		return err
	}
	s.root = root.id
	s.page = s.remote.pages(s.target)
	return nil
}

// maxTree bounds the size in bytes of a folder's list of names: some million.
const maxTree = 128 << 20

// folder finds the tree of the folder that holds the documents, from the
// commit's tree on. What the clone lacks on the way is not gone from the
// repository.
func (s *snapshot) folder(ctx context.Context, tree, where string) (object, error) {
	parts := strings.FieldsFunc(s.opts.Path, func(r rune) bool { return r == '/' })
	for i := 0; ; i++ {
		limit := int64(maxTree)
		if i == len(parts) {
			limit = 0 // it is named, not read
		}
		at, err := s.objects.get(ctx, tree, limit)
		if err != nil {
			return at, fmt.Errorf("read tree of %.10s: %w", s.target.commit, err)
		}
		if i == len(parts) {
			return at, nil
		}
		mode, id := findInTree(at.body, parts[i], len(tree)/2)
		switch mode {
		case "":
			return at, fmt.Errorf("%w: the folder %q is not %s: correct git.path", errGone, s.opts.Path, where)
		case "40000":
			tree = id
		default:
			return at, fmt.Errorf("%w: git.path %q %s is a file or a symbolic link: name a folder", errGone,
				s.opts.Path, where)
		}
	}
}

// treeOf returns the tree that a commit object names in its first line.
func treeOf(commit []byte) string {
	line, _, _ := bytes.Cut(commit, []byte("\n"))
	return strings.TrimPrefix(string(line), "tree ")
}

// findInTree returns the mode and id of a name in a tree object: for each entry
// "MODE NAME\0", and an id of size bytes
// (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_tree_objects).
func findInTree(tree []byte, name string, size int) (mode, id string) {
	for len(tree) > 0 {
		entry, rest, _ := bytes.Cut(tree, []byte{0})
		if len(rest) < size {
			break
		}
		if m, n, _ := strings.Cut(string(entry), " "); n == name {
			return m, hex.EncodeToString(rest[:size])
		}
		tree = rest[size:]
	}
	return "", ""
}

// errGone marks what the remote lacks, so that no new clone will mend it.
var errGone = errors.New("nothing to list")

// committerTime returns the time in a commit object's committer line
// (https://git-scm.com/docs/git-commit-tree#_commit_information).
func committerTime(commit []byte) time.Time {
	header, _, _ := bytes.Cut(commit, []byte("\n\n"))
	_, line, _ := bytes.Cut(header, []byte("\ncommitter "))
	line, _, _ = bytes.Cut(line, []byte("\n"))
	fields := strings.Fields(string(line[bytes.LastIndexByte(line, '>')+1:]))
	if len(fields) == 0 {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// revision of a blob, from which blobOf gets its id back.
func revision(mode, id string) string { return mode + " " + id }

func blobOf(revision string) (id string, ok bool) {
	_, id, ok = strings.Cut(revision, " ")
	return id, ok && isCommitID(id)
}

// Prefetch implements [sources.Prefetcher].
func (s *snapshot) Prefetch(ctx context.Context, entries []sources.Entry) error {
	ids := make(map[string]bool, len(entries))
	for _, e := range entries {
		if id, ok := blobOf(e.Revision); ok && e.Err == nil && !ids[id] {
			ids[id] = true
			s.wanted = append(s.wanted, id)
		}
	}
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	if err := s.fetchBlobs(ctx, ids); err != nil {
		err = fmt.Errorf("fetch documents: %w", s.timedOut(ctx, err))
		if isDiskFull(err) {
			s.useless = err
		}
		return err
	}
	return nil
}

// load reads the blob as the document with the ID.
func (s *snapshot) load(ctx context.Context, id, blob string) (sources.Document, error) {
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	body, err := s.read(ctx, blob)
	if err != nil {
		return sources.Document{}, fmt.Errorf("read %q: %w", id, s.timedOut(ctx, err))
	}
	format, _ := s.opts.FormatOf(id)
	return sources.Document{Format: format, Body: body, Path: id}, nil
}

func (s *snapshot) read(ctx context.Context, blob string) ([]byte, error) {
	obj, err := s.objects.get(ctx, blob, sources.MaxDocument)
	if err != nil && ctx.Err() == nil && !errors.Is(err, errClosed) {
		obj, err = s.mend(ctx, blob)
	}
	switch {
	case errors.Is(err, errMissing):
		s.objects.broken.Store(true)
		return nil, errors.New("missing in the clone, which is made anew in the next run")
	case err != nil:
		return nil, err
	case obj.kind != "blob":
		return nil, fmt.Errorf("a %s, not a file", obj.kind)
	case obj.size > sources.MaxDocument:
		return nil, tooLarge(obj.size)
	case isPointer(obj.body):
		return s.smudge(ctx, obj.body)
	}
	return obj.body, nil
}

// full returns the path in the repository of what lies at the path in the
// folder of documents.
func (s *snapshot) full(name string) string { return below(s.opts.Path, name) }
