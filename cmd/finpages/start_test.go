package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var initTrace = regexp.MustCompile(`^init (finpages/\S+) @.* clock, (\d+) bytes`)

// Each command pays for what packages make when the program starts. Expressions are
// compiled when they are needed: see sources/lazyregexp.
func TestStartMakesLittle(t *testing.T) {
	const most = 128 << 10 // bytes, of one package
	cmd := exec.Command("finpages", "version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		if m := initTrace.FindStringSubmatch(line); m != nil {
			seen++
			if n, _ := strconv.Atoi(m[2]); n > most {
				t.Errorf("%s makes %d bytes when the program starts, more than %d", m[1], n, most)
			}
		}
	}
	if seen == 0 {
		t.Errorf("no package was traced: %s", out)
	}
}
