package git_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"finpages/sources"

	"github.com/google/go-cmp/cmp"
)

func text(seed string) string {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "%s line %d\n", seed, i)
	}
	return b.String()
}

// revision syncs and returns the revision.
func (r *repository) revision() string {
	r.t.Helper()
	snap, err := r.Source().Open(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	defer snap.Close()
	contents(r.t, snap)
	return snap.(sources.Revisioned).Revision()
}

func (r *repository) moves(since string) map[string]string {
	r.t.Helper()
	snap, err := r.Source().Open(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	defer snap.Close()
	moves, err := snap.(sources.Mover).Moves(r.t.Context(), since)
	if err != nil {
		r.t.Fatal(err)
	}
	return moves
}

func TestMoves(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(r *repository)
		want   map[string]string
	}{
		"nothing": {change: func(r *repository) {}, want: map[string]string{}},
		"renamed": {change: func(r *repository) { r.git("mv", "docs/a.md", "docs/z.md") }, want: map[string]string{"z.md": "a.md"}},
		"folder": {change: func(r *repository) { r.git("mv", "docs/dir", "docs/other") },
			want: map[string]string{"other/x.md": "dir/x.md", "other/y.md": "dir/y.md"}},
		"renamed and edited": {change: func(r *repository) {
			r.git("mv", "docs/a.md", "docs/z.md")
			r.write("docs/z.md", text("a")+"one more line\n")
		}, want: map[string]string{"z.md": "a.md"}},
		"renamed and rewritten": {change: func(r *repository) {
			r.git("rm", "-q", "docs/a.md")
			r.write("docs/z.md", text("entirely other"))
		}, want: map[string]string{}},
		"copied":            {change: func(r *repository) { r.write("docs/copy.md", text("a")) }, want: map[string]string{}},
		"out of the folder": {change: func(r *repository) { r.git("mv", "docs/a.md", "a.md") }, want: map[string]string{}},
		"into a hidden one": {change: func(r *repository) { r.git("mv", "docs/a.md", "docs/.a.md") }, want: map[string]string{}},
		"odd names":         {change: func(r *repository) { r.git("mv", "docs/a.md", "docs/-M*é\n.md") }, want: map[string]string{"-M*é\n.md": "a.md"}},
		"twins keep names":  {change: func(r *repository) { r.git("mv", "docs/twins", "docs/moved") }, want: map[string]string{"moved/1.md": "twins/1.md", "moved/2.md": "twins/2.md"}},
		"two commits": {change: func(r *repository) {
			r.git("mv", "docs/a.md", "docs/b.md")
			r.commit("1")
			r.git("mv", "docs/b.md", "docs/c.md")
		}, want: map[string]string{"c.md": "a.md"}},
		"history rewritten": {change: func(r *repository) {
			r.git("mv", "docs/a.md", "docs/z.md")
			r.git("commit", "-q", "--amend", "-m", "other")
		}, want: map[string]string{"z.md": "a.md"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			r.opts.Path = "docs"
			for _, n := range []string{"a", "dir/x", "dir/y"} {
				r.write("docs/"+n+".md", text(n))
			}
			r.write("docs/twins/1.md", text("twin"))
			r.write("docs/twins/2.md", text("twin"))
			r.commit("docs")
			since := r.revision()
			tt.change(r)
			r.commit("change")
			if diff := cmp.Diff(tt.want, r.moves(since)); diff != "" {
				t.Error(diff)
			}
			must(t, os.RemoveAll(r.clone())) // a cache that was lost makes no difference
			if diff := cmp.Diff(tt.want, r.moves(since)); diff != "" {
				t.Errorf("with a new cache: %s", diff)
			}
		})
	}
}

func TestMovesUnknown(t *testing.T) {
	r := newRepository(t)
	for _, since := range []string{"", "HEAD", "--all", strings.Repeat("1", 40), r.revision()} {
		if moves := r.moves(since); len(moves) > 0 {
			t.Errorf("since %q: %q", since, moves)
		}
	}
}
