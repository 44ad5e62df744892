package filesystem

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"time"

	"finpages/sources/internal/rootfile"

	"golang.org/x/sys/unix"
)

// dir is an open folder. It is read by the system's own calls: [os.Root] asks
// about each name that it lists, and opens each folder several times.
type dir struct{ fd int }

// listed is what a folder says of a name in it.
type listed struct {
	path, name string      // name is the end of path
	kind       fs.FileMode // its type
}

// openDir opens the folder at the slash path below root.
func openDir(root *os.Root, name string) (*dir, error) {
	at, err := rootfile.OpenDir(root, name)
	if err != nil {
		return nil, err
	}
	defer at.Close()
	file, err := at.Open(".")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	fd, err := unix.FcntlInt(file.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &dir{fd}, nil
}

// open opens a folder that was listed. A link that has taken its place is not
// followed.
func (d *dir) open(l listed) (*dir, error) {
	const flags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
	fd, err := again(func() (int, error) { return unix.Openat(d.fd, l.name, flags, 0) })
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: l.name, Err: err}
	}
	return &dir{fd}, nil
}

func (d *dir) close() { _ = unix.Close(d.fd) } // it was read only

// again makes a call until no signal interrupts it.
func again[T any](call func() (T, error)) (T, error) {
	for {
		value, err := call()
		if !errors.Is(err, unix.EINTR) {
			return value, err
		}
	}
}

func (d *dir) stat() (stat, error) {
	var st unix.Stat_t
	_, err := again(func() (int, error) { return 0, unix.Fstat(d.fd, &st) })
	if err != nil {
		return stat{}, &fs.PathError{Op: "stat", Path: ".", Err: err}
	}
	return statFrom(&st), nil
}

func (d *dir) lstat(l listed) (stat, error) {
	var st unix.Stat_t
	if err := d.lstatInto(l.name, &st); err != nil {
		return stat{}, err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return stat{}, &fs.PathError{Op: "lstat", Path: l.name, Err: errors.New("no longer a regular file")}
	}
	return statFrom(&st), nil
}

func (d *dir) lstatInto(name string, st *unix.Stat_t) error {
	for {
		err := unix.Fstatat(d.fd, name, st, unix.AT_SYMLINK_NOFOLLOW)
		if err == nil {
			return nil
		}
		if !errors.Is(err, unix.EINTR) {
			return &fs.PathError{Op: "lstat", Path: name, Err: err}
		}
	}
}

func statFrom(st *unix.Stat_t) stat {
	return stat{
		id: fileID{dev: uint64(st.Dev), ino: st.Ino}, hasID: true, size: st.Size,
		modified: time.Unix(st.Mtim.Unix()), changed: st.Ctim.Nano(),
	}
}

// read calls each with all that lies in the folder, whose path is at.
func (d *dir) read(buf *readBuffer, at string, each func(listed) error) error {
	for {
		n, err := again(func() (int, error) { return unix.ReadDirent(d.fd, buf[:]) })
		if err != nil {
			return &fs.PathError{Op: "readdirent", Path: ".", Err: err}
		}
		if n <= 0 {
			return nil
		}
		if err := d.entries(buf[:n], at, each); err != nil {
			return err
		}
	}
}

// Where the parts of a linux_dirent64 lie: see https://man7.org/linux/man-pages/man2/getdents.2.html.
const (
	direntSize = 16
	direntType = 18
	direntName = 19
)

func (d *dir) entries(buf []byte, at string, each func(listed) error) error {
	for len(buf) > direntName {
		size := int(binary.NativeEndian.Uint16(buf[direntSize:]))
		if size <= direntName || size > len(buf) {
			return errors.New("the system's list of the folder is damaged")
		}
		name, _, _ := bytes.Cut(buf[direntName:size], []byte{0})
		kind := buf[direntType]
		gone := binary.NativeEndian.Uint64(buf) == 0
		buf = buf[size:]
		if gone || string(name) == "." || string(name) == ".." {
			continue
		}
		l := listed{path: at + "/" + string(name)}
		if at == "" {
			l.path = l.path[1:]
		}
		l.name = l.path[len(l.path)-len(name):]
		var err error
		if l.kind, err = d.kindOf(l.name, kind); err == nil {
			err = each(l)
		} else if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// kindOf returns the type of a name. Some file systems tell it only when they are
// asked.
func (d *dir) kindOf(name string, kind byte) (fs.FileMode, error) {
	if kind == unix.DT_UNKNOWN {
		var st unix.Stat_t
		if err := d.lstatInto(name, &st); err != nil {
			return 0, err
		}
		kind = byte(st.Mode & unix.S_IFMT >> 12)
	}
	switch kind {
	case unix.DT_REG:
		return 0, nil
	case unix.DT_DIR:
		return fs.ModeDir, nil
	case unix.DT_LNK:
		return fs.ModeSymlink, nil
	}
	return fs.ModeIrregular, nil
}
