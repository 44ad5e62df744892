package firstgc_test

import (
	"os"
	"runtime/debug"
	"testing"

	"finpages/cmd/finpages/internal/firstgc"
)

func TestCollectorIsTold(t *testing.T) {
	want := firstgc.Percent
	if os.Getenv("GOGC") != "" {
		if want != 0 {
			t.Errorf("%d percent, although the environment says something else", want)
		}
		return
	}
	was := debug.SetGCPercent(100)
	debug.SetGCPercent(was)
	if was != want || want <= 100 {
		t.Errorf("%d percent, want %d", was, want)
	}
}
