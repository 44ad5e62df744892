package convert

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"finpages/sources"
)

// cache keeps what was converted. What cannot be kept, or read, is converted
// again: nothing depends on it.
type cache struct {
	dir string
	mu  sync.Mutex
}

// maxCached is how many bytes are kept at most.
const maxCached = 256 << 20

// converted is a document after its conversion.
type converted struct {
	Format sources.Format
	Title  string
	Body   []byte
	Notes  []string
}

func (c *cache) file(key [sha256.Size]byte) string {
	return filepath.Join(c.dir, hex.EncodeToString(key[:])+".json")
}

func (c *cache) get(key [sha256.Size]byte) (kept converted, ok bool) {
	if c.dir == "" {
		return kept, false
	}
	name := c.file(key)
	data, err := os.ReadFile(name)
	if err != nil || json.Unmarshal(data, &kept) != nil {
		return kept, false
	}
	now := time.Now()
	_ = os.Chtimes(name, now, now) // what is used stays
	return kept, true
}

func (c *cache) put(key [sha256.Size]byte, made converted) {
	if c.dir == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	data, err := json.Marshal(made)
	if err != nil || os.MkdirAll(c.dir, 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(c.dir, ".new-*")
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if closed := f.Close(); err != nil || closed != nil || os.Rename(f.Name(), c.file(key)) != nil {
		_ = os.Remove(f.Name())
		return
	}
	c.trim()
}

// trim removes what was not used for longest, until the rest fits.
func (c *cache) trim() {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	var files []os.FileInfo
	size := int64(0)
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			files = append(files, info)
			size += info.Size()
		}
	}
	if size <= maxCached {
		return
	}
	slices.SortFunc(files, func(a, b os.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, f := range files {
		if size <= maxCached*3/4 {
			return
		}
		if os.Remove(filepath.Join(c.dir, f.Name())) == nil {
			size -= f.Size()
		}
	}
}
