package website

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// memory is what the last listing found.
type memory struct {
	Start   start
	Sitemap bool       // there was one where sites have it
	Pages   pageMemory `json:",omitempty"` // of a crawl
}

// start is the page at url.
type start struct {
	Text       string // hash of its text, hex
	Everywhere bool   // the site gives it for a page that does not exist, too
}

// pageMemory has pages by ID, so that what has not changed is not read again.
type pageMemory map[string]remembered

type remembered struct {
	validators
	Revision  string
	Text      string   // hash of its text, hex
	URL       string   // ID of where it was in the end
	Canonical string   `json:",omitempty"` // ID of the page that it names as itself
	Links     []string `json:",omitempty"` // IDs
}

func (w *Website) memoryFile() string { return filepath.Join(w.env.CacheDir, "website.json") }

// readMemory returns nothing where there is none that can be read.
func (w *Website) readMemory() memory {
	var m memory
	text, err := os.ReadFile(w.memoryFile())
	if err != nil || json.Unmarshal(text, &m) != nil {
		return memory{}
	}
	return m
}

func (w *Website) writeMemory(m memory) error {
	text, err := json.Marshal(m)
	if err == nil {
		err = os.MkdirAll(w.env.CacheDir, 0o700)
	}
	if err != nil {
		return fmt.Errorf("write what the site has: %w", err)
	}
	f, err := os.CreateTemp(w.env.CacheDir, "website-*")
	if err != nil {
		return fmt.Errorf("write what the site has: %w", err)
	}
	_, err = f.Write(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), w.memoryFile())
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write what the site has: %w", err)
	}
	return nil
}

func modifiedAt(lastModified string) time.Time {
	t, err := http.ParseTime(lastModified)
	if err != nil {
		return time.Time{}
	}
	return t
}
