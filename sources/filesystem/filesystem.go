// Package filesystem reads the documents of a folder.
//
// Everything is read through an [os.Root] and without following links, so that
// no name, symbolic link or race leads out of the folder, or to what the rules
// leave out: a link that is followed is resolved first. Entry IDs are slash paths in Unicode NFC below
// the root. Each directory is a scope of its own: one that cannot be read
// keeps the pages below it.
package filesystem

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"finpages/sources"
	"finpages/sources/internal/rootfile"

	"golang.org/x/text/unicode/norm"
)

// Options configures a folder as a source.
type Options struct {
	Root              string `yaml:"root"` // the folder
	sources.Selection `yaml:",inline"`
	FollowSymlinks    bool `yaml:"follow_symlinks"` // follow links that stay inside the root
	Watch             bool `yaml:"watch"`           // have changes synced at once, beside the schedule
}

// NewOptions returns the defaults: every document below the root, links left alone.
func NewOptions() *Options { return &Options{} }

// Validate implements [sources.Options].
func (o *Options) Validate() []sources.Fault {
	faults := o.Faults()
	if o.Root == "" {
		faults = append(faults, sources.Fault{Field: "root",
			Message: "missing: name the folder that holds the documents"})
	}
	return faults
}

// Build implements [sources.Options].
func (o *Options) Build(env sources.Env) (sources.Source, error) {
	dir, err := filepath.Abs(env.Path(o.Root))
	if err != nil {
		return nil, fmt.Errorf("filesystem.root: %w", err)
	}
	selection := o.Selection
	selection.Formats = env.Formats
	return &Filesystem{dir: dir, selection: selection, follow: o.FollowSymlinks, watch: o.Watch}, nil
}

// Filesystem is a folder of documents.
type Filesystem struct {
	dir       string
	selection sources.Selection
	follow    bool
	watch     bool
}

var (
	_ sources.Source    = (*Filesystem)(nil)
	_ sources.Explainer = (*Filesystem)(nil)
	_ sources.Checker   = (*Filesystem)(nil)
	_ sources.Locator   = (*Filesystem)(nil)
	_ sources.Watcher   = (*Filesystem)(nil)
)

// Open implements [sources.Source]. A folder that is not there is an error,
// not an empty folder.
func (f *Filesystem) Open(context.Context) (sources.Snapshot, error) {
	root, err := os.OpenRoot(f.dir)
	info, _ := os.Stat(f.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the folder %s does not exist: correct filesystem.root, or mount it", f.dir)
	case info != nil && !info.IsDir():
		return nil, fmt.Errorf("%s is not a folder: correct filesystem.root", f.dir)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("the folder %s may not be read by this user: %w", f.dir, err)
	case err != nil:
		return nil, fmt.Errorf("open folder: %w", err)
	}
	return &snapshot{Filesystem: f, root: root}, nil
}

// Explain implements [sources.Explainer].
func (f *Filesystem) Explain(_ context.Context, id string) (string, error) {
	if why := f.selection.Why(id); why != "" {
		return why, nil
	}
	info, err := os.Lstat(path.Join(f.dir, id))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file below " + f.dir, nil
	case err != nil:
		return "", fmt.Errorf("look at %q: %w", id, err)
	case info.Mode()&fs.ModeSymlink != 0 && !f.follow:
		return "a symbolic link, and follow_symlinks is off", nil
	case info.Mode()&fs.ModeSymlink != 0:
		return f.explainLink(id), nil
	case !info.Mode().IsRegular():
		return "not a regular file", nil
	}
	return "", nil
}

func (f *Filesystem) explainLink(id string) string {
	real, err := f.realPath(id)
	if errors.Is(err, errOutside) {
		return "a symbolic link that leads out of " + f.dir
	}
	if err != nil {
		return "a symbolic link that leads nowhere"
	}
	if why, _ := f.decideTarget(real); why != "" {
		return fmt.Sprintf("a symbolic link to %q, which is left out: %s", real, why)
	}
	return fmt.Sprintf("a symbolic link to %q, which is no document, or is listed already under that or another name",
		real)
}

// Locate implements [sources.Locator]: a path on this machine names the
// document that lies there.
func (f *Filesystem) Locate(ref string) (string, bool) {
	root, err1 := filepath.Abs(f.dir)
	abs, err2 := filepath.Abs(ref)
	rel, err3 := filepath.Rel(root, abs)
	if err1 != nil || err2 != nil || err3 != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return nfc(filepath.ToSlash(rel)), true
}

// Check implements [sources.Checker].
func (f *Filesystem) Check(ctx context.Context) ([]string, error) {
	snap, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer snap.Close()
	tally, err := sources.Count(ctx, snap)
	if tally.Documents == 0 && err == nil {
		err = fmt.Errorf("%w below %s: see filesystem.root, include, exclude, "+
			"and follow_symlinks where the documents are links",
			sources.ErrNothingFound, f.dir)
	}
	return []string{fmt.Sprintf("folder %s: %v", f.dir, tally)}, err
}

// load reads the file at the path, which is in the form that the file system
// uses, as the document with the given ID.
func (s *snapshot) load(name, id string) (sources.Document, error) {
	body, err := rootfile.Read(s.root, name)
	if err != nil {
		return sources.Document{}, fmt.Errorf("read %q: %w", id, err)
	}
	format, _ := s.selection.FormatOf(id)
	return sources.Document{Format: format, Body: body, Path: id}, nil
}

func nfc(name string) string { return norm.NFC.String(name) }
