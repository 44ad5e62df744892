package git

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	currentRef = "refs/finpages/current" // the commit fetched last
	sinceRef   = "refs/finpages/since"   // an older one, asked for to find renames
	// maxHistory is how many fetched commits are remembered, to find what was
	// renamed since one of them.
	maxHistory = 8
	// maxPacks is how many packs (one per fetch) may lie in the cache before
	// it is packed anew without what is no longer used.
	maxPacks = 32
	// head names no branch: nothing is ever checked out.
	head = "ref: refs/heads/none\n"
)

// cache is the folder of one source: its clone, and what is on its way to
// become it. A process that finds it in use clones privately.
type cache struct {
	shared  string   // folder of the source
	base    string   // folder of this process: the same, unless it clones privately
	repo    string   // the clone, which may not exist
	lock    *os.File // held until close
	private bool     // the clone is this process's alone, and ends with it
}

// openCache locks the cache of the source with the name.
func openCache(dir, name string) (*cache, error) {
	sum := sha256.Sum256([]byte(name))
	base, err := filepath.Abs(filepath.Join(dir, "git-"+hex.EncodeToString(sum[:8])))
	if err != nil {
		return nil, fmt.Errorf("find cache directory: %w", err)
	}
	if err := os.MkdirAll(base, 0o700); err != nil {
		return nil, fmt.Errorf("make cache directory: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(base, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock cache directory: %w", err)
	}
	if tryLock(lock) {
		c := &cache{shared: base, base: base, repo: filepath.Join(base, "repo.git"), lock: lock}
		c.sweep()
		return c, nil
	}
	lock.Close()
	return privateCache(base)
}

func privateCache(base string) (*cache, error) {
	lock, err := os.CreateTemp(base, "private-*.lock")
	if err != nil {
		return nil, fmt.Errorf("lock cache directory: %w", err)
	}
	own := strings.TrimSuffix(lock.Name(), ".lock")
	if !tryLock(lock) || os.Mkdir(own, 0o700) != nil {
		lock.Close()
		return nil, errors.New("lock cache directory: another process is in the way: try again")
	}
	return &cache{shared: base, base: own, repo: filepath.Join(own, "repo.git"), lock: lock, private: true}, nil
}

// sweep removes what processes left behind that died.
func (c *cache) sweep() {
	for _, tmp := range glob(c.base, "tmp-*") {
		os.RemoveAll(tmp)
	}
	for _, name := range glob(c.base, "private-*.lock") {
		if f, err := os.OpenFile(name, os.O_RDWR, 0); err == nil {
			if tryLock(f) {
				os.RemoveAll(strings.TrimSuffix(name, ".lock"))
				os.Remove(name)
			}
			f.Close()
		}
	}
}

// glob lists the files of a folder by pattern, the folder's own name taken
// literally.
func glob(dir, pattern string) (found []string) {
	entries, _ := os.ReadDir(dir) // absent is empty
	for _, e := range entries {
		if ok, _ := filepath.Match(pattern, e.Name()); ok {
			found = append(found, filepath.Join(dir, e.Name()))
		}
	}
	return found
}

func (c *cache) close() error {
	var err error
	if c.private {
		err = errors.Join(os.RemoveAll(c.base), os.Remove(c.lock.Name()))
	}
	return errors.Join(err, c.lock.Close())
}

// layout tells how the clone is laid out; false if it is none of ours, and to
// be replaced.
func (c *cache) layout(url string, depth int) (layout, bool) {
	config, err := os.ReadFile(filepath.Join(c.repo, "config"))
	if err != nil {
		return layout{}, false
	}
	if b, err := os.ReadFile(filepath.Join(c.repo, "HEAD")); err != nil || string(b) != head {
		return layout{}, false
	}
	for _, dir := range []string{"objects/pack", "refs/finpages"} {
		if info, err := os.Stat(filepath.Join(c.repo, dir)); err != nil || !info.IsDir() {
			return layout{}, false
		}
	}
	for _, alien := range []string{"commondir", "config.worktree", "objects/info/alternates", "info/grafts"} {
		if _, err := os.Lstat(filepath.Join(c.repo, alien)); !errors.Is(err, fs.ErrNotExist) {
			return layout{}, false
		}
	}
	for _, l := range variants(url, depth) {
		if l.config() == string(config) {
			return l, true
		}
	}
	return layout{}, false
}

// wasBranch tells whether the ref of the repository at the URL was a branch
// when it was synced last.
func (c *cache) wasBranch(url, ref string) bool {
	b, err := os.ReadFile(filepath.Join(c.shared, "branch"))
	return err == nil && string(b) == branchNote(url, ref)
}

// rememberBranch notes that the ref is a branch.
func (c *cache) rememberBranch(url, ref string) error {
	if c.wasBranch(url, ref) {
		return nil
	}
	if err := os.WriteFile(filepath.Join(c.shared, "branch"), []byte(branchNote(url, ref)), 0o600); err != nil {
		return fmt.Errorf("write cache: %w", err)
	}
	return nil
}

func branchNote(url, ref string) string { return url + "\n" + ref + "\n" }

// create makes an empty repository in a new folder.
func (c *cache) create(l layout) (string, error) {
	dir, err := os.MkdirTemp(c.base, "tmp-*")
	if err != nil {
		return "", fmt.Errorf("make cache directory: %w", err)
	}
	for _, sub := range []string{"objects/pack", "refs/finpages"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return "", fmt.Errorf("make cache directory: %w", err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "HEAD"), []byte(head), 0o600); err != nil {
		return "", fmt.Errorf("write cache: %w", err)
	}
	return dir, writeConfig(dir, l)
}

func writeConfig(repo string, l layout) error {
	if err := os.WriteFile(filepath.Join(repo, "config"), []byte(l.config()), 0o600); err != nil {
		return fmt.Errorf("write cache: %w", err)
	}
	return nil
}

// install makes the repository in the folder the clone.
func (c *cache) install(dir string) error {
	old := dir + ".old"
	if err := os.Rename(c.repo, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replace clone: %w", err)
	}
	if err := os.Rename(dir, c.repo); err != nil {
		return fmt.Errorf("replace clone: %w", err)
	}
	os.RemoveAll(old) // swept later if it fails
	return nil
}

// unlock removes what a fetch left behind that was killed.
func (c *cache) unlock() {
	for dir, pattern := range map[string]string{"": "*.lock", "refs/finpages": "*.lock", "objects/pack": "tmp_*"} {
		for _, f := range glob(filepath.Join(c.repo, dir), pattern) {
			os.Remove(f)
		}
	}
}
