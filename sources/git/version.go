package git

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// The oldest git that has all that is used here: fetch --stdin and
// --no-write-fetch-head came with 2.29.
const minMajor, minMinor = 2, 30

var errNoGit = errors.New("the git program is missing: install git, and put it on the PATH")

// version returns the version of the git program.
func version() (string, error) {
	cmd := exec.Command("git", "version")
	cmd.Env = parentEnv(cmd.Environ())
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", errNoGit
	}
	if err != nil {
		return "", fmt.Errorf("run git version: %w", err)
	}
	v := strings.TrimSpace(strings.TrimPrefix(string(out), "git version "))
	var major, minor int
	if _, err := fmt.Sscanf(v, "%d.%d", &major, &minor); err != nil {
		return "", fmt.Errorf("git version says %q: expected a version such as 2.39.5", plain(v))
	}
	if major < minMajor || major == minMajor && minor < minMinor {
		return "", fmt.Errorf("git %s is too old: install %d.%d or newer", plain(v), minMajor, minMinor)
	}
	return v, nil
}
