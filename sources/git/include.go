package git

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"finpages/sources"
)

var _ sources.Includer = (*snapshot)(nil)

// Include implements [sources.Includer]. Symbolic links are not followed.
func (s *snapshot) Include(ctx context.Context, name string) (sources.Entry, bool, error) {
	if !fs.ValidPath(name) || name == "." || !s.opts.Includes(readable(name)) {
		return sources.Entry{}, false, nil
	}
	ctx, cancel := s.deadline(ctx)
	defer cancel()
	mode, id := "40000", s.root
	for part := range strings.SplitSeq(name, "/") {
		if mode != "40000" {
			return sources.Entry{}, false, nil
		}
		tree, err := s.objects.get(ctx, id, maxTree)
		if err != nil {
			return sources.Entry{}, false, fmt.Errorf("look for %q: %w", name, err)
		}
		if mode, id = findInTree(tree.body, part, len(id)/2); mode == "" {
			return sources.Entry{}, false, nil
		}
	}
	if !strings.HasPrefix(mode, "100") { // neither a folder nor a link nor a submodule
		return sources.Entry{}, false, nil
	}
	load := func(ctx context.Context) (sources.Document, error) { return s.load(ctx, readable(name), id) }
	return sources.Entry{ID: readable(name), Revision: revision(mode, id), Load: load}, true, nil
}
