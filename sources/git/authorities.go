package git

import (
	"os"
	"os/exec"
	"strings"
)

// authorities hands the certificate authorities that Go programs take from
// SSL_CERT_FILE down to git, which has its own variable for them
// (https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslCAInfo).
// What the user set for git stays.
func (g *Git) authorities(env []string) []string {
	file := os.Getenv("SSL_CERT_FILE")
	if file == "" || os.Getenv("GIT_SSL_CAINFO") != "" || g.remote.scheme != "https" {
		return nil
	}
	cmd := exec.Command("git", "config", "--get-urlmatch", "http.sslCAInfo", g.remote.url)
	cmd.Dir, cmd.Env = os.TempDir(), append(env, "GIT_DIR="+os.DevNull)
	if out, err := cmd.Output(); err == nil && strings.TrimSpace(string(out)) != "" {
		return nil
	}
	return []string{"GIT_SSL_CAINFO=" + file}
}
