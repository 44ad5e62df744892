package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"finpages/ingest"
	"finpages/sources"
	"finpages/sources/git"
)

// patternWorld is a world with twelve documents, and two in a folder of drafts,
// in a source that takes patterns.
type patternWorld struct {
	*world
	exclude func(patterns ...string)
	publish func() // the folder as it is
}

func eachPatternWorld(t *testing.T, test func(t *testing.T, w patternWorld)) {
	for name, build := range map[string]func(*testing.T, *world) patternWorld{"folder": ofFolder, "git": ofGit} {
		t.Run(name, func(t *testing.T) {
			w := build(t, newWorld(t))
			w.Fill(12)
			w.Put("drafts/a.md", "# A\n\nDraft.", "drafts/deep/b.md", "# B\n\nDraft.")
			w.publish()
			w.WantCounts(w.Sync(), "ok listed=14 created=14")
			test(t, w)
		})
	}
}

func ofFolder(_ *testing.T, w *world) patternWorld {
	return patternWorld{w, func(patterns ...string) {
		w.Options.Exclude, w.Src.Settings = patterns, fmt.Sprint(patterns)
	}, func() {}}
}

func ofGit(t *testing.T, w *world) patternWorld {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	opts, cache := git.NewOptions(), t.TempDir()
	opts.URL = w.Dir
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
		cmd.Dir = w.Dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	exclude := func(patterns ...string) {
		opts.Exclude, w.Src.Settings = patterns, fmt.Sprint(patterns)
		adapter, err := opts.Build(sources.Env{Name: "docs", CacheDir: cache, Formats: w.Formats})
		if err != nil {
			t.Fatal(err)
		}
		w.Src.Kind, w.Src.Adapter = "git", adapter
	}
	exclude()
	run("init", "-q", "-b", "main")
	return patternWorld{w, exclude, func() { run("add", "-A"); run("commit", "-q", "-m", "x") }}
}

// What a new pattern leaves out leaves with the run that sees it, below folders,
// too, while deletes of documents that are gone wait.
func TestExcludedPathLeavesAtOnce(t *testing.T) {
	eachPatternWorld(t, func(t *testing.T, w patternWorld) {
		for i := range 8 {
			w.Remove(fmt.Sprintf("page-%02d.md", i))
		}
		w.publish()
		w.exclude("drafts/**")
		plan := w.Run(ingest.RunOptions{Plan: true})
		w.WantCounts(plan, "held listed=4 excluded=2 unchanged=4 deleted=2 held=8")
		for _, c := range plan.Changes {
			if c.Action == "delete" && !strings.Contains(c.Reason, `excluded by the pattern "drafts/**"`) {
				t.Errorf("the plan deletes %s for %q", c.ExternalID, c.Reason)
			}
		}
		w.WantCounts(w.Sync(), "held listed=4 excluded=2 unchanged=4 deleted=2 held=8")
		w.WantCounts(w.Sync(), "held listed=4 excluded=2 unchanged=4 held=8")
		w.exclude()
		w.WantCounts(w.Sync(), "held listed=6 unchanged=4 created=2 held=8")
	})
}

// A pattern that leaves out more than the budget allows waits for an approval.
func TestManyExcludedPathsWait(t *testing.T) {
	eachPatternWorld(t, func(t *testing.T, w patternWorld) {
		w.exclude("page-*")
		for range 2 {
			w.WantCounts(w.Sync(), "held listed=2 excluded=12 unchanged=2 held=12")
		}
		if _, err := w.Service().Approve(t.Context(), "docs", ""); err != nil {
			t.Fatal(err)
		}
		w.WantInFin("drafts/a.md", "drafts/deep/b.md")
	})
}

// A folder that cannot be listed in full keeps its pages, but not those that a
// pattern leaves out.
func TestExcludedPathLeavesAnIncompleteFolder(t *testing.T) {
	w := ofFolder(t, newWorld(t))
	w.Fill(3)
	w.Sync()
	w.exclude("page-01.md")
	adapter := w.Source().Adapter
	w.Src.Kind, w.Src.Adapter = "half a folder", halfListed{adapter}
	w.WantCounts(w.Sync(), "partial listed=2 excluded=1 unchanged=2 deleted=1")
	w.WantInFin("page-00.md", "page-02.md")
}

// halfListed is a folder of which a part could not be listed.
type halfListed struct{ sources.Source }

func (s halfListed) Open(ctx context.Context) (sources.Snapshot, error) {
	snap, err := s.Source.Open(ctx)
	return halfListedSnapshot{snap}, err
}

type halfListedSnapshot struct{ sources.Snapshot }

func (s halfListedSnapshot) List(ctx context.Context, yield func(sources.Entry) error) (sources.Listing, error) {
	listing, err := s.Snapshot.List(ctx, yield)
	listing.Incomplete = append(listing.Incomplete, sources.Incomplete{Err: errors.New("permission denied")})
	return listing, err
}
