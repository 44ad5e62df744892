package process_test

import (
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"finpages/sources/internal/process"
)

func TestStopEndsTheChildrenToo(t *testing.T) {
	for name, script := range map[string]string{
		"obeys":   "sleep 1000 & echo ready; wait",
		"ignores": "trap '' TERM; sleep 1000 & echo ready; while :; do wait; sleep 1; done",
		"leaves":  "sleep 1000 & echo ready; exit 0",
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("sh", "-c", script)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			p, err := process.Start(cmd)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := out.Read(make([]byte, 6)); err != nil && name != "leaves" {
				t.Fatal(err)
			}
			p.Stop(50 * time.Millisecond)
			for alive(t, cmd.Process.Pid) { // a signal takes a moment; go test's timeout ends what never ends
				runtime.Gosched()
			}
		})
	}
}

// alive tells whether the session has a process that is no zombie.
func alive(t *testing.T, session int) bool {
	t.Helper()
	out, _ := exec.Command("ps", "-o", "stat=", "-s", strconv.Itoa(session)).Output()
	for stat := range strings.FieldsSeq(string(out)) {
		if !strings.HasPrefix(stat, "Z") {
			return true
		}
	}
	return false
}

func TestEnvironKeepsSecretsBack(t *testing.T) {
	t.Setenv("INTERCOM_TOKEN", "secret")
	t.Setenv("RCLONE_VERBOSE", "1")
	t.Setenv("LC_ALL", "C")
	got := process.Environ("RCLONE_")
	for v, want := range map[string]bool{"INTERCOM_TOKEN=secret": false, "RCLONE_VERBOSE=1": true, "LC_ALL=C": true} {
		if slices.Contains(got, v) != want {
			t.Errorf("%s passed on: %v, want %v", v, !want, want)
		}
	}
}

func TestTailKeepsTheLastLine(t *testing.T) {
	var tail process.Tail
	for range 1000 {
		tail.Write([]byte(strings.Repeat("x", 100) + "\n"))
	}
	tail.Write([]byte("the end\n\n"))
	if got := tail.Last(); got != "the end" {
		t.Errorf("last line %q", got)
	}
}
