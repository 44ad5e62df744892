//go:build !linux

package filesystem

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"finpages/sources/internal/rootfile"
)

// dir is an open folder.
type dir struct{ root *os.Root }

// listed is what a folder says of a name in it.
type listed struct {
	path, name string      // name is the end of path
	kind       fs.FileMode // its type
	info       fs.FileInfo
	err        error // in place of info
}

// openDir opens the folder at the slash path below root.
func openDir(root *os.Root, name string) (*dir, error) {
	at, err := rootfile.OpenDir(root, name)
	return &dir{at}, err
}

// open opens a folder that was listed. A link that has taken its place is not
// followed.
func (d *dir) open(l listed) (*dir, error) {
	if l.err != nil {
		return nil, l.err
	}
	at, err := rootfile.OpenListedDir(d.root, l.info)
	return &dir{at}, err
}

func (d *dir) close() {
	if d.root != nil {
		d.root.Close()
	}
}

func (d *dir) stat() (stat, error) {
	info, err := d.root.Stat(".")
	if err != nil {
		return stat{}, err
	}
	return statOf(info), nil
}

func (d *dir) lstat(l listed) (stat, error) {
	if l.err != nil {
		return stat{}, l.err
	}
	return statOf(l.info), nil
}

// readBatch bounds the directory entries held in full.
const readBatch = 1024

// read calls each with all that lies in the folder, whose path is at.
func (d *dir) read(_ *readBuffer, at string, each func(listed) error) error {
	file, err := d.root.Open(".")
	if err != nil {
		return err
	}
	defer file.Close()
	for err == nil {
		var batch []fs.DirEntry
		batch, err = file.ReadDir(readBatch)
		for _, e := range batch {
			info, failed := e.Info() // an os.Root has it from ReadDir
			if failed := each(listed{below(at, e.Name()), e.Name(), e.Type(), info, failed}); failed != nil {
				return failed
			}
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
