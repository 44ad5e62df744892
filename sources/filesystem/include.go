package filesystem

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"finpages/sources"
	"finpages/sources/internal/rootfile"
)

var _ sources.Includer = (*snapshot)(nil)

// Include implements [sources.Includer]. Links are not followed.
func (s *snapshot) Include(_ context.Context, name string) (sources.Entry, bool, error) {
	if !fs.ValidPath(name) || !s.selection.Includes(nfc(name)) {
		return sources.Entry{}, false, nil
	}
	now := time.Now()
	info, err := s.root.Lstat(name)
	if err == nil {
		info, err = rootfile.Lstat(s.root, name) // no folder on the way is a link
	}
	switch {
	case isNowhere(err):
		return sources.Entry{}, false, nil
	case err != nil:
		return sources.Entry{}, false, fmt.Errorf("look at %q: %w", name, err)
	case !info.Mode().IsRegular():
		return sources.Entry{}, false, nil
	}
	id := nfc(name)
	return sources.Entry{ID: id, Revision: statOf(info).revision(now),
		Load: func(context.Context) (sources.Document, error) { return s.load(name, id) }}, true, nil
}
