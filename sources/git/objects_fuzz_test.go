package git

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"testing"

	"finpages/sources/limits/costtest"
)

// A repository holds what its authors made, by any program: trees, names and
// pointers of Git LFS are read as far as they are what they should be.
func FuzzObjects(f *testing.F) {
	f.Add([]byte("100644 a.md\x00aaaaaaaaaaaaaaaaaaaa40000 docs\x00bbbbbbbbbbbbbbbbbbbb"))
	f.Add([]byte("100644 blob aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\ta.md\x00120000 blob b\tlink\x00"))
	f.Add([]byte("version https://git-lfs.github.com/spec/v1\noid sha256:" +
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nsize 12\n"))
	f.Add([]byte("oid sha256:\nsize -1\nsize 99999999999999999999\n"))
	f.Add([]byte("oid sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nsize -5\n"))
	f.Add([]byte("160000 commit a\t\x00\t\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if digest, size, err := pointer(data); err == nil && (len(digest) != 2*sha256.Size || size < 0) {
			t.Errorf("%q: digest %q, size %d", data, digest, size)
		}
		for _, size := range []int{20, 32} {
			if mode, id := findInTree(data, "docs", size); mode != "" && len(id) != 2*size {
				t.Errorf("%q: mode %q, id %q", data, mode, id)
			}
		}
		p := &running{stdout: bufio.NewReader(bytes.NewReader(data))}
		names := 0
		_ = eachTreeEntry(p, func(e treeEntry) error {
			if names += len(e.name) + 1; e.name == "" || e.mode == "" || e.id == "" {
				t.Errorf("%q: entry %+v", data, e)
			}
			return nil
		})
		costtest.Check(t, data, func(b []byte) {
			_, _, _ = pointer(b)
			_, _ = findInTree(b, "docs", 20)
			_ = eachTreeEntry(&running{stdout: bufio.NewReader(bytes.NewReader(b))}, func(treeEntry) error { return nil })
		})
		if names > len(data) {
			t.Errorf("%d bytes of names in %d bytes", names, len(data))
		}
	})
}
