package zipdir_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"testing"

	"finpages/sources/confluenceexport/internal/zipdir"
	"finpages/sources/limits/costtest"
)

func pack(t testing.TB, comment string, names ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	w.SetComment(comment)
	for i, name := range names {
		method := zip.Deflate
		if i%2 == 1 {
			method = zip.Store
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = fmt.Fprintf(f, "the content of %s", name)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func read(data []byte) (files []zipdir.File, err error) {
	err = zipdir.Read(context.Background(), bytes.NewReader(data), int64(len(data)), func(f zipdir.File) error {
		files = append(files, f)
		return nil
	})
	return files, err
}

// What this package reads, archive/zip reads alike.
func FuzzRead(f *testing.F) {
	good := pack(f, "", "a", "b/c.html", "é")
	f.Add(good)
	f.Add(good[:len(good)-9])
	f.Add(pack(f, "PK\x05\x06", "a"))
	f.Add(pack(f, ""))
	f.Add(append([]byte("before"), good...))
	f.Add(largeOffsets(good))
	f.Fuzz(func(t *testing.T, data []byte) {
		costtest.Check(t, data, func(b []byte) { _, _ = read(b) })
		files, err := read(data)
		if err != nil {
			return
		}
		other, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		for i, file := range files {
			content, err2 := file.Read(bytes.NewReader(data), int64(len(data)))
			if err2 != nil || err != nil || i >= len(other.File) || other.File[i].Name != file.Name {
				continue
			}
			r, err := other.File[i].Open()
			if err != nil {
				continue
			}
			if want, err := io.ReadAll(r); err == nil && !bytes.Equal(want, content) {
				t.Fatalf("file %q holds %q, archive/zip reads %q", file.Name, content, want)
			}
		}
	})
}

// largeOffsets is the archive of one file with its sizes told in 64 bits.
func largeOffsets(data []byte) []byte {
	data = bytes.Clone(data)
	at := bytes.LastIndex(data, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(data[at+20:], 1<<32-1)
	return data
}

func TestReadsWhatArchiveZipWrites(t *testing.T) {
	names := []string{"a", "b/c.html", "é", "d"}
	data := pack(t, "a comment", names...)
	files, err := read(data)
	if err != nil || len(files) != len(names) {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for i, name := range names {
		content, err := files[i].Read(bytes.NewReader(data), int64(len(data)))
		if files[i].Name != name || err != nil || string(content) != "the content of "+name {
			t.Errorf("file %q: %q, %v", files[i].Name, content, err)
		}
	}
}

// endless is a directory of ten million records that nobody holds in memory.
type endless struct{ records int64 }

const record = 46 + 10

func (e endless) ReadAt(p []byte, off int64) (int, error) {
	for i := range p {
		p[i] = e.at(off + int64(i))
	}
	return len(p), nil
}

func (e endless) at(off int64) byte {
	var b [record]byte
	if off < e.records*record {
		copy(b[:], "PK\x01\x02")
		b[28] = 10
		return b[off%record]
	}
	var end [98]byte // zip64 end, its locator, end
	copy(end[:], "PK\x06\x06")
	binary.LittleEndian.PutUint64(end[32:], uint64(e.records))
	binary.LittleEndian.PutUint64(end[40:], uint64(e.records*record))
	copy(end[56:], "PK\x06\x07")
	binary.LittleEndian.PutUint64(end[64:], uint64(e.records*record))
	copy(end[76:], "PK\x05\x06")
	binary.LittleEndian.PutUint16(end[86:], 1<<16-1)
	return end[off-e.records*record]
}

func TestDirectoryIsAStream(t *testing.T) {
	e := endless{records: 500_000}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := int64(0)
	err := zipdir.Read(t.Context(), e, e.records*record+98, func(zipdir.File) error {
		if n++; n == e.records-1 {
			runtime.GC()
			runtime.ReadMemStats(&after)
		}
		return nil
	})
	if err != nil || n != e.records {
		t.Fatalf("%d records, %v", n, err)
	}
	if held := int64(after.HeapAlloc) - int64(before.HeapAlloc); held > 1<<20 {
		t.Errorf("%d bytes held after %d records", held, n)
	}
}
