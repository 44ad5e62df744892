package filesystem

import (
	"io/fs"
	"strconv"
	"time"

	"finpages/sources/internal/rootfile"
)

// stat is what tells a file, and one content of it, from others.
type stat struct {
	id       fileID
	hasID    bool
	size     int64
	modified time.Time
	changed  int64 // in nanoseconds since 1970; 0 if unknown
}

func statOf(info fs.FileInfo) stat {
	st := stat{size: info.Size(), modified: info.ModTime()}
	st.id, st.hasID = identify(info)
	st.changed, _ = rootfile.ChangeTime(info)
	return st
}

// same reports whether both are of one file.
func (st stat) same(other stat) bool { return st.hasID && other.hasID && st.id == other.id }

// revision identifies a file's content by size, modification time, change time
// and inode, without reading it. The change time, which nobody can set, tells of
// writes that keep the others (cp -p, rsync --inplace -t, touch -r). It also
// moves with the file's name and mode: such a file is read once more, and found
// to be as it was. A file modified so close to the scan that a later write
// could leave the same time has no revision and is read again next time; Git
// calls such files racily clean
// (https://git-scm.com/docs/racy-git).
func (st stat) revision(now time.Time) string {
	return string(st.appendRevision(make([]byte, 0, 64), now))
}

func (st stat) appendRevision(buf []byte, now time.Time) []byte {
	mtime := st.modified
	if mtime.After(now.Add(-granularity(mtime))) {
		return buf
	}
	buf = strconv.AppendInt(buf, st.size, 36)
	buf = strconv.AppendInt(append(buf, '.'), mtime.UnixNano(), 36)
	if st.changed != 0 {
		// The distance is short where nobody set the modification time.
		buf = strconv.AppendInt(append(buf, '.'), st.changed-mtime.UnixNano(), 36)
	}
	return st.id.append(append(buf, '.'))
}

// granularity is the longest time in which two writes may leave one time: a
// kernel tick, or two seconds on file systems that keep whole seconds (FAT).
func granularity(mtime time.Time) time.Duration {
	if mtime.Nanosecond() == 0 {
		return 2 * time.Second
	}
	return 20 * time.Millisecond
}
