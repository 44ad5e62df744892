package git

import (
	"encoding/base64"
	"errors"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"

	regexp "finpages/sources/lazyregexp"
)

// maxDetail bounds how much of git's own words an error repeats.
const maxDetail = 400

// commandError is a git command that failed.
type commandError struct {
	verb   string
	stderr string // scrubbed
	err    error
}

func newCommandError(verb, stderr string, err error) error {
	return &commandError{verb: verb, stderr: stderr, err: err}
}

func (e *commandError) Error() string {
	msg := "git " + e.verb
	if d := detail(e.stderr); d != "" {
		msg += ": " + d
	} else {
		msg += ": " + e.err.Error()
	}
	if hint := hintFor(e.stderr); hint != "" {
		msg += ": " + hint
	}
	return msg
}

func (e *commandError) Unwrap() error { return e.err }

// says reports whether the error is git's and holds one of the texts.
func says(err error, texts ...string) bool {
	var e *commandError
	if !errors.As(err, &e) {
		return false
	}
	return containsAny(e.stderr, texts...)
}

func containsAny(s string, texts ...string) bool {
	for _, t := range texts {
		if strings.Contains(s, t) {
			return true
		}
	}
	return false
}

// diskFull is what git says when there is no room for what it fetches.
var diskFull = []string{"No space left on device", "Disk quota exceeded", "disk full", "write error"}

// isDiskFull reports whether the cache has no room, so that to fetch again is in vain.
func isDiskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || says(err, diskFull...)
}

const untrusted = "trust the authority of the server's certificate: set SSL_CERT_FILE to a file with it, " +
	"and see git config http.sslCAInfo, which wins over that"

// hints mend what git complains of, the most telling complaint first.
var hints = []struct {
	mend  string
	texts []string
}{
	{"check that the host's key is in known_hosts (git.auth.known_hosts_file; ssh-keyscan prints it)",
		[]string{"Host key verification failed", "REMOTE HOST IDENTIFICATION HAS CHANGED"}},
	{"make the key file readable for this user alone (chmod 600)", []string{"UNPROTECTED PRIVATE KEY FILE"}},
	{"the login was refused: check git.auth, both its token and its user, or the user's own credential helper or ssh key",
		[]string{"Authentication failed", "could not read Username", "could not read Password", "Permission denied (",
			"error: 401", "error: 403", "HTTP Basic: Access denied", "Invalid username or",
			"Too many authentication failures"}},
	{"let this user's git trust the folder (git config --global --add safe.directory PATH)",
		[]string{"dubious ownership"}},
	{untrusted,
		[]string{"certificate problem", "certificate verify failed", "verification failed"}},
	{"the host cannot be reached: check git.url, the network and the proxy",
		[]string{"Could not resolve", "Connection refused", "Failed to connect", "Couldn't connect",
			"onnection timed out", "Connection reset",
			"unable to connect", "unable to look up", "No route to host", "Network is unreachable", "onnection closed",
			"Operation timed out"}},
	{"there is no such repository, or this login may not see it: check git.url",
		[]string{"not found", "does not exist", "does not appear to be a git repository", "error: 404",
			"access denied or repository not exported",
			"Could not read from remote repository"}},
	{"the protocol is not allowed: use https, ssh, git or file (see url.*.insteadOf in the user's git configuration)",
		[]string{"transport '"}},
	{"make room on the disk of the cache directory", diskFull},
}

func hintFor(stderr string) string {
	for _, h := range hints {
		switch {
		case !containsAny(stderr, h.texts...):
		case h.mend == untrusted && os.Getenv("GIT_SSL_CAINFO") != "":
			return "trust the authority of the server's certificate: GIT_SSL_CAINFO is set, to " +
				os.Getenv("GIT_SSL_CAINFO") + ", and wins over SSL_CERT_FILE: name a file with that authority there, or unset it"
		default:
			return h.mend
		}
	}
	return ""
}

// detail picks the lines that say why git failed, in one line of readable text.
func detail(stderr string) string {
	var telling, all []string
	for line := range strings.SplitSeq(stderr, "\n") {
		line = strings.TrimSpace(plain(line))
		if line == "" {
			continue
		}
		all = append(all, line)
		if containsAny(line, "fatal:", "error:", "ERROR:", "denied", "failed", "refused") {
			telling = append(telling, line)
		}
	}
	if len(telling) == 0 {
		telling = all[max(0, len(all)-2):]
	}
	text := strings.Join(telling[:min(len(telling), 4)], "; ")
	if len(text) > maxDetail {
		text = strings.ToValidUTF8(text[:maxDetail], "") + "…"
	}
	return text
}

// plain takes out what a server could use to paint on a terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if strconv.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}

var userinfo = regexp.MustCompile(`://[^/@\s'"]*@`)

// scrubber returns a function that takes secrets out of a text: the login in
// each form in which it could be written, and the user part of any URL.
func scrubber(login *credentials) func(string) string {
	var secrets []string
	hide := func(s string) {
		if s != "" {
			secrets = append(secrets, s, "***", url.QueryEscape(s), "***", url.PathEscape(s), "***")
		}
	}
	if login != nil && login.secret != "" {
		basic := login.user + ":" + login.secret
		hide(base64.StdEncoding.EncodeToString([]byte(basic)))
		hide(login.secret)
	}
	replacer := strings.NewReplacer(secrets...)
	return func(s string) string { return userinfo.ReplaceAllString(replacer.Replace(s), "://") }
}
