package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"finpages/sources"
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

	root      string    // id of the tree of the folder that holds the documents
	committed time.Time // of the commit
	page      func(name string) string
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
	root, err := s.objects.get(ctx, s.target.commit+":"+s.opts.Path, 0)
	where := fmt.Sprintf("in %s at %s", s.remote.url, s.target.name)
	switch {
	case errors.Is(err, errMissing) && s.opts.Path != "":
		return fmt.Errorf("%w: the folder %q is not %s: correct git.path", errGone, s.opts.Path, where)
	case err != nil:
		return fmt.Errorf("read tree of %.10s: %w", s.target.commit, err)
	case root.kind != "tree":
		return fmt.Errorf("%w: git.path %q %s is a file or a symbolic link: name a folder", errGone, s.opts.Path, where)
	case root.size == 0:
		return fmt.Errorf("%w: there is nothing at all %s: it was emptied, or git.ref is wrong", errGone, where)
	}
	s.root = root.id
	s.page = s.remote.pages(s.target)
	return nil
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
		if id, ok := blobOf(e.Revision); ok && e.Err == nil {
			ids[id] = true
		}
	}
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	if err := s.fetchBlobs(ctx, ids); err != nil {
		return fmt.Errorf("fetch documents: %w", s.timedOut(ctx, err))
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
	format, _ := sources.FormatOf(id)
	return sources.Document{Format: format, Body: body, Path: id}, nil
}

func (s *snapshot) read(ctx context.Context, blob string) ([]byte, error) {
	obj, err := s.objects.get(ctx, blob, sources.MaxDocument)
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
