package git

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// history returns the commits fetched, the last one last.
func history(repo string) []string {
	b, _ := os.ReadFile(filepath.Join(repo, "finpages-history")) // none is none
	commits := strings.Fields(string(b))
	if slices.ContainsFunc(commits, func(c string) bool { return !isCommitID(c) }) {
		return nil
	}
	return commits
}

// remember notes the commit as the last one fetched.
func remember(repo, commit string) error {
	commits := slices.DeleteFunc(history(repo), func(c string) bool { return c == commit })
	commits = append(commits, commit)
	commits = commits[max(0, len(commits)-maxHistory):]
	name := filepath.Join(repo, "finpages-history")
	if err := os.WriteFile(name+".new", []byte(strings.Join(commits, "\n")+"\n"), 0o600); err != nil {
		return fmt.Errorf("write cache: %w", err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		return fmt.Errorf("write cache: %w", err)
	}
	return nil
}

func isCommitID(s string) bool {
	if len(s) != 40 && len(s) != 64 {
		return false
	}
	_, err := hex.DecodeString(s)
	return err == nil
}

// compact packs the remembered commits, with those of their blobs that are
// here, into a clone of their own, which takes the place of the old one. So
// the cache does not grow with the number of fetches.
func (c *cache) compact(ctx context.Context, run runner, l layout) error {
	commits := history(c.repo)
	if len(glob(filepath.Join(c.repo, "objects/pack"), "*.pack")) <= maxPacks || len(commits) == 0 {
		return nil
	}
	dir, err := c.create(l)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	_, _, err = run.output(ctx, c.repo, strings.NewReader(strings.Join(commits, "\n")+"\n"),
		"pack-objects", "--revs", "--missing=allow-promisor", "--quiet", filepath.Join(dir, "objects/pack/pack"))
	if err != nil {
		return err
	}
	for _, pack := range glob(filepath.Join(dir, "objects/pack"), "*.pack") {
		if err := os.WriteFile(strings.TrimSuffix(pack, ".pack")+".promisor", nil, 0o600); err != nil {
			return fmt.Errorf("write cache: %w", err)
		}
	}
	if err := c.copyRefs(ctx, run, dir); err != nil {
		return err
	}
	return c.install(dir)
}

func (c *cache) copyRefs(ctx context.Context, run runner, dir string) error {
	commits := history(c.repo)
	files := map[string]string{
		"finpages-history": strings.Join(commits, "\n") + "\n",
		currentRef:         commits[len(commits)-1] + "\n",
	}
	if b, err := os.ReadFile(filepath.Join(c.repo, "shallow")); err == nil {
		packed, err := onlyPacked(ctx, run, dir, strings.Fields(string(b)))
		if err != nil {
			return err
		}
		files["shallow"] = packed
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return fmt.Errorf("write cache: %w", err)
		}
	}
	return nil
}

// onlyPacked returns the ends of history (the file "shallow") that the
// repository still has.
func onlyPacked(ctx context.Context, run runner, repo string, commits []string) (string, error) {
	missing := map[string]bool{}
	for _, c := range commits {
		missing[c] = true
	}
	if err := dropPresent(ctx, run, repo, missing); err != nil {
		return "", err
	}
	var shallow strings.Builder
	for _, c := range commits {
		if !missing[c] {
			shallow.WriteString(c + "\n")
		}
	}
	return shallow.String(), nil
}
