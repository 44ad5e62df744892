package rclone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"
)

// What rclone exits with where there is nothing at a path.
// https://rclone.org/docs/#exit-code
const (
	exitNoFolder = 3
	exitNoFile   = 4
)

// relisting is a second listing, of files and folders.
type relisting struct {
	once    sync.Once
	ids     map[uint64]struct{}
	folders map[uint64]bool // by the hash of the path, whether the listing has something in them
	err     error
}

// Gone implements [sources.Confirmer]: a second listing, once for all, must lack
// the document, too. What moves while a storage is listed can be missed.
//
// A folder that is listed without content may be one whose content was not told:
// rclone takes a page of HTML, which a WebDAV server answers with once a login
// has expired, for an empty folder. What it held must be missing when it is
// looked up alone.
func (s *snapshot) Gone(ctx context.Context, id string) (bool, error) {
	s.again.once.Do(func() { s.again.err = s.relist(ctx) })
	if s.again.err != nil {
		return false, s.again.err
	}
	if _, there := s.again.ids[s.key(id)]; there {
		return false, nil
	}
	if !s.features.Features.CanHaveEmptyDirectories || len(s.index().byPath) > 0 || !s.again.inEmptyFolder(s, id) {
		return true, nil
	}
	return s.missing(ctx, id)
}

func (s *snapshot) relist(ctx context.Context) error {
	s.again.ids, s.again.folders = map[uint64]struct{}{}, map[uint64]bool{}
	return s.each(ctx, s.listArgs(), func(it item) error {
		at := norm.NFC.String(it.Path)
		s.again.folders[s.key(scope(at))] = true
		folder := s.key(at)
		filled := s.again.folders[folder]
		switch {
		case it.IsDir:
			s.again.folders[folder] = filled // listed, and filled if something in it came before
		case s.options.Why(at) == "":
			s.again.ids[s.key(idOf(it))] = struct{}{}
		}
		return nil
	})
}

// inEmptyFolder reports whether the closest folder of a path that is listed is
// listed as empty. Where it has content, it was listed indeed.
func (l *relisting) inEmptyFolder(s *snapshot, at string) bool {
	for dir := scope(at); ; dir = scope(dir) {
		if filled, listed := l.folders[s.key(dir)]; listed || dir == "" {
			return !filled
		}
	}
}

// missing looks up a document alone.
func (s *snapshot) missing(ctx context.Context, id string) (bool, error) {
	for _, at := range slices.Compact([]string{id, norm.NFD.String(id)}) { // as the storage may spell it
		missing, err := s.nothingAt(ctx, at)
		if err != nil || !missing {
			return false, err
		}
	}
	return true, nil
}

func (s *snapshot) nothingAt(ctx context.Context, at string) (bool, error) {
	c, err := s.run.start(ctx, "lsjson", "--stat", "--no-mimetype", "--no-modtime", "--", join(s.options.Remote, at))
	if err != nil {
		return false, err
	}
	out, err := io.ReadAll(io.LimitReader(c.stdout, 1<<20))
	err = errors.Join(err, c.end())
	var exit *exec.ExitError
	if errors.As(c.process.Err(), &exit) && ctx.Err() == nil &&
		(exit.ExitCode() == exitNoFolder || exit.ExitCode() == exitNoFile) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	it, err := readItem(out)
	if err != nil {
		return false, fmt.Errorf("rclone lsjson --stat: the answer is not what rclone sends: %w", err)
	}
	if it.IsDir {
		return false, fmt.Errorf("rclone lists the folder of %q as empty, and takes the document for a folder: "+
			"see whether the login has expired, or the server answers with a web page", at)
	}
	return false, nil
}

// join returns the remote of what lies at a slash path below another.
func join(remote, at string) string {
	if strings.HasSuffix(remote, ":") || strings.HasSuffix(remote, "/") {
		return remote + at
	}
	return remote + "/" + at
}
