package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// gitRow measures a repository of many files: unchanged, and with one file changed
// by each commit.
func (b *bench) gitRow() ([]line, error) {
	if err := installed("git"); err != nil {
		return nil, err
	}
	g, err := b.newRepository()
	if err != nil {
		return nil, err
	}
	w, err := b.newWorld(fmt.Sprintf("git: {url: %q, ref: main}", g.url))
	if err != nil {
		return nil, err
	}
	if _, err := w.backfill(0); err != nil {
		return nil, err
	}
	same, err := inTurn(b.scale.rounds, w.backfill, g.work("ls-remote", g.url, "refs/heads/main"))
	if err != nil {
		return nil, err
	}
	changed, err := inTurn(b.scale.rounds, func(round int) (usage, error) {
		if err := g.change(round); err != nil {
			return usage{}, err
		}
		return w.backfill(round)
	}, g.work("--git-dir", g.clone, "fetch", "--quiet", "--no-tags", "--depth=1", "--filter=blob:limit=64k",
		"origin", "+refs/heads/main:refs/heads/main"))
	if err != nil {
		return nil, err
	}
	return []line{
		surplus(fmt.Sprintf("unchanged Git repository of %d files, wall", b.scale.files), "`git ls-remote`",
			same[0].wall, same[1].wall, 40*time.Millisecond),
		surplus("one changed file in it, wall", "the `git fetch` alone",
			changed[0].wall, changed[1].wall, 100*time.Millisecond),
	}, nil
}

// repository is one of many files, with a clone that only the peer fetches into.
type repository struct {
	*bench
	dir, url, clone string
}

func (b *bench) newRepository() (*repository, error) {
	g := &repository{b, filepath.Join(b.dir, "repository"), "", filepath.Join(b.dir, "clone.git")}
	g.url = "file://" + g.dir
	if err := writeFiles(g.dir, b.scale.files, shortText); err != nil {
		return nil, err
	}
	return g, errors.Join(
		g.git("init", "--quiet", "--initial-branch=main"),
		g.git("config", "uploadpack.allowFilter", "true"),
		g.git("config", "uploadpack.allowAnySHA1InWant", "true"),
		g.git("add", "--all"),
		g.commit("first"),
		g.git("repack", "-adq", "--write-bitmap-index"),
		g.git("clone", "--quiet", "--bare", "--depth=1", "--filter=blob:none", g.url, g.clone),
	)
}

func (g *repository) git(args ...string) error {
	_, err := g.work(args...)(0)
	return err
}

func (g *repository) work(args ...string) work {
	return func(int) (usage, error) {
		return command{g.dir, append([]string{"git"}, args...)}.run(g.ctx)
	}
}

func (g *repository) commit(message string) error {
	return g.git("-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "gc.auto=0",
		"commit", "--quiet", "--all", "--message", message)
}

// change commits another text of one document.
func (g *repository) change(round int) error {
	name := filepath.Join(g.dir, "part-000", "chapter-00000", "some-page-7.md")
	if err := os.WriteFile(name, []byte(shortText(10_000_000+round)), 0o644); err != nil {
		return err
	}
	return g.commit(fmt.Sprintf("change %d", round))
}
