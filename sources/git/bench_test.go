package git_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"finpages/sources"
)

// bigTree is a repository with that many documents in folders of a hundred.
func bigTree(b *testing.B, files int) *repository {
	r := newRepository(b)
	var in strings.Builder
	in.WriteString("commit refs/heads/main\ncommitter a <a@example.com> 1700000000 +0000\ndata 3\nbig\n")
	for i := range files {
		body := fmt.Sprintf("# Document %d\n\ntext of document %d\n", i, i)
		fmt.Fprintf(&in, "M 100644 inline section-%04d/document-%06d.md\ndata %d\n%s\n", i/100, i, len(body), body)
	}
	runGit(b, r.dir, in.String(), "fast-import", "--quiet", "--force")
	r.git("reset", "-q", "--hard")
	return r
}

func BenchmarkUnchanged(b *testing.B) {
	r := bigTree(b, 40_000)
	r.cached()
	b.Run("ls-remote", func(b *testing.B) {
		for b.Loop() {
			runGit(b, r.dir, "", "ls-remote", "file://"+r.dir, "HEAD")
		}
	})
	b.Run("open", func(b *testing.B) {
		src := r.Source()
		for b.Loop() {
			snap, err := src.Open(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			_ = snap.(sources.Revisioned).Revision()
			snap.Close()
		}
	})
	b.Run("list", func(b *testing.B) {
		snap := r.open()
		var before, after runtime.MemStats
		for b.Loop() {
			runtime.GC()
			runtime.ReadMemStats(&before)
			n := 0
			snap.List(b.Context(), func(e sources.Entry) error {
				if n++; n == 40_000 {
					runtime.GC()
					runtime.ReadMemStats(&after)
				}
				return nil
			})
		}
		b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/40_000, "B/entry")
	})
}

// cached lists the source once.
func (r *repository) cached() {
	r.t.Helper()
	snap, err := r.Source().Open(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	snap.List(r.t.Context(), func(sources.Entry) error { return nil })
	snap.Close()
}

func BenchmarkOneChanged(b *testing.B) {
	r := bigTree(b, 40_000)
	r.cached()
	src, n := r.Source(), 0
	for b.Loop() {
		b.StopTimer()
		n++
		id := r.Put("section-0001/document-000100.md", fmt.Sprint("changed ", n))
		b.StartTimer()
		snap, err := src.Open(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		var changed []sources.Entry
		snap.List(b.Context(), func(e sources.Entry) error {
			if e.ID == id {
				changed = append(changed, e)
			}
			return nil
		})
		if err := snap.(sources.Prefetcher).Prefetch(b.Context(), changed); err != nil {
			b.Fatal(err)
		}
		if _, err := changed[0].Load(b.Context()); err != nil {
			b.Fatal(err)
		}
		snap.Close()
	}
}

func BenchmarkLoadAll(b *testing.B) {
	r := bigTree(b, 40_000)
	for b.Loop() {
		snap := r.open()
		var all []sources.Entry
		snap.List(b.Context(), func(e sources.Entry) error { all = append(all, e); return nil })
		if err := snap.(sources.Prefetcher).Prefetch(b.Context(), all); err != nil {
			b.Fatal(err)
		}
		for _, e := range all {
			if _, err := e.Load(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		snap.Close()
	}
}
