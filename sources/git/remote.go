package git

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"finpages/sources"
	regexp "finpages/sources/lazyregexp"
)

// remote is where a repository lies.
type remote struct {
	url            string // as git gets it: without password, for http without user
	scheme         string // https, http, ssh, git, file
	host           string // with the port, if one is given
	path           string // unescaped, without the slash in front (except file)
	user, password string // taken out of the URL
}

var (
	helperURL = regexp.MustCompile(`^[A-Za-z0-9+.-]+::`)
	scpLike   = regexp.MustCompile(`^(?:([^/@:]+)@)?([^/@:]+|\[[^\]/]+\]):(.+)$`)
)

// parseRemote understands the forms of https://git-scm.com/docs/git-fetch#_git_urls
// that run no command of their own choice. Its errors hold no part of the URL
// that may be secret.
func parseRemote(raw string) (remote, error) {
	switch {
	case raw == "":
		return remote{}, errors.New("missing: give the address of the repository")
	case hasControl(raw) || strings.TrimSpace(raw) != raw:
		return remote{}, errors.New("holds a space or control character at its ends or inside: remove it")
	case strings.HasPrefix(raw, "-"):
		return remote{}, errors.New("begins with a dash: give an https, ssh or file address")
	case helperURL.MatchString(raw):
		return remote{}, fmt.Errorf("the transport %q is not allowed: give an https, ssh or file address",
			helperURL.FindString(raw))
	case strings.Contains(raw, "://"):
		return parseURL(raw)
	case strings.HasPrefix(raw, "/") || strings.HasPrefix(raw, "./") || strings.HasPrefix(raw, "../"):
		return remote{scheme: "file", path: raw}, nil
	}
	m := scpLike.FindStringSubmatch(raw)
	if m == nil || dashed(m[1]) || dashed(m[2]) || dashed(m[3]) {
		return remote{}, errors.New("not an address: " +
			"give https://host/path, ssh://user@host/path, user@host:path or file:///path")
	}
	return remote{url: raw, scheme: "ssh", host: m[2], path: strings.TrimPrefix(m[3], "/"), user: m[1]}, nil
}

func parseURL(raw string) (remote, error) {
	u, err := url.Parse(raw)
	if err != nil { // its text would repeat the URL
		return remote{}, errors.New("not a URL: write % and other special characters in escaped form")
	}
	r := remote{scheme: strings.ToLower(u.Scheme), host: strings.ToLower(u.Host), path: strings.TrimPrefix(u.Path, "/")}
	r.user = u.User.Username()
	r.password, _ = u.User.Password()
	switch {
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return remote{}, errors.New("holds ? or #: give the repository's address alone, and the branch as git.ref")
	case r.scheme == "file":
		return fileRemote(u)
	case r.scheme != "https" && r.scheme != "http" && r.scheme != "ssh" && r.scheme != "git":
		return remote{}, fmt.Errorf("the scheme %q is not supported: use https, ssh, git or file", u.Scheme)
	case u.Hostname() == "" || dashed(u.Host) || dashed(r.user) || dashed(r.path):
		return remote{}, errors.New("lacks a host, or its host, user or path begins with a dash: correct it")
	case r.scheme == "ssh" && r.password != "":
		return remote{}, errors.New("holds a password, which ssh cannot use: " +
			"remove it, and use a key (auth.ssh_key_file)")
	case r.scheme == "git" && u.User != nil:
		return remote{}, errors.New("git:// has no login: remove the user, or use https or ssh")
	case hasControl(r.user + r.password + u.Path):
		return remote{}, errors.New("holds an escaped control character: remove it")
	}
	if r.isHTTP() {
		u.User = nil
	}
	u.Scheme = r.scheme
	r.url = u.String()
	return r, nil
}

func fileRemote(u *url.URL) (remote, error) {
	if (u.Host != "" && u.Host != "localhost") || !strings.HasPrefix(u.Path, "/") || u.User != nil ||
		hasControl(u.Path) {
		return remote{}, errors.New("a file URL has three slashes and an absolute path: file:///srv/docs.git")
	}
	return remote{scheme: "file", path: u.Path}, nil
}

func dashed(s string) bool { return strings.HasPrefix(s, "-") }

// below completes a local path, which may be relative to the config.
func (r remote) below(env sources.Env) remote {
	if r.scheme != "file" {
		return r
	}
	p := env.Path(r.path)
	if abs, err := filepath.Abs(p); err == nil {
		p = abs
	}
	r.path = p
	r.url = (&url.URL{Scheme: "file", Path: filepath.ToSlash(p)}).String()
	return r
}

func (r remote) isHTTP() bool { return r.scheme == "https" || r.scheme == "http" }

// origin is the address that a login is for.
func (r remote) origin() string { return r.scheme + "://" + r.host }
