package confluenceexport_test

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnreadableFolderIsAnIncompleteScope(t *testing.T) {
	dir := files{"A/Home_1.html": "x", "B/Home_2.html": "x", "C/Home_3.html": "x"}.folder(t)
	shut := filepath.Join(dir, "B")
	if err := os.Chmod(shut, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(shut, 0o755)
	if os.Geteuid() == 0 {
		// This thread minds file modes like everybody else, until the test ends.
		runtime.LockOSThread()
		os.Chmod(filepath.Dir(dir), 0o755)
		if err := syscall.Setfsuid(65534); err != nil {
			t.Skipf("cannot give up root for this test: %v", err)
		}
		defer runtime.UnlockOSThread()
		defer syscall.Setfsuid(0)
	}
	got, listing := entries(t, dir)
	if diff := cmp.Diff([]string{"1 in A", "3 in C"}, described(got)); diff != "" {
		t.Error(diff)
	}
	if len(listing.Incomplete) != 1 || listing.Incomplete[0].Scope != "B" {
		t.Errorf("incomplete = %+v, want B", listing.Incomplete)
	} else if want := `list folder "B": permission denied: let the user that finpages runs as read it`; listing.Incomplete[0].Err.Error() != want {
		t.Errorf("%v, want %s", listing.Incomplete[0].Err, want)
	}
}
