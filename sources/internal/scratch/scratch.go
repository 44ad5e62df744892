// Package scratch makes folders for the length of a run, and clears away those
// of runs that were killed.
package scratch

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Dir is a folder that others may write to. It is read through Root.
type Dir struct {
	Path string // absolute, without symbolic links
	Root *os.Root

	lock *os.File
}

const locked = ".lock"

// New makes a folder below a cache directory, which it creates. A folder that
// belongs to a process which is alive is left alone.
func New(cache string) (*Dir, error) {
	base := filepath.Join(cache, "tmp")
	if err := os.MkdirAll(base, 0o700); err != nil {
		return nil, fmt.Errorf("make folder for documents: %w", err)
	}
	base, err := filepath.EvalSymlinks(base)
	if err == nil {
		base, err = filepath.Abs(base)
	}
	if err != nil {
		return nil, fmt.Errorf("make folder for documents: %w", err)
	}
	sweep(base)
	d, err := create(base)
	if err != nil {
		return nil, fmt.Errorf("make folder for documents: %w", err)
	}
	return d, nil
}

func create(base string) (*Dir, error) {
	lock, err := os.CreateTemp(base, "*"+locked)
	if err != nil {
		return nil, err
	}
	tryLock(lock)
	d := &Dir{Path: strings.TrimSuffix(lock.Name(), locked), lock: lock}
	err = os.Mkdir(d.Path, 0o700)
	if err == nil {
		d.Root, err = os.OpenRoot(d.Path)
	}
	if err != nil {
		lock.Close()
		return nil, err
	}
	return d, nil
}

// sweep removes the folders whose processes are gone.
func sweep(base string) {
	locks, _ := filepath.Glob(filepath.Join(base, "*"+locked))
	for _, name := range locks {
		lock, err := os.Open(name)
		if err != nil {
			continue
		}
		if tryLock(lock) {
			_ = os.RemoveAll(strings.TrimSuffix(name, locked))
			_ = os.Remove(name)
		}
		lock.Close()
	}
}

// Close removes the folder.
func (d *Dir) Close() error {
	d.Root.Close()
	err := os.RemoveAll(d.Path)
	_ = os.Remove(d.lock.Name())
	d.lock.Close()
	return err
}
