package filesystem

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"finpages/sources"
)

var _ sources.Namer = (*snapshot)(nil)

// Exists implements [sources.Prober]. What lies above the folder and may not be
// looked at is not there.
func (s *snapshot) Exists(_ context.Context, name string) (bool, error) {
	look, isAbove := s.root.Lstat, strings.HasPrefix(name, "../")
	if isAbove {
		dir, err := filepath.Abs(s.dir)
		if err != nil {
			return false, nil
		}
		look = func(name string) (fs.FileInfo, error) { return os.Lstat(filepath.Join(dir, filepath.FromSlash(name))) }
	}
	_, err := look(name)
	switch {
	case err == nil:
		return true, nil
	case isAbove, isNowhere(err):
		return false, nil
	}
	return false, fmt.Errorf("look for %q: %w", name, err)
}

// isNowhere tells of an error that there can be no such file in the folder, also
// where a link on the way to it leads out or in circles.
func isNowhere(err error) bool {
	for _, target := range []error{fs.ErrNotExist, syscall.ENOTDIR, syscall.ENAMETOOLONG, syscall.ELOOP} {
		if errors.Is(err, target) {
			return true
		}
	}
	var errno syscall.Errno
	return err != nil && !errors.As(err, &errno) && !errors.Is(err, fs.ErrClosed) // what [os.Root] itself refuses
}
