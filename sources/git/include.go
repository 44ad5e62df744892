package git

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"finpages/sources"
)

var (
	_ sources.Includer = (*snapshot)(nil)
	_ sources.Prober   = (*snapshot)(nil)
)

// Include implements [sources.Includer]. Symbolic links are not followed.
func (s *snapshot) Include(ctx context.Context, name string) (sources.Entry, bool, error) {
	if !fs.ValidPath(name) || name == "." || !s.opts.Includes(readable(name)) {
		return sources.Entry{}, false, nil
	}
	mode, id, err := s.at(ctx, s.root, name)
	if err != nil {
		return sources.Entry{}, false, err
	}
	if !strings.HasPrefix(mode, "100") { // neither a folder nor a link nor a submodule
		return sources.Entry{}, false, nil
	}
	load := func(ctx context.Context) (sources.Document, error) { return s.load(ctx, readable(name), id) }
	return sources.Entry{ID: readable(name), Revision: revision(mode, id), Load: load}, true, nil
}

// at returns the mode and the ID of what lies at a path below a tree; "" if
// there is nothing.
func (s *snapshot) at(ctx context.Context, tree, name string) (mode, id string, err error) {
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	mode, id = "40000", tree
	for part := range strings.SplitSeq(name, "/") {
		if mode != "40000" {
			return "", "", nil
		}
		tree, err := s.objects.get(ctx, id, maxTree)
		if err != nil {
			return "", "", fmt.Errorf("look for %q: %w", name, err)
		}
		if mode, id = findInTree(tree.body, part, len(id)/2); mode == "" {
			return "", "", nil
		}
	}
	return mode, id, nil
}

// Exists implements [sources.Prober]. Above the repository there is nothing.
func (s *snapshot) Exists(ctx context.Context, name string) (bool, error) {
	name = path.Join(s.opts.Path, name)
	if !fs.ValidPath(name) || name == "." {
		return false, nil
	}
	mode, _, err := s.at(ctx, s.top, name)
	return mode != "", err
}
